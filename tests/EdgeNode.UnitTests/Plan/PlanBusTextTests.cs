using System.Text;
using EdgeNode.Core.Model;
using EdgeNode.Gateway;
using EdgeNode.Gateway.Verbs;
using EdgeNode.Hardware;
using EdgeNode.Provisioning;
using EdgeNode.UnitTests.Provisioning;

namespace EdgeNode.UnitTests.Plan;

/// <summary>What a technician reads about the buses of a site file.</summary>
public class PlanBusTextTests(ITestOutputHelper output)
{
    private const int Terminal = 80;

    private static Site Parse(string buses, string devices)
    {
        var text = $"node: {{ id: en-1, site: s }}\nbuses:\n{buses}devices:\n{devices}";
        var result = SiteFile.Parse("site.yaml", Encoding.UTF8.GetBytes(text), "/", TestFiles.Profiles, FieldTimes.Of);
        Assert.Empty(result.Faults);
        return result.Site!;
    }

    /// <summary>Ten units of 20 registers: a round takes 847 ms at 9600 baud.</summary>
    private static Site Ten(string every, string timeout, int units = 10, int baud = 9600)
    {
        var registers = string.Concat(Enumerable.Range(0, 20).Select(r => $"      - {{ name: r{r}, function: 3, register: {r}, type: uint16, unit: count }}\n"));
        return Parse(
            $"  rs485: {{ modbus-rtu: /dev/ttyS1, baud: {baud}, format: 8E1 }}\n",
            string.Concat(Enumerable.Range(1, units).Select(u => $"  - id: D{u}\n    bus: rs485\n    address: {u}\n    every: {every}\n    timeout: {timeout}\n    registers:\n{registers}")));
    }

    private List<string> Warnings(Site site)
    {
        var warnings = BusPlan.All(site).SelectMany(b => PlanBusText.Warnings(site, b)).ToList();
        warnings.ForEach(output.WriteLine);
        return warnings;
    }

    [Fact]
    public void A_bus_with_room_gives_no_warning() => Assert.Empty(Warnings(Ten("2s", "500ms")));

    [Theory]
    [InlineData("1s", "Bus rs485 is busy 84.7 % of its time", "With periods 1.3 times as long it is busy 70 %, at 19200 baud 52.4 %.")]
    [InlineData("500ms", "Bus rs485 cannot keep its periods: the readings take 169 % of its time.", "With periods 2.5 times as long it is busy 70 %, at 57600 baud 63.7 %.")]
    public void A_busy_bus_is_told_with_what_helps(string every, string says, string remedy)
    {
        var warning = Warnings(Ten(every, "100ms"))[0];
        Assert.StartsWith(says, warning, StringComparison.Ordinal);
        Assert.Contains(remedy, warning, StringComparison.Ordinal);
    }

    [Fact]
    public void A_dead_unit_that_makes_others_miss_a_period_is_told_with_the_timeout_that_helps()
    {
        var warning = Assert.Single(Warnings(Ten("2s", "2s")));
        Assert.Contains("a dead unit costs 2.06 s at each probe, and D1, D2, D3 and 7 more may then miss a period", warning, StringComparison.Ordinal);
        Assert.Contains("With `timeout: 1250ms` on each device nobody does", warning, StringComparison.Ordinal);
        Assert.Empty(Warnings(Ten("2s", "1250ms")));
        Assert.NotEmpty(Warnings(Ten("2s", "1280ms")));

        // One that has hardly time to wait for the others when all are well.
        var slow = Ten("10s", "2s");
        var tight = slow with { Devices = slow.Devices.SetItem(0, slow.Devices[0] with { Every = TimeSpan.FromMilliseconds(764) }) };
        Assert.Contains("No `timeout` is short enough", Assert.Single(Warnings(tight)), StringComparison.Ordinal);
    }

    [Fact]
    public void The_timeout_that_is_named_is_one_that_helps_where_the_limit_is_a_round_figure()
    {
        const string one = "\n    bus: field\n    every: 1s\n    timeout: {1}\n    address: {0}\n    registers:\n      - { name: v, function: 3, register: 0, type: uint16, unit: bar }\n";
        Site Two(string timeout) => Parse(
            "  field: { modbus-tcp: \"127.0.0.1:502\" }\n",
            string.Concat(new[] { 1, 2 }.Select(u => $"  - id: D{u}" + one.Replace("{1}", timeout, StringComparison.Ordinal).Replace("{0}", $"{u}", StringComparison.Ordinal))));

        Assert.Contains("With `timeout: 990ms` on each device nobody does", Assert.Single(Warnings(Two("1s"))), StringComparison.Ordinal);
        Assert.Empty(Warnings(Two("990ms")));
    }

    [Fact]
    public void A_device_that_is_asked_more_often_than_the_others_let_it_is_named()
    {
        var site = Ten("20s", "500ms");
        var fast = site with { Devices = [site.Devices[0] with { Every = TimeSpan.FromMilliseconds(500) }, .. site.Devices.Skip(1)] };
        Assert.Contains(Warnings(fast), w => w.StartsWith("Bus rs485: D1 may wait up to 763 ms for the others and then misses a period.", StringComparison.Ordinal));
    }

    [Fact]
    public void A_chip_that_would_have_to_measure_longer_than_there_is_time_is_named()
    {
        var site = Parse(
            "  i2c1: { i2c: 1 }\n",
            string.Concat(Enumerable.Range(0, 2).Select(c => $"  - {{ id: LT-{c}, bus: i2c1, address: 0x48, channel: {c}, profile: ads1115-4-20ma, every: 20ms, shunt: 100 Ohm, span: 0..12 m }}\n")));
        Assert.StartsWith("Bus i2c1: the chip at 0x48 would have to measure 172 % of the time", Assert.Single(Warnings(site)), StringComparison.Ordinal);
        Assert.Contains("2 devices on 1 chip, the wires busy 23 % at 100 kbit/s", PlanBusText.Headline(site, BusPlan.All(site)[0]), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("demo.yaml")]
    [InlineData("pump-station.yaml")]
    [InlineData("bridge-pier.yaml")]
    [InlineData("profiles.yaml")]
    public void Every_bus_of_the_examples_has_its_headline_and_a_table_that_fits_a_terminal(string example)
    {
        var result = SiteFile.Load(Path.Combine(TestFiles.Examples, example), TestFiles.Profiles, FieldTimes.Of);
        var site = result.Site!;
        foreach (var bus in BusPlan.All(site))
        {
            Assert.StartsWith($"Bus {bus.Options.Id}: ", PlanBusText.Headline(site, bus), StringComparison.Ordinal);
            var rows = PlanBusText.Rows(bus).Prepend(PlanBusText.Heads).ToList();
            Assert.Equal(bus.Modbus is not null, rows.Count > 1);
            Assert.All(rows, r => Assert.Equal(PlanBusText.Heads.Length, r.Length));
            Assert.InRange(Enumerable.Range(0, PlanBusText.Heads.Length).Sum(c => rows.Max(r => r[c].Length) + 3) + 1, 0, Terminal);
        }
    }

    [Fact]
    public void Contacts_are_told_when_they_are_read_and_not_at_once()
    {
        var site = TestFiles.Load(TestFiles.Small.Replace("buses:\n", "buses:\n  gpio0: { gpio: /dev/gpiochip0 }\n", StringComparison.Ordinal)
            + "inputs:\n  - { id: LS-1, bus: gpio0, line: 1 }\n  - { id: LS-2, bus: gpio0, line: 2, every: 2s, debounce: 50ms }\n");
        Assert.Equal(
            "Bus gpio0: GPIO, 2 devices. Contacts are read at their periods: a change is told 2.05 s after it at the latest (LS-2), and one that is over sooner may be missed.",
            PlanBusText.Headline(site, BusPlan.All(site)[0]));
    }

    [Fact]
    public void A_bus_without_devices_says_so()
    {
        var site = Ten("2s", "500ms");
        site = site with { Buses = site.Buses.Add(new GpioBusOptions("spare", "/dev/gpiochip0")) };
        Assert.Equal("Bus spare: GPIO, no devices.", PlanBusText.Headline(site, BusPlan.All(site)[1]));
    }
}
