using EdgeNode.Core.Model;
using EdgeNode.Gateway.Verbs;
using EdgeNode.Hardware.Scan;
using EdgeNode.UnitTests.Provisioning;

namespace EdgeNode.UnitTests.Scan;

/// <summary>A drafted site file is good, or faulty at the marked places and nowhere else.</summary>
public sealed class ScanDraftTests
{
    private static readonly ModbusRtuBusOptions Line = new("scan", "/dev/ttyUSB0", 19200, SerialFormat.Even, TimeSpan.Zero, false);

    [Fact]
    public void Where_every_unit_was_recognised_the_draft_is_good_as_it_stands()
    {
        var draft = ScanDraft.Of([Unit(3, Line, "schneider-iem3000"), Unit(17, Line, "siemens-mag6000")], "/dev/serial/by-path/platform-usb-0:1.2:1.0-port0", false).Text();

        var site = TestFiles.Load(draft);

        Assert.Equal([new ModbusRtuBusOptions("rs485", "/dev/serial/by-path/platform-usb-0:1.2:1.0-port0", 19200, SerialFormat.Even, TimeSpan.Zero, false)], site.Buses);
        Assert.Equal([("D-003", 3, "schneider-iem3000"), ("D-017", 17, "siemens-mag6000")], site.Devices.Cast<ModbusDeviceOptions>().Select(d => (d.Id, d.Address, d.Profile)));
        Assert.DoesNotContain(": " + ScanSite.Mark, draft, StringComparison.Ordinal);
    }

    [Fact]
    public void Where_a_unit_is_unknown_the_check_names_that_place_and_no_other() =>
        OnlyMarks(ScanDraft.Of([Unit(3, Line, "schneider-iem3000"), Unit(4, Line), Unit(5, Line, "eastron-sdm120", "eastron-sdm630")], null, false), 2);

    [Fact]
    public void What_a_device_says_of_itself_cannot_break_the_draft()
    {
        var unit = Unit(3, Line, "schneider-iem3000") with { Objects = [(0, "a\nbuses: {}"), (1, "\u2028x")] };
        Assert.Single(TestFiles.Load(ScanDraft.Of([unit], "/dev/a \"b\\c", false).Text()).Buses);
    }

    [Fact]
    public void Units_at_another_rate_are_shown_and_left_out()
    {
        var draft = ScanDraft.Of([Unit(3, Line, "schneider-iem3000"), Unit(4, Line, "schneider-iem3000"), Unit(9, Line with { Baud = 9600 }, "siemens-mag6000")], null, false).Text();
        Assert.Equal(2, TestFiles.Load(draft).Devices.Length);
        Assert.Contains("# Unit 9 answers at 9600 8E1: set it to 19200 8E1 first", draft, StringComparison.Ordinal);
    }

    [Fact]
    public void Connections_and_their_settings_come_back_as_they_were()
    {
        var tcp = new ModbusTcpBusOptions("scan", "fe80::1", 1502, TimeSpan.Zero, TimeSpan.Zero, false);
        Assert.Equal(tcp with { Id = "field" }, Assert.Single(TestFiles.Load(ScanDraft.Of([Unit(1, tcp, "schneider-pm5000"), Unit(2, tcp, "schneider-pm5000")], null, true).Text()).Buses));
        var server = new ModbusRtuOverTcpBusOptions("scan", "192.168.1.9", 4001, 19200, TimeSpan.Zero, TimeSpan.Zero, true);
        Assert.Equal(server with { Id = "rs485" }, Assert.Single(TestFiles.Load(ScanDraft.Of([Unit(1, server, "schneider-pm5000")], null, false).Text()).Buses));
        var board = Line with { Rs485 = true, Echo = true };
        Assert.Equal(board with { Id = "rs485" }, Assert.Single(TestFiles.Load(ScanDraft.Of([Unit(1, board, "schneider-pm5000")], null, false).Text()).Buses));
    }

    [Fact]
    public void A_device_that_answers_to_every_address_is_written_once()
    {
        var tcp = new ModbusTcpBusOptions("scan", "192.168.1.9", 502, TimeSpan.Zero, TimeSpan.Zero, false);
        var survey = new ScanSurvey([tcp], [.. Enumerable.Range(1, 247)], TimeSpan.FromSeconds(1), [.. Enumerable.Range(1, 247).Select(a => Unit(a, tcp, "schneider-pm5000"))], [], 0, true, null, default);
        Assert.True(survey.IsAlike);
        Assert.Contains(survey.Notes(), n => n.StartsWith("Every address answers alike", StringComparison.Ordinal));
        Assert.Single(TestFiles.Load(ScanDraft.Of(survey.Found, null, survey.IsAlike).Text()).Devices);
    }

    [Fact]
    public void Chips_that_need_nothing_more_make_a_good_draft()
    {
        var draft = ScanDraft.Of([Bus(1, new(0x2A, "nau7802", true, null), new(0x68, null, false, "ds1307"), new(0x76, "bmp280", true, null)), Bus(3, new FoundChip(0x77, "bme280", true, null)), Bus(4)]).Text();
        Assert.Equal(["C1-2A", "C1-76", "C3-77"], TestFiles.Load(draft).Devices.Select(d => d.Id));
        Assert.Contains("# 0x68: the kernel's driver of ds1307 has it", draft, StringComparison.Ordinal);
    }

    [Fact]
    public void Chips_whose_wiring_nobody_can_see_are_marked_for_it() => OnlyMarks(
        ScanDraft.Of([Bus(1, new(0x40, "ina219", false, null), new(0x41, "ina226", true, null), new(0x48, "ads1115-4-20ma", false, null), new(0x76, "bmp280", true, null))]), 3);

    [Fact]
    public void A_bus_with_unknown_chips_alone_is_marked_where_its_devices_belong() => OnlyMarks(ScanDraft.Of([Bus(1, new FoundChip(0x50, null, false, null))]), 1);

    [Fact]
    public void Lines_and_ports_are_marked_where_only_a_person_knows_what_hangs_on_them()
    {
        OnlyMarks(ScanDraft.Of([new GpioScanReport("/dev/gpiochip0", "gpiochip0", "pinctrl", [new LineInfo(0, "ID_SDA", "", false, false, false, ""), new LineInfo(1, "", "led", true, true, false, "")], null)]), 1);
        OnlyMarks(ScanDraft.Of(new SerialScanReport([new FoundPort("/dev/ttyAMA0", null, null, "uart-pl011", null, null), new FoundPort("/dev/ttyUSB0", "/dev/serial/by-path/x-0:1", null, "ch341", new UsbIdentity("1a86", "7523", "", "USB Serial", "", ""), null)], [])), 2);
    }

    [Fact]
    public void A_file_that_exists_is_not_touched()
    {
        var folder = Directory.CreateTempSubdirectory("edgenode-scan-").FullName;
        try
        {
            var path = Path.Combine(folder, "site.yaml");
            Assert.Null(ScanSite.Obstacle(path));
            File.WriteAllText(path, "mine");
            Assert.Contains("exists already", ScanSite.Obstacle(path)!, StringComparison.Ordinal);
            Assert.False(new ScanSite("scan").Write(path));
            Assert.Equal("mine", File.ReadAllText(path));
            Assert.StartsWith("There is no folder", ScanSite.Obstacle(Path.Combine(folder, "no", "site.yaml"))!, StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void What_to_do_next_is_said_in_sentences()
    {
        var survey = new ScanSurvey([Line], [1, 2, 3, 7], TimeSpan.FromMilliseconds(300), [], [(Line, 1), (Line, 2), (Line, 3), (Line, 7)], 2, true, null, default);
        Assert.Equal(
            [
                "Nobody answered at 4 addresses at 19200 8E1 within 300 ms. Check power, the two wires (try them swapped) and the termination; then other rates and formats: --baud 9600,19200 --format 8N1,8E1,8N2.",
                "Something was heard that is no reply at 19200 8E1, when unit 1..3, 7 was asked. Two units with one address, another rate or format, noise, or an adapter that echoes (--echo) do that.",
                "2 replies came too late or unasked. If a unit is missing, give it more time: --timeout 1s.",
            ],
            survey.Notes());
        Assert.Equal(["Ended early: not every address was asked."], (survey with { Complete = false, Unclear = [], Late = 0 }).Notes());
    }

    private static FoundUnit Unit(int address, BusOptions line, params string[] profiles) =>
        new(address, line, 3, Quality.Good, [(0, "Maker"), (1, "M-1")], "", [.. profiles], profiles.Length > 0 ? "device identification" : "");

    private static I2cScanReport Bus(int number, params FoundChip[] chips) => new(new I2cAdapter(number, ""), [.. chips], false, true, null);

    private static void OnlyMarks(ScanSite draft, int lines)
    {
        var text = draft.Text();
        var faults = TestFiles.Parse(text).Faults;
        var rows = text.Split('\n');
        Assert.All(faults, f => Assert.Contains(ScanSite.Mark, rows[f.Line - 1], StringComparison.Ordinal));
        var marked = rows.Index().Where(r => r.Item.TrimStart().StartsWith("- ", StringComparison.Ordinal) && r.Item.Contains(ScanSite.Mark, StringComparison.Ordinal)).Select(r => r.Index + 1).ToList();
        Assert.Equal(lines, marked.Count);
        Assert.Equal(marked, faults.Select(f => f.Line).Distinct());
    }
}
