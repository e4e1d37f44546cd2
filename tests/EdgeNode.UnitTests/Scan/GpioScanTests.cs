using System.Buffers.Binary;
using EdgeNode.Hardware.Scan;

namespace EdgeNode.UnitTests.Scan;

/// <summary>What the kernel says of lines, byte by byte by include/uapi/linux/gpio.h; the virtual bench tries it on a kernel.</summary>
public sealed class GpioScanTests
{
    [Theory]
    [InlineData(0x4ul, false, false, false, "")] // input
    [InlineData(0x9ul, true, true, false, "")] // used, output
    [InlineData(0x107ul, true, false, true, "up")]
    [InlineData(0x204ul, false, false, false, "down")]
    [InlineData(0x404ul, false, false, false, "off")]
    public void A_line_is_read_from_its_fields(ulong flags, bool used, bool output, bool activeLow, string pull)
    {
        var info = new byte[256];
        "GPIO17"u8.CopyTo(info);
        new string('c', 31).Select(c => (byte)c).ToArray().CopyTo(info, 32);
        BinaryPrimitives.WriteUInt32LittleEndian(info.AsSpan(64), 17);
        BinaryPrimitives.WriteUInt64LittleEndian(info.AsSpan(72), flags);
        Assert.Equal(new LineInfo(17, "GPIO17", new string('c', 31), used, output, activeLow, pull), LineInfo.Of(info));
    }

    [Fact]
    public void What_is_no_chip_is_a_fault_and_a_second_name_is_left_out()
    {
        var root = Directory.CreateTempSubdirectory("edgenode-scan-").FullName;
        try
        {
            Directory.CreateDirectory(Path.Combine(root, "dev"));
            File.WriteAllText(Path.Combine(root, "dev/gpiochip10"), "");
            File.WriteAllText(Path.Combine(root, "dev/gpiochip2"), "");
            File.CreateSymbolicLink(Path.Combine(root, "dev/gpiochip4"), "gpiochip2");

            var reports = new GpioScan(root).Run();

            Assert.Equal(["gpiochip2", "gpiochip10"], reports.Select(r => Path.GetFileName(r.Path)));
            Assert.All(reports, r => Assert.NotNull(r.Fault));
            Assert.Empty(new GpioScan(Path.Combine(root, "nothing")).Run());
        }
        finally
        {
            Directory.Delete(root, recursive: true);
        }
    }
}
