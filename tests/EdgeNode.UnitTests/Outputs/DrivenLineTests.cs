using System.Buffers.Binary;
using EdgeNode.Core.Model;
using EdgeNode.Hardware.Gpio;
using EdgeNode.Simulation.Gpio;
using Microsoft.Extensions.Time.Testing;

namespace EdgeNode.UnitTests.Outputs;

/// <summary>Lines that are driven: the kernel's structures byte by byte, and the port over a chip that knows both ways to give a line back.</summary>
public class DrivenLineTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly List<(int Line, bool High)> _levels = [];

    [Theory]
    [InlineData(true, true, 0x10Aul, 1ul)] // output, active low, pull up; the value is the logical one
    [InlineData(false, false, 0x108ul, 0ul)]
    public void An_output_is_asked_for_with_its_level_in_the_same_call(bool activeLow, bool active, ulong flags, ulong value)
    {
        var bytes = LineRequest.Build(new OutputRequest(22, activeLow, LinePull.Up, active));
        Assert.Equal(592, bytes.Length);
        Assert.Equal(22u, BinaryPrimitives.ReadUInt32LittleEndian(bytes)); // offsets[0]
        Assert.Equal("edgenode\0"u8, bytes.AsSpan(256, 9)); // consumer
        Assert.Equal(flags, BinaryPrimitives.ReadUInt64LittleEndian(bytes.AsSpan(288)));
        Assert.Equal(1u, BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(296))); // num_attrs
        Assert.Equal(2u, BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(320))); // output values
        Assert.Equal(value, BinaryPrimitives.ReadUInt64LittleEndian(bytes.AsSpan(328)));
        Assert.Equal(1ul, BinaryPrimitives.ReadUInt64LittleEndian(bytes.AsSpan(336))); // mask
        Assert.Equal(1u, BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(560))); // num_lines
        Assert.Equal(0u, BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(564))); // event_buffer_size
    }

    [Fact]
    public void The_calls_that_set_and_read_have_the_kernels_numbers_and_sizes()
    {
        // _IOWR(0xB4, 0x0E and 0x0F, struct gpio_v2_line_values): the size stands in bits 16 to 29 of the number.
        Assert.Equal((0xC010B40Eu, 0xC010B40Fu), ((uint)LineRequest.GetValues, (uint)LineRequest.SetValues));
        Assert.Equal([1, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0], LineRequest.Values(true)); // bits, mask
        Assert.True(LineRequest.IsActive(LineRequest.Values(true)));
        Assert.False(LineRequest.IsActive(LineRequest.Values(false)));
    }

    [Fact]
    public void A_chip_that_is_not_there_is_a_fault_in_the_kernels_words()
    {
        using var chip = new CharacterDeviceChip("/dev/gpiochip999");
        using var port = new GpioOutput(Line(), chip);
        var result = port.Drive(false, CancellationToken.None);
        Assert.False(result.Done);
        Assert.Equal("line 22: No such file or directory", result.Fault);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_line_has_its_level_from_the_first_moment_and_reads_it_back(bool activeLow)
    {
        using var chip = Chip();
        using var port = new GpioOutput(Line(activeLow: activeLow), chip);
        Assert.Equal((true, true), (port.Drive(true, CancellationToken.None).Done, port.Drive(true, CancellationToken.None).ReadBack));
        Assert.All(_levels, l => Assert.Equal((22, !activeLow), l));
        Assert.False(port.Drive(false, CancellationToken.None).ReadBack);
        Assert.Equal(activeLow, chip.Level(22));
    }

    [Fact]
    public void A_line_is_found_by_its_name()
    {
        using var chip = Chip();
        using var port = new GpioOutput(Line() with { Number = -1, Name = "XV-101" }, chip);
        Assert.Equal("line XV-101: the chip has no line of that name", port.Drive(true, CancellationToken.None).Fault);
        chip.Names["XV-101"] = 9;
        Assert.True(port.Drive(true, CancellationToken.None).Done);
        Assert.True(chip.Level(9));
    }

    [Fact]
    public void A_line_that_another_program_has_is_taken_once_it_is_free()
    {
        using var chip = Chip();
        chip.Taken.Add(22);
        using var port = new GpioOutput(Line(), chip);
        Assert.Equal("line 22: Device or resource busy", port.Drive(false, CancellationToken.None).Fault);
        chip.Taken.Clear();
        Assert.True(port.Drive(false, CancellationToken.None).Done);
    }

    [Fact]
    public void A_chip_that_was_unplugged_comes_back_with_the_level_that_is_asked_for_then()
    {
        using var chip = Chip();
        using var port = new GpioOutput(Line(), chip);
        port.Drive(true, CancellationToken.None);
        chip.Unplugged = true;
        Assert.Equal("line 22: No such device", port.Drive(true, CancellationToken.None).Fault);
        chip.Unplugged = false;
        _levels.Clear();
        Assert.True(port.Drive(false, CancellationToken.None).Done);
        Assert.All(_levels, l => Assert.False(l.High));
    }

    [Theory]
    [InlineData(ReleaseRule.Reverts, LinePull.Down, false)]
    [InlineData(ReleaseRule.Reverts, LinePull.Up, true)]
    [InlineData(ReleaseRule.Persists, LinePull.Down, true)]
    public void After_a_kill_the_line_does_what_its_kernel_lets_it_do(ReleaseRule rule, LinePull pull, bool high)
    {
        using var chip = Chip(rule);
        using var port = new GpioOutput(Line() with { Pull = pull }, chip);
        port.Drive(true, CancellationToken.None);
        chip.Kill();
        Assert.False(chip.IsDriven(22));
        Assert.Equal(high, chip.Level(22));
    }

    private static LineOptions Line(bool activeLow = false) => new(22, null, activeLow, LinePull.Down, TimeSpan.Zero);

    private SimulatedGpioChip Chip(ReleaseRule rule = ReleaseRule.Reverts) => new(_time) { OnRelease = rule, Driven = (line, high) => _levels.Add((line, high)) };
}
