using EdgeNode.Core.Act;
using EdgeNode.Core.Model;
using EdgeNode.Core.Validate;
using EdgeNode.Engine;
using EdgeNode.Hardware;
using EdgeNode.Hardware.Modbus;
using FsCheck;
using FsCheck.Fluent;
using Microsoft.Extensions.Time.Testing;

namespace EdgeNode.UnitTests.Modbus;

/// <summary>
/// The time chain of a trip against the bus itself: whatever its other units do, a change in a device that answers is seen within what <c>check</c> and <c>plan</c> foretell. In virtual time,
/// by the engine's own schedule.
/// </summary>
public sealed class HeldLaws
{
    private static readonly TimeSpan Length = TimeSpan.FromSeconds(20);

    /// <param name="Kind">0 serial, 1 TCP, 2 TCP that closes after each scan, 3 TCP with several requests open.</param>
    /// <param name="Pause">pause-between, ms.</param>
    /// <param name="Connect">pause-after-connect, ms.</param>
    /// <param name="Share">How much of its deadline the observed unit takes for each reply, percent.</param>
    /// <param name="Units">The first one is observed, and lives.</param>
    private sealed record Case(int Kind, int Pause, int Connect, int Share, Unit[] Units)
    {
        public override string ToString() => $"kind {Kind}, pauses {Pause} and {Connect} ms, {Share} %: {string.Join("; ", Units.Select(u => u.ToString()))}";
    }

    /// <param name="Timeout">ms.</param>
    /// <param name="Devices">Period in ms and requests of each.</param>
    /// <param name="Turns">Moments, ms, at which it falls silent, or answers again.</param>
    private sealed record Unit(int Timeout, (int Every, int Requests)[] Devices, int[] Turns)
    {
        public bool IsSilent(TimeSpan now) => Turns.Count(t => now.TotalMilliseconds >= t) % 2 == 1;

        public override string ToString() => $"timeout {Timeout}, devices {string.Join(" ", Devices)}, turns {string.Join(" ", Turns)}";
    }

    [Law]
    public Property A_change_is_seen_within_the_time_that_is_foretold_whoever_else_falls_silent() => Prop.ForAll(Cases(), c =>
    {
        var (seen, foretold) = Run(c);
        Assert.NotEmpty(seen);
        Assert.True(seen.Max() <= foretold + TimeSpan.FromMilliseconds(1), $"{c}: {seen.Max().TotalMilliseconds} ms, foretold {foretold.TotalMilliseconds} ms");
    });

    [Fact]
    public void The_time_that_is_foretold_comes_true_but_for_a_little()
    {
        // Nine others of one supply, and the observed unit takes nearly its deadline.
        var others = Enumerable.Range(0, 9).Select(_ => new Unit(500, [(1000, 1)], [5_300]));
        var (seen, foretold) = Run(new Case(0, 0, 0, 90, [new Unit(500, [(1000, 1)], []), .. others]));
        Assert.InRange(seen.Max() / foretold, 0.8, 1);
    }

    /// <summary>From the beginning of each scan of the first device to the end of the next one: what changes right after the first is seen then.</summary>
    private static (List<TimeSpan> Seen, TimeSpan Foretold) Run(Case c)
    {
        var clock = new FakeTimeProvider(new DateTimeOffset(1, 1, 1, 1, 0, 0, TimeSpan.Zero));
        var begun = clock.Monotonic();
        var devices = c.Units.SelectMany((u, i) => u.Devices.Select((d, n) => Plant.Device(i + 1, [.. Enumerable.Range(0, d.Requests).Select(r => Plant.Value(r, (100 * n) + (20 * r)))]) with
        {
            Id = $"D{i + 1}-{n}", Every = TimeSpan.FromMilliseconds(d.Every), Timeout = TimeSpan.FromMilliseconds(u.Timeout),
        })).ToArray();
        BusOptions bus = c.Kind == 0
            ? RtuRig.Line with { PauseBetween = TimeSpan.FromMilliseconds(c.Pause) }
            : Plant.Bus with
            {
                PauseBetween = TimeSpan.FromMilliseconds(c.Pause), PauseAfterConnect = TimeSpan.FromMilliseconds(c.Connect), CloseAfterRead = c.Kind == 2, Pipeline = c.Kind == 3 ? 4 : 1,
            };
        var site = Plant.Site(bus, devices);
        var isWarm = false;

        TimeSpan? Delay(int unit) => isWarm && c.Units[unit - 1].IsSilent(clock.Monotonic() - begun) ? null
            : unit == 1 ? TimeSpan.FromMilliseconds(c.Units[0].Timeout * c.Share / 100.0) : ModbusLoad.UsualTurnAround;

        using ILink link = c.Kind == 0
            ? new MemoryLine(clock, 9600, ask => Delay(ask.Unit) is { } after ? [Act.Late(after, Rtu.Honest(ask))] : [])
            : new MemoryLink(clock, ask => Delay(ask.Unit) is { } after ? [Act.Late(after, Frames.Honest(ask))] : []);
        using var owner = new ModbusBus(site, 0, link, clock, new Random(7), new LogBook());
        var samples = new List<RawSample>();
        for (var d = 0; d < devices.Length; d++)
            owner.Scan(d, samples, CancellationToken.None); // opens the port, and waits for what may still be under way
        (begun, isWarm) = (clock.Monotonic(), true);

        var schedule = new ScanSchedule([.. devices.Select((d, i) => (i, d.Every))], begun);
        var (seen, last) = (new List<TimeSpan>(), (TimeSpan?)null);
        while (clock.Monotonic() - begun < Length)
        {
            var now = clock.Monotonic();
            if (schedule.Take(now) is not { } device)
            {
                clock.Advance(schedule.NextDue!.Value - now);
                continue;
            }

            samples.Clear();
            owner.Scan(device, samples, CancellationToken.None);
            if (device != 0)
                continue;
            Assert.All(samples, s => Assert.True(s.Quality.IsGood, c.ToString()));
            if (last is { } before)
                seen.Add(clock.Monotonic() - before);
            last = now;
        }

        // As the chain of a trip has it, part by part.
        var one = site with { Points = [new PointOptions("P", 0, UnitTable.Get("1"), 1, 0, null, Length, null)] };
        var trip = new TripOptions("T", new CauseOf(new AlarmCause(false, 0)), [0], default, Length);
        var chain = TripChain.Seen(one with { Outputs = [Outputs.OutputSite.Valve with { Proof = null, HoldThroughRestart = TimeSpan.Zero }] }, FieldTimes.Of(site), trip);
        return (seen, chain.Total - TripChain.Own);
    }

    private static Arbitrary<Case> Cases() => Arb.From(
        from kind in Gen.Choose(0, 3)
        from pause in Gen.Elements(0, 0, 30, 200)
        from connect in Gen.Elements(0, 0, 100, 700)
        from share in Gen.Elements(5, 50, 90)
        from own in Units(Gen.Constant(Array.Empty<int>()))
        from others in Units(Turns()).ListOf()
        select new Case(kind, pause, connect, share, [own, .. others.Take(6)]));

    private static Gen<Unit> Units(Gen<int[]> turns) =>
        from timeout in Gen.Elements(100, 300, 1000)
        from devices in (from every in Gen.Elements(200, 500, 1000, 3000) from requests in Gen.Frequency((4, Gen.Constant(1)), (2, Gen.Choose(2, 4))) select (every, requests)).NonEmptyListOf()
        from its in turns
        select new Unit(timeout, [.. devices.Take(3)], its);

    private static Gen<int[]> Turns() =>
        from turns in Gen.Choose(0, 19_000).ListOf()
        select turns.Take(4).Order().ToArray();
}
