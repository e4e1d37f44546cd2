using System.Globalization;
using EdgeNode.Core.Model;
using EdgeNode.SimulationTests.Observed;
using EdgeNode.SimulationTests.Simulated;
using EdgeNode.Uplink.Tapping;

namespace EdgeNode.SimulationTests.Shown;

/// <summary>The spool is full and stays so for an hour: what is dropped is named, to the last reading.</summary>
public class FloodTests(ITestOutputHelper output)
{
    [Fact]
    public void An_hour_at_the_limit_is_named_in_gaps_that_add_up_to_what_is_missing()
    {
        var world = new World(3, Sites.Of(10, 20, TimeSpan.FromSeconds(1), 1 << 20), null);
        var tap = world.Platform.Tap = new TapLedger(fromStart: true);
        world.Start();
        world.Run(TimeSpan.FromMinutes(1));
        world.Broker.Mood = new BrokerMood { Up = false };
        Assert.True(world.Run(TimeSpan.FromHours(3), () => world.Life!.Journal!.Outbox(1).Fill.Dropped > 0), "the limit is never reached");
        var full = world.Clock.Now;
        var heap = LongOutageTests.Product(world);
        world.Run(TimeSpan.FromHours(1));
        Assert.True(world.Life!.HasAlarm(NodeAlarm.SpoolFull), "an hour at the limit, and no alarm says so");
        var grown = LongOutageTests.Product(world) - heap;
        world.Broker.Mood = new BrokerMood();
        StormyWorld.Settle(world, StormyWorld.Calm);

        var settlement = Settlement.Of(world.Ledger);
        var report = tap.Report(subscribed: true, "");
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"limit of 1 MiB reached after {full.TotalMinutes:F0} min, then one hour: {settlement.Appended} appended, tap has {report.Readings}, "
            + $"{settlement.Appended - report.Readings} missing, its gaps name {report.Lost} in {world.Platform.GapEvents} events; {report.Events} events; the heap grew by {grown / 1024} KiB in the hour"));

        Assert.Empty(world.Ledger.Findings);
        Assert.True(report.Sound, string.Join('\n', report.Findings));
        Assert.True(report.Lost > 100_000, "nothing worth the name was dropped");
        Assert.Equal(settlement.Appended - report.Readings, report.Lost);
        Assert.True(grown < 4 << 20, $"the heap grew by {grown} bytes");
        Assert.All(report.Gaps, g => Assert.Equal((StreamKind.Telemetry, "spool-full"), (g.Stream, g.Reason)));
    }
}
