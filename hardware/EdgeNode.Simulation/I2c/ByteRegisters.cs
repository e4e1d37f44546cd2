namespace EdgeNode.Simulation.I2c;

/// <summary>Register file of the chips with a pointer byte and 8-bit registers, the pointer counting up with each byte that is read.</summary>
public abstract class ByteRegisters : ISimulatedChip
{
    private byte _pointer;

    /// <param name="address">7 bits.</param>
    protected ByteRegisters(int address) => Address = address;

    /// <inheritdoc/>
    public int Address { get; }

    /// <summary>Whether a write of several bytes is a run of registers, else register and value in turn.</summary>
    protected virtual bool WritesRuns => false;

    /// <inheritdoc/>
    public void Write(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty)
        {
            return;
        }

        _pointer = bytes[0];
        for (var i = 1; i < bytes.Length; i++)
        {
            Set(_pointer, bytes[i]);
            if (WritesRuns)
            {
                _pointer++;
            }
            else if (++i < bytes.Length)
            {
                _pointer = bytes[i];
            }
        }
    }

    /// <inheritdoc/>
    public void Read(Span<byte> into)
    {
        foreach (ref var value in into)
        {
            value = Get(_pointer++);
        }
    }

    /// <inheritdoc/>
    public virtual void PowerCycle() => _pointer = 0;

    /// <summary>What a register holds now.</summary>
    protected abstract byte Get(byte register);

    /// <summary>Writes a register.</summary>
    protected abstract void Set(byte register, byte value);
}
