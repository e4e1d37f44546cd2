using System.Buffers.Binary;

namespace EdgeNode.Hardware.Modbus;

/// <summary>
/// Makes the PDUs of requests (Modbus application protocol V1.1b3, section 6). What the protocol does not allow is an
/// <see cref="ArgumentOutOfRangeException"/> here, and nothing of it is ever sent. Each gives the length of the PDU.
/// </summary>
internal static class Requests
{
    /// <summary>Bytes of a request to read.</summary>
    public const int ReadLength = 5;

    /// <summary>Most registers in one write (function 16).</summary>
    public const int MaxWrittenRegisters = 123;

    /// <summary>Most coils in one write (function 15).</summary>
    public const int MaxWrittenCoils = 1968;

    /// <summary>Most registers written by function 23.</summary>
    public const int MaxWrittenWhileReading = 121;

    private const ushort CoilOn = 0xFF00;

    /// <summary>Functions 1 to 4.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Another function, a count outside 1 to 2000 bits or 125 registers, or an end beyond 65535.</exception>
    public static int Read(Span<byte> pdu, int function, int register, int count)
    {
        if (!Pdu.IsRead(function))
            throw new ArgumentOutOfRangeException(nameof(function), function, "Function must be 1 to 4.");
        CheckSpan(register, count, Pdu.IsOfBits(function) ? Pdu.MaxBits : Pdu.MaxRegisters);
        return Head(pdu, function, register, count);
    }

    /// <summary>Function 5.</summary>
    public static int WriteCoil(Span<byte> pdu, int register, bool on)
    {
        CheckSpan(register, 1, 1);
        return Head(pdu, Pdu.WriteCoil, register, on ? CoilOn : 0);
    }

    /// <summary>Function 6.</summary>
    public static int WriteRegister(Span<byte> pdu, int register, ushort value)
    {
        CheckSpan(register, 1, 1);
        return Head(pdu, Pdu.WriteRegister, register, value);
    }

    /// <summary>Function 15, 1 to 1968 coils.</summary>
    public static int WriteCoils(Span<byte> pdu, int register, ReadOnlySpan<bool> coils)
    {
        CheckSpan(register, coils.Length, MaxWrittenCoils);
        var head = Head(pdu, Pdu.WriteCoils, register, coils.Length);
        var bytes = Pdu.DataLength(Pdu.ReadCoils, coils.Length);
        pdu[head] = (byte)bytes;
        var bits = pdu.Slice(head + 1, bytes);
        bits.Clear();
        for (var i = 0; i < coils.Length; i++)
        {
            if (coils[i])
                bits[i / 8] |= (byte)(1 << (i % 8));
        }

        return head + 1 + bytes;
    }

    /// <summary>Function 16, 1 to 123 registers.</summary>
    public static int WriteRegisters(Span<byte> pdu, int register, ReadOnlySpan<ushort> values)
    {
        CheckSpan(register, values.Length, MaxWrittenRegisters);
        return Words(pdu, Head(pdu, Pdu.WriteRegisters, register, values.Length), values);
    }

    /// <summary>Function 22: the register becomes (old and <paramref name="and"/>) or (<paramref name="or"/> and not <paramref name="and"/>).</summary>
    public static int MaskWrite(Span<byte> pdu, int register, ushort and, ushort or)
    {
        CheckSpan(register, 1, 1);
        var head = Head(pdu, Pdu.MaskWrite, register, and);
        BinaryPrimitives.WriteUInt16BigEndian(pdu[head..], or);
        return head + 2;
    }

    /// <summary>Function 23: writes 1 to 121 registers, then reads 1 to 125.</summary>
    public static int ReadWrite(Span<byte> pdu, int read, int count, int written, ReadOnlySpan<ushort> values)
    {
        CheckSpan(read, count, Pdu.MaxRegisters);
        CheckSpan(written, values.Length, MaxWrittenWhileReading);
        var head = Head(pdu, Pdu.ReadWrite, read, count);
        BinaryPrimitives.WriteUInt16BigEndian(pdu[head..], (ushort)written);
        BinaryPrimitives.WriteUInt16BigEndian(pdu[(head + 2)..], (ushort)values.Length);
        return Words(pdu, head + 4, values);
    }

    /// <summary>Function 17: what the maker says of the device, in a form of his own.</summary>
    public static int ServerId(Span<byte> pdu)
    {
        pdu[0] = Pdu.ServerId;
        return 1;
    }

    /// <summary>Function 8, subfunction 0: the device sends the data back.</summary>
    public static int Loopback(Span<byte> pdu, ushort data) => Head(pdu, Pdu.Diagnostics, 0, data);

    /// <summary>Function 43, kind 14: the device identification.</summary>
    /// <param name="level">1 basic, 2 regular, 3 extended, 4 a single object.</param>
    /// <param name="first">The object to begin with, or the single one.</param>
    public static int Identification(Span<byte> pdu, int level, int first)
    {
        if (level is < 1 or > 4)
            throw new ArgumentOutOfRangeException(nameof(level), level, "Level must be 1 to 4.");
        if (first is < 0 or > 255)
            throw new ArgumentOutOfRangeException(nameof(first), first, "Object must be 0 to 255.");
        ReadOnlySpan<byte> bytes = [Pdu.EncapsulatedInterface, Pdu.IdentificationKind, (byte)level, (byte)first];
        bytes.CopyTo(pdu);
        return bytes.Length;
    }

    /// <summary>Holds a maker's own function against the bounds of the protocol; everything else in it is his.</summary>
    /// <exception cref="ArgumentOutOfRangeException">No function code from 1 to 127, one of the standard's, or a reply length outside 1 to 253.</exception>
    public static void CheckVendor(ReadOnlySpan<byte> pdu, int replyLength)
    {
        if (pdu.Length is < 1 or > Pdu.MaxLength)
            throw new ArgumentOutOfRangeException(nameof(pdu), pdu.Length, "A PDU has 1 to 253 bytes.");
        if (pdu[0] is < 65 or > 72 and < 100 or > 110)
            throw new ArgumentOutOfRangeException(nameof(pdu), pdu[0], "A maker's own function is 65 to 72 or 100 to 110.");
        if (replyLength is < 1 or > Pdu.MaxLength)
            throw new ArgumentOutOfRangeException(nameof(replyLength), replyLength, "A reply has 1 to 253 bytes.");
    }

    private static void CheckSpan(int register, int count, int most)
    {
        if (count < 1 || count > most)
            throw new ArgumentOutOfRangeException(nameof(count), count, $"Count must be 1 to {most}.");
        if (register < 0 || register + count > Pdu.AddressSpace)
            throw new ArgumentOutOfRangeException(nameof(register), register, "Register and count must stay within 0 to 65535.");
    }

    private static int Head(Span<byte> pdu, int function, int register, int word)
    {
        pdu[0] = (byte)function;
        BinaryPrimitives.WriteUInt16BigEndian(pdu[1..], (ushort)register);
        BinaryPrimitives.WriteUInt16BigEndian(pdu[3..], (ushort)word);
        return ReadLength;
    }

    private static int Words(Span<byte> pdu, int at, ReadOnlySpan<ushort> values)
    {
        pdu[at++] = (byte)(2 * values.Length);
        foreach (var value in values)
        {
            BinaryPrimitives.WriteUInt16BigEndian(pdu[at..], value);
            at += 2;
        }

        return at;
    }
}
