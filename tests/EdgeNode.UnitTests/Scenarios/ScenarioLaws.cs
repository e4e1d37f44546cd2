using EdgeNode.Core.Model;
using FsCheck;

namespace EdgeNode.UnitTests.Scenarios;

/// <summary>What holds for any seed and any scenario.</summary>
public sealed class ScenarioLaws
{
    private const double Seconds = 40;

    [Law(MaxTest = 6)]
    public void The_same_seed_and_scenario_give_the_same_readings_and_nothing_false_is_good(DoNotSize<int> any)
    {
        var seed = any.Item;
        var scenario = AnyScenario(new Random(seed));

        var first = VirtualField.Run(seed, scenario, Seconds);
        var second = VirtualField.Run(seed, scenario, Seconds);

        Assert.True(first.Readings.Count > 300);
        Assert.Equal(first.Readings, second.Readings);
        Judge.NoLie(first, scenario, first.Readings);
    }

    [Fact]
    public void Another_seed_is_another_history() =>
        Assert.NotEqual(VirtualField.Run(1, Scenario.Empty, 5).Readings, VirtualField.Run(2, Scenario.Empty, 5).Readings);

    [Fact]
    public void A_fault_holds_from_its_beginning_to_before_its_end()
    {
        var entry = new ScenarioEntry(TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(2), 0, 0, new SilenceFault());
        Assert.Equal([false, true, true, false], new[] { 4.9, 5, 6.9, 7 }.Select(s => entry.Holds(TimeSpan.FromSeconds(s))));
        Assert.True((entry with { For = null }).Holds(TimeSpan.MaxValue));
    }

    [Theory]
    [InlineData(5, 2, 7, 2, false)]
    [InlineData(5, 2, 6, 9, true)]
    [InlineData(5, null, 100, 1, true)]
    [InlineData(5, 1, 0, null, true)]
    [InlineData(5, 1, 0, 5, false)]
    public void Faults_overlap_where_some_time_belongs_to_both(int at, int? length, int otherAt, int? otherLength, bool overlap)
    {
        ScenarioEntry Entry(int a, int? f) => new(TimeSpan.FromSeconds(a), f is null ? null : TimeSpan.FromSeconds(f.Value), 0, 0, new StuckFault());
        Assert.Equal(overlap, Entry(at, length).Overlaps(Entry(otherAt, otherLength)));
        Assert.Equal(overlap, Entry(otherAt, otherLength).Overlaps(Entry(at, length)));
    }

    private static Scenario AnyScenario(Random random)
    {
        var entries = new List<ScenarioEntry>();
        for (var tries = random.Next(1, 9); tries > 0; tries--)
        {
            var entry = AnyEntry(random);
            if (!entries.Exists(e => e.Bus == entry.Bus && e.Device == entry.Device && e.Fault.Layer == entry.Fault.Layer && e.Overlaps(entry)))
                entries.Add(entry);
        }

        return new Scenario([.. entries]);
    }

    private static ScenarioEntry AnyEntry(Random random)
    {
        var site = VirtualField.Site;
        var at = TimeSpan.FromSeconds(random.Next(0, 30));
        TimeSpan? length = random.Next(4) == 0 ? null : TimeSpan.FromSeconds(random.Next(1, 15));
        if (random.Next(5) == 0)
            return new ScenarioEntry(at, length, random.Next(site.Buses.Length), null, new UnplugFault());
        var device = random.Next(site.Devices.Length);
        return new ScenarioEntry(at, length, site.Devices[device].Bus, device, AnyFault(site, device, random));
    }

    private static ScenarioFault AnyFault(Site site, int device, Random random)
    {
        // Twice the deadline is what a serial line can tell apart.
        var mostDelay = site.Buses[site.Devices[device].Bus] is ModbusRtuBusOptions ? 1900 : 5000;
        var unit = site.Points.First(p => p.Device == device).Unit;
        ScenarioFault[] any = site.Devices[device] switch
        {
            ModbusDeviceOptions =>
            [
                new DelayFault(TimeSpan.FromMilliseconds(random.Next(50, mostDelay))), new SilenceFault(), new NoiseFault(), new WrongUnitFault(),
                new ExceptionFault(random.Next(1, 12)), new StuckFault(), new DriftFault(random.NextDouble(), unit),
            ],
            ChipOptions => [new SilenceFault(), new NoiseFault(), new StuckFault(), new DriftFault(random.NextDouble() / 10, unit)],
            _ => [new NoiseFault(), new StuckFault()],
        };
        return any[random.Next(any.Length)];
    }
}
