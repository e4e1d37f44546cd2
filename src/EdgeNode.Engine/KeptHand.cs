using System.Buffers.Binary;
using System.Text;
using EdgeNode.Core.Model;
using EdgeNode.Core.Ports;

namespace EdgeNode.Engine;

/// <summary>What a person has asked for, for a limited time, as the state store keeps it.</summary>
/// <remarks>u8 version 1, a <see cref="KeptTime"/>, f64 value little-endian, u8 length and UTF-8 of who, UTF-8 of why to the end.</remarks>
/// <param name="Until">Monotonic time at which it ends.</param>
/// <param name="Value">A number that belongs to it; 0 where none does.</param>
/// <param name="By">Who asked for it.</param>
/// <param name="Why">The reason given.</param>
internal sealed record KeptHand(TimeSpan Until, double Value, string By, string Why)
{
    private const byte Version = 1;
    private const int ValueAt = 1 + KeptTime.Bytes;
    private const int NameAt = ValueAt + sizeof(double) + 1;

    public byte[] Write(ClockReading now, IStationClock clock)
    {
        var by = Encoding.UTF8.GetBytes(By).AsSpan();
        by = by[..Math.Min(by.Length, byte.MaxValue)];
        byte[] value = [.. new byte[NameAt], .. by, .. Encoding.UTF8.GetBytes(Why)];
        value[0] = Version;
        value[NameAt - 1] = (byte)by.Length;
        BinaryPrimitives.WriteDoubleLittleEndian(value.AsSpan(ValueAt), Value);
        KeptTime.Write(value.AsSpan(1), Until, now, clock);
        return value;
    }

    /// <returns>Null when it is not one.</returns>
    public static KeptHand? Read(byte[]? kept, TimeSpan longest, ClockReading now, IStationClock clock)
    {
        if (kept is not { Length: >= NameAt } || kept[0] != Version || kept.Length < NameAt + kept[NameAt - 1])
        {
            return null;
        }

        var text = kept.AsSpan(NameAt);
        return new KeptHand(
            KeptTime.ReadEnd(kept.AsSpan(1), longest, now, clock), BinaryPrimitives.ReadDoubleLittleEndian(kept.AsSpan(ValueAt)),
            Encoding.UTF8.GetString(text[..kept[NameAt - 1]]), Encoding.UTF8.GetString(text[kept[NameAt - 1]..]));
    }
}
