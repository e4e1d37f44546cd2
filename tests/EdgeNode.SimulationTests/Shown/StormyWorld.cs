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

    /// <summary>The longest back-off of a connection, and the first messages after it.</summary>
    public static readonly TimeSpan Calm = TimeSpan.FromSeconds(90);

    public IReadOnlyList<string> Findings => World.Ledger.Findings;

    public static StormyWorld Live(int seed, TimeSpan span, Plants? plants = null, Action<World>? before = null, Action<string>? story = null)
    {
        // Spools that an outage of minutes fills, of an hour, and such as it never does.
        var limit = (128L << 10) << (seed % 6 * 2);
        var world = new World(seed, Sites.Of(devices: 3, points: 4, every: TimeSpan.FromSeconds(1), limit), null) {
            Plants = plants ?? new Plants(), Story = story,
        };
        world.Platform.OnGap = gap => world.Tell(gap);
        world.Platform.Tap = new TapLedger(fromStart: true);
        before?.Invoke(world);
        // Every other seed has one trouble upon the other: faults that meet find what faults alone do not.
        var weather = new Weather(world) { MostCalm = TimeSpan.FromSeconds(seed % 2 == 0 ? 360 : 40) };
        weather.Begin();
        world.Start();
        world.Run(span, () => world.Ledger.Findings.Count > 0);
        weather.Clear();
        Settle(world, Calm);
        var settlement = Settlement.Of(world.Ledger);
        var tap = world.Platform.Tap.Report(subscribed: true, "");
        if (!tap.Sound && !world.Platform.OrderExcused && world.Ledger.Findings.Count == 0)
        {
            world.Ledger.Find($"the tap finds {string.Join("; ", tap.Findings)} {tap.Missing} missing, where the observer finds nothing");
        }

        return new StormyWorld(world, weather, settlement);
    }

    /// <summary>Runs until nothing waits. The field goes on measuring, so "nothing" is a moment.</summary>
    /// <param name="calm">At least so long, for what is still on its way.</param>
    public static void Settle(World world, TimeSpan calm)
    {
        world.Run(calm);
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
