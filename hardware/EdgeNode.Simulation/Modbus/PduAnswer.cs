using System.Buffers.Binary;

namespace EdgeNode.Simulation.Modbus;

/// <summary>
/// The server's side of the Modbus application protocol (V1.1b3, chapter 6): a request PDU in, a reply PDU out. No sockets, no state.
/// Written from the specification alone and sharing nothing with the gateway's own codec, so that one's mistake cannot hide the other's.
/// </summary>
internal static class PduAnswer
{
    /// <summary>Longest PDU, in bytes (chapter 4.1).</summary>
    public const int MaxBytes = 253;

    // Quantities per request, chapter 6.
    private const int MaxReadBits = 2000;
    private const int MaxReadRegisters = 125;
    private const int MaxWriteBits = 1968;
    private const int MaxWriteRegisters = 123;

    // Exception codes, chapter 7.
    private const byte IllegalFunction = 1;
    private const byte IllegalDataAddress = 2;
    private const byte IllegalDataValue = 3;

    /// <summary>Answers one request.</summary>
    /// <param name="request">Function code and data, at least one byte.</param>
    /// <param name="bank">The unit's registers.</param>
    /// <param name="reply">At least <see cref="MaxBytes"/> bytes.</param>
    /// <returns>Length of the reply.</returns>
    public static int Of(ReadOnlySpan<byte> request, RegisterBank bank, Span<byte> reply)
    {
        ReadOnlySpan<byte> data = request[1..];
        reply[0] = request[0];
        return request[0] switch
        {
            1 => ReadBits(coils: true, data, bank, reply),
            2 => ReadBits(coils: false, data, bank, reply),
            3 => ReadRegisters(RegisterTable.Holding, data, bank, reply),
            4 => ReadRegisters(RegisterTable.Input, data, bank, reply),
            5 => WriteOneBit(data, bank, reply),
            6 => WriteOneRegister(data, bank, reply),
            15 => WriteBits(data, bank, reply),
            16 => WriteRegisters(data, bank, reply),
            _ => Exception(reply, IllegalFunction),
        };
    }

    /// <summary>Turns the reply into an exception reply; byte 0 already holds the function code.</summary>
    public static int Exception(Span<byte> reply, byte code)
    {
        reply[0] |= 0x80;
        reply[1] = code;
        return 2;
    }

    // The order of the checks is that of the specification's state diagrams: quantity (3) before address (2).
    private static int ReadBits(bool coils, ReadOnlySpan<byte> data, RegisterBank bank, Span<byte> reply)
    {
        if (data.Length != 4 || Second(data) is 0 or > MaxReadBits) return Exception(reply, IllegalDataValue);
        int bytes = (Second(data) + 7) / 8;
        if (!bank.TryReadBits(coils, First(data), Second(data), reply[2..])) return Exception(reply, IllegalDataAddress);
        reply[1] = (byte)bytes;
        return 2 + bytes;
    }

    private static int ReadRegisters(RegisterTable table, ReadOnlySpan<byte> data, RegisterBank bank, Span<byte> reply)
    {
        if (data.Length != 4 || Second(data) is 0 or > MaxReadRegisters) return Exception(reply, IllegalDataValue);
        int bytes = Second(data) * 2;
        if (!bank.TryRead(table, First(data), Second(data), reply[2..])) return Exception(reply, IllegalDataAddress);
        reply[1] = (byte)bytes;
        return 2 + bytes;
    }

    private static int WriteOneBit(ReadOnlySpan<byte> data, RegisterBank bank, Span<byte> reply)
    {
        if (data.Length != 4 || Second(data) is not (0x0000 or 0xFF00)) return Exception(reply, IllegalDataValue);
        return bank.TryWriteBits(First(data), 1, [(byte)(Second(data) >> 15)]) ? Echo(data, reply) : Exception(reply, IllegalDataAddress);
    }

    private static int WriteOneRegister(ReadOnlySpan<byte> data, RegisterBank bank, Span<byte> reply)
    {
        if (data.Length != 4) return Exception(reply, IllegalDataValue);
        return bank.TryWrite(First(data), data[2..]) ? Echo(data, reply) : Exception(reply, IllegalDataAddress);
    }

    private static int WriteBits(ReadOnlySpan<byte> data, RegisterBank bank, Span<byte> reply)
    {
        if (data.Length < 5 || Second(data) is 0 or > MaxWriteBits || data[4] != (Second(data) + 7) / 8 || data.Length != 5 + data[4])
        {
            return Exception(reply, IllegalDataValue);
        }

        return bank.TryWriteBits(First(data), Second(data), data[5..]) ? Echo(data[..4], reply) : Exception(reply, IllegalDataAddress);
    }

    private static int WriteRegisters(ReadOnlySpan<byte> data, RegisterBank bank, Span<byte> reply)
    {
        if (data.Length < 5 || Second(data) is 0 or > MaxWriteRegisters || data[4] != Second(data) * 2 || data.Length != 5 + data[4])
        {
            return Exception(reply, IllegalDataValue);
        }

        return bank.TryWrite(First(data), data[5..]) ? Echo(data[..4], reply) : Exception(reply, IllegalDataAddress);
    }

    private static int Echo(ReadOnlySpan<byte> data, Span<byte> reply)
    {
        data.CopyTo(reply[1..]);
        return 1 + data.Length;
    }

    private static int First(ReadOnlySpan<byte> data) => BinaryPrimitives.ReadUInt16BigEndian(data);

    private static int Second(ReadOnlySpan<byte> data) => BinaryPrimitives.ReadUInt16BigEndian(data[2..]);
}
