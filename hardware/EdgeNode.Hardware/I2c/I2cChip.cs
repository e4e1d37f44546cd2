using System.Buffers.Binary;
using EdgeNode.Hardware.Modbus;

namespace EdgeNode.Hardware.I2c;

/// <summary>
/// The registers behind one address. A failed transfer stays known until <see cref="Begin"/>, and nothing more goes out until then; what
/// was read meanwhile is 0 and must not be used. So a driver reads as a list of registers, and its caller looks once.
/// </summary>
internal sealed class I2cChip(II2cBus bus, int address, Counters counters)
{
    public int Address => address;

    /// <summary>First failure since <see cref="Begin"/>.</summary>
    public I2cResult Outcome { get; private set; }

    /// <summary>What the driver that used the chip last left in its configuration; null when nothing is known of it.</summary>
    public ushort? Left { get; set; }

    public void Begin() => Outcome = I2cResult.Done;

    public void Read(byte register, Span<byte> into)
    {
        into.Clear();
        if (Outcome == I2cResult.Done)
            Count(bus.WriteRead(address, [register], into));
        if (Outcome != I2cResult.Done)
            into.Clear();
    }

    public byte Read8(byte register)
    {
        Span<byte> value = stackalloc byte[1];
        Read(register, value);
        return value[0];
    }

    /// <summary>Most significant byte first.</summary>
    public ushort Read16(byte register)
    {
        Span<byte> value = stackalloc byte[2];
        Read(register, value);
        return BinaryPrimitives.ReadUInt16BigEndian(value);
    }

    public void Write8(byte register, byte value) => Write([register, value]);

    /// <summary>Most significant byte first.</summary>
    public void Write16(byte register, ushort value) => Write([register, (byte)(value >> 8), (byte)value]);

    private void Write(ReadOnlySpan<byte> bytes)
    {
        if (Outcome == I2cResult.Done)
            Count(bus.Write(address, bytes));
    }

    private void Count(I2cResult result)
    {
        Outcome = result;
        counters.Request();
        if (result == I2cResult.Done)
            counters.Reply();
        else if (result == I2cResult.NoAnswer)
            counters.Timeout();
        else
            counters.LinkFailure();
    }
}
