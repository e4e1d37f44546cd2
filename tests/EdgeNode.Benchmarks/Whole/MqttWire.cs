using System.Buffers.Binary;
using System.Text;

namespace EdgeNode.Benchmarks.Whole;

/// <summary>One MQTT 5 control packet: its first byte, and what follows the fixed header.</summary>
internal readonly record struct MqttPacket(byte Header, ReadOnlyMemory<byte> Body)
{
    private const int PublishType = 3;
    private const int PubackType = 4;

    /// <summary>The packet identifier that a PUBACK answers; null for any other packet.</summary>
    public ushort? Acknowledges => Header >> 4 == PubackType ? BinaryPrimitives.ReadUInt16BigEndian(Body.Span) : null;

    /// <summary>A PUBLISH of QoS 1 or 2; false for any other packet.</summary>
    public bool TryPublish(out string topic, out ushort id, out ReadOnlyMemory<byte> payload)
    {
        (topic, id, payload) = ("", 0, default);
        if (Header >> 4 != PublishType || (Header & 0b0110) == 0)
        {
            return false;
        }

        var topicBytes = BinaryPrimitives.ReadUInt16BigEndian(Body.Span);
        topic = Encoding.UTF8.GetString(Body.Span.Slice(2, topicBytes));
        var at = 2 + topicBytes;
        id = BinaryPrimitives.ReadUInt16BigEndian(Body.Span[at..]);
        at += 2;
        MqttWire.TryNumber(Body.Span[at..], out var propertyBytes, out var taken);
        payload = Body[(at + taken + propertyBytes)..];
        return true;
    }
}

/// <summary>Cuts one direction of a connection into packets (MQTT 5.0, section 2.1).</summary>
internal sealed class MqttWire
{
    private readonly List<byte> _bytes = [];

    public IEnumerable<MqttPacket> Add(byte[] bytes)
    {
        _bytes.AddRange(bytes);
        while (_bytes.Count > 1 && TryNumber(_bytes.Slice(1, Math.Min(4, _bytes.Count - 1)).ToArray(), out var length, out var taken) && _bytes.Count > taken + length)
        {
            yield return new MqttPacket(_bytes[0], _bytes.GetRange(1 + taken, length).ToArray());
            _bytes.RemoveRange(0, 1 + taken + length);
        }
    }

    /// <summary>A variable byte integer (section 1.5.5); false while it is not all there.</summary>
    public static bool TryNumber(ReadOnlySpan<byte> bytes, out int number, out int taken)
    {
        number = 0;
        for (taken = 0; taken < bytes.Length;)
        {
            number |= (bytes[taken] & 0x7F) << (7 * taken);
            if (bytes[taken++] < 0x80)
            {
                return true;
            }
        }

        return false;
    }
}
