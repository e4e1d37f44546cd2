using EdgeNode.Core.Ports;
using EdgeNode.Uplink.Payload;

namespace EdgeNode.Uplink;

/// <summary>How many bytes telemetry takes on the link, by encoding it. For planning; nothing is sent.</summary>
/// <param name="node">The node's id.</param>
/// <param name="topic">Its root topic.</param>
/// <param name="tls">mqtts.</param>
public sealed class LinkSizes(string node, string topic, bool tls) : IDisposable
{
    /// <summary>Readings of the backlog a second at most.</summary>
    public static int BacklogPerSecond { get; } = new UplinkSettings().BacklogPerSecond;

    /// <summary>Readings in one message at most.</summary>
    public static int BatchReadings { get; } = new UplinkSettings().BatchReadings;

    /// <summary>How often a station that has nothing else to say sends its status.</summary>
    public static TimeSpan StatusEvery { get; } = new UplinkSettings().StatusEvery;

    // Assumed of the way, and said so where the figures are shown: IPv4 20, TCP 20, its timestamps 12; what fits into a segment of
    // 1500; TLS 1.3 adds 22 to each record of at most 16 KiB; a PUBACK of 4 comes back, and its own acknowledgement goes.
    private const int TcpHeaders = 52;
    private const int SegmentBytes = 1448;
    private const int TlsHeaders = 22;
    private const int TlsRecordBytes = 16 * 1024;
    private const int PubackBytes = 4;

    // The status as the contract's example has it.
    private const int StatusBytes = 520;

    private readonly SenmlEncoder _encoder = new(node);
    private readonly PayloadBuffer _payload = new();
    private readonly int _topicBytes = System.Text.Encoding.UTF8.GetByteCount(topic) + "/telemetry".Length;

    /// <summary>A status, both ways.</summary>
    public int Status => Message(StatusBytes);

    /// <summary>One message with all of the readings, both ways: MQTT, TLS and TCP included.</summary>
    /// <param name="batch">At most <see cref="BatchReadings"/>.</param>
    /// <param name="live">The live lane; otherwise the backlog's.</param>
    public int Telemetry(ReadingBatch batch, bool live)
    {
        _encoder.Encode(batch, live, int.MaxValue, _payload);
        return Message(_payload.Count);
    }

    /// <inheritdoc/>
    public void Dispose() => _encoder.Dispose();

    private int Message(int payload)
    {
        var rest = 2 + _topicBytes + 2 + 1 + payload;
        var lengthBytes = rest < 128 ? 1 : rest < 16_384 ? 2 : 3;
        return OnTheWire(1 + lengthBytes + rest) + OnTheWire(PubackBytes) + TcpHeaders;
    }

    private int OnTheWire(int packet)
    {
        var bytes = packet + (tls ? Parts(packet, TlsRecordBytes) * TlsHeaders : 0);
        return bytes + (Parts(bytes, SegmentBytes) * TcpHeaders);
    }

    private static int Parts(int bytes, int part) => (bytes + part - 1) / part;
}
