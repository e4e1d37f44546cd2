namespace EdgeNode.Hardware.I2c;

/// <summary>
/// Transfers on one I2C bus. One thread at a time calls it; nothing throws. A missing chip has no number: a Pi's adapter says 121, a USB
/// bridge 110, and one kind of virtual adapter says nothing at all and leaves the buffer as it was. So there is one word for all of them.
/// </summary>
public interface II2cBus : IDisposable
{
    /// <summary>Why the last transfer failed, in a few words; for the log only.</summary>
    string Fault { get; }

    /// <summary>One write: start, address, bytes, stop.</summary>
    /// <param name="address">7 bits.</param>
    /// <param name="bytes">At least one.</param>
    I2cResult Write(int address, ReadOnlySpan<byte> bytes);

    /// <summary>One write and one read with a repeated start between them.</summary>
    /// <param name="address">7 bits.</param>
    /// <param name="write">At most 16 bytes, which is what a CP2112 bridge can do.</param>
    /// <param name="read">To be filled.</param>
    I2cResult WriteRead(int address, ReadOnlySpan<byte> write, Span<byte> read);
}

/// <summary>How a transfer ended.</summary>
public enum I2cResult
{
    /// <summary>The adapter says that it went through.</summary>
    Done,

    /// <summary>Not acknowledged, broken off, or timed out.</summary>
    NoAnswer,

    /// <summary>The bus itself is not there.</summary>
    NoBus,
}
