using System.Buffers.Binary;

namespace EdgeNode.Hardware.Modbus;

/// <summary>A request to read registers.</summary>
/// <param name="Unit">Unit identifier.</param>
/// <param name="Function">3 or 4.</param>
/// <param name="Register">First register, 0-based.</param>
/// <param name="Count">Number of registers, 1 to 125.</param>
internal readonly record struct ReadRequest(byte Unit, byte Function, int Register, int Count);

/// <summary>What a reply to a read turned out to be.</summary>
internal enum PduKind
{
    /// <summary>The registers that were asked for.</summary>
    Registers,

    /// <summary>The device refused, with a code.</summary>
    Exception,

    /// <summary>It does not belong to the request, or breaks the protocol's rules.</summary>
    Wrong,
}

/// <summary>
/// Protocol data units, without state (Modbus application protocol V1.1b3, sections 6.3 and 6.4).
/// </summary>
internal static class Pdu
{
    /// <summary>Most registers in one read.</summary>
    public const int MaxRegisters = 125;

    /// <summary>Registers of a device: 0 to 65535.</summary>
    public const int AddressSpace = 65536;

    /// <summary>Bytes of a read request.</summary>
    public const int ReadRequestLength = 5;

    public const byte ReadHoldingRegisters = 3;
    public const byte ReadInputRegisters = 4;

    private const byte ExceptionFlag = 0x80;

    /// <summary>Writes a read request.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Another function than 3 or 4, a count outside 1 to 125, or registers beyond 65535.</exception>
    public static void WriteRead(Span<byte> pdu, in ReadRequest request)
    {
        if (request.Function is not (ReadHoldingRegisters or ReadInputRegisters))
            throw new ArgumentOutOfRangeException(nameof(request), request.Function, "Function must be 3 or 4.");
        if (request.Count is < 1 or > MaxRegisters)
            throw new ArgumentOutOfRangeException(nameof(request), request.Count, "Count must be 1 to 125.");
        if (request.Register < 0 || request.Register + request.Count > AddressSpace)
            throw new ArgumentOutOfRangeException(nameof(request), request.Register, "Register and count must stay within 0 to 65535.");

        pdu[0] = request.Function;
        BinaryPrimitives.WriteUInt16BigEndian(pdu[1..], (ushort)request.Register);
        BinaryPrimitives.WriteUInt16BigEndian(pdu[3..], (ushort)request.Count);
    }

    /// <summary>Reads the reply to a read request; accepts nothing that does not fit it exactly.</summary>
    /// <param name="pdu">Function code and data, any bytes.</param>
    /// <param name="request">What was asked.</param>
    /// <param name="registers">The registers' bytes, two each, high byte first; empty unless the reply brought them.</param>
    /// <param name="code">The exception code; 0 unless the device refused.</param>
    /// <param name="mismatch">What did not fit.</param>
    public static PduKind ReadReply(
        ReadOnlySpan<byte> pdu, scoped in ReadRequest request, out ReadOnlySpan<byte> registers, out ExceptionCode code, out Mismatch mismatch)
    {
        registers = default;
        code = default;
        mismatch = default;

        if (pdu.Length < 2)
            return Wrong(new Mismatch(MismatchKind.Length, 2, pdu.Length), out mismatch);

        if (pdu[0] == (request.Function | ExceptionFlag))
        {
            if (pdu.Length != 2)
                return Wrong(new Mismatch(MismatchKind.Length, 2, pdu.Length), out mismatch);
            code = (ExceptionCode)pdu[1];
            return PduKind.Exception;
        }

        if (pdu[0] != request.Function)
            return Wrong(new Mismatch(MismatchKind.Function, request.Function, pdu[0]), out mismatch);
        if (pdu[1] != request.Count * 2)
            return Wrong(new Mismatch(MismatchKind.ByteCount, request.Count * 2, pdu[1]), out mismatch);
        if (pdu.Length != 2 + pdu[1])
            return Wrong(new Mismatch(MismatchKind.Length, 2 + pdu[1], pdu.Length), out mismatch);

        registers = pdu[2..];
        return PduKind.Registers;
    }

    private static PduKind Wrong(Mismatch found, out Mismatch mismatch)
    {
        mismatch = found;
        return PduKind.Wrong;
    }
}
