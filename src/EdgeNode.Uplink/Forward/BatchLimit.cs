namespace EdgeNode.Uplink.Forward;

/// <summary>
/// How large a telemetry message may be: readings and bytes. A broker that refuses a message as too large, or a link on which
/// no message of a session came through, halves it; messages that do come through let it grow again.
/// </summary>
internal sealed class BatchLimit(UplinkSettings settings)
{
    private const int LeastBytes = 512;
    private const int DeliveredToGrow = 16;

    /// <summary>Room that a packet's header and topic take of the broker's Maximum Packet Size.</summary>
    private const int HeaderBytes = 64;

    private int _bytes = settings.BatchBytes;
    private int _brokerBytes = int.MaxValue;
    private int _delivered;

    public int Readings => settings.BatchReadings;

    public int Bytes => Math.Min(_bytes, _brokerBytes);

    /// <summary>A session begins.</summary>
    public void Begin(uint? maximumPacketSize, string topic) =>
        _brokerBytes = maximumPacketSize is { } size ? (int)Math.Clamp(size - (long)topic.Length - HeaderBytes, 1, int.MaxValue) : int.MaxValue;

    public void Halve()
    {
        _bytes = Math.Max(LeastBytes, Bytes / 2);
        _delivered = 0;
    }

    public void Delivered()
    {
        if (_bytes < settings.BatchBytes && ++_delivered >= DeliveredToGrow)
        {
            _bytes = Math.Min(settings.BatchBytes, _bytes * 2);
            _delivered = 0;
        }
    }
}
