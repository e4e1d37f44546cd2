using System.Buffers.Binary;
using System.Numerics;
using EdgeNode.Core.Model;

namespace EdgeNode.Hardware.Modbus;

/// <summary>Registers into a raw number with its quality, without state. Scale and offset are Core's.</summary>
internal static class ValueDecoder
{
    private const int BitsOfDouble = 53;
    private static readonly double[] PowersOfTen = [1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9];

    private const ulong Mod10kGroup = 10_000;

    /// <summary>Decodes one value of a block.</summary>
    /// <param name="options">Where it lies, and how.</param>
    /// <param name="block">What was read.</param>
    /// <param name="data">The block's bytes: registers, or bits with the lowest coil in the lowest bit.</param>
    /// <param name="raw">The number; 0 when the quality is bad.</param>
    public static Quality Decode(RegisterOptions options, Block block, ReadOnlySpan<byte> data, out double raw)
    {
        var at = options.Register - block.Register;
        if (Pdu.IsOfBits(options.Function))
            return Exact((data[at / 8] >> (at % 8)) & 1, out raw);

        var quality = Decode(options, data[(2 * at)..], out raw);
        return options.With is { } with && !quality.IsBad ? Complete(with, data[(2 * (with.Register - block.Register))..], quality, ref raw) : quality;
    }

    /// <summary>The bits of a status word of a block, the least significant being bit 0.</summary>
    public static ulong Bits(RegisterOptions options, Block block, ReadOnlySpan<byte> data)
    {
        var at = options.Register - block.Register;
        return Pdu.IsOfBits(options.Function) ? (uint)(data[at / 8] >> (at % 8)) & 1 : Assemble(data[(2 * at)..], options.Count, options.Order);
    }

    /// <summary>The value with what its second register says.</summary>
    private static Quality Complete(RegisterPartner with, ReadOnlySpan<byte> registers, Quality quality, ref double raw)
    {
        var second = Number(with.Type, with.Order, 0, 0, registers, out var number);
        switch (with.Kind)
        {
            case var _ when second.IsBad:
                break;
            case PartnerKind.Sign:
                raw = (((int)number >> with.Bit) & 1) != 0 ? -raw : raw;
                return quality;
            case PartnerKind.Fraction:
                raw += number;
                return quality.IsGood ? second : quality;
            case PartnerKind.Decimals when number is >= 0 and <= 9:
                raw /= PowersOfTen[(int)number];
                return quality;
        }

        raw = 0;
        return Quality.Bad(second.IsBad ? second.Reason : Reason.NotANumber);
    }

    /// <summary>Decodes one value.</summary>
    /// <param name="options">Type, order, bits and invalid patterns.</param>
    /// <param name="registers">The value's own registers first, two bytes each, high byte first as on the wire.</param>
    /// <param name="raw">The number; 0 when the quality is bad.</param>
    public static Quality Decode(RegisterOptions options, ReadOnlySpan<byte> registers, out double raw)
    {
        var bits = Assemble(registers, options.Count, options.Order);
        raw = 0;

        // The maker's mark for "no value" counts before the meaning of the bits: a NaN that he listed is a mark.
        foreach (var invalid in options.Invalid)
        {
            if (bits == invalid)
                return Quality.Bad(Reason.Sentinel);
        }

        return Number(options.Type, options.FirstBit, options.BitCount, bits, out raw);
    }

    private static Quality Number(RegisterType type, WordOrder order, int firstBit, int bitCount, ReadOnlySpan<byte> registers, out double raw)
    {
        return Number(type, firstBit, bitCount, Assemble(registers, RegisterOptions.Width(type), order), out raw);
    }

    private static Quality Number(RegisterType type, int firstBit, int bitCount, ulong bits, out double raw)
    {
        raw = 0;
        return type switch
        {
            RegisterType.UInt16 or RegisterType.UInt32 => Exact((uint)bits, out raw),
            RegisterType.Int16 => Exact((short)bits, out raw),
            RegisterType.Int32 => Exact((int)bits, out raw),
            RegisterType.UInt64 => Whole(bits, false, out raw),
            RegisterType.Int64 => Whole((long)bits < 0 ? unchecked(0 - bits) : bits, (long)bits < 0, out raw),
            RegisterType.Float32 => Finite(BitConverter.UInt32BitsToSingle((uint)bits), out raw),
            RegisterType.Float64 => Finite(BitConverter.UInt64BitsToDouble(bits), out raw),
            RegisterType.Bcd16 => Digits(bits, 4, 4, 10, out raw),
            RegisterType.Bcd32 => Digits(bits, 8, 4, 10, out raw),
            RegisterType.Mod10k32 => Digits(bits, 2, 16, Mod10kGroup, out raw),
            RegisterType.Mod10k48 => Digits(bits, 3, 16, Mod10kGroup, out raw),
            RegisterType.Mod10k64 => Digits(bits, 4, 16, Mod10kGroup, out raw),
            RegisterType.Bits => Exact((bits >> firstBit) & ((1UL << bitCount) - 1), out raw),
            _ => throw new ArgumentOutOfRangeException(nameof(type), type, "Unknown register type."),
        };
    }

    /// <summary>The raw bit pattern, most significant byte first, whatever order the device sends.</summary>
    internal static ulong Assemble(ReadOnlySpan<byte> registers, int count, WordOrder order)
    {
        var lowWordFirst = order is WordOrder.CDAB or WordOrder.DCBA;
        var lowByteFirst = order is WordOrder.BADC or WordOrder.DCBA;
        if (count == 1)
            return lowByteFirst ? BinaryPrimitives.ReadUInt16LittleEndian(registers) : BinaryPrimitives.ReadUInt16BigEndian(registers);
        ulong bits = 0;
        for (var i = 0; i < count; i++)
        {
            var word = registers.Slice((lowWordFirst ? count - 1 - i : i) * 2, 2);
            bits = (bits << 16) | (lowByteFirst ? BinaryPrimitives.ReadUInt16LittleEndian(word) : BinaryPrimitives.ReadUInt16BigEndian(word));
        }

        return bits;
    }

    private static Quality Exact(double value, out double raw)
    {
        raw = value;
        return Quality.Good;
    }

    private static Quality Finite(double value, out double raw)
    {
        raw = double.IsFinite(value) ? value : 0;
        return double.IsFinite(value) ? Quality.Good : Quality.Bad(Reason.NotANumber);
    }

    /// <summary>An integer of up to 64 bits; a double holds it exactly when its significant bits fit into 53.</summary>
    private static Quality Whole(ulong magnitude, bool negative, out double raw)
    {
        raw = negative ? -(double)magnitude : magnitude;
        var significant = magnitude == 0 ? 0 : 64 - BitOperations.LeadingZeroCount(magnitude) - BitOperations.TrailingZeroCount(magnitude);
        return significant <= BitsOfDouble ? Quality.Good : Quality.Uncertain(Reason.Rounded);
    }

    /// <summary>Groups of bits that are digits to a number base: BCD nibbles, or words of 0 to 9999.</summary>
    private static Quality Digits(ulong bits, int groups, int width, ulong numberBase, out double raw)
    {
        ulong value = 0;
        raw = 0;
        for (var i = groups - 1; i >= 0; i--)
        {
            var digit = (bits >> (i * width)) & ((1UL << width) - 1);
            if (digit >= numberBase)
                return Quality.Bad(Reason.NotANumber);
            value = (value * numberBase) + digit;
        }

        return Whole(value, false, out raw);
    }
}
