using System.Buffers.Binary;
using EdgeNode.Core.Model;
using EdgeNode.Hardware.Gpio;

namespace EdgeNode.UnitTests.Lines;

/// <summary>The kernel's structures byte by byte, by include/uapi/linux/gpio.h; the virtual bench tries them on a kernel.</summary>
public sealed class LineRequestTests
{
    [Fact]
    public void A_request_has_the_kernels_size_and_its_fields_at_their_places()
    {
        var bytes = LineRequest.Build(new EdgeRequest(17, true, LinePull.Up, TimeSpan.FromMilliseconds(5), () => { }));

        // _IOWR(0xB4, 7, struct gpio_v2_line_request): the size stands in bits 16 to 29 of the number.
        Assert.Equal((592, 592u), (bytes.Length, (uint)LineRequest.GetLine >> 16 & 0x3FFF));
        Assert.Equal(256u, (uint)LineRequest.GetLineInfo >> 16 & 0x3FFF);
        Assert.Equal(68u, (uint)LineRequest.GetChipInfo >> 16 & 0x3FFF);
        Assert.Equal(17u, BinaryPrimitives.ReadUInt32LittleEndian(bytes)); // offsets[0]
        Assert.Equal("edgenode\0"u8, bytes.AsSpan(256, 9)); // consumer
        Assert.Equal(0b1_0001_0110ul, BinaryPrimitives.ReadUInt64LittleEndian(bytes.AsSpan(288))); // active low, input, rising, pull up
        Assert.Equal(1u, BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(296))); // num_attrs
        Assert.Equal(3u, BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(320))); // debounce
        Assert.Equal(5000u, BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(328))); // us
        Assert.Equal(1ul, BinaryPrimitives.ReadUInt64LittleEndian(bytes.AsSpan(336))); // mask
        Assert.Equal(1u, BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(560))); // num_lines
        Assert.Equal(1024u, BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(564))); // event_buffer_size
        Assert.Equal(0, LineRequest.File(bytes));
    }

    [Theory]
    [InlineData(LinePull.AsIs, 0x14ul)]
    [InlineData(LinePull.Down, 0x214ul)]
    [InlineData(LinePull.Off, 0x414ul)]
    public void Without_debounce_there_is_no_attribute(LinePull pull, ulong flags)
    {
        var bytes = LineRequest.Build(new EdgeRequest(1, false, pull, TimeSpan.Zero, () => { }));
        Assert.Equal(flags, BinaryPrimitives.ReadUInt64LittleEndian(bytes.AsSpan(288)));
        Assert.Equal(new byte[560 - 296], bytes.AsSpan(296, 560 - 296));
    }

    [Fact]
    public void An_event_gives_its_time_and_the_number_of_its_line()
    {
        var data = new byte[LineRequest.EventBytes];
        BinaryPrimitives.WriteUInt64LittleEndian(data, 1_500_000_000);
        BinaryPrimitives.WriteUInt32LittleEndian(data.AsSpan(16), 99); // seqno, over all lines
        BinaryPrimitives.WriteUInt32LittleEndian(data.AsSpan(20), 7); // line_seqno
        Assert.Equal(new LineEdge(TimeSpan.FromSeconds(1.5), 7), LineRequest.Edge(data));
    }

    [Fact]
    public void A_chip_that_is_not_there_is_a_fault_and_no_exception()
    {
        using var chip = new CharacterDeviceChip("/dev/gpiochip999");
        Assert.Null(chip.OpenEdges(new EdgeRequest(1, false, LinePull.AsIs, TimeSpan.Zero, () => { })));
        Assert.False(chip.TryFind("X", out _));
        Assert.NotEmpty(chip.Fault);
        using var lines = new DeviceGpioLines("/dev/gpiochip999");
        Assert.False(lines.TryOpenInput(1, LinePull.AsIs));
        Assert.NotEmpty(lines.Fault);
    }

    [Fact]
    public void A_version_of_the_library_that_is_missing_is_found_in_what_the_package_wraps_round_it()
    {
        var wrapped = new IOException("Exception while calling libgpiod", new TypeInitializationException("x", new DllNotFoundException("libgpiod.so.3")));
        Assert.True(DeviceGpioLines.IsMissing(wrapped));
        Assert.Equal("the library libgpiod is missing; install libgpiod2 or libgpiod3", DeviceGpioLines.Words(wrapped));
        var busy = new IOException("Exception while calling libgpiod", new IOException("Device or resource busy."));
        Assert.False(DeviceGpioLines.IsMissing(busy));
        Assert.Equal("Device or resource busy", DeviceGpioLines.Words(busy));
    }
}
