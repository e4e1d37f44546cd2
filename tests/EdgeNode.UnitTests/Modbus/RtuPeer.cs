using System.Buffers.Binary;

namespace EdgeNode.UnitTests.Modbus;

/// <summary>One RTU request as the slave sees it.</summary>
public sealed record RtuAsk(int Number, byte[] Frame)
{
    public int Unit => Frame[0];

    public int Function => Frame[1];

    public int Register => BinaryPrimitives.ReadUInt16BigEndian(Frame.AsSpan(2));

    public int Count => BinaryPrimitives.ReadUInt16BigEndian(Frame.AsSpan(4));
}

/// <summary>A slave's behaviour, usable on the in-memory line, on a pty and over TCP.</summary>
public delegate IEnumerable<Act> RtuScript(RtuAsk ask);

/// <summary>RTU frames, built without the product's code, so that they can judge it.</summary>
public static class Rtu
{
    /// <summary>Bit by bit, as the standard writes it.</summary>
    public static int Crc(byte[] bytes)
    {
        var crc = 0xFFFF;
        foreach (var bit in bytes.SelectMany(b => Enumerable.Range(0, 8).Select(i => (Byte: b, Bit: i))))
        {
            if (bit.Bit == 0)
                crc ^= bit.Byte;
            crc = (crc & 1) == 1 ? (crc >> 1) ^ 0xA001 : crc >> 1;
        }

        return crc;
    }

    public static byte[] Frame(int unit, params byte[] pdu)
    {
        byte[] body = [(byte)unit, .. pdu];
        var crc = Crc(body);
        return [.. body, (byte)crc, (byte)(crc >> 8)];
    }

    public static byte[] Reply(int unit, int function, int register, int count) =>
        Frame(unit, Frames.ReadPdu(function, Frames.Registers(unit, function, register, count)));

    public static byte[] Honest(RtuAsk ask) => Reply(ask.Unit, ask.Function, ask.Register, ask.Count);

    public static byte[] Exception(RtuAsk ask, int code) => Frame(ask.Unit, (byte)(ask.Function | 0x80), (byte)code);

    public static byte[] Request(int unit, int function, int register, int count) =>
        Frame(unit, (byte)function, (byte)(register >> 8), (byte)register, (byte)(count >> 8), (byte)count);

    /// <summary>A frame whose check sum is wrong by one bit.</summary>
    public static byte[] Spoilt(byte[] frame) => [.. frame[..^1], (byte)(frame[^1] ^ 1)];
}

/// <summary>Slaves that several tests use.</summary>
public static class Slaves
{
    public static readonly TimeSpan TurnAround = TimeSpan.FromMilliseconds(20);

    public static IEnumerable<Act> Honest(RtuAsk ask) => [Act.Late(TurnAround, Rtu.Honest(ask))];

    public static IEnumerable<Act> Silent(RtuAsk ask) => [];

    /// <summary>Something special for the first requests, honest afterwards; null means honest.</summary>
    public static RtuScript First(params RtuScript?[] special) => ask =>
        (ask.Number <= special.Length ? special[ask.Number - 1] ?? Honest : Honest)(ask);

    /// <summary>One request gets its own bytes.</summary>
    public static RtuScript Says(Func<RtuAsk, byte[]> bytes) => ask => [Act.Late(TurnAround, bytes(ask))];
}
