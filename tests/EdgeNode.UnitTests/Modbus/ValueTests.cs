using System.Buffers.Binary;
using System.Globalization;
using EdgeNode.Core.Model;
using EdgeNode.Hardware.Modbus;

namespace EdgeNode.UnitTests.Modbus;

/// <summary>Registers into values (cases 67 to 72).</summary>
public class ValueTests
{
    private static (double Raw, Quality Quality) Decode(RegisterType type, string hex, WordOrder order = WordOrder.ABCD, params ulong[] invalid)
    {
        var quality = ValueDecoder.Decode(Plant.Value(0, 0, type, 3, order, invalid), Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal)), out var raw);
        return (raw, quality);
    }

    [Theory, Trait("modbus-case", "67")]
    [InlineData(RegisterType.UInt16, WordOrder.ABCD, "8001", 32769)]
    [InlineData(RegisterType.UInt16, WordOrder.CDAB, "8001", 32769)]
    [InlineData(RegisterType.UInt16, WordOrder.BADC, "0180", 32769)]
    [InlineData(RegisterType.UInt16, WordOrder.DCBA, "0180", 32769)]
    [InlineData(RegisterType.Int16, WordOrder.ABCD, "8001", -32767)]
    [InlineData(RegisterType.Int16, WordOrder.BADC, "FEFF", -2)]
    [InlineData(RegisterType.UInt32, WordOrder.ABCD, "8123 4567", 0x81234567)]
    [InlineData(RegisterType.UInt32, WordOrder.CDAB, "4567 8123", 0x81234567)]
    [InlineData(RegisterType.UInt32, WordOrder.BADC, "2381 6745", 0x81234567)]
    [InlineData(RegisterType.UInt32, WordOrder.DCBA, "6745 2381", 0x81234567)]
    [InlineData(RegisterType.Int32, WordOrder.ABCD, "FFFF FFFE", -2)]
    [InlineData(RegisterType.Int32, WordOrder.CDAB, "0000 8000", -2147483648)]
    [InlineData(RegisterType.Int32, WordOrder.BADC, "FFFF FEFF", -2)]
    [InlineData(RegisterType.Int32, WordOrder.DCBA, "FEFF FFFF", -2)]
    [InlineData(RegisterType.UInt64, WordOrder.ABCD, "0001 0203 0405 0607", 0x0001020304050607)]
    [InlineData(RegisterType.UInt64, WordOrder.CDAB, "0607 0405 0203 0001", 0x0001020304050607)]
    [InlineData(RegisterType.UInt64, WordOrder.BADC, "0100 0302 0504 0706", 0x0001020304050607)]
    [InlineData(RegisterType.UInt64, WordOrder.DCBA, "0706 0504 0302 0100", 0x0001020304050607)]
    [InlineData(RegisterType.Int64, WordOrder.ABCD, "FFFF FFFF FFFF FFFE", -2)]
    [InlineData(RegisterType.Int64, WordOrder.CDAB, "FFFE FFFF FFFF FFFF", -2)]
    [InlineData(RegisterType.Int64, WordOrder.BADC, "FFFF FFFF FFFF FEFF", -2)]
    [InlineData(RegisterType.Int64, WordOrder.DCBA, "FEFF FFFF FFFF FFFF", -2)]
    [InlineData(RegisterType.Int64, WordOrder.ABCD, "8000 0000 0000 0000", -9223372036854775808.0)]
    [InlineData(RegisterType.UInt64, WordOrder.ABCD, "8000 0000 0000 0000", 9223372036854775808.0)]
    public void Integers_of_all_widths_in_all_orders(RegisterType type, WordOrder order, string hex, double expected) =>
        Assert.Equal((expected, Quality.Good), Decode(type, hex, order));

    [Theory, Trait("modbus-case", "67")]
    [InlineData(RegisterType.UInt64, "0020 0000 0000 0000", true)]
    [InlineData(RegisterType.UInt64, "0020 0000 0000 0001", false)]
    [InlineData(RegisterType.UInt64, "0020 0000 0000 0002", true)]
    [InlineData(RegisterType.UInt64, "FFFF FFFF FFFF FFFF", false)]
    [InlineData(RegisterType.UInt64, "FFFF FFFF FFFF F800", true)]
    [InlineData(RegisterType.Int64, "7FFF FFFF FFFF FFFF", false)]
    [InlineData(RegisterType.Int64, "FFDF FFFF FFFF FFFF", false)]
    [InlineData(RegisterType.Int64, "8000 0000 0000 0001", false)]
    [InlineData(RegisterType.Mod10k64, "270F 270F 270F 270F", false)]
    [InlineData(RegisterType.Mod10k64, "270F 270F 270F 2710", null)]
    public void An_integer_that_a_double_cannot_hold_says_so(RegisterType type, string hex, bool? exact) =>
        Assert.Equal(
            exact switch { true => Quality.Good, false => Quality.Uncertain(Reason.Rounded), null => Quality.Bad(Reason.NotANumber) },
            Decode(type, hex).Quality);

    [Law(MaxTest = 1000), Trait("modbus-case", "67")]
    public void A_64_bit_integer_is_good_exactly_when_it_survives_the_way_there_and_back(ulong bits, byte shift)
    {
        bits = bits * 0x9E3779B97F4A7C15 << (shift % 64);
        var (raw, quality) = Decode(RegisterType.UInt64, bits.ToString("X16", CultureInfo.InvariantCulture));
        Assert.Equal((System.Numerics.BigInteger)raw == bits, quality.IsGood);
        var (signed, signedQuality) = Decode(RegisterType.Int64, bits.ToString("X16", CultureInfo.InvariantCulture));
        Assert.Equal((System.Numerics.BigInteger)signed == (long)bits, signedQuality.IsGood);
    }

    [Theory, Trait("modbus-case", "68")]
    [InlineData("4148 F5C3", WordOrder.ABCD, 12.56f)]
    [InlineData("F5C3 4148", WordOrder.CDAB, 12.56f)]
    [InlineData("4841 C3F5", WordOrder.BADC, 12.56f)]
    [InlineData("C3F5 4841", WordOrder.DCBA, 12.56f)]
    [InlineData("0000 0001", WordOrder.ABCD, float.Epsilon)]
    [InlineData("FF7F FFFF", WordOrder.ABCD, float.MinValue)]
    [InlineData("8000 0000", WordOrder.ABCD, -0f)]
    public void Floats_in_all_orders_denormal_included(string hex, WordOrder order, float expected) =>
        Assert.Equal(((double)expected, Quality.Good), Decode(RegisterType.Float32, hex, order));

    [Fact, Trait("modbus-case", "68")]
    public void Doubles_in_all_orders()
    {
        Assert.Equal((Math.PI, Quality.Good), Decode(RegisterType.Float64, "4009 21FB 5444 2D18"));
        Assert.Equal((Math.PI, Quality.Good), Decode(RegisterType.Float64, "2D18 5444 21FB 4009", WordOrder.CDAB));
        Assert.Equal((Math.PI, Quality.Good), Decode(RegisterType.Float64, "0940 FB21 4454 182D", WordOrder.BADC));
        Assert.Equal((Math.PI, Quality.Good), Decode(RegisterType.Float64, "182D 4454 FB21 0940", WordOrder.DCBA));
        Assert.Equal((double.Epsilon, Quality.Good), Decode(RegisterType.Float64, "0000 0000 0000 0001"));
    }

    [Theory, Trait("modbus-case", "68")]
    [InlineData(RegisterType.Float32, "7FC0 0000")]
    [InlineData(RegisterType.Float32, "FFFF FFFF")]
    [InlineData(RegisterType.Float32, "7F80 0001")]
    [InlineData(RegisterType.Float32, "7F80 0000")]
    [InlineData(RegisterType.Float32, "FF80 0000")]
    [InlineData(RegisterType.Float64, "7FF8 0000 0000 0000")]
    [InlineData(RegisterType.Float64, "FFF0 0000 0000 0000")]
    public void Not_a_number_and_infinity_are_bad(RegisterType type, string hex) =>
        Assert.Equal((0, Quality.Bad(Reason.NotANumber)), Decode(type, hex));

    [Theory, Trait("modbus-case", "69")]
    [InlineData(RegisterType.UInt16, WordOrder.ABCD, "FFFF", 0xFFFF, true)]
    [InlineData(RegisterType.Int16, WordOrder.ABCD, "7FFF", 0x7FFF, true)]
    [InlineData(RegisterType.Int16, WordOrder.ABCD, "8000", 0x8000, true)]
    [InlineData(RegisterType.Int16, WordOrder.BADC, "0080", 0x8000, true)]
    [InlineData(RegisterType.Int32, WordOrder.ABCD, "7FFF FFFF", 0x7FFFFFFF, true)]
    [InlineData(RegisterType.Int32, WordOrder.CDAB, "FFFF 7FFF", 0x7FFFFFFF, true)]
    [InlineData(RegisterType.Int32, WordOrder.ABCD, "FFFF 7FFF", 0x7FFFFFFF, false)]
    [InlineData(RegisterType.UInt64, WordOrder.ABCD, "FFFF FFFF FFFF FFFF", ulong.MaxValue, true)]
    [InlineData(RegisterType.Float32, WordOrder.ABCD, "7FC0 0000", 0x7FC00000, true)]
    [InlineData(RegisterType.Float32, WordOrder.CDAB, "0000 C479", 0xC4790000, true)]
    [InlineData(RegisterType.Bcd16, WordOrder.ABCD, "FFFF", 0xFFFF, true)]
    [InlineData(RegisterType.Bits, WordOrder.ABCD, "FFFF", 0xFFFF, true)]
    [InlineData(RegisterType.Int16, WordOrder.ABCD, "FFFF", 0x7FFF, false)]
    public void The_makers_pattern_for_no_value_is_bad(RegisterType type, WordOrder order, string hex, ulong invalid, bool matches) =>
        Assert.Equal(matches, Decode(type, hex, order, 0x1234, invalid) == (0, Quality.Bad(Reason.Sentinel)));

    [Theory, Trait("modbus-case", "70")]
    [InlineData(RegisterType.Bcd16, WordOrder.ABCD, "1234", 1234)]
    [InlineData(RegisterType.Bcd16, WordOrder.BADC, "3412", 1234)]
    [InlineData(RegisterType.Bcd16, WordOrder.ABCD, "123A", -1)]
    [InlineData(RegisterType.Bcd16, WordOrder.ABCD, "A234", -1)]
    [InlineData(RegisterType.Bcd32, WordOrder.ABCD, "9876 5432", 98765432)]
    [InlineData(RegisterType.Bcd32, WordOrder.CDAB, "5432 9876", 98765432)]
    [InlineData(RegisterType.Bcd32, WordOrder.ABCD, "98F6 5432", -1)]
    [InlineData(RegisterType.Mod10k32, WordOrder.ABCD, "0001 270F", 19999)]
    [InlineData(RegisterType.Mod10k32, WordOrder.CDAB, "270F 0001", 19999)]
    [InlineData(RegisterType.Mod10k32, WordOrder.ABCD, "2710 0000", -1)]
    [InlineData(RegisterType.Mod10k48, WordOrder.ABCD, "0001 0002 0003", 100020003)]
    [InlineData(RegisterType.Mod10k48, WordOrder.CDAB, "0003 0002 0001", 100020003)]
    [InlineData(RegisterType.Mod10k48, WordOrder.ABCD, "0001 FFFF 0003", -1)]
    [InlineData(RegisterType.Mod10k64, WordOrder.ABCD, "0001 0002 0003 0004", 1000200030004)]
    [InlineData(RegisterType.Mod10k64, WordOrder.DCBA, "0400 0300 0200 0100", 1000200030004)]
    public void Decimal_digits_and_digits_that_cannot_be(RegisterType type, WordOrder order, string hex, double expected) => // -1: there is none
        Assert.Equal(expected >= 0 ? (expected, Quality.Good) : (0, Quality.Bad(Reason.NotANumber)), Decode(type, hex, order));

    [Theory, Trait("modbus-case", "71")]
    [InlineData("50 4D 35 30 30 00", false, "PM500")]
    [InlineData("4D 50 30 35 00 30", true, "PM500")]
    [InlineData("20 20 53 44 4D 20 20 00", false, "SDM")]
    [InlineData("00 00 00 00", false, "")]
    [InlineData("", false, "")]
    [InlineData("41 FF 42 07", false, "A\uFFFDB\uFFFD")]
    [InlineData("41 00 42 20", false, "A\uFFFDB")]
    public void Text_high_byte_first_or_swapped_trimmed_and_cleaned(string hex, bool swapped, string expected) =>
        Assert.Equal(expected, RegisterText.Decode(Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal)), swapped));

    [Law, Trait("modbus-case", "71")]
    public void Any_registers_make_a_text_without_control_characters(byte[] bytes, bool swapped)
    {
        var text = RegisterText.Decode(bytes.AsSpan(0, bytes.Length & ~1), swapped);
        Assert.DoesNotContain(text, char.IsControl);
        Assert.True(text.Length <= bytes.Length);
    }

    [Theory, Trait("modbus-case", "72")]
    [InlineData(0, 1, 0)]
    [InlineData(1, 1, 1)]
    [InlineData(15, 1, 1)]
    [InlineData(0, 8, 0x5A)]
    [InlineData(8, 8, 0xC3)]
    [InlineData(4, 4, 5)]
    [InlineData(6, 6, 0xD)]
    [InlineData(0, 16, 0xC35A)]
    public void Bits_fields_of_bits_and_halves_of_a_register(int first, int count, double expected)
    {
        Assert.Equal(Quality.Good, ValueDecoder.Decode(Plant.Bits(0, 0, first, count), [0xC3, 0x5A], out var raw));
        Assert.Equal(expected, raw);
        Assert.Equal(Quality.Good, ValueDecoder.Decode(Plant.Bits(0, 0, first, count) with { Order = WordOrder.BADC }, [0x5A, 0xC3], out var swapped));
        Assert.Equal(expected, swapped);
    }

    [Fact, Trait("modbus-case", "72")]
    public void Bits_outside_the_register_are_refused() =>
        Assert.Throws<ArgumentException>(() => BlockPlanner.Plan(Plant.Device(1, Plant.Bits(0, 0, 9, 8))));

    [Law(MaxTest = 1000), Trait("modbus-case", "82")]
    public void Every_decode_agrees_with_a_second_one_written_another_way(byte[] bytes, byte kind, byte order)
    {
        var options = Plant.Value(0, 0, (RegisterType)(kind % 13), 3, (WordOrder)(order % 4));
        var registers = new byte[8];
        bytes.AsSpan(0, Math.Min(8, bytes.Length)).CopyTo(registers);
        registers = registers[..(options.Count * 2)];
        var quality = ValueDecoder.Decode(options, registers, out var raw);

        // Bytes are put in order one by one, most significant first, then padded at the front.
        var ordered = registers.ToArray();
        if (options.Order is WordOrder.BADC or WordOrder.DCBA)
            ordered = [.. ordered.Chunk(2).SelectMany(w => w.Reverse())];
        if (options.Order is WordOrder.CDAB or WordOrder.DCBA)
            ordered = [.. ordered.Chunk(2).Reverse().SelectMany(w => w)];
        var words = ordered.Chunk(2).Select(w => (w[0] * 256) + w[1]).ToArray();
        double expected = options.Type switch
        {
            RegisterType.UInt16 => words[0],
            RegisterType.Int16 => BinaryPrimitives.ReadInt16BigEndian(ordered),
            RegisterType.UInt32 => BinaryPrimitives.ReadUInt32BigEndian(ordered),
            RegisterType.Int32 => BinaryPrimitives.ReadInt32BigEndian(ordered),
            RegisterType.UInt64 => BinaryPrimitives.ReadUInt64BigEndian(ordered),
            RegisterType.Int64 => BinaryPrimitives.ReadInt64BigEndian(ordered),
            RegisterType.Float32 => BinaryPrimitives.ReadSingleBigEndian(ordered),
            RegisterType.Float64 => BinaryPrimitives.ReadDoubleBigEndian(ordered),
            RegisterType.Bcd16 or RegisterType.Bcd32 =>
                double.TryParse(Convert.ToHexString(ordered), NumberStyles.None, CultureInfo.InvariantCulture, out var digits) ? digits : double.NaN,
            _ => words.Any(w => w > 9999) ? double.NaN
                : (double)decimal.Parse(string.Concat(words.Select(w => w.ToString("D4", CultureInfo.InvariantCulture))), CultureInfo.InvariantCulture),
        };
        if (double.IsFinite(expected))
            Assert.Equal((false, expected), (quality.IsBad, raw));
        else
            Assert.Equal((Quality.Bad(Reason.NotANumber), 0), (quality, raw));
    }
}
