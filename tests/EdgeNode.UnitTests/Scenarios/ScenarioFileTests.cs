using System.Text;
using EdgeNode.Core.Model;
using EdgeNode.Hardware;
using EdgeNode.Provisioning;
using EdgeNode.UnitTests.Provisioning;

namespace EdgeNode.UnitTests.Scenarios;

/// <summary>A scenario file becomes what it says, or is answered with place, fault and remedy.</summary>
public sealed class ScenarioFileTests
{
    [Fact]
    public void A_file_becomes_the_faults_that_it_names()
    {
        var scenario = Parse("""
            faults:
              - { at: 20s, for: 10s, device: PT-101B, fault: silence }
              - { at: 40s, for: 30s, device: PT-101C, fault: drift, rate: 0.05 bar/s }
              - { at: 1min, device: FQ-101, fault: drift, rate: -6 l/min/min }
              - { at: 0s, device: JT-101, fault: delay, by: 300ms }
              - { at: 0s, device: ST-202, fault: exception, code: 4 }
              - { at: 5s, for: 1s, bus: rs485, fault: unplug }
              - { at: 5s, for: 1s, device: XS-101, fault: stuck }
              - { at: 5s, for: 1s, device: XS-101, fault: noise }
              - { at: 5s, for: 1s, device: TT-201, fault: wrong-unit }
            """).Scenario!;

        var site = VirtualField.Site;
        Assert.Equal(
            [
                "20 10 PT-101B SilenceFault", "40 30 PT-101C DriftFault", "60 - FQ-101 DriftFault", "0 - JT-101 DelayFault", "0 - ST-202 ExceptionFault",
                "5 1 rs485 UnplugFault", "5 1 XS-101 StuckFault", "5 1 XS-101 NoiseFault", "5 1 TT-201 WrongUnitFault",
            ],
            scenario.Entries.Select(e => FormattableString.Invariant(
                $"{e.At.TotalSeconds} {e.For?.TotalSeconds.ToString() ?? "-"} {(e.Device is { } d ? site.Devices[d].Id : site.Buses[e.Bus].Id)} {e.Fault.GetType().Name}")));
        Assert.Equal((0.05, "bar"), scenario.Entries[1].Fault is DriftFault pressure ? (pressure.PerSecond, pressure.Unit.Symbol) : default);
        Assert.Equal((-0.1, "l/min"), scenario.Entries[2].Fault is DriftFault flow ? (flow.PerSecond, flow.Unit.Symbol) : default);
        Assert.Equal(new DelayFault(TimeSpan.FromMilliseconds(300)), scenario.Entries[3].Fault);
        Assert.Equal(new ExceptionFault(4), scenario.Entries[4].Fault);
    }

    [Theory]
    [InlineData("fault: silense", "1:45: 'silense' is not a fault of the simulated field; expected delay, silence, noise, wrong-unit, exception, stuck, drift or unplug; did you mean 'silence'?")]
    [InlineData("fault: delay", "1:11: the key 'by' is missing; expected with 'fault: delay': by: 300ms")]
    [InlineData("fault: exception, code: 0", "1:62: '0' is not an exception code; expected a whole number from 1 to 255")]
    [InlineData("fault: silence, code: 4", "1:54: 'code' means nothing with 'fault: silence'; expected 'code' only with 'fault: exception'")]
    [InlineData("fault: drift, rate: 2 Pa", "1:58: '2 Pa' is not a rate; expected a number with its unit and a time, for example 0.05 bar/s or -2 Cel/min; did you mean '2 Pa/s'?")]
    [InlineData("fault: drift, rate: 0 bar/s", "1:58: a rate of 0 is no drift; expected a number with its unit and a time, for example 0.05 bar/s or -2 Cel/min")]
    [InlineData("fault: drift, rate: 2 br/s", "1:58: '2 br/s' is not a rate; expected a number with its unit and a time, for example 0.05 bar/s or -2 Cel/min; did you mean '2 bar/s'?")]
    [InlineData("fault: drift, rate: 2 Cel/s", "1:58: 'PT-101A' measures no temperature; expected a rate of pressure, such as 0.1 bar/s")]
    [InlineData("fault: unplug", "1:45: what is unplugged is a bus; expected a 'bus' in place of the device, or 'fault: silence'")]
    public void What_is_wrong_with_a_fault_is_said_at_its_place(string fault, string expected) =>
        Assert.Equal("s.yaml:" + expected, OnlyFault($"faults: [ {{ at: 5s, device: PT-101A, {fault} }} ]"));

    [Theory]
    [InlineData("faults: [ { device: PT-101A, fault: silence } ]", "1:11: the key 'at' is missing; expected in a fault: at, fault")]
    [InlineData("faults: [ { at: 5, device: PT-101A, fault: silence } ]", "1:17: '5' has no unit; expected a duration such as 500ms, 2s, 5min or 1h; did you mean '5s'?")]
    [InlineData("faults: [ { at: 5s, for: 0s, device: PT-101A, fault: silence } ]", "1:26: '0s' is out of bounds; expected a duration from 100ms to 30d")]
    [InlineData("faults: [ { at: 5s, device: PT-101D, fault: silence } ]", "1:29: the site has no device 'PT-101D'; expected the id of a device; did you mean 'PT-101A'?")]
    [InlineData("faults: [ { at: 5s, bus: rs458, fault: unplug } ]", "1:26: the site has no bus 'rs458'; expected field, bridge, rs485, i2c1 or gpio0; did you mean 'rs485'?")]
    [InlineData("faults: [ { at: 5s, fault: silence } ]", "1:11: the fault names neither a device nor a bus; expected device: with an id of the site, or bus:")]
    [InlineData("faults: [ { at: 5s, device: PT-101A, bus: rs485, fault: silence } ]", "1:38: the fault names a device and a bus; expected one of them")]
    [InlineData("faults: [ { at: 5s, bus: rs485, fault: silence } ]", "1:40: a bus can only be unplugged; expected 'fault: unplug', or a 'device' in place of the bus")]
    [InlineData("faults: [ { at: 5s, device: PT-101C, fault: delay, by: 1s } ]", "1:45: 'PT-101C' is a chip on an I2C bus, which knows no delay; expected silence (the chip is pulled out), noise (transfers break off), stuck or drift")]
    [InlineData("faults: [ { at: 5s, device: XS-101, fault: silence } ]", "1:44: 'XS-101' is a contact on a GPIO line, which knows no silence; expected stuck (a cut or shorted wire) or noise (the contact bounces)")]
    [InlineData("faults: [ { at: 5s, devise: PT-101A, fault: silence } ]", "1:21: 'devise' is not a key of a fault; did you mean 'device'?")]
    [InlineData("falts: []", "1:1: 'falts' is not a key of a scenario; did you mean 'faults'?")]
    [InlineData("faults: { at: 5s }", "1:9: a set of keys stands here; expected a list of faults")]
    [InlineData("faults: [ 5s ]", "1:11: a single value stands in the place of a fault; expected keys and values: at, for, device, bus, fault, by, code or rate")]
    [InlineData("", "1:1: the file is empty; expected a scenario with faults")]
    [InlineData("faults: [ *x ]", "1:11: an alias (*name) stands here; anchors and aliases are not allowed in a scenario; expected the value itself")]
    public void What_is_wrong_with_the_file_is_said_at_its_place(string text, string expected) => Assert.Equal("s.yaml:" + expected, OnlyFault(text));

    [Fact]
    public void Two_faults_of_a_kind_at_once_are_one_too_many_and_of_two_kinds_they_are_not()
    {
        Assert.Equal(
            "s.yaml:4:7: the fault begins or holds while the one of line 2 does; expected another 'at', or a shorter 'for': one of a kind at a time",
            OnlyFault("""
                faults:
                  - { at: 5s, for: 10s, device: PT-101A, fault: silence }
                  - { at: 5s, for: 10s, device: PT-101A, fault: stuck }
                  - { at: 14s, for: 10s, device: PT-101A, fault: noise }
                """));
        Assert.Equal(
            "s.yaml:3:7: the fault begins or holds while the one of line 2 does; expected a 'for' in line 2, which holds to the end without one",
            OnlyFault("""
                faults:
                  - { at: 5s, device: PT-101A, fault: silence }
                  - { at: 14s, for: 10s, device: PT-101A, fault: noise }
                """));
        Assert.Empty(Parse("""
            faults:
              - { at: 5s, for: 10s, device: PT-101A, fault: silence }
              - { at: 15s, for: 10s, device: PT-101A, fault: noise }
              - { at: 15s, for: 10s, device: PT-101B, fault: noise }
            """).Faults);
    }

    [Fact]
    public void What_the_node_counts_itself_has_no_fault()
    {
        var site = TestFiles.Load(TestFiles.Small.Replace("points:", "  - { id: BUS-1, bus: field, profile: bus-health, every: 10s }\npoints:", StringComparison.Ordinal));
        var fault = Assert.Single(ScenarioFile.Parse("s.yaml", "faults: [ { at: 5s, device: BUS-1, fault: silence } ]"u8.ToArray(), site).Faults);
        Assert.Equal("'BUS-1' is what the node counts itself: it shows the faults of others; expected the device or the bus that fails", fault.Message);
    }

    [Fact]
    public void What_the_kernel_measures_is_not_simulated()
    {
        var site = TestFiles.Load("""
            node: { id: en-1, site: s }
            buses: { board: { sysfs: /sys } }
            devices:
              - { id: TT-1, bus: board, profile: sysfs-file, every: 1s, channels: [ { name: t, file: /sys/class/x, unit: Cel } ] }

            """);
        var fault = Assert.Single(ScenarioFile.Parse("s.yaml", "faults: [ { at: 5s, device: TT-1, fault: stuck } ]"u8.ToArray(), site).Faults);
        Assert.Equal("'board' is what the kernel measures, and that is not simulated; expected a device of another bus", fault.Message);
    }

    [Fact]
    public void More_faults_than_the_limit_are_too_many()
    {
        var text = string.Concat(Enumerable.Range(0, SiteLimits.ScenarioFaults + 1).Select(i => $"  - {{ at: {i}s, for: 1s, device: PT-101A, fault: silence }}\n"));
        Assert.Equal("s.yaml:1026:5: there are 1025 faults; expected at most 1024", OnlyFault("faults:\n" + text));
    }

    [Fact]
    public void A_missing_file_is_a_sentence() =>
        Assert.Equal("nowhere.yaml:1:1: there is no such file; expected a scenario", Assert.Single(ScenarioFile.Load("nowhere.yaml", VirtualField.Site).Faults).ToString());

    [Fact]
    public void The_example_is_right_and_shows_every_fault()
    {
        var result = ScenarioFile.Load(Example("bad-afternoon.yaml"), VirtualField.Site);
        Assert.Empty(result.Faults);
        Assert.Equal(8, result.Scenario!.Entries.Select(e => e.Fault.GetType()).Distinct().Count());
    }

    [Fact]
    public void The_storys_scenario_is_right_on_the_storys_site()
    {
        var site = SiteFile.Load(Path.Combine(TestFiles.Examples, "demo-story.yaml"), TestFiles.Profiles, FieldTimes.Of).Site!;
        var result = ScenarioFile.Load(Example("demo-story.yaml"), site);
        Assert.Empty(result.Faults);
        Assert.Equal(["PT-101B"], result.Scenario!.Entries.Select(e => site.Devices[e.Device!.Value].Id).Distinct());
    }

    private static string Example(string file) => Path.Combine(TestFiles.Examples, "scenarios", file);

    private static ScenarioResult Parse(string text) => ScenarioFile.Parse("s.yaml", Encoding.UTF8.GetBytes(text), VirtualField.Site);

    private static string OnlyFault(string text) => Assert.Single(Parse(text).Faults).ToString();
}
