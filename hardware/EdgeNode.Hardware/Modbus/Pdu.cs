using System.Buffers.Binary;

namespace EdgeNode.Hardware.Modbus;

/// <summary>What a reply turned out to be.</summary>
internal enum PduKind
{
    /// <summary>What was asked for: data, or the confirmation of a write.</summary>
    Answer,

    /// <summary>The device refused, with a code.</summary>
    Exception,

    /// <summary>It does not belong to the request, or breaks the protocol's rules.</summary>
    Wrong,
}

/// <summary>
/// Replies, without state (Modbus application protocol V1.1b3, section 6). What a reply must look like follows from its request, so nothing
/// but the request is remembered. <see cref="Requests"/> makes the requests.
/// </summary>
internal static class Pdu
{
    /// <summary>Longest PDU.</summary>
    public const int MaxLength = 253;

    /// <summary>Most registers in one read.</summary>
    public const int MaxRegisters = 125;

    /// <summary>Most coils or discrete inputs in one read.</summary>
    public const int MaxBits = 2000;

    /// <summary>Registers of a device: 0 to 65535.</summary>
    public const int AddressSpace = 65536;

    public const byte ReadCoils = 1;
    public const byte ReadDiscreteInputs = 2;
    public const byte ReadHoldingRegisters = 3;
    public const byte ReadInputRegisters = 4;
    public const byte WriteCoil = 5;
    public const byte WriteRegister = 6;
    public const byte Diagnostics = 8;
    public const byte WriteCoils = 15;
    public const byte WriteRegisters = 16;
    public const byte ServerId = 17;
    public const byte MaskWrite = 22;
    public const byte ReadWrite = 23;
    public const byte EncapsulatedInterface = 43;

    /// <summary>The kind of function 43 that reads the device identification (section 6.21).</summary>
    public const byte IdentificationKind = 14;

    /// <summary>Bytes before the objects in a reply with the device identification.</summary>
    public const int IdentificationHead = 7;

    public const byte ExceptionFlag = 0x80;

    /// <summary>True for functions 1 to 4.</summary>
    public static bool IsRead(int function) => function is >= ReadCoils and <= ReadInputRegisters;

    /// <summary>True for functions 1 and 2, whose values are single bits.</summary>
    public static bool IsOfBits(int function) => function is ReadCoils or ReadDiscreteInputs;

    /// <summary>Bytes that a number of registers or bits takes in a reply.</summary>
    public static int DataLength(int function, int count) => IsOfBits(function) ? (count + 7) / 8 : 2 * count;

    /// <summary>Length of the normal reply's PDU; 0 when the request does not say it.</summary>
    public static int ReplyLength(ReadOnlySpan<byte> request) => request[0] switch
    {
        <= ReadInputRegisters or ReadWrite => 2 + DataLength(request[0], Word(request, 3)),
        WriteCoil or WriteRegister or WriteCoils or WriteRegisters => 5,
        MaskWrite => 7,
        Diagnostics => request.Length,
        _ => 0,
    };

    /// <summary>Reads the reply to a request; accepts nothing that does not fit it exactly.</summary>
    /// <param name="pdu">Function code and data, any bytes.</param>
    /// <param name="request">What was asked.</param>
    /// <param name="data">What the reply brought: behind its byte count where it has one, behind its function code otherwise.</param>
    /// <param name="code">The exception code; 0 unless the device refused.</param>
    /// <param name="mismatch">What did not fit.</param>
    public static PduKind ReadReply(
        ReadOnlySpan<byte> pdu, scoped in Request request, out ReadOnlySpan<byte> data, out ExceptionCode code, out Mismatch mismatch)
    {
        data = default;
        code = default;
        mismatch = default;

        if (pdu.IsEmpty)
            return Wrong(new Mismatch(MismatchKind.Length, 2, 0), out mismatch);
        if (pdu[0] == (request.Function | ExceptionFlag))
        {
            if (pdu.Length != 2)
                return Wrong(new Mismatch(MismatchKind.Length, 2, pdu.Length), out mismatch);
            code = (ExceptionCode)pdu[1];
            return PduKind.Exception;
        }

        if (pdu[0] != request.Function)
            return Wrong(new Mismatch(MismatchKind.Function, request.Function, pdu[0]), out mismatch);

        mismatch = HasByteCount(request.Function) ? Counted(pdu, request) : Plain(pdu, request);
        if (mismatch.Kind != MismatchKind.None)
            return PduKind.Wrong;
        data = pdu[(HasByteCount(request.Function) ? 2 : 1)..];
        return PduKind.Answer;
    }

    /// <summary>True where the second byte of the reply counts those that follow.</summary>
    public static bool HasByteCount(int function) => IsRead(function) || function is ReadWrite or ServerId;

    private static Mismatch Counted(ReadOnlySpan<byte> pdu, scoped in Request request)
    {
        if (pdu.Length < 2)
            return new Mismatch(MismatchKind.Length, 2, pdu.Length);
        if (request.ReplyLength > 0 && pdu[1] != request.ReplyLength - 2)
            return new Mismatch(MismatchKind.ByteCount, request.ReplyLength - 2, pdu[1]);
        return pdu.Length == 2 + pdu[1] ? default : new Mismatch(MismatchKind.Length, 2 + pdu[1], pdu.Length);
    }

    private static Mismatch Plain(ReadOnlySpan<byte> pdu, scoped in Request request)
    {
        if (request.Function == EncapsulatedInterface)
            return Identification(pdu, request.Pdu);
        if (pdu.Length != request.ReplyLength)
            return new Mismatch(MismatchKind.Length, request.ReplyLength, pdu.Length);

        // A write is confirmed by its own address and value, or address and count; a mask and a loopback by all that was sent.
        var same = request.Function is WriteCoil or WriteRegister or WriteCoils or WriteRegisters or MaskWrite or Diagnostics;
        if (!same || pdu.SequenceEqual(request.Pdu[..pdu.Length]))
            return default;
        return Word(pdu, 1) != Word(request.Pdu, 1)
            ? new Mismatch(MismatchKind.ConfirmedRegister, Word(request.Pdu, 1), Word(pdu, 1))
            : new Mismatch(MismatchKind.ConfirmedValue, Word(request.Pdu, 3), Word(pdu, 3));
    }

    /// <summary>The objects must fill the reply exactly, and be as many as it says.</summary>
    private static Mismatch Identification(ReadOnlySpan<byte> pdu, ReadOnlySpan<byte> request)
    {
        if (pdu.Length < IdentificationHead)
            return new Mismatch(MismatchKind.Length, IdentificationHead, pdu.Length);
        if (pdu[1] != IdentificationKind || pdu[2] != request[2])
            return new Mismatch(MismatchKind.Identification, request[2], pdu[2]);
        var length = IdentificationLength(pdu);
        return length == pdu.Length ? default : new Mismatch(MismatchKind.Length, length, pdu.Length);
    }

    /// <summary>Where the objects end; 0 when they end beyond what is there.</summary>
    public static int IdentificationLength(ReadOnlySpan<byte> pdu)
    {
        if (pdu.Length < IdentificationHead)
            return 0;
        var end = IdentificationHead;
        for (var left = pdu[6]; left > 0; left--)
        {
            if (end + 2 > pdu.Length || end + 2 + pdu[end + 1] > pdu.Length)
                return 0;
            end += 2 + pdu[end + 1];
        }

        return end;
    }

    private static int Word(ReadOnlySpan<byte> pdu, int at) => BinaryPrimitives.ReadUInt16BigEndian(pdu[at..]);

    private static PduKind Wrong(Mismatch found, out Mismatch mismatch)
    {
        mismatch = found;
        return PduKind.Wrong;
    }
}
