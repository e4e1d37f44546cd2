using EdgeNode.Core.Model;
using EdgeNode.Core.Validate;
using EdgeNode.Hardware.Iio;
using EdgeNode.UnitTests.Provisioning;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace EdgeNode.UnitTests.Sysfs;

/// <summary>Sensors that the kernel drives, in a tree of files that stands for sysfs.</summary>
public sealed class SysfsTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("edgenode-sysfs").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public void A_processed_channel_comes_as_it_is_and_a_raw_one_with_the_kernels_offset_and_scale()
    {
        Device("bus/iio/devices", "iio:device0", "1-0076", ("name", "bmp280"), ("in_pressure_input", "100.653"), ("in_temp_raw", "2508"), ("in_temp_scale", "10"),
            ("in_voltage0_raw", "100"), ("in_voltage_scale", "0.125"), ("in_voltage0_offset", "-20"), ("in_voltage1-voltage2_raw", "8"), ("in_voltage-voltage_scale", "2"));
        Assert.Equal(
            [(100.653, "good"), (25080, "good"), (10, "good"), (16, "good")],
            Read(Iio("bmp280", null, "pressure", "temp", "voltage0", "voltage1-voltage2")));
    }

    [Fact]
    public void Two_of_a_name_are_told_apart_by_where_they_hang_and_never_guessed()
    {
        Device("bus/iio/devices", "iio:device0", "1-0076", ("name", "bmp280"), ("in_temp_input", "1"));
        Device("bus/iio/devices", "iio:device1", "1-0077", ("name", "bmp280"), ("in_temp_input", "2"));
        Assert.Equal([(0, "bad:link-down")], Read(Iio("bmp280", null, "temp")));
        Assert.Equal([(2, "good")], Read(Iio("bmp280", "1-0077", "temp")));
        Assert.Equal([(0, "bad:link-down")], Read(Iio("bmp280", "1-0078", "temp")));
    }

    [Fact]
    public void A_device_that_comes_back_under_another_number_is_found_again()
    {
        Device("class/hwmon", "hwmon0", "1-0048", ("name", "lm75"), ("temp1_input", "21500"));
        var options = Hwmon("lm75", "temp1");
        using var bus = Bus(options, out var read);
        Assert.Equal([(21500, "good")], read());
        Directory.Delete(Path.Combine(_root, "class/hwmon/hwmon0"));
        Directory.Delete(Path.Combine(_root, "devices/1-0048"), recursive: true);
        Assert.Equal([(0, "bad:link-down")], read());
        Device("class/hwmon", "hwmon3", "1-0048", ("name", "lm75"), ("temp1_input", "22000"));
        Assert.Equal([(22000, "good")], read());
    }

    [Fact]
    public void A_sensor_that_the_kernel_calls_broken_has_no_value()
    {
        Device("class/hwmon", "hwmon0", "1-0048", ("name", "lm90"), ("temp1_input", "0"), ("temp1_fault", "1"), ("temp2_input", "30000"), ("temp2_fault", "0"));
        Assert.Equal([(0, "bad:sensor-failure"), (30000, "good")], Read(Hwmon("lm90", "temp1", "temp2")));
    }

    [Theory]
    [InlineData("")]
    [InlineData("n/a")]
    [InlineData("nan")]
    [InlineData("1,5")]
    public void What_is_no_number_is_no_value(string text)
    {
        Device("class/hwmon", "hwmon0", "x", ("name", "x"), ("temp1_input", text));
        Assert.Equal([(0, "bad:device-failure")], Read(Hwmon("x", "temp1")));
    }

    [Fact]
    public void A_missing_channel_spoils_no_other()
    {
        Device("class/hwmon", "hwmon0", "x", ("name", "x"), ("temp2_input", "5"));
        Assert.Equal([(0, "bad:link-down"), (5, "good")], Read(Hwmon("x", "temp1", "temp2")));
    }

    [Fact]
    public void Any_file_with_a_number_can_be_a_channel()
    {
        var file = Path.Combine(_root, "temp");
        File.WriteAllText(file, "48312\n");
        Assert.Equal([(48312, "good")], Read(new SysfsDeviceOptions("T", 0, TimeSpan.FromSeconds(1), SysfsClass.File, null, null, [new SysfsChannel(0, file)])));
    }

    [Theory]
    [InlineData("iio", "pressure", "bar", 100.653, 1.00653)]
    [InlineData("iio", "temp", "degF", 25080, 77.144)]
    [InlineData("iio", "humidityrelative", "%", 47500, 47.5)]
    [InlineData("iio", "voltage3", "V", 1250, 1.25)]
    [InlineData("hwmon", "temp1", "Cel", 21500, 21.5)]
    [InlineData("hwmon", "in0", "V", 3300, 3.3)]
    [InlineData("hwmon", "curr1", "A", 250, 0.25)]
    [InlineData("hwmon", "power1", "W", 4_500_000, 4.5)]
    [InlineData("hwmon", "fan1", "1/min", 1200, 1200)]
    public void The_kernels_unit_becomes_the_site_files(string profile, string channel, string unit, double number, double expected)
    {
        var point = Site(profile, $"name: a, channel: {channel}, unit: \"{unit}\"").Points[0];
        Assert.Equal(expected, (number * point.Scale) + point.Offset, 9);
    }

    [Fact]
    public void Written_scale_and_offset_are_for_the_kernels_own_number()
    {
        var point = Site("iio", "name: level, channel: voltage0, scale: 0.002, offset: -1, unit: m").Points[0];
        Assert.Equal((0.002, -1, "KT-1.level"), (point.Scale, point.Offset, point.Name));
    }

    [Fact]
    public void What_this_machine_measures_itself_can_be_read()
    {
        // Where there is a hwmon of the machine's own with a temperature; a container may have none.
        if (!Directory.Exists("/sys/class/hwmon"))
            Assert.Skip("this machine has no hwmon");
        var found = Directory.EnumerateDirectories("/sys/class/hwmon")
            .Where(d => File.Exists(d + "/temp1_input"))
            .GroupBy(d => File.ReadAllText(d + "/name").Trim()).FirstOrDefault(g => g.Count() == 1);
        if (found is null)
            Assert.Skip("this machine has no hwmon with a temperature and a name of its own");
        using var bus = Bus(Hwmon(found.Key, "temp1"), out var read, "/sys");
        Assert.InRange(Assert.Single(read()).Value, -60_000, 150_000);
    }

    private static Site Site(string profile, string channel) => TestFiles.Load($$"""
        node: { id: en-1, site: station-1 }
        buses: { board: { sysfs: /sys } }
        devices:
          - { id: KT-1, bus: board, profile: {{profile}}, name: x, every: 1s, channels: [ { {{channel}} } ] }
        """);

    private static SysfsDeviceOptions Iio(string name, string? at, params string[] channels) => Device(SysfsClass.Iio, name, at, channels);

    private static SysfsDeviceOptions Hwmon(string name, params string[] channels) => Device(SysfsClass.Hwmon, name, null, channels);

    private static SysfsDeviceOptions Device(SysfsClass kind, string name, string? at, string[] channels) =>
        new("T", 0, TimeSpan.FromSeconds(1), kind, name, at, [.. channels.Select((c, i) => new SysfsChannel(i, c))]);

    /// <summary>A folder in the tree of devices, and the link to it by which its class finds it.</summary>
    private void Device(string list, string link, string at, params ReadOnlySpan<(string File, string Text)> files)
    {
        var real = Path.Combine(_root, "devices", at, link);
        Directory.CreateDirectory(real);
        foreach (var (file, text) in files)
            File.WriteAllText(Path.Combine(real, file), text + "\n");
        Directory.CreateDirectory(Path.Combine(_root, list));
        Directory.CreateSymbolicLink(Path.Combine(_root, list, link), real);
    }

    private (double Value, string Quality)[] Read(SysfsDeviceOptions options)
    {
        using var bus = Bus(options, out var read);
        return read();
    }

    private SysfsBus Bus(SysfsDeviceOptions options, out Func<(double Value, string Quality)[]> read, string? root = null)
    {
        var site = new Site(
            new NodeOptions("en-1", "test", null, null), null, new SpoolOptions(TimeSpan.FromSeconds(1), 1 << 26),
            [new SysfsBusOptions("board", root ?? _root)], [options],
            [.. options.Channels.Select((c, i) => new PointOptions($"T.{i}", 0, UnitTable.Get("1"), 1, 0, null, TimeSpan.FromSeconds(3), null))], []);
        var bus = new SysfsBus(site, 0, _root, new FakeTimeProvider(), NullLogger.Instance);
        read = () =>
        {
            var samples = new List<RawSample>();
            bus.Scan(0, samples, TestContext.Current.CancellationToken);
            Assert.Equal(Enumerable.Range(0, options.Channels.Length), samples.Select(s => s.Point));
            return [.. samples.Select(s => (s.Raw, s.Quality.ToString()))];
        };
        return bus;
    }
}
