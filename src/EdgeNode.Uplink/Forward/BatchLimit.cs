namespace EdgeNode.Uplink.Forward;

/// <summary>
/// How large a telemetry message may be: readings and bytes. A broker that refuses a message as too large, or a link on which
/// no message of a session came through, halves it; messages that do come through let it grow again.
/// </summary>
internal sealed class BatchLimit(UplinkSettings settings)
{
    private const int LeastBytes = 512;
    private const int DeliveredToGrow = 16;
    private const int MostDeliveredToGrow = 4096;

    /// <summary>Room that a packet's header and topic take of the broker's Maximum Packet Size.</summary>
    private const int HeaderBytes = 64;

    /// <summary>Most that a packet's header takes beside topic and payload.</summary>
    private const int LeastHeaderBytes = 16;

    private int _bytes = settings.BatchBytes;
    private long _maxPacket = long.MaxValue;
    private int _topicBytes;
    private int _brokerBytes = int.MaxValue;
    private int _delivered;
    private int _toGrow = DeliveredToGrow;
    private bool _grown;

    public int Readings => settings.BatchReadings;

    public int Bytes => Math.Min(_bytes, _brokerBytes);

    /// <summary>Size of the packet that carries so many bytes.</summary>
    public int PacketOf(int payload) => payload + _topicBytes + LeastHeaderBytes;

    /// <summary>The broker takes a packet that carries so many bytes.</summary>
    public bool Fits(int payload) => PacketOf(payload) <= _maxPacket;

    /// <summary>A session begins.</summary>
    public void Begin(uint? maximumPacketSize, string topic)
    {
        _brokerBytes = maximumPacketSize is { } size ? (int)Math.Clamp(size - (long)topic.Length - HeaderBytes, 1, int.MaxValue) : int.MaxValue;
        _maxPacket = maximumPacketSize ?? long.MaxValue;
        _topicBytes = topic.Length;
        _toGrow = DeliveredToGrow;
        _grown = false;
    }

    public void Halve()
    {
        // It had grown too far: the next try comes later, so that a refusal, and the wait after it, stay rare.
        _toGrow = _grown ? Math.Min(MostDeliveredToGrow, _toGrow * 4) : _toGrow;
        _grown = false;
        _bytes = Math.Max(LeastBytes, Bytes / 2);
        _delivered = 0;
    }

    public void Delivered()
    {
        if (_bytes < settings.BatchBytes && ++_delivered >= _toGrow)
        {
            _grown = true;
            _bytes = Math.Min(settings.BatchBytes, _bytes * 2);
            _delivered = 0;
        }
    }
}
