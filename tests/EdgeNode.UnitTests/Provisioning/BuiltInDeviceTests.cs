using EdgeNode.Core.Model;
using EdgeNode.Core.Validate;
using EdgeNode.Hardware;
using EdgeNode.Core.Ports;
using EdgeNode.Provisioning;
using Microsoft.Extensions.Logging.Abstractions;

namespace EdgeNode.UnitTests.Provisioning;

/// <summary>Right site files with lines, chips and kernel sensors become exactly the records that are expected.</summary>
public sealed class BuiltInDeviceTests
{
    private static readonly Site Everything = SiteFile.Load(Path.Combine(TestFiles.Good, "everything.yaml"), TestFiles.Profiles, FieldTimes.Of).Site!;

    [Fact]
    public void Buses_of_chips_and_lines_are_what_the_file_says() => Assert.Equal(
        [new I2cBusOptions("i2c1", 1), new GpioBusOptions("gpio0", "/dev/gpiochip0"), new SysfsBusOptions("board", "/sys")],
        Everything.Buses.Where(b => b.Id is "i2c1" or "gpio0" or "board"));

    [Fact]
    public void A_pulse_meter_has_a_rate_and_a_total_in_the_units_that_its_pulse_implies()
    {
        var meter = Device<PulseMeterOptions>("FT-301");
        Assert.Equal(new LineOptions(17, null, true, LinePull.Up, TimeSpan.FromMilliseconds(5)), meter.Line);
        Assert.Equal((TimeSpan.FromMinutes(2), 10_000_000L), (meter.ZeroAfter, meter.RollOver));
        var (flow, total) = (Everything.Points[meter.RatePoint], Everything.Points[meter.TotalPoint]);
        Assert.Equal(("FT-301.flow", "l/min", "FT-301.total", "m3"), (flow.Name, flow.Unit.Symbol, total.Name, total.Unit.Symbol));
        Assert.Equal(600, flow.Scale, 9); // one pulse of 10 l a second
        Assert.Equal(0.01, total.Scale, 12);

        var energy = Device<PulseMeterOptions>("JQ-301");
        Assert.Equal((-1, "METER", 0L, TimeSpan.FromMinutes(5)), (energy.Line.Number, energy.Line.Name, energy.RollOver, energy.ZeroAfter));
        Assert.Equal(("JQ-301.power", "kW"), (Everything.Points[energy.RatePoint].Name, Everything.Points[energy.RatePoint].Unit.Symbol));
        Assert.Equal(3.6, Everything.Points[energy.RatePoint].Scale, 9); // 1 Wh a second
        Assert.Equal(0.001, Everything.Points[energy.TotalPoint].Scale, 12);
    }

    [Fact]
    public void A_current_input_maps_its_span_and_takes_the_smallest_full_scale_that_holds_21_mA()
    {
        var chip = Device<ChipOptions>("PT-301");
        Assert.Equal(("ads1115-4-20ma", 0x48, new ChipSettings(0, 100, 4.096)), (chip.Driver, chip.Address, chip.Settings));
        var point = Everything.Points[Assert.Single(chip.Points)];
        Assert.Equal("PT-301.pressure", point.Name);
        Assert.Equal([0.0, 5, 10], new[] { 4.0, 12, 20 }.Select(mA => Math.Round((mA * point.Scale) + point.Offset, 9)));

        var level = Everything.Points[Device<ChipOptions>("PT-302").Points[0]];
        Assert.Equal(("PT-302.level", -1.0), (level.Name, Math.Round((4 * level.Scale) + level.Offset, 9)));
        Assert.Equal(new ChipSettings(1, 200, 6.144), Device<ChipOptions>("PT-302").Settings);
    }

    [Fact]
    public void Chips_have_their_drivers_quantities()
    {
        Assert.Equal(["JT-301.voltage", "JT-301.current", "JT-301.power"], Names("JT-301"));
        Assert.Equal(["BT-301.pressure", "BT-301.temperature", "BT-301.humidity"], Names("BT-301"));
        Assert.Equal(0.002, Device<ChipOptions>("JT-301").Settings.ShuntOhms, 12);
        Assert.Equal((64, 1, 128), (Device<ChipOptions>("WT-301").Settings.Gain, Device<ChipOptions>("WT-308").Settings.Channel, Device<ChipOptions>("WT-428").Settings.Gain));
        Assert.Equal(new ChipSettings(1, FullScale: 0.256, Excitation: 3.3), Device<ChipOptions>("SG-301").Settings);
    }

    [Fact]
    public void Calibrations_are_gain_and_offset_bridge_and_temperature_and_give_the_point_its_unit()
    {
        var pressure = Point("PT-301.pressure");
        Assert.Equal((UnitTable.Get("bar"), null, null), (pressure.Calibration!.Measured, pressure.Calibration.Bridge, pressure.Calibration.Temperature));
        Assert.Equal(0, (0.02 * pressure.Calibration.Gain) + pressure.Calibration.Offset, 9);
        Assert.Equal(10, (9.96 * pressure.Calibration.Gain) + pressure.Calibration.Offset, 9);

        var strain = Point("SG-301.signal");
        Assert.Equal(("ustrain", "mV/V", new BridgeOptions(BridgeForm.Half, 2.1)), (strain.Unit.Symbol, strain.Calibration!.Measured.Symbol, strain.Calibration.Bridge));
        Assert.Equal((1, -12), (strain.Calibration.Gain, strain.Calibration.Offset));
        Assert.Equal(("BT-301.temperature", 11.5), (Everything.Points[strain.Calibration.Temperature!.Point].Name, Math.Round(strain.Calibration.Temperature.Coefficient, 9)));
        Assert.Equal(20, strain.Calibration.Temperature.Reference, 9);

        var load = Point("WT-301.signal");
        Assert.Equal("kg", load.Unit.Symbol);
        Assert.Equal([0.0, 500], new[] { 0.01, 2.01 }.Select(m => Math.Round((m * load.Calibration!.Gain) + load.Calibration.Offset, 9)));
        Assert.Equal(400, Everything.Alarms.Single(a => a.Id == "WAH-301").Setpoint);
    }

    [Fact]
    public void Kernel_sensors_are_what_the_file_says()
    {
        var device = Device<SysfsDeviceOptions>("KT-301");
        Assert.Equal((SysfsClass.Iio, "bmp280", "1-0076"), (device.Class, device.Name, device.At));
        Assert.Equal(["pressure", "voltage0"], device.Channels.Select(c => c.Channel));
        Assert.Equal(10, Point("KT-301.pressure").Scale, 9); // kPa to mbar
        var cabinet = Point("KT-302.temperature");
        Assert.Equal(77, (25_000 * cabinet.Scale) + cabinet.Offset, 9); // millidegrees to degF
        Assert.Equal("/sys/class/thermal/thermal_zone0/temp", Device<SysfsDeviceOptions>("KT-303").Channels[0].Channel);
    }

    [Fact]
    public void The_lines_of_the_contract_work_as_they_stand()
    {
        var site = TestFiles.Load("""
            node: { id: en-0042, site: pudong-pump-03 }
            buses:
              i2c1:  { i2c: 1 }
              gpio0: { gpio: /dev/gpiochip0 }
            devices:
              - { id: PT-101C, bus: i2c1, address: 0x48, channel: 0, profile: ads1115-4-20ma, every: 200ms, shunt: 100 Ohm, span: 0..10 bar }
              - { id: FT-101,  bus: gpio0, line: 17, profile: pulse-meter, every: 1s, pulse: 10 l, zero-after: 5min }
            points:
              - { id: FT-101.flow, range: 0..120 l/min, stale: 5s, report: { change: 0.5 l/min, at-least-every: 60s } }
            """);
        Assert.Equal(["PT-101C.pressure", "FT-101.flow", "FT-101.total"], site.Points.Select(p => p.Name));
    }

    [Fact]
    public void Every_bus_of_a_site_can_be_made_and_reads_without_its_hardware()
    {
        // Buses that no machine has.
        var site = Everything with
        {
            Buses = [.. Everything.Buses.Select(b => b switch
            {
                I2cBusOptions i2c => i2c with { Number = 250 },
                GpioBusOptions gpio => gpio with { Path = "/dev/gpiochip999" },
                SysfsBusOptions sysfs => sysfs with { Root = "/no/such/sys" },
                _ => b,
            })],
        };
        var buses = FieldBuses.All(site, Path.GetTempPath(), new NoTotals(), TimeProvider.System, NullLogger.Instance);
        Assert.Equal(Everything.Buses.Select(b => b.Id), buses.Select(b => b.Id));
        for (var i = 0; i < buses.Length; i++)
        {
            using var bus = buses[i];
            if (Everything.Buses[i] is not (GpioBusOptions or I2cBusOptions or SysfsBusOptions))
                continue;
            foreach (var (device, _) in site.Devices.Index().Where(d => d.Item.Bus == i && d.Item is not SysfsDeviceOptions { Class: SysfsClass.File }))
            {
                var samples = new List<RawSample>();
                bus.Scan(device, samples, TestContext.Current.CancellationToken);
                Assert.NotEmpty(samples);
                Assert.All(samples, s => Assert.Equal(device, Everything.Points[s.Point].Device));

                // Counters, and the disk of the data directory, need no hardware.
                Assert.All(samples, s => Assert.True(
                    s.Quality.IsBad || site.Devices[device] is BusHealthOptions || Everything.Points[s.Point].Name == "CAB-301.disk-free", Everything.Points[s.Point].Name));
            }
        }
    }

    [Fact]
    public void The_health_of_a_bus_has_the_quantities_of_its_kind_and_a_cabinet_those_that_are_named()
    {
        Assert.Equal(
            ["requests", "timeouts", "checksum-errors", "wrong-replies", "exceptions", "retries", "connects", "link-failures", "link-up", "failures", "duty"],
            Device<BusHealthOptions>("RS1-BUS").Values.Select(v => v.Quantity));
        Assert.Equal(["resets", "duty"], Device<BusHealthOptions>("I2C1-BUS").Values.Select(v => v.Quantity));
        Assert.Equal(["temperature", "disk-free", "mains", "disk-wear"], Device<CabinetOptions>("CAB-301").Values.Select(v => v.Quantity));
        Assert.Equal(("%", "count", "1", "Cel"), (Point("I2C1-BUS.duty").Unit.Symbol, Point("RS1-BUS.timeouts").Unit.Symbol, Point("CAB-301.mains").Unit.Symbol, Point("CAB-301.temperature").Unit.Symbol));
        Assert.Equal(Everything.Buses.ToList().FindIndex(b => b.Id == "rs1"), Device<BusHealthOptions>("RS1-BUS").Bus);
        Assert.Equal(Device<BusHealthOptions>("RS1-BUS").Values.Select(v => "RS1-BUS." + v.Quantity), Device<BusHealthOptions>("RS1-BUS").Values.Select(v => Everything.Points[v.Point].Name));
    }

    [Fact]
    public void Without_a_choice_a_cabinet_reads_what_every_board_has()
    {
        var site = TestFiles.Load("""
            node: { id: en-1, site: station-1 }
            buses: { board: { sysfs: /sys } }
            devices: [ { id: CAB, bus: board, profile: cabinet, every: 30s } ]
            """);
        Assert.Equal(["CAB.temperature", "CAB.disk-free", "CAB.synchronised", "CAB.clock-offset", "CAB.clock-error"], site.Points.Select(p => p.Name));
    }

    private static IEnumerable<string> Names(string id) => Device<ChipOptions>(id).Points.Select(p => Everything.Points[p].Name);

    private static PointOptions Point(string name) => Everything.Points.Single(p => p.Name == name);

    private static T Device<T>(string id)
        where T : DeviceOptions => (T)Everything.Devices.Single(d => d.Id == id);
}
