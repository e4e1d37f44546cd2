using EdgeNode.VirtualBench.Bridge;
using EdgeNode.Simulation.I2c;
using Microsoft.Extensions.Time.Testing;

namespace EdgeNode.UnitTests.Chips;

/// <summary>The bridge of the virtual bench by the reports of AN495, as Linux's driver sends them.</summary>
public sealed class Cp2112Tests
{
    private readonly Cp2112 _bridge = new(new Bmx280Chip(new FakeTimeProvider()));

    [Fact]
    public void A_write_and_a_read_come_back_in_parts_of_61_bytes()
    {
        Assert.Empty(_bridge.Output([0x11, 0x76 << 1, 0, 80, 1, 0x88]));
        Assert.Equal([0x16, 2, 5, 0, 0, 0, 80], _bridge.Output([0x15, 1]));
        var first = _bridge.Output([0x12, 0, 61]);
        Assert.Equal([0x13, 2, 61, 0x70, 0x6B], first[..5]); // dig_T1 of the datasheet's example: 27504
        var second = _bridge.Output([0x12, 0, 19]);
        Assert.Equal([0x13, 2, 19], second[..3]);
        Assert.Equal(0x58, second[3 + 0xD0 - 0x88 - 61]);
        Assert.Equal(0, _bridge.Output([0x12, 0, 1])[2]);
    }

    [Fact]
    public void A_write_arrives_at_its_chip()
    {
        Assert.Empty(_bridge.Output([0x14, 0x76 << 1, 2, 0xF5, 0xA0]));
        Assert.Equal([0x16, 2, 5, 0, 0, 0, 0], _bridge.Output([0x15, 1]));
        _bridge.Output([0x14, 0x76 << 1, 1, 0xF5]);
        _bridge.Output([0x10, 0x76 << 1, 0, 1]);
        Assert.Equal([0x13, 2, 1, 0xA0], _bridge.Output([0x12, 0, 1])[..4]);
    }

    [Fact]
    public void An_address_without_a_chip_is_not_acknowledged_and_a_chip_that_returns_has_lost_its_registers()
    {
        byte[] missing = [0x16, 3, 0, 0, 0, 0, 0];
        _bridge.Output([0x10, 0x40 << 1, 0, 1]);
        Assert.Equal(missing, _bridge.Output([0x15, 1]));
        Assert.False(_bridge.Plug(0x40, there: false));

        _bridge.Output([0x14, 0x76 << 1, 2, 0xF5, 0xA0]);
        Assert.True(_bridge.Plug(0x76, there: false));
        _bridge.Output([0x11, 0x76 << 1, 0, 1, 1, 0xF5]);
        Assert.Equal(missing, _bridge.Output([0x15, 1]));
        Assert.Equal(0, _bridge.Output([0x12, 0, 1])[2]);

        Assert.True(_bridge.Plug(0x76, there: true));
        _bridge.Output([0x11, 0x76 << 1, 0, 1, 1, 0xF5]);
        Assert.Equal([0x13, 2, 1, 0], _bridge.Output([0x12, 0, 1])[..4]);
    }

    [Fact]
    public void Reports_of_any_bytes_are_answered_by_a_report_or_by_none()
    {
        var random = new Random(2112);
        for (var i = 0; i < 20_000; i++)
        {
            var report = new byte[random.Next(65)];
            random.NextBytes(report);
            if (report.Length > 0)
                report[0] = (byte)random.Next(0x10, 0x18);
            Assert.InRange(_bridge.Output(report).Length, 0, 64);
        }
    }

    [Fact]
    public void The_descriptor_has_the_lengths_of_the_reports()
    {
        var length = new Dictionary<byte, int>();
        var (number, count) = ((byte)0, 0);
        for (var at = 0; at < Cp2112.Descriptor.Length; at += 1 + (Cp2112.Descriptor[at] & 3))
        {
            var value = Cp2112.Descriptor[Math.Min(at + 1, Cp2112.Descriptor.Length - 1)];
            (number, count) = Cp2112.Descriptor[at] switch
            {
                0x85 => (value, count),
                0x95 => (number, value),
                _ => (number, count),
            };
            if (Cp2112.Descriptor[at] is 0x81 or 0x91 or 0xB1)
                length.Add(number, 1 + count);
        }

        // A feature report is as long as the descriptor says, an input report at most.
        Assert.All([0x02, 0x03, 0x05, 0x06, 0x20, 0x21], n => Assert.Equal(length[(byte)n], Cp2112.Feature((byte)n).Length));
        Assert.Equal((64, 7), (length[0x13], length[0x16]));
        Assert.Empty(Cp2112.Feature(0x77));
    }
}
