using System.Security.Cryptography;
using System.Text.RegularExpressions;
using EdgeNode.Core.Model;
using EdgeNode.Core.Validate;
using EdgeNode.Hardware;
using EdgeNode.Provisioning;

namespace EdgeNode.UnitTests.Provisioning;

/// <summary>Right site files become exactly the record that is expected.</summary>
public sealed class SiteTests
{
    private static readonly Site Everything = LoadFile(Path.Combine(TestFiles.Good, "everything.yaml"));

    [Fact]
    public void The_node_is_what_the_file_says() =>
        Assert.Equal(
            new NodeOptions("en-0042", "pudong-pump-03", "CIM:SH-PD-WS-0311", new Location(31.2304, 121.4737, "GCJ-02")),
            Everything.Node);

    [Fact]
    public void The_uplink_has_its_brokers_in_order_and_its_files_as_absolute_paths()
    {
        var uplink = Everything.Uplink!;
        Assert.Equal(
            [
                new BrokerOptions("broker-a.city.example", 8883, true), new BrokerOptions("fd00::11", 8883, true),
                new BrokerOptions("10.0.0.3", 1883, false), new BrokerOptions("broker-d", 11883, false),
            ],
            uplink.Brokers);
        Assert.Equal("city/water/pudong-pump-03/en-0042", uplink.Topic);
        Assert.Equal("en-0042", uplink.User);
        Assert.Equal(Path.Combine(TestFiles.Good, "mqtt.password"), uplink.PasswordFile);
        Assert.Equal(Path.Combine(TestFiles.Good, "ca.pem"), uplink.CaFile);
        Assert.Equal(Path.Combine(TestFiles.Good, "node.pem"), uplink.CertificateFile);
        Assert.Equal(Path.Combine(TestFiles.Good, "node.key"), uplink.KeyFile);
    }

    [Fact]
    public void The_spool_and_the_buses_are_what_the_file_says()
    {
        Assert.Equal(new SpoolOptions(TimeSpan.FromMilliseconds(500), 1610612736) { Age = TimeSpan.FromDays(30) }, Everything.Spool);
        Assert.Equal(
            [
                new ModbusTcpBusOptions("field", "192.168.10.20", 1502, TimeSpan.FromMilliseconds(200), TimeSpan.FromMilliseconds(5), true) { Pipeline = 4 },
                new ModbusTcpBusOptions("bridge", "fe80::1", 502, TimeSpan.Zero, TimeSpan.Zero, false),
                new ModbusRtuBusOptions(
                    "rs1", "/dev/serial/by-path/platform-usb-0:1.2:1.0-port0", 9600, SerialFormat.Even, TimeSpan.FromMilliseconds(20), true) { Rs485 = true },
            ],
            Everything.Buses[..3]);
        Assert.Equal(
            new ModbusRtuOverTcpBusOptions("server", "192.168.10.21", 4001, 19200, TimeSpan.FromSeconds(1), TimeSpan.FromMilliseconds(2), false),
            Everything.Buses[^1]);
    }

    [Fact]
    public void A_serial_line_has_its_rate_and_its_format()
    {
        var lines = Everything.Buses[3..^1].OfType<ModbusRtuBusOptions>().ToList();
        Assert.Equal([1200, 1800, 2400, 4800, 19200, 38400, 57600, 115200, 230400, 460800, 500000, 576000, 921600], lines.Select(l => l.Baud));
        Assert.Equal(
            [SerialFormat.NoParity, SerialFormat.Even, SerialFormat.Odd, SerialFormat.TwoStopBits, SerialFormat.NoParity], lines.Select(l => l.Format).Take(5));
        Assert.All(lines, l => Assert.Equal((TimeSpan.Zero, false), (l.PauseBetween, l.Echo)));
    }

    [Fact]
    public void A_device_is_what_the_file_says()
    {
        var device = Assert.IsType<ModbusDeviceOptions>(Everything.Devices[0]);
        Assert.Equal(("PT-101", 0, TimeSpan.FromMilliseconds(500), 255), (device.Id, device.Bus, device.Every, device.Address));
        Assert.Equal((TimeSpan.FromSeconds(2), 60, 0, true), (device.Timeout, device.MaxRegisters, device.MaxGap, device.AnyUnitEcho));
        Assert.Equal([new RegisterRange(100, 163), new RegisterRange(512, 512)], device.NeverRead);

        var other = Assert.IsType<ModbusDeviceOptions>(Everything.Devices[1]);
        Assert.Equal((1, 7, TimeSpan.FromSeconds(1), 125, 8, false), (other.Bus, other.Address, other.Timeout, other.MaxRegisters, other.MaxGap, other.AnyUnitEcho));
        Assert.Empty(other.NeverRead);
    }

    [Theory]
    [InlineData(0, 3, 16, RegisterType.Float32, WordOrder.CDAB, 0, 0, new ulong[] { 0x7FC00000, 0xFFFFFFFF })]
    [InlineData(1, 4, 0, RegisterType.UInt16, WordOrder.ABCD, 0, 0, new ulong[] { 0xFFFF })]
    [InlineData(2, 4, 1, RegisterType.Int16, WordOrder.BADC, 0, 0, new ulong[] { 0x8000, 0x7FFF })]
    [InlineData(3, 4, 2, RegisterType.UInt32, WordOrder.ABCD, 0, 0, new ulong[0])]
    [InlineData(4, 4, 4, RegisterType.Int32, WordOrder.DCBA, 0, 0, new ulong[] { 0xFFFFFFFF })]
    [InlineData(5, 4, 6, RegisterType.UInt64, WordOrder.ABCD, 0, 0, new ulong[0])]
    [InlineData(6, 4, 10, RegisterType.Int64, WordOrder.CDAB, 0, 0, new ulong[0])]
    [InlineData(7, 4, 14, RegisterType.Float64, WordOrder.BADC, 0, 0, new ulong[0])]
    [InlineData(8, 4, 18, RegisterType.Float64, WordOrder.DCBA, 0, 0, new ulong[0])]
    [InlineData(9, 4, 22, RegisterType.Bcd16, WordOrder.BADC, 0, 0, new ulong[0])]
    [InlineData(10, 4, 23, RegisterType.Bcd32, WordOrder.ABCD, 0, 0, new ulong[0])]
    [InlineData(11, 4, 25, RegisterType.Mod10k32, WordOrder.ABCD, 0, 0, new ulong[0])]
    [InlineData(12, 4, 27, RegisterType.Mod10k48, WordOrder.ABCD, 0, 0, new ulong[0])]
    [InlineData(13, 4, 30, RegisterType.Mod10k48, WordOrder.CDAB, 0, 0, new ulong[0])]
    [InlineData(14, 4, 33, RegisterType.Mod10k48, WordOrder.BADC, 0, 0, new ulong[0])]
    [InlineData(15, 4, 36, RegisterType.Mod10k48, WordOrder.DCBA, 0, 0, new ulong[0])]
    [InlineData(16, 4, 39, RegisterType.Mod10k64, WordOrder.ABCD, 0, 0, new ulong[0])]
    [InlineData(17, 4, 43, RegisterType.Bits, WordOrder.ABCD, 4, 4, new ulong[0])]
    [InlineData(18, 4, 43, RegisterType.Bits, WordOrder.ABCD, 15, 1, new ulong[0])]
    public void A_register_is_what_the_file_says(int index, int function, int register, RegisterType type, WordOrder order, int firstBit, int bits, ulong[] invalid)
    {
        var options = ((ModbusDeviceOptions)Everything.Devices[0]).Registers[index];
        Assert.Equal((index, function, register), (options.Point, options.Function, options.Register));
        Assert.Equal((type, order, firstBit, bits), (options.Type, options.Order, options.FirstBit, options.BitCount));
        Assert.Equal(invalid, options.Invalid);
    }

    [Fact]
    public void Points_stand_in_the_order_of_devices_and_registers()
    {
        Assert.Equal("PT-101.pressure", Everything.Points[0].Name);
        Assert.Equal([.. Enumerable.Range(1, 18).Select(i => $"PT-101.r{i}")], Everything.Points[1..19].Select(p => p.Name));
        Assert.Equal(
            new PointOptions("LT-201.level", 1, UnitTable.Get("m"), 1, 0, null, TimeSpan.FromSeconds(6), null),
            Everything.Points[19]);
        Assert.Equal(19, Assert.Single(((ModbusDeviceOptions)Everything.Devices[1]).Registers).Point);
    }

    [Fact]
    public void Coils_and_leave_to_write_are_what_the_file_says()
    {
        Assert.Equal(
            [(20, 1, 65535, RegisterType.Bit), (21, 2, 0, RegisterType.Bit)],
            ((ModbusDeviceOptions)Everything.Devices[2]).Registers.Take(2).Select(r => (r.Point, r.Function, r.Register, r.Type)));
        Assert.Equal(
            [
                new WriteGrant(6, new RegisterRange(10, 10), 0, 100, 0),
                new WriteGrant(16, new RegisterRange(20, 23), -50, 50, 0),
                new WriteGrant(5, new RegisterRange(0, 7), 0, 1, 0),
                new WriteGrant(15, new RegisterRange(8, 8), 1, 1, 0),
                new WriteGrant(22, new RegisterRange(30, 30), 0, 0, 0x000F),
                new WriteGrant(23, new RegisterRange(40, 41), 0xA5, 0xA5, 0),
                new WriteGrant(5, new RegisterRange(12, 12), 0, 1, 0), // of the output P-303
            ],
            ((ModbusDeviceOptions)Everything.Devices[2]).Writes);
        Assert.Empty(((ModbusDeviceOptions)Everything.Devices[0]).Writes);
    }

    [Fact]
    public void A_status_word_is_what_the_file_says_and_goes_for_all_of_the_device_or_for_what_it_names()
    {
        var device = Everything.Devices.OfType<ModbusDeviceOptions>().Single(d => d.Id == "AI-320");
        var points = device.Registers.Select(r => r.Point).ToArray();
        Assert.Equal((4, 8, RegisterType.UInt32, WordOrder.CDAB), Place(device.Status[0].Register));
        Assert.Equal((0b11001UL, 0b100000UL, 0b11000000UL, 1UL << 31), Bits(device.Status[0]));
        Assert.Equal(points, device.Status[0].Points);
        Assert.Equal((2, 1, RegisterType.Bit, WordOrder.ABCD), Place(device.Status[1].Register));
        Assert.Equal((1UL, 0UL, 0UL, 0UL), Bits(device.Status[1]));
        Assert.Equal(points[1..], device.Status[1].Points);
        Assert.Empty(((ModbusDeviceOptions)Everything.Devices[0]).Status);

        static (int, int, RegisterType, WordOrder) Place(RegisterOptions r) => (r.Function, r.Register, r.Type, r.Order);
        static (ulong, ulong, ulong, ulong) Bits(StatusWord w) => (w.Failure, w.FunctionCheck, w.OutOfSpecification, w.MaintenanceRequired);
    }

    [Theory]
    [InlineData("", "flow velocity total-raw")]
    [InlineData("quantities: [ flow, signal-quality ]", "flow")]
    [InlineData("quantities: [ signal-quality ]", null)]
    [InlineData("status: none", null)]
    [InlineData("status: { function: 3, register: 0x47, type: uint16, failure: 0 }", "flow velocity total-raw signal-quality")] // the word itself stays as it is
    public void The_words_of_a_profile_go_for_what_is_read_of_it_and_the_devices_own_take_their_place(string key, string? expected)
    {
        var site = TestFiles.Load($$"""
            node: { id: en-1, site: station-1 }
            buses:
              field: { modbus-tcp: "192.168.10.20" }
            devices:
              - { id: FT-1, bus: field, address: 1, every: 1s, profile: tuf-2000m{{(key.Length > 0 ? ", " + key : "")}} }
            """);
        var device = (ModbusDeviceOptions)site.Devices[0];
        Assert.Equal(expected, device.Status.IsEmpty ? null : string.Join(' ', device.Status.Single().Points.Select(p => site.Points[p].Name["FT-1.".Length..])));
    }

    [Fact]
    public void A_value_may_have_a_second_register()
    {
        var registers = ((ModbusDeviceOptions)Everything.Devices[2]).Registers;
        Assert.Equal((3, 4, new RegisterPartner(PartnerKind.Decimals, 3, RegisterType.UInt16, WordOrder.ABCD, 0)), (registers[2].Function, registers[2].Register, registers[2].With));
        Assert.Equal((3, 8, new RegisterPartner(PartnerKind.Fraction, 10, RegisterType.Float32, WordOrder.CDAB, 0)), (registers[3].Function, registers[3].Register, registers[3].With));
        Assert.Equal(new RegisterPartner(PartnerKind.Sign, 6, RegisterType.UInt16, WordOrder.ABCD, 7), registers[4].With);
        Assert.Equal((3, 5, 8, 12, 6, 9), (registers[2].First, registers[2].End, registers[3].First, registers[3].End, registers[4].First, registers[4].End));
    }

    [Theory, Trait("modbus-case", "75")]
    [InlineData("40001", 3, 0)]
    [InlineData("43060", 3, 3059)]
    [InlineData("49999", 3, 9998)]
    [InlineData("400001", 3, 0)]
    [InlineData("465536", 3, 65535)]
    [InlineData("30017", 4, 16)]
    [InlineData("300017", 4, 16)]
    [InlineData("10001", 2, 0)]
    [InlineData("00010", 1, 9)]
    [InlineData("000010", 1, 9)]
    [InlineData("40000", 0, 0)]
    [InlineData("465537", 0, 0)]
    [InlineData("20001", 0, 0)]
    [InlineData("4001", 0, 0)]
    [InlineData("4000001", 0, 0)]
    public void A_number_of_a_manual_is_counted_from_1_once(string reference, int function, int register)
    {
        var type = function is 1 or 2 ? "bit" : "uint16";
        var result = TestFiles.Parse(TestFiles.Small.Replace("function: 3, register: 0, type: float32", $"reference: {reference}, type: {type}", StringComparison.Ordinal));
        if (function == 0)
            Assert.Contains("is not the number of a register", Assert.Single(result.Faults).Message, StringComparison.Ordinal);
        else
            Assert.Equal((function, register), ((ModbusDeviceOptions)result.Site!.Devices[0]).Registers[0] is var r ? (r.Function, r.Register) : default);
    }

    [Fact]
    public void Ranges_setpoints_and_deadbands_come_in_the_unit_of_the_point()
    {
        Assert.Equal(
            new PointOptions(
                "PT-101.pressure", 0, UnitTable.Get("bar"), 0.001, -0.5, new ValueRange(0, 10), TimeSpan.FromSeconds(5),
                new ReportOptions(0.05, TimeSpan.FromMinutes(1))) { WhenFull = WhenFull.Keep },
            Everything.Points[0]);
        Assert.Equal([WhenFull.Thin, WhenFull.Drop, WhenFull.Drop], Everything.Points[4..7].Select(p => p.WhenFull));
        Assert.Equal(
            new AlarmOptions(
                "PAHH-101", 0, AlarmKind.High, 6.5, 0.1, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1.5), AlarmPriority.Critical,
                new LocalText("Pressure very high", "壓力過高", "压力过高")),
            Everything.Alarms[0]);
    }

    [Fact]
    public void A_difference_of_temperatures_converts_without_the_offset_of_the_scale()
    {
        var point = Everything.Points[4];
        Assert.Equal(0, point.Range!.Value.Low, 9);
        Assert.Equal(100, point.Range.Value.High, 9);
        Assert.Equal(1, point.Report!.Change, 9);

        var alarm = Everything.Alarms[1];
        Assert.Equal(50, alarm.Setpoint, 9);
        Assert.Equal(5, alarm.Deadband, 9);
        Assert.Equal(new LocalText("on", "", ""), alarm.Text);
    }

    [Fact]
    public void An_alarm_without_deadband_delays_and_text_has_none()
    {
        Assert.Equal(
            new AlarmOptions("LAL-201", 19, AlarmKind.Low, -0.1, 0, TimeSpan.Zero, TimeSpan.Zero, AlarmPriority.Medium, new LocalText("Level low", "", "")),
            Everything.Alarms[2]);
        Assert.Equal((AlarmKind.High, AlarmPriority.Low, new LocalText("", "", "")), (Everything.Alarms[3].Kind, Everything.Alarms[3].Priority, Everything.Alarms[3].Text));
    }

    [Fact]
    public void What_is_not_written_has_its_default()
    {
        var site = TestFiles.Load(TestFiles.Small);
        Assert.Null(site.Uplink);
        Assert.Equal(new SpoolOptions(TimeSpan.FromSeconds(1), 4L << 30), site.Spool);
        Assert.Equal(new NodeOptions("en-1", "station-1", null, null), site.Node);
        Assert.Equal(TimeSpan.FromSeconds(3), Assert.Single(site.Points).Stale);
    }

    [Fact]
    public void A_dead_neighbour_on_the_bus_does_not_make_a_fast_point_stale()
    {
        const string fast = """
            node: { id: en-1, site: station-1 }
            buses:
              field: { modbus-tcp: "127.0.0.1:502" }
              other: { modbus-tcp: "127.0.0.1:503" }
            devices:
              - { id: PT-1, bus: field, address: 1, every: 200ms, registers: [ { name: p, function: 3, register: 0, type: int16, unit: bar } ] }
              - { id: PT-2, bus: field, address: 2, every: 5s, timeout: 2s, registers: [ { name: p, function: 3, register: 0, type: int16, unit: bar } ] }
              - { id: PT-3, bus: other, address: 1, every: 1s, registers: [ { name: p, function: 3, register: 0, type: int16, unit: bar } ] }
            """;
        Assert.Equal([2.4, 15, 3], TestFiles.Load(fast).Points.Select(p => p.Stale.TotalSeconds));
    }

    [Theory]
    [InlineData("500", "500ms")]
    [InlineData("50", "50ms")]
    [InlineData("5", "5s")]
    public void A_bare_duration_is_answered_with_the_unit_that_is_likely_meant(string written, string meant) =>
        Assert.EndsWith($"did you mean '{meant}'?", TestFiles.OnlyFault(TestFiles.Small.Replace("every: 1s", "every: " + written, StringComparison.Ordinal)), StringComparison.Ordinal);

    [Fact]
    public void The_technicians_page_lists_every_unit()
    {
        var page = File.ReadAllText(Path.Combine(TestFiles.Root, "provisioning", "examples", "README.md"));
        Assert.All(EdgeNode.Core.Validate.UnitTable.All, u => Assert.Contains($"`{u.Symbol}`", page, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(3, 40001, "register: 0")]
    [InlineData(3, 40108, "register: 107")]
    [InlineData(4, 30017, "register: 16")]
    [InlineData(3, 39999, null)]
    [InlineData(4, 40001, null)]
    [InlineData(3, 0, null)]
    public void A_register_that_looks_like_a_manuals_table_number_is_hinted_at(int function, int register, string? meant)
    {
        var site = TestFiles.Load(TestFiles.Small.Replace("function: 3, register: 0", $"function: {function}, register: {register}", StringComparison.Ordinal));
        var hints = SiteHints.Of(site, TestFiles.Profiles);
        if (meant is null)
        {
            Assert.Empty(hints);
        }
        else
        {
            Assert.Contains(meant + " ", Assert.Single(hints), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void The_revision_names_the_bytes()
    {
        var bytes = System.Text.Encoding.UTF8.GetBytes(TestFiles.Small);
        var revision = TestFiles.Parse(bytes).Site!.Revision;
        Assert.Equal(Convert.ToHexString(SHA256.HashData(bytes))[..12].ToLowerInvariant(), revision);
        Assert.NotEqual(revision, TestFiles.Parse([.. bytes, (byte)'\n']).Site!.Revision);
    }

    [Fact]
    public void The_examples_are_right()
    {
        foreach (var file in Directory.EnumerateFiles(TestFiles.Examples, "*.yaml"))
            Assert.NotEmpty(LoadFile(file).Points);
    }

    [Fact]
    public void The_site_file_of_the_virtual_bench_is_right_and_has_its_three_kinds_of_bus()
    {
        var site = LoadFile(Path.Combine(TestFiles.Root, "hardware", "bench", "site.yaml"));
        Assert.Equal([typeof(GpioBusOptions), typeof(I2cBusOptions), typeof(SysfsBusOptions)], site.Buses.Select(b => b.GetType()));
        Assert.Equal(
            ["ads1115-4-20ma", "bmp280", "ina219", "ina226", "nau7802"],
            site.Devices.OfType<ChipOptions>().Select(d => d.Driver).Order(StringComparer.Ordinal));

        // What the cases ask for is there under that name.
        var cases = string.Concat(Directory.EnumerateFiles(Path.Combine(TestFiles.Root, "hardware", "bench", "EdgeNode.VirtualBench", "Cases"), "*.cs").Select(File.ReadAllText));
        var asked = Regex.Matches(cases, "\"([A-Z0-9]+-9[0-9]{2}\\.[a-z-]+)\"").Select(m => m.Groups[1].Value).Distinct().ToList();
        Assert.NotEmpty(asked);
        Assert.Subset(site.Points.Select(p => p.Name).ToHashSet(), asked.ToHashSet());
    }

    [Fact]
    public void The_demo_reads_the_register_map_of_the_simulated_field()
    {
        var demo = LoadFile(Path.Combine(TestFiles.Examples, "demo.yaml"));

        Assert.Equal("city/water/demo-pump-station/en-demo", demo.Uplink!.Topic);
        Assert.Equal(["field:127.0.0.1:502", "bridge:127.0.0.1:503"], demo.Buses.OfType<ModbusTcpBusOptions>().Select(b => $"{b.Id}:{b.Host}:{b.Port}"));
        Assert.Equal(
            [
                "PT-101A.pressure rs485 1 3:256 Float32 ABCD x1 bar 500ms", "PT-101B.pressure rs485 2 3:256 Float32 ABCD x1 bar 500ms",
                "FQ-101.flow field 4 3:0 Float32 CDAB x1 l/min 1000ms", "FQ-101.total field 4 3:2 UInt32 ABCD x0.001 m3 1000ms",
                "JT-101.voltage field 5 4:0 Float32 ABCD x1 V 1000ms", "JT-101.current field 5 4:6 Float32 ABCD x1 A 1000ms",
                "JT-101.power field 5 4:12 Float32 ABCD x1 W 1000ms", "JT-101.frequency field 5 4:70 Float32 ABCD x1 Hz 1000ms",
                "JT-101.energy field 5 4:72 Float32 ABCD x1 kWh 1000ms", "TT-201.temperature bridge 1 3:0 Int16 ABCD x0.1 Cel 1000ms",
                "ST-202.force bridge 2 3:0 Float32 BADC x1 kN 1000ms", "ST-202.level bridge 2 3:2 UInt16 ABCD x0.001 m 1000ms",
            ],
            demo.Devices.OfType<ModbusDeviceOptions>().SelectMany(d => d.Registers.Select(r => Row(demo, d, r))));
        Assert.Equal(
            ["PT-101C ads1115-4-20ma 0x48", "SG-201 nau7802 0x2A", "AT-101 bmp280 0x76"],
            demo.Devices.OfType<ChipOptions>().Select(c => $"{c.Id} {c.Driver} 0x{c.Address:X2}"));
        Assert.Equal(["FT-101 17", "XS-101 6", "XV-101.open 24", "XV-101.closed 23"], demo.Devices.Select(d => d switch { PulseMeterOptions m => $"{m.Id} {m.Line.Shown}", SwitchOptions c => $"{c.Id} {c.Line.Shown}", _ => "" }).Where(t => t.Length > 0));
        Assert.Equal(["PAHH-101", "FAL-101", "SAH-201"], demo.Alarms.Take(3).Select(a => a.Id));
        Assert.Equal((6.5, 0.1, AlarmPriority.Critical), (demo.Alarms[0].Setpoint, demo.Alarms[0].Deadband, demo.Alarms[0].Priority));
        Assert.All(demo.Alarms, a => Assert.DoesNotContain("", new[] { a.Text.En, a.Text.ZhHant, a.Text.ZhHans }));
    }

    [Fact]
    public void The_walk_through_writing_a_site_file_ends_with_one_that_is_right()
    {
        var walk = File.ReadAllText(Path.Combine(TestFiles.Examples, "README.md")).Split("```yaml\n").Skip(1).Select(b => b[..b.IndexOf("```", StringComparison.Ordinal)]);
        var site = TestFiles.Load(string.Concat(walk));
        Assert.Equal(["PT-101.pressure", "PT-101.temperature"], site.Points.Select(p => p.Name));
        Assert.Equal("city/water/pudong-pump-03/en-0042", site.Uplink!.Topic);
    }

    private static string Row(Site site, ModbusDeviceOptions device, RegisterOptions register)
    {
        var point = site.Points[register.Point];
        return FormattableString.Invariant(
            $"{point.Name} {site.Buses[device.Bus].Id} {device.Address} {register.Function}:{register.Register} {register.Type} {register.Order} x{point.Scale} {point.Unit.Symbol} {device.Every.TotalMilliseconds}ms");
    }

    private static Site LoadFile(string path)
    {
        var result = SiteFile.Load(path, TestFiles.Profiles, FieldTimes.Of);
        Assert.Empty(result.Faults);
        return result.Site!;
    }
}
