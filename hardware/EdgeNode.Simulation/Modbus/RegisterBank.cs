using System.Buffers.Binary;
using EdgeNode.Core.Model;

namespace EdgeNode.Simulation.Modbus;

/// <summary>Which of the two register tables of a device.</summary>
public enum RegisterTable
{
    /// <summary>Read by function 3, written by 6 and 16.</summary>
    Holding,

    /// <summary>Read by function 4.</summary>
    Input,
}

/// <summary>
/// The four tables of one device. Each starts at address 0; what lies beyond its size does not exist and is answered with exception 2.
/// A call is one indivisible step: a reader never sees half of a 32-bit value.
/// </summary>
/// <remarks>Safe for use by several threads. An address outside the table in a setter or getter is a programming error and throws.</remarks>
public sealed class RegisterBank
{
    private readonly Lock _lock = new();
    private readonly Tables _live;
    private Tables? _held;

    /// <summary>An empty bank: all registers 0, all bits off.</summary>
    /// <param name="holding">Number of holding registers, 0 to 65536.</param>
    /// <param name="input">Number of input registers, 0 to 65536.</param>
    /// <param name="coils">Number of coils, 0 to 65536.</param>
    /// <param name="discrete">Number of discrete inputs, 0 to 65536.</param>
    public RegisterBank(int holding = 0, int input = 0, int coils = 0, int discrete = 0) =>
        _live = new Tables(Words(holding), Words(input), Bits(coils), Bits(discrete));

    /// <summary>Registers as they are on the wire, first register first.</summary>
    public void SetWords(RegisterTable table, int register, params ReadOnlySpan<ushort> words)
    {
        lock (_lock) words.CopyTo(_live.Of(table).AsSpan(register, words.Length));
    }

    /// <summary>One register, unsigned.</summary>
    public void SetUInt16(RegisterTable table, int register, ushort value) => SetWords(table, register, value);

    /// <summary>One register, two's complement.</summary>
    public void SetInt16(RegisterTable table, int register, short value) => SetWords(table, register, unchecked((ushort)value));

    /// <summary>Two registers, unsigned.</summary>
    public void SetUInt32(RegisterTable table, int register, uint value, WordOrder order)
    {
        (uint first, uint second) = order switch
        {
            WordOrder.ABCD => (value >> 16, value & 0xFFFF),
            WordOrder.CDAB => (value & 0xFFFF, value >> 16),
            WordOrder.BADC => (Swapped(value >> 16), Swapped(value & 0xFFFF)),
            WordOrder.DCBA => (Swapped(value & 0xFFFF), Swapped(value >> 16)),
            _ => throw new ArgumentOutOfRangeException(nameof(order)),
        };
        SetWords(table, register, (ushort)first, (ushort)second);
    }

    /// <summary>Two registers, two's complement.</summary>
    public void SetInt32(RegisterTable table, int register, int value, WordOrder order) => SetUInt32(table, register, unchecked((uint)value), order);

    /// <summary>Two registers, IEEE 754 single.</summary>
    public void SetFloat32(RegisterTable table, int register, float value, WordOrder order) =>
        SetUInt32(table, register, BitConverter.SingleToUInt32Bits(value), order);

    /// <summary>One coil (functions 1, 5, 15).</summary>
    public void SetCoil(int coil, bool on)
    {
        lock (_lock) _live.Coils[coil] = on;
    }

    /// <summary>One discrete input (function 2).</summary>
    public void SetDiscrete(int input, bool on)
    {
        lock (_lock) _live.Discrete[input] = on;
    }

    /// <summary>What a register holds now, whatever the wire shows.</summary>
    public ushort Word(RegisterTable table, int register)
    {
        lock (_lock) return _live.Of(table)[register];
    }

    /// <summary>What a coil holds now, whatever the wire shows.</summary>
    public bool Coil(int coil)
    {
        lock (_lock) return _live.Coils[coil];
    }

    /// <summary>While held, masters read the values of the moment when holding began; writes land all the same, unseen.</summary>
    internal void Hold(bool hold)
    {
        lock (_lock) _held = hold ? _held ?? _live.Copy() : null;
    }

    /// <summary>Copies registers out in wire order; false when the span leaves the table.</summary>
    internal bool TryRead(RegisterTable table, int register, int count, Span<byte> destination)
    {
        lock (_lock)
        {
            ushort[] words = (_held ?? _live).Of(table);
            if (register + count > words.Length) return false;
            for (int i = 0; i < count; i++) BinaryPrimitives.WriteUInt16BigEndian(destination[(2 * i)..], words[register + i]);
            return true;
        }
    }

    /// <summary>Writes holding registers given in wire order; false when the span leaves the table.</summary>
    internal bool TryWrite(int register, ReadOnlySpan<byte> values)
    {
        lock (_lock)
        {
            int count = values.Length / 2;
            if (register + count > _live.Holding.Length) return false;
            for (int i = 0; i < count; i++) _live.Holding[register + i] = BinaryPrimitives.ReadUInt16BigEndian(values[(2 * i)..]);
            return true;
        }
    }

    /// <summary>Copies bits out, lowest bit first, spare bits 0; false when the span leaves the table.</summary>
    internal bool TryReadBits(bool coils, int first, int count, Span<byte> destination)
    {
        lock (_lock)
        {
            Tables tables = _held ?? _live;
            bool[] bits = coils ? tables.Coils : tables.Discrete;
            if (first + count > bits.Length) return false;
            destination[..((count + 7) / 8)].Clear();
            for (int i = 0; i < count; i++)
            {
                if (bits[first + i]) destination[i / 8] |= (byte)(1 << (i % 8));
            }

            return true;
        }
    }

    /// <summary>Writes coils, lowest bit first; false when the span leaves the table.</summary>
    internal bool TryWriteBits(int first, int count, ReadOnlySpan<byte> values)
    {
        lock (_lock)
        {
            if (first + count > _live.Coils.Length) return false;
            for (int i = 0; i < count; i++) _live.Coils[first + i] = (values[i / 8] & (1 << (i % 8))) != 0;
            return true;
        }
    }

    private static uint Swapped(uint word) => ((word & 0xFF) << 8) | (word >> 8);

    private static ushort[] Words(int count) => new ushort[InSpace(count)];

    private static bool[] Bits(int count) => new bool[InSpace(count)];

    private static int InSpace(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, 65536);
        return count;
    }

    private sealed record Tables(ushort[] Holding, ushort[] Input, bool[] Coils, bool[] Discrete)
    {
        public ushort[] Of(RegisterTable table) => table == RegisterTable.Holding ? Holding : Input;

        public Tables Copy() => new([.. Holding], [.. Input], [.. Coils], [.. Discrete]);
    }
}
