using System.Globalization;
using EdgeNode.SimulationTests.Observed;
using EdgeNode.SimulationTests.Simulated;
using EdgeNode.Uplink.Tapping;

namespace EdgeNode.SimulationTests.Shown;

/// <summary>One seed: a small station in all weathers, then peace until nothing waits, then the account.</summary>
internal sealed record StormyWorld(World World, Weather Weather, Settlement Settlement)
{
    /// <summary>In peace everything that waits must be delivered within this time: the longest back-offs, and a full spool at the limited rate.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(30);

    public IReadOnlyList<string> Findings => World.Ledger.Findings;

    public static StormyWorld Live(int seed, TimeSpan span, Plants? plants = null, Action<World>? before = null)
    {
        // Every third seed has a spool that a long outage fills.
        var limit = seed % 3 == 0 ? 256 * 1024 : 64L << 20;
        var world = new World(seed, Sites.Of(devices: 3, points: 4, every: TimeSpan.FromSeconds(1), limit), null) { Plants = plants ?? new Plants() };
        world.Platform.Tap = new TapLedger(fromStart: true);
        before?.Invoke(world);
        var weather = new Weather(world);
        weather.Begin();
        world.Start();
        world.Run(span, () => world.Ledger.Findings.Count > 0);
        weather.Clear();
        Settle(world);
        return new StormyWorld(world, weather, Settlement.Of(world.Ledger));
    }

    /// <summary>Runs until nothing waits. The field goes on measuring, so "nothing" is a moment.</summary>
    public static void Settle(World world)
    {
        world.Run(TimeSpan.FromSeconds(90));
        if (!world.Run(Patience, () => world.Life is { Drained: true }))
        {
            var outbox = world.Life?.Journal?.Outbox(1);
            world.Ledger.Find($"in peace for {Patience.TotalMinutes} min, and still waiting: {outbox?.Waiting(Core.Model.StreamKind.Telemetry)} readings, "
                + $"{outbox?.Waiting(Core.Model.StreamKind.Event)} events; {world.Life?.Uplink?.Snapshot}");
        }
    }

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{World.Kills} kills, {World.PowerCuts} power cuts, {Weather.Storms} troubles, {World.Broker.Sessions} sessions, {Settlement}, "
        + $"{World.Platform.GapEvents} gap events, at risk at a power cut {World.Ledger.LongestAtRisk.TotalMilliseconds:F0} ms, trace {World.Trace.Hash:x16}");
}
