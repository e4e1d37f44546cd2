using System.Buffers.Binary;

namespace EdgeNode.Simulation.I2c;

/// <summary>Register file of the chips with a pointer byte and 16-bit registers, most significant byte first.</summary>
public abstract class WordRegisters : ISimulatedChip
{
    private byte _pointer;

    /// <param name="address">7 bits.</param>
    protected WordRegisters(int address) => Address = address;

    /// <inheritdoc/>
    public int Address { get; }

    /// <inheritdoc/>
    public void Write(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty)
        {
            return;
        }

        _pointer = bytes[0];
        if (bytes.Length >= 3)
        {
            Set(_pointer, BinaryPrimitives.ReadUInt16BigEndian(bytes[1..]));
        }
    }

    /// <inheritdoc/>
    public void Read(Span<byte> into)
    {
        Span<byte> word = stackalloc byte[2];
        BinaryPrimitives.WriteUInt16BigEndian(word, Get(_pointer));
        for (var i = 0; i < into.Length; i++)
        {
            into[i] = word[i % 2];
        }
    }

    /// <inheritdoc/>
    public virtual void PowerCycle() => _pointer = 0;

    /// <summary>What a register holds now.</summary>
    protected abstract ushort Get(byte register);

    /// <summary>Writes a register.</summary>
    protected abstract void Set(byte register, ushort value);
}
