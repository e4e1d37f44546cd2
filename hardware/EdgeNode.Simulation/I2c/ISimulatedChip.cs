namespace EdgeNode.Simulation.I2c;

/// <summary>
/// A chip on the wire, as its datasheet describes it: bytes in, bytes out. It knows nothing of the drivers, and is written without a look at
/// them; it serves the simulated bus, and a bridge behind which a real kernel finds it.
/// </summary>
public interface ISimulatedChip
{
    /// <summary>7-bit address.</summary>
    int Address { get; }

    /// <summary>The bytes of one write after the address.</summary>
    void Write(ReadOnlySpan<byte> bytes);

    /// <summary>The bytes of one read, from where the last write left the pointer.</summary>
    void Read(Span<byte> into);

    /// <summary>The supply goes and comes back: every register holds its reset value, and the time of a conversion begins anew.</summary>
    void PowerCycle();
}
