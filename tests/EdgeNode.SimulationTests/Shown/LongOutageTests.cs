using System.Globalization;
using EdgeNode.Core.Model;
using EdgeNode.SimulationTests.Observed;
using EdgeNode.SimulationTests.Simulated;
using EdgeNode.UnitTests.Spool;

namespace EdgeNode.SimulationTests.Shown;

/// <summary>The broker is away for a day at 200 values a second, and comes back.</summary>
public class LongOutageTests(ITestOutputHelper output)
{
    private const int Devices = 10;
    private const int Points = 20;
    private static readonly TimeSpan LiveLimit = TimeSpan.FromSeconds(2);

    [Fact]
    public void After_a_long_outage_the_backlog_drains_beside_live_data_that_stay_live()
    {
        var outage = TimeSpan.FromHours(Extent.Long ? 24 : 1);
        Say($"outage of {outage.TotalHours} virtual hours at {Devices * Points} values a second ({Extent.Form})");
        var world = new World(1, Sites.Of(Devices, Points, TimeSpan.FromSeconds(1), 4L << 30), null);
        var memory = new List<(string When, long Product)>();
        world.Disk.Takes = call => call == DiskCall.Sync ? world.Between(TimeSpan.FromMilliseconds(5), TimeSpan.FromMilliseconds(60)) : TimeSpan.Zero;
        void Look(string when) => memory.Add((when, Product(world)));

        world.Start();
        world.Run(TimeSpan.FromMinutes(5));
        Look("before the outage");
        world.Broker.Mood = new BrokerMood { Up = false };
        for (var part = 1; part <= 4; part++)
        {
            world.Run(outage / 4);
            Look(string.Create(CultureInfo.InvariantCulture, $"{part * outage.TotalHours / 4:F2} h into the outage"));
        }

        var waiting = world.Life!.Journal!.Outbox(1).Waiting(StreamKind.Telemetry);
        world.Broker.Mood = new BrokerMood();
        var back = world.Clock.Now;
        Assert.True(world.Run(TimeSpan.FromSeconds(70), () => world.Life.Uplink!.Snapshot.Connected), "it does not connect again");
        world.Run(TimeSpan.FromTicks(TimeSpan.FromSeconds(waiting / 2000).Ticks / 2));
        Look("half drained");
        Assert.True(world.Run(outage, () => world.Life.Journal.Outbox(1).Waiting(StreamKind.Telemetry) < Devices * Points), "it does not drain");
        var drained = world.Platform.LastBacklogAt - back;
        Look("drained");
        StormyWorld.Settle(world, StormyWorld.Calm);
        Look("a little later");

        var settlement = Settlement.Of(world.Ledger);
        Say($"{settlement}");
        Say($"{waiting} readings waited, drained in {drained:h\\:mm\\:ss} of virtual time; {world.Platform.Redelivered} redelivered");
        Say($"live latency while the backlog drained: {world.Platform.LiveBesideBacklog}");
        Say($"live latency over all: {world.Platform.Live}");
        Say("managed heap of the product, without the simulated disk and the observer: "
            + string.Join(", ", memory.Select(m => string.Create(CultureInfo.InvariantCulture, $"{m.Product / 1048576.0:F1} MiB {m.When}"))));

        Assert.Empty(world.Ledger.Findings);
        Assert.Equal(settlement.Appended, settlement.Arrived);
        Assert.True(world.Platform.LiveBesideBacklog.Count > waiting / 2000 * Devices * Points / 2, "there was next to no live data beside the backlog");
        Assert.True(world.Platform.LiveBesideBacklog.Quantile(0.99) < LiveLimit, "live data are late");
        var flat = memory.Max(m => m.Product) - memory[0].Product;
        Assert.True(flat < 24 << 20, $"the heap grew by {flat} bytes");
    }

    private void Say(string words) => output.WriteLine(words);

    // The disk and the record of the world live in the same heap: their bytes are known and taken off.
    internal static long Product(World world) => GC.GetTotalMemory(forceFullCollection: true) - world.Disk.Memory.HeapBytes - world.Ledger.Bytes;
}
