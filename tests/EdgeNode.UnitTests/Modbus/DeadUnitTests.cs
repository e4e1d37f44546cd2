using System.Globalization;
using EdgeNode.Core.Model;
using EdgeNode.Engine;
using EdgeNode.Hardware.Modbus;

namespace EdgeNode.UnitTests.Modbus;

/// <summary>Dead units beside living ones on one serial line of ten, 9600 baud, 20 registers each, every second (facts/modbus.md section 4, 62 and 63).</summary>
[Collection(RealClock.Name)]
public class DeadUnitTests(ITestOutputHelper output)
{
    private static readonly TimeSpan Timeout = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(1);

    private static ModbusDeviceOptions[] Ten => [.. Enumerable.Range(1, 10).Select(unit =>
        Plant.Device(unit, [.. Enumerable.Range(0, 20).Select(i => Plant.Value(i, i))]) with { Timeout = Timeout, Every = Every })];

    /// <summary>What a run came to: for each unit its scans, and whether they were good.</summary>
    private sealed record Run(List<(int Unit, TimeSpan At, TimeSpan Took, bool IsGood, bool WasSent)> Scans)
    {
        public IEnumerable<TimeSpan> Lost => Scans.Where(s => s.WasSent && !s.IsGood).Select(s => s.Took);

        /// <summary>Most deadlines that were lost between two scans of living units, from a time on.</summary>
        public int MostBetween(TimeSpan from)
        {
            var (most, now) = (0, 0);
            foreach (var scan in Scans.Where(s => s.At >= from))
            {
                now = scan.IsGood ? 0 : scan.WasSent ? now + 1 : now;
                most = Math.Max(most, now);
            }

            return most;
        }
    }

    private static Run Drive(ModbusBus bus, TimeProvider time, TimeSpan length, Action<TimeSpan> wait)
    {
        var start = time.Monotonic();
        var schedule = new ScanSchedule([.. Enumerable.Range(0, 10).Select(d => (d, Every))], start);
        var run = new Run([]);
        var samples = new List<RawSample>();
        while (time.Monotonic() - start < length)
        {
            if (schedule.Take(time.Monotonic()) is not { } device)
            {
                wait(schedule.NextDue!.Value - time.Monotonic());
                continue;
            }

            samples.Clear();
            var (at, requests) = (time.Monotonic(), bus.Health.Requests);
            bus.Scan(device, samples, CancellationToken.None);
            run.Scans.Add((device + 1, at - start, time.Monotonic() - at, samples.All(s => s.Quality.IsGood), bus.Health.Requests > requests));
            if (samples.All(s => s.Quality.IsGood))
                Assert.All(samples, s => Verdict.True(s, device + 1, s.Point));
        }

        return run;
    }

    [Theory, Trait("modbus-case", "62"), Trait("modbus-case", "63")]
    [InlineData(1)]
    [InlineData(5)]
    [InlineData(9)]
    public void Living_units_lose_one_deadline_at_a_time_and_dead_ones_a_fifth_of_the_bus(int dead)
    {
        using var rig = new RtuRig(a => a.Unit <= dead ? [] : Slaves.Honest(a), Ten);
        var run = Drive(rig.Bus, rig.Clock, TimeSpan.FromMinutes(10), span => rig.Clock.Advance(span));

        // The first round asks everybody, since nobody is known to be dead; after it the rule holds.
        Assert.InRange(run.MostBetween(Every * 3), 1, 1);
        var settled = run.Scans.Where(s => s.At > TimeSpan.FromSeconds(30)).ToList();
        var share = settled.Where(s => s.WasSent && !s.IsGood).Sum(s => s.Took.TotalSeconds) / (600 - 30);
        Assert.InRange(share, 0.0001, ProbeTurns.Share);
        var probes = settled.Where(s => s.WasSent && !s.IsGood).GroupBy(s => s.Unit).Select(g => g.Count()).ToList();
        Assert.Equal(dead, probes.Count);
        Assert.InRange(probes.Max() - probes.Min(), 0, 2);
        Assert.All(run.Scans.Where(s => s.Unit > dead), s => Assert.True(s.IsGood));
        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{dead} dead of 10: {100 * share:F2} % of the bus, {probes.Min()} to {probes.Max()} probes each in 9.5 min, none back to back"));
    }

    [Fact, Trait("modbus-case", "62")]
    public void Units_that_die_at_once_cost_a_deadline_each_in_that_round_and_one_at_a_time_after_it()
    {
        TimeSpan? dies = null;
        RtuRig? rig = null;
        using var made = rig = new RtuRig(a => a.Unit <= 5 && rig!.Clock.Monotonic() >= dies ? [] : Slaves.Honest(a), Ten);
        var start = rig.Clock.Monotonic();
        dies = start + TimeSpan.FromSeconds(20);
        var run = Drive(rig.Bus, rig.Clock, TimeSpan.FromMinutes(2), span => rig.Clock.Advance(span));
        Assert.Equal(0, run.Scans.Count(s => !s.IsGood && s.At < TimeSpan.FromSeconds(20)));
        Assert.Equal(5, run.MostBetween(TimeSpan.FromSeconds(19))); // what the chain of a trip counts with
        Assert.Equal(1, run.MostBetween(TimeSpan.FromSeconds(22)));
    }

    [Fact, Trait("modbus-case", "62")]
    public void A_long_deadline_of_many_dead_units_takes_no_more_than_the_share()
    {
        var devices = Ten;
        for (var i = 0; i < 9; i++)
            devices[i] = devices[i] with { Timeout = TimeSpan.FromSeconds(5) };
        using var rig = new RtuRig(a => a.Unit < 10 ? [] : Slaves.Honest(a), devices);
        var run = Drive(rig.Bus, rig.Clock, TimeSpan.FromMinutes(30), span => rig.Clock.Advance(span));
        var settled = run.Scans.Where(s => s.At > TimeSpan.FromMinutes(5) && s.WasSent && !s.IsGood).ToList();
        Assert.InRange(settled.Sum(s => s.Took.TotalSeconds) / (25 * 60), 0.15, ProbeTurns.Share);
        Assert.Equal(9, settled.Select(s => s.Unit).Distinct().Count());
        Assert.InRange(settled.GroupBy(s => s.Unit).Max(g => g.Count()) - settled.GroupBy(s => s.Unit).Min(g => g.Count()), 0, 1);
        Assert.Equal(1, run.MostBetween(TimeSpan.FromMinutes(5)));
    }

    [Fact, Trait("modbus-case", "62")]
    public void A_unit_that_is_scanned_rarely_has_its_turn_all_the_same()
    {
        var devices = Ten;
        devices[0] = devices[0] with { Every = TimeSpan.FromMinutes(5) };
        var lives = false;
        using var rig = new RtuRig(a => a.Unit < (lives ? 1 : 9) || a.Unit is > 1 and < 9 ? [] : Slaves.Honest(a), devices);
        for (var minute = 0; minute < 30; minute++)
        {
            if (minute % 5 == 0)
                rig.Scan(0);
            for (var second = 0; second < 60; second++)
            {
                for (var unit = 2; unit <= 10; unit++)
                    rig.Scan(unit - 1);
                rig.Pass(1);
            }

            lives = minute > 15;
        }

        Assert.All(rig.Scan(0), s => Assert.True(s.Quality.IsGood));
    }

    [Fact, Trait("modbus-case", "62"), Trait("modbus-case", "64")]
    public void Where_nobody_answers_nobody_is_held_back()
    {
        using var rig = new RtuRig(_ => [], Ten);
        var run = Drive(rig.Bus, rig.Clock, TimeSpan.FromSeconds(10), span => rig.Clock.Advance(span));
        Assert.All(Enumerable.Range(1, 10), unit => Assert.InRange(run.Scans.Count(s => s.Unit == unit && s.WasSent), 3, 4));
        Assert.Equal(2, rig.Link.Opens); // replaced once for the link, not once for each unit
    }

    /// <summary>The same over a real tty, whose slave gives each byte its 11 bits of time. Prints what the living units lost.</summary>
    [Theory, Trait("modbus-case", "63")]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(5)]
    public void Over_a_paced_pty(int dead)
    {
        using var slave = new PtySlave(a => a.Unit <= dead ? [] : Paced(Rtu.Honest(a)), requestTime: TimeSpan.FromTicks(8 * 11 * TimeSpan.TicksPerSecond / 9600));
        using var bus = slave.Bus(RtuRig.Line, Ten);
        var run = Drive(bus, TimeProvider.System, TimeSpan.FromSeconds(12), span => Thread.Sleep(span > TimeSpan.Zero ? span : TimeSpan.Zero));

        var living = run.Scans.Where(s => s.Unit > dead).ToList();
        var gaps = living.GroupBy(s => s.Unit).SelectMany(g => g.Zip(g.Skip(1), (a, b) => b.At - a.At)).Order().ToList();
        var lost = run.Scans.Where(s => s.WasSent && !s.IsGood).ToList();
        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{dead} dead of 10 at 9600 baud, 20 registers a second each, timeout {Timeout.TotalMilliseconds} ms, 12 s: {living.Count(s => s.IsGood)} good scans of {10 - dead} living units; between two scans of a unit {gaps[gaps.Count / 2].TotalMilliseconds:F0} ms in the middle, {gaps[^1].TotalMilliseconds:F0} ms at most; {lost.Count} deadlines lost, {lost.Sum(s => s.Took.TotalMilliseconds):F0} ms; at most {run.MostBetween(Every * 3)} between two scans of living units; a living scan took {living.Select(s => s.Took).Order().ElementAt(living.Count / 2).TotalMilliseconds:F0} ms"));

        // The clock is the real one here: a machine that stands still for a moment costs a deadline now and then. With a clock of its own the law is exact, above.
        var stolen = living.Count(s => s.WasSent && !s.IsGood);
        Assert.InRange(stolen, 0, living.Count / 20);
        Assert.InRange(run.MostBetween(Every * 3), 0, 1 + stolen);

        // Three misses, then one probe after 5 s and perhaps one after 10 s more; nothing else is lost.
        Assert.InRange(lost.Count - stolen, 3 * dead, 5 * dead);
    }

    private static IEnumerable<Act> Paced(byte[] frame)
    {
        // On a grid of some bytes: a sleep for each single byte would be mostly the sleep's own error.
        const int Portion = 5;
        var byteTime = TimeSpan.FromTicks(11 * TimeSpan.TicksPerSecond / 9600);
        for (var at = 0; at < frame.Length; at += Portion)
        {
            var end = Math.Min(at + Portion, frame.Length);
            yield return Act.Late(TimeSpan.FromMilliseconds(5) + (byteTime * end), frame[at..end]);
        }
    }
}
