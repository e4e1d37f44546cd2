namespace EdgeNode.Hardware.Modbus;

/// <summary>Times of a serial line.</summary>
/// <param name="Baud">Bits a second.</param>
/// <param name="ByteTimeout">Silence after which bytes are judged that are no frame. The standard's 1.5 characters inside a frame are not
/// asked for: USB adapters and serial servers hand bytes over in portions, and gaps of 40 ms are in order there.</param>
internal readonly record struct LineTiming(int Baud, TimeSpan ByteTimeout)
{
    /// <summary>Up to this rate the gap is computed, above it is fixed (Modbus over serial line 1.02, section 2.5.1.1).</summary>
    private const int LastComputedBaud = 19200;

    /// <summary>Start bit, eight data bits, parity or second stop bit, stop bit.</summary>
    private const int BitsPerByte = 11;

    /// <summary>One character.</summary>
    public TimeSpan Byte => Bytes(1);

    /// <summary>t3.5: least silence before a request.</summary>
    public TimeSpan Gap => Baud <= LastComputedBaud ? Bytes(7) / 2 : TimeSpan.FromMicroseconds(1750);

    /// <summary>How long a number of bytes is on the line.</summary>
    public TimeSpan Bytes(int count) => TimeSpan.FromTicks(((long)count * BitsPerByte * TimeSpan.TicksPerSecond / Baud) + 1);
}
