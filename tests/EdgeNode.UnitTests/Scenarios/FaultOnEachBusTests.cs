using System.Globalization;
using System.Text;
using EdgeNode.Core.Model;
using EdgeNode.Provisioning;

namespace EdgeNode.UnitTests.Scenarios;

/// <summary>
/// Every fault of a scenario on every kind of bus where it makes sense: what the gateway calls it, that nothing false is called good
/// meanwhile, that the neighbours go on, and that it is over when it is over.
/// </summary>
public sealed class FaultOnEachBusTests(ITestOutputHelper output)
{
    private const int Begin = 15;
    private const int Length = 15;

    // The first scans of the fault may still end with what was before it.
    private static readonly TimeSpan From = TimeSpan.FromSeconds(Begin + 2);
    private static readonly TimeSpan To = TimeSpan.FromSeconds(Begin + Length);

    // A unit that was silent for so long is probed each 10 s.
    private static readonly TimeSpan Recovered = To + TimeSpan.FromSeconds(25);
    private static readonly TimeSpan End = Recovered + TimeSpan.FromSeconds(12);

    /// <summary>What is hit, how, and which qualities are expected: reasons of bad ones, good, or either where noise decides.</summary>
    public static TheoryData<string, string, string> Rows => new()
    {
        { "JT-101", "fault: delay, by: 300ms", "good" },
        { "JT-101", "fault: delay, by: 3s", "bad:timeout bad:device-suspended" },
        { "JT-101", "fault: silence", "bad:timeout bad:device-suspended" },
        { "JT-101", "fault: noise", "good bad:wrong-reply bad:timeout bad:link-down bad:device-suspended" },
        { "JT-101", "fault: wrong-unit", "bad:wrong-reply bad:device-suspended" },
        { "JT-101", "fault: exception, code: 4", "bad:device-failure" },
        { "JT-101", "fault: exception, code: 6", "bad:device-busy" },
        { "JT-101", "fault: stuck", "good" },
        { "JT-101", "fault: drift, rate: 2 V/s", "good" },
        { "PT-101B", "fault: delay, by: 300ms", "good" },

        // Beyond twice its deadline nobody can tell a late reply of a serial line from the next one (hardware/EdgeNode.Hardware/Modbus/README.md).
        { "PT-101B", "fault: delay, by: 1900ms", "bad:timeout bad:device-suspended" },
        { "PT-101B", "fault: silence", "bad:timeout bad:device-suspended" },
        { "PT-101B", "fault: noise", "good bad:wrong-reply bad:timeout bad:checksum bad:device-suspended" },
        { "PT-101B", "fault: wrong-unit", "bad:wrong-reply bad:device-suspended" },
        { "PT-101B", "fault: exception, code: 4", "bad:device-failure" },
        { "PT-101B", "fault: stuck", "good" },
        { "PT-101B", "fault: drift, rate: -0.05 bar/s", "good" },
        { "PT-101C", "fault: silence", "bad:timeout" },
        { "PT-101C", "fault: noise", "good bad:timeout" },
        { "PT-101C", "fault: stuck", "good" },
        { "PT-101C", "fault: drift, rate: 0.05 bar/s", "good" },
        { "SG-201", "fault: silence", "bad:timeout" },
        { "SG-201", "fault: noise", "good bad:timeout" },
        { "SG-201", "fault: stuck", "good" },
        { "SG-201", "fault: drift, rate: 120 ustrain/min", "good" },
        { "AT-101", "fault: silence", "bad:timeout" },
        { "FT-101", "fault: noise", "good" },
        { "FT-101", "fault: stuck", "good" },
        { "XS-101", "fault: noise", "good" },
        { "XS-101", "fault: stuck", "good" },
        { "field", "fault: unplug", "bad:link-down bad:device-suspended" },
        { "rs485", "fault: unplug", "bad:link-down bad:device-suspended" },
        { "i2c1", "fault: unplug", "bad:link-down" },
        { "gpio0", "fault: unplug", "bad:link-down" },
    };

    [Theory, MemberData(nameof(Rows))]
    public void It_is_told_as_what_it_is_and_ends(string target, string fault, string expected)
    {
        var site = VirtualField.Site;
        var isBus = site.Buses.Any(b => b.Id == target);
        var scenario = Scenario(target, isBus, fault);
        var bus = scenario.Entries[0].Bus;
        var mine = site.Points.Where(p => !p.IsComputed && (isBus ? site.Devices[p.Device].Bus == bus : site.Devices[p.Device].Id == target)).Select(p => p.Name).ToHashSet();
        var neighbours = site.Points.Where(p => !p.IsComputed && site.Devices[p.Device].Bus == bus && site.Buses[bus] is ModbusTcpBusOptions or ModbusRtuBusOptions).Select(p => p.Name).ToHashSet();

        var field = VirtualField.Run(42, scenario, End.TotalSeconds);

        Judge.NoLie(field, scenario, field.Readings);
        var words = expected.Split(' ');
        var meanwhile = field.Readings.Where(r => mine.Contains(r.Point) && r.At >= From && r.At < To).ToList();
        output.WriteLine($"{target} {fault}: {string.Join(", ", meanwhile.GroupBy(r => r.Quality).Select(g => $"{g.Count()} {g.Key}"))}");
        Assert.NotEmpty(meanwhile);
        Assert.All(meanwhile, r => Assert.Contains(r.Quality.ToString(), words));

        foreach (var point in mine)
        {
            var after = field.Readings.Where(r => r.Point == point && r.At > Recovered).ToList();
            Assert.NotEmpty(after);
            Assert.All(after, r => Assert.Equal(Quality.Good, r.Quality));
        }

        // Whoever shares a Modbus line may have to wait for it; all others notice nothing.
        var others = field.Readings.Where(r => !mine.Contains(r.Point) && !neighbours.Contains(r.Point) && r.At > TimeSpan.FromSeconds(3));
        Assert.All(others, r => Assert.Equal(Quality.Good, r.Quality));
        Assert.All(neighbours.Except(mine), p => Assert.Equal(Quality.Good, field.Readings.Last(r => r.Point == p).Quality));
    }

    [Theory]
    [InlineData("JT-101", "JT-101.voltage")]
    [InlineData("PT-101B", "PT-101B.pressure")]
    [InlineData("PT-101C", "PT-101C.pressure")]
    [InlineData("SG-201", "SG-201.signal")]
    public void What_is_stuck_keeps_the_value_that_it_had(string device, string point)
    {
        var field = VirtualField.Run(42, Scenario(device, isBus: false, "fault: stuck"), End.TotalSeconds);

        var held = field.Readings.Where(r => r.Point == point && r.At >= From && r.At < To).Select(r => r.Value).Distinct();
        var (low, high) = field.Truth.Of(point, TimeSpan.FromSeconds(Begin));
        Assert.InRange(Assert.Single(held), low, high);
    }

    [Theory]
    [InlineData("JT-101", "JT-101.voltage", "2 V/s", 2)]
    [InlineData("PT-101B", "PT-101B.pressure", "-50 mbar/s", -0.05)]
    [InlineData("PT-101C", "PT-101C.pressure", "0.05 bar/s", 0.05)]
    [InlineData("SG-201", "SG-201.signal", "120 ustrain/min", 2)]
    public void What_drifts_moves_away_from_the_truth_by_its_rate(string device, string point, string rate, double perSecond)
    {
        var field = VirtualField.Run(42, Scenario(device, isBus: false, $"fault: drift, rate: {rate}"), End.TotalSeconds);

        foreach (var seen in field.Readings.Where(r => r.Point == point && r.At >= From && r.At < To))
        {
            var (low, high) = field.Truth.Of(point, seen.At);
            var since = (seen.At - TimeSpan.FromSeconds(Begin)).TotalSeconds;
            double[] moved = [perSecond * (since - 1.2), perSecond * since];
            Assert.InRange(seen.Value, low + moved.Min(), high + moved.Max());
        }

        // Its other quantities are as they were.
        Assert.All(field.Readings.Where(r => r.Point.StartsWith(device, StringComparison.Ordinal) && r.Point != point && r.Quality.IsGood), r =>
        {
            var (low, high) = field.Truth.Of(r.Point, r.At);
            Assert.InRange(r.Value, low, high);
        });
    }

    [Fact]
    public void A_still_pulse_line_counts_nothing_and_its_rate_sinks()
    {
        var field = VirtualField.Run(42, Scenario("FT-101", isBus: false, "fault: stuck"), End.TotalSeconds);

        var during = field.Readings.Where(r => r.At >= From && r.At < To).ToLookup(r => r.Point, r => r.Value);
        Assert.Single(during["FT-101.total"].Distinct());
        var flow = during["FT-101.flow"].ToList();
        Assert.Equal(flow.OrderDescending(), flow);
        Assert.True(flow[^1] < 10, flow[^1].ToString(CultureInfo.InvariantCulture));
    }

    private static Scenario Scenario(string target, bool isBus, string fault)
    {
        var text = $"faults: [ {{ at: {Begin}s, for: {Length}s, {(isBus ? "bus" : "device")}: {target}, {fault} }} ]";
        var result = ScenarioFile.Parse("scenario.yaml", Encoding.UTF8.GetBytes(text), VirtualField.Site);
        Assert.Empty(result.Faults);
        return result.Scenario!;
    }
}
