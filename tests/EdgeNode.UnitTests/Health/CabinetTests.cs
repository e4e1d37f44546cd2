using EdgeNode.Core.Model;
using EdgeNode.Core.Validate;
using EdgeNode.Hardware.Health;
using EdgeNode.Hardware.Iio;
using EdgeNode.UnitTests.Modbus;
using Microsoft.Extensions.Time.Testing;

namespace EdgeNode.UnitTests.Health;

/// <summary>The cabinet's quantities, in a tree of files that stands for sysfs, with what real boards have in it.</summary>
public sealed class CabinetTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("edgenode-board").FullName;
    private readonly string _data = Directory.CreateTempSubdirectory("edgenode-data").FullName;
    private readonly LogBook _log = new();

    public void Dispose()
    {
        Directory.Delete(_root, recursive: true);
        Directory.Delete(_data, recursive: true);
    }

    [Fact]
    public void The_temperature_is_the_processors_and_never_that_of_a_radio()
    {
        Write("class/thermal/thermal_zone0", ("type", "iwlwifi_1"), ("temp", "71000"));
        Missing("temperature", "no thermal zone of a processor in ", "/class/thermal (there is iwlwifi_1)");
        Write("class/thermal/thermal_zone1", ("type", "cpu-thermal"), ("temp", "48312"));
        Write("class/thermal/thermal_zone2", ("type", "soc-thermal"), ("temp", "60000"));
        Good("temperature", 48.312);
    }

    [Fact]
    public void Of_several_zones_of_the_processor_the_hottest_counts_and_hwmon_stands_in()
    {
        Write("class/hwmon/hwmon0", ("name", "coretemp"), ("temp1_input", "51500"));
        Good("temperature", 51.5);
        Write("class/thermal/thermal_zone10", ("type", "cpu1-thermal"), ("temp", "48000"));
        Write("class/thermal/thermal_zone9", ("type", "cpu0-thermal"), ("temp", "49000"));
        Good("temperature", 49);
        Write("class/thermal/thermal_zone9", ("temp", "hot"));
        Good("temperature", 48);
        Write("class/thermal/thermal_zone10", ("temp", ""));
        Bad("temperature", Reason.DeviceFailure, "thermal_zone10/temp has no number in it");
    }

    [Theory]
    [InlineData("0", 0)]
    [InlineData("1", 1)]
    public void Undervoltage_is_what_the_mainline_kernel_says(string alarm, double expected)
    {
        Write("class/hwmon/hwmon1", ("name", "rpi_volt"), ("in0_lcrit_alarm", alarm));
        Good("undervoltage", expected);
    }

    [Theory]
    [InlineData("0", 0, 0)]
    [InlineData("1", 1, 0)] // undervoltage now
    [InlineData("2", 0, 1)] // frequency capped
    [InlineData("4", 0, 1)] // throttled
    [InlineData("8", 0, 1)] // soft temperature limit
    [InlineData("50005", 1, 1)]
    [InlineData("50000", 0, 0)] // it has been, and is no more
    public void The_firmware_of_a_Raspberry_Pi_says_both_in_one_word(string bits, double undervoltage, double throttled)
    {
        Write("bus/platform/drivers/raspberrypi-firmware/soc:firmware", ("get_throttled", bits));
        Good("undervoltage", undervoltage);
        Good("throttled", throttled);
    }

    [Fact]
    public void On_a_Raspberry_Pi_whose_kernel_does_not_tell_of_throttling_it_is_not_taken_from_elsewhere()
    {
        Write("bus/platform/drivers/raspberrypi-firmware/soc:firmware", ("modalias", "of:"));
        Write("class/thermal/cooling_device0", ("type", "cpufreq-cpu0"), ("cur_state", "0"));
        Missing("throttled", "this kernel does not tell when a Raspberry Pi slows down");
        Missing("undervoltage", "the kernel has no rpi_volt in ", "no get_throttled in ");
    }

    [Theory]
    [InlineData("0", "0", 0)]
    [InlineData("0", "3", 1)]
    public void On_another_board_the_kernels_own_cooling_says_it(string first, string second, double expected)
    {
        Write("class/thermal/cooling_device0", ("type", "cpufreq-cpu0"), ("cur_state", first));
        Write("class/thermal/cooling_device1", ("type", "cpufreq-cpu4"), ("cur_state", second));
        Write("class/thermal/cooling_device2", ("type", "pwm-fan"), ("cur_state", "5"));
        Good("throttled", expected);
    }

    [Fact]
    public void Mains_and_battery_are_the_kernels_power_supplies()
    {
        Write("class/power_supply/mouse", ("type", "Battery"), ("scope", "Device"), ("capacity", "3"), ("voltage_now", "1000000"));
        Missing("battery", "no power supply of type Battery in ", "/class/power_supply (there is none of any type)");
        Missing("mains", "no power supply of type Mains or USB or Wireless in ");
        Write("class/power_supply/ups-ac", ("type", "Mains"), ("online", "0"));
        Write("class/power_supply/ups-battery", ("type", "Battery"), ("present", "1"), ("capacity", "87"), ("voltage_now", "12345000"));
        Good("mains", 0);
        Good("battery", 87);
        Good("battery-voltage", 12.345);

        // A second battery, the weaker one; and power by another socket.
        Write("class/power_supply/spare", ("type", "Battery"), ("scope", "System"), ("capacity", "20"), ("voltage_now", "11000000"));
        Write("class/power_supply/usb", ("type", "USB"), ("online", "1"));
        Good("battery", 20);
        Good("battery-voltage", 11);
        Good("mains", 1);

        Write("class/power_supply/spare", ("present", "0"));
        Good("battery", 87);
        File.Delete(Path.Combine(_root, "class/power_supply/ups-battery/capacity"));
        Missing("battery", "there is no ", "/class/power_supply/ups-battery/capacity");
    }

    [Fact]
    public void Mains_that_does_not_tell_is_bad_unless_another_way_is_on()
    {
        Write("class/power_supply/a", ("type", "Mains"), ("online", "?"));
        Write("class/power_supply/b", ("type", "USB"), ("online", "0"));
        Bad("mains", Reason.DeviceFailure, "/class/power_supply/a/online has no number in it");
        Write("class/power_supply/b", ("online", "1"));
        Good("mains", 1);
    }

    [Theory]
    [InlineData("0x01 0x01", "0x01", 10)]
    [InlineData("0x02 0x05", "0x01", 50)]
    [InlineData("0x0a 0x01", "0x01", 100)]
    [InlineData("0x01 0x01", "0x02", 80)] // warning: 80 % of the reserved blocks
    [InlineData("0x01 0x01", "0x03", 90)] // urgent
    [InlineData("0x00 0x00", "0x02", 80)]
    public void The_wear_of_an_eMMC_is_the_worst_of_what_it_says(string life, string end, double expected)
    {
        Disk("mmcblk0", "mmcblk0p2", ("life_time", life), ("pre_eol_info", end), ("type", "MMC"));
        Good("disk-wear", expected);
    }

    [Fact]
    public void Beyond_its_life_the_wear_is_a_hundred_and_more()
    {
        Disk("mmcblk0", null, ("life_time", "0x0b 0x03"), ("type", "MMC"));
        Assert.Equal((100, Quality.Uncertain(Reason.OverRange)), Read("disk-wear"));
    }

    [Fact]
    public void A_card_that_does_not_tell_its_wear_is_bad_and_never_zero()
    {
        Disk("mmcblk1", "mmcblk1p1", ("type", "SD"));
        Missing("disk-wear", "mmcblk1 is an SD card, and those do not tell their wear: there is no ", "/mmcblk1/device/life_time");
    }

    [Fact]
    public void A_disk_of_another_kind_and_one_that_is_none_say_what_they_are()
    {
        Missing("disk-wear", $"{_data} lies on no disk that the kernel lists: there is no {_root}/dev/block/");
        Disk("sda", "sda1", ("type", "0"));
        Missing("disk-wear", "sda does not tell its wear: there is no ");
    }

    [Theory]
    [InlineData("0x00 0x00", Reason.Sentinel, "this eMMC does not count its wear")]
    [InlineData("soon", Reason.DeviceFailure, "expected two hexadecimal numbers such as 0x01 0x01")]
    public void What_an_eMMC_leaves_undefined_or_garbles_is_no_wear(string life, Reason reason, string sentence)
    {
        Disk("mmcblk0", null, ("life_time", life), ("pre_eol_info", "0x01"), ("type", "MMC"));
        Bad("disk-wear", reason, sentence);
    }

    [Fact]
    public void Through_encryption_and_a_RAID_the_worst_of_the_disks_counts()
    {
        Write("devices/virtual/block/dm-0/slaves");
        Write("devices/virtual/block/md0/slaves");
        Eemc("mmcblk0", "0x01 0x01");
        Eemc("mmcblk2", "0x04 0x03");
        Link("devices/virtual/block/dm-0/slaves/md0", "devices/virtual/block/md0");
        Link("devices/virtual/block/md0/slaves/mmcblk0p1", "devices/mmc/mmcblk0/mmcblk0p1");
        Link("devices/virtual/block/md0/slaves/mmcblk2p1", "devices/mmc/mmcblk2/mmcblk2p1");
        DataOn("devices/virtual/block/dm-0");
        Good("disk-wear", 40);

        void Eemc(string name, string life)
        {
            Write($"devices/mmc/{name}/{name}p1", ("partition", "1"));
            Write($"devices/mmc/{name}/device", ("life_time", life));
        }
    }

    [Fact]
    public void The_device_of_a_directory_is_that_of_the_coreutils()
    {
        using var stat = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo("stat", ["-c", "%Hd:%Ld", _data]) { RedirectStandardOutput = true })!;
        var expected = stat.StandardOutput.ReadToEnd().Trim();
        stat.WaitForExit();
        var (major, minor) = BlockDevice.Of(_data)!.Value;
        Assert.Equal(expected, $"{major}:{minor}");
        Assert.Null(BlockDevice.Of(_data + "/no/such"));
    }

    [Fact]
    public void Free_space_is_that_of_the_data_directory_even_before_it_is_made()
    {
        var (free, quality) = Read("disk-free");
        Assert.Equal(Quality.Good, quality);
        using var df = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo("df", ["-B1", "--output=avail,size", _data]) { RedirectStandardOutput = true })!;
        var numbers = df.StandardOutput.ReadToEnd().Split('\n')[1].Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(double.Parse).ToArray();
        df.WaitForExit();
        Assert.InRange(free, (100 * numbers[0] / numbers[1]) - 5, (100 * numbers[0] / numbers[1]) + 5); // others write meanwhile
        Assert.Equal(Quality.Good, Read("disk-free", Path.Combine(_data, "state", "edgenode")).Quality);
    }

    [Fact]
    public void What_is_missing_is_said_once_and_that_it_is_back_as_well()
    {
        using var bus = Bus(["battery"], _data, out var options);
        Scan(bus, options);
        Scan(bus, options);
        var line = Assert.Single(_log.Lines);
        Assert.Equal((2120, $"CAB: battery gives no value: no power supply of type Battery in {_root}/class/power_supply (there is none of any type). It is tried again at each scan."), line);
        Write("class/power_supply/ups", ("type", "Battery"), ("capacity", "50"));
        Assert.Equal([(50, Quality.Good)], Scan(bus, options));
        Assert.Equal((2121, "CAB: battery gives a value again."), _log.Lines[^1]);
        Assert.Equal((3, 1), (bus.Health.Requests, bus.Health.Replies));
    }

    [Fact]
    public void Every_quantity_of_the_table_is_read_and_a_board_without_anything_has_no_zero()
    {
        var names = DriverTable.Find("cabinet")!.Quantities.Select(q => q.Name).ToArray();
        using var bus = Bus(names, _data, out var options);
        var values = names.Zip(Scan(bus, options)).ToDictionary(v => v.First, v => v.Second.Quality);
        string[] elsewhere = ["disk-free", "synchronised", "clock-offset", "clock-error"]; // not in sysfs
        Assert.All(names.Except(elsewhere), n => Assert.Equal(Quality.Bad(Reason.NotPresent), values[n]));
    }

    private void Good(string quantity, double expected) => Assert.Equal((expected, Quality.Good), Read(quantity));

    private void Missing(string quantity, params string[] said) => Bad(quantity, Reason.NotPresent, said);

    private void Bad(string quantity, Reason reason, params string[] said)
    {
        _log.Lines.Clear();
        Assert.Equal((0, Quality.Bad(reason)), Read(quantity));
        var text = Assert.Single(_log.Lines).Text;
        Assert.All(said, s => Assert.Contains(s, text, StringComparison.Ordinal));
    }

    private (double Value, Quality Quality) Read(string quantity, string? data = null)
    {
        using var bus = Bus([quantity], data ?? _data, out var options);
        return Assert.Single(Scan(bus, options));
    }

    private SysfsBus Bus(string[] quantities, string data, out CabinetOptions options)
    {
        options = new CabinetOptions("CAB", 0, TimeSpan.FromSeconds(30), [.. quantities.Select((q, i) => new QuantityPoint(q, i))]);
        var site = new Site(
            new NodeOptions("en-1", "test", null, null), null, new SpoolOptions(TimeSpan.FromSeconds(1), 1 << 26), [new SysfsBusOptions("board", _root)], [options],
            [.. quantities.Select(q => new PointOptions($"CAB.{q}", 0, UnitTable.Get("1"), 1, 0, null, TimeSpan.FromSeconds(90), null))], []);
        return new SysfsBus(site, 0, data, new FakeTimeProvider(), _log);
    }

    private static List<(double Value, Quality Quality)> Scan(SysfsBus bus, CabinetOptions options)
    {
        var samples = new List<RawSample>();
        bus.Scan(0, samples, TestContext.Current.CancellationToken);
        Assert.Equal(options.Values.Select(v => v.Point), samples.Select(s => s.Point));
        return [.. samples.Select(s => (s.Raw, s.Quality))];
    }

    /// <summary>The disk of the data directory, with a partition or without, as the kernel lays them out.</summary>
    private void Disk(string name, string? partition, params ReadOnlySpan<(string File, string Text)> device)
    {
        Write($"devices/mmc/{name}/device", device);
        if (partition is not null)
            Write($"devices/mmc/{name}/{partition}", ("partition", "1"));
        DataOn($"devices/mmc/{name}" + (partition is null ? "" : "/" + partition));
    }

    private void DataOn(string device)
    {
        var (major, minor) = BlockDevice.Of(_data)!.Value;
        Link($"dev/block/{major}:{minor}", device);
    }

    private void Link(string link, string to)
    {
        var path = Path.Combine(_root, link);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        Directory.CreateSymbolicLink(path, Path.Combine(_root, to));
    }

    private void Write(string folder, params ReadOnlySpan<(string File, string Text)> files)
    {
        Directory.CreateDirectory(Path.Combine(_root, folder));
        foreach (var (file, text) in files)
            File.WriteAllText(Path.Combine(_root, folder, file), text + "\n");
    }
}
