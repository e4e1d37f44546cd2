using EdgeNode.Core;
using EdgeNode.Core.Model;
using EdgeNode.Core.Validate;
using FsCheck;
using FsCheck.Fluent;
using static EdgeNode.UnitTests.CoreLaws.TestSite;

namespace EdgeNode.UnitTests.Validate;

/// <summary>What holds of every sequence of samples, with every combination of checks.</summary>
public sealed class ValidationLaws
{
    private const double Stale = 3;
    private static readonly TimeSpan AfterAll = TimeSpan.FromSeconds(2 * Stale);

    [Law(MaxTest = 300)]
    public Property However_samples_are_batched_the_outcome_is_the_same() => Prop.ForAll(Histories(), Points(), (history, point) =>
    {
        List<string> Run(Func<int, int> batch)
        {
            var station = Make(point);
            var told = new List<string>();
            for (var i = 0; i < history.Length;)
            {
                var n = Math.Min(batch(i), history.Length - i);
                told.AddRange(Outcome(station.Step(Clock(history[i + n - 1].TakenAt), history.AsSpan(i, n))));
                i += n;
            }

            told.AddRange(Outcome(station.Step(Clock(End(history)), [])));
            return [.. told.Order(StringComparer.Ordinal)]; // within one step readings come before alarms
        }

        return Run(_ => 1).SequenceEqual(Run(i => 1 + (i % 5)));
    });

    [Law(MaxTest = 200)]
    public Property The_same_samples_have_the_same_outcome() => Prop.ForAll(Histories(), Points(), (history, point) =>
    {
        List<string> Run()
        {
            var station = Make(point);
            return [.. history.SelectMany(s => Outcome(station.Step(Clock(s.TakenAt), [s])))];
        }

        return Run().SequenceEqual(Run());
    });

    [Law(MaxTest = 300)]
    public Property Nothing_is_good_without_a_good_sample_of_that_moment_and_value_and_nothing_stays_good_longer_than_its_stale_time() =>
        Prop.ForAll(Histories(), Points(), (history, point) =>
        {
            var station = Make(point);
            var samples = history.Where(s => s.Quality.IsGood).ToLookup(s => Clock(s.TakenAt).Wall.UnixMicroseconds, s => (s.Raw * point.Scale) + point.Offset);
            foreach (var sample in history)
            {
                var now = Clock(sample.TakenAt);
                foreach (var reading in station.Step(now, [sample]).Readings)
                {
                    if (reading.Quality.IsGood && !samples[reading.Time.UnixMicroseconds].Contains(reading.Value))
                        return false;
                }

                if (IsOldAndGood(station, now))
                    return false;
                var later = Clock(sample.TakenAt + TimeSpan.FromTicks(TimeSpan.TicksPerMillisecond * 90));
                station.Step(later, []);
                if (IsOldAndGood(station, later))
                    return false;
            }

            station.Step(Clock(End(history)), []);
            return station.Last(0).Quality.IsBad;
        });

    [Law(MaxTest = 300)]
    public Property A_single_spike_never_reaches_good_and_raises_no_alarm() => Prop.ForAll(Gen.Choose(0, 100).ListOf().ToArbitrary(), calm =>
    {
        // Calm within 0.5, and every third sample thrown far to one side.
        var samples = calm.SelectMany((c, i) => new[] { 5 + (c / 200.0), 5.5 - (c / 200.0), c % 2 == 0 ? 6.5 + c : 4 - c }).Append(5).Select((v, i) => Sample(i, v)).ToList();
        var station = Make(Checked(PointChecks.None with { Spike = 0.5 }));
        var readings = samples.SelectMany(s => { var r = station.Step(Clock(s.TakenAt), [s]); return r.Alarms.Count > 0 ? [default] : r.Readings.ToArray(); }).ToList();
        return readings.Count == samples.Count
            && readings.Zip(samples).All(p => p.First.Time == Clock(p.Second.TakenAt).Wall)
            && readings.All(r => r.Value is >= 5 and <= 5.5 && (r.Quality.IsGood || r.Quality == Quality.Uncertain(Reason.Spike)))
            && readings.Where((_, i) => i % 3 == 2 && i < samples.Count - 1).All(r => r.Quality == Quality.Uncertain(Reason.Spike));
    });

    [Law(MaxTest = 300)]
    public Property What_lasts_two_samples_passes_as_it_is_and_at_most_one_sample_late() => Prop.ForAll(Gen.Choose(-1000, 1000).NonEmptyListOf().ToArbitrary(), levels =>
    {
        var samples = levels.SelectMany(l => new[] { l / 10.0, l / 10.0 }).Select((v, i) => Sample(i, v)).ToList();
        var station = Make(Checked(PointChecks.None with { Spike = 0.5 }));
        var values = new List<double>();
        for (var i = 0; i < samples.Count; i++)
        {
            values.AddRange(station.Step(Clock(samples[i].TakenAt), [samples[i]]).Readings.Where(r => r.Quality.Reason != Reason.Spike).Select(r => r.Value));
            if (values.Count < i)
                return false;
        }

        return values.SequenceEqual(samples.Select(s => s.Raw));
    });

    [Law(MaxTest = 300)]
    public Property A_true_over_range_is_never_good_nor_bad_and_raises_its_alarm() => Prop.ForAll(Histories(), Points(), Gen.Choose(0, 49).ToArbitrary(), (history, point, over) =>
    {
        // 20.5 to 21 mA, and as many bar above the range.
        var loop = point.Checks.Loop is not null;
        var raw = loop ? 20.505 + (over * 0.01) : 10.1 + over;
        var station = Make(point with { Range = new ValueRange(0, 10) });
        foreach (var sample in history.TakeWhile(s => !s.Quality.IsBad))
            station.Step(Clock(sample.TakenAt), [loop ? sample with { Raw = 12 } : sample]);
        var from = History(history);
        for (var i = 1; i <= 3; i++)
        {
            var result = station.Step(Clock(from + TimeSpan.FromSeconds(i)), [new RawSample(0, raw, Quality.Good, from + TimeSpan.FromSeconds(i))]);
            if (i == 3 && (result.Readings.Count == 0 || result.Readings.Exists(r => r.Quality.Level != QualityLevel.Uncertain)))
                return false;
        }

        return station.Last(0).Quality == Quality.Uncertain(Reason.OverRange) && station.Last(0).Value > 10 && station.Alarm(0).Active;
    });

    [Law(MaxTest = 300)]
    public Property A_wall_clock_that_jumps_changes_nothing_but_stamps() => Prop.ForAll(Histories(), Points(), Gen.Choose(-100, 100).ListOf().ToArbitrary(), (history, point, hours) =>
    {
        List<string> Run(Func<int, long> jump)
        {
            var station = Make(point);
            return
            [
                .. history.SelectMany((s, i) =>
                {
                    var now = Clock(s.TakenAt);
                    var result = station.Step(now with { Wall = new SourceTime(now.Wall.UnixMicroseconds + jump(i), ClockQuality.Unsynchronised) }, [s]);
                    return result.Readings.Select(r => $"{r.Value} {r.Quality}").Concat(result.Alarms.Select(a => $"{a.Active} {a.Value} {a.Quality}"));
                }),
            ];
        }

        return Run(_ => 0).SequenceEqual(Run(i => hours.Count == 0 ? 0 : hours[i % hours.Count] * 3_600_000_000L));
    });

    private static bool IsOldAndGood(Station station, ClockReading now) =>
        station.Last(0) is { Quality.IsGood: true } last && now.Wall.UnixMicroseconds - last.Time.UnixMicroseconds >= Stale * 1e6;

    private static PointOptions Checked(PointChecks checks) => Rig.Checked(checks, new ValueRange(0, 10), Stale);

    private static Station Make(PointOptions point) => new(Of([point], [Alarm(setpoint: 9, on: 0), Alarm(AlarmKind.Low, 2, 0.5, 0.4, 1)]), TimeSpan.Zero);

    private static ClockReading Clock(TimeSpan monotonic) => At(0) with { Monotonic = monotonic, Wall = At(0).Wall.Add(monotonic) };

    private static TimeSpan History(RawSample[] history) => history.Length == 0 ? TimeSpan.Zero : history[^1].TakenAt;

    private static TimeSpan End(RawSample[] history) => History(history) + AfterAll;

    private static IEnumerable<string> Outcome(StepResult result) => result.Readings.Select(r => r.ToString()).Concat(result.Alarms.Select(a => a.ToString()));

    /// <summary>Every combination of checks; half of the points are current loops.</summary>
    private static Arbitrary<PointOptions> Points() => Gen.Choose(0, 31).Select(bits =>
    {
        var checks = new PointChecks
        {
            RatePerSecond = (bits & 1) != 0 ? 2 : null,
            Spike = (bits & 2) != 0 ? 0.5 : null,
            Stuck = (bits & 4) != 0 ? new StuckOptions(TimeSpan.FromSeconds(2), (bits & 8) != 0 ? 0.3 : 0) : null,
            Loop = (bits & 16) != 0 ? new CurrentLoopOptions(1, 0, TimeSpan.FromSeconds(1)) : null,
        };
        var (scale, offset) = checks.Loop is { } loop ? CurrentLoop.Map(loop, new ValueRange(0, 10)) : (1, 0);
        return Checked(checks) with { Scale = scale, Offset = offset };
    }).ToArbitrary();

    /// <summary>Samples 100 ms to 4 s apart: mostly near the one before, some anywhere from -2 to 26, some of them bad or no number.</summary>
    private static Arbitrary<RawSample[]> Histories()
    {
        var step = from gap in Gen.Choose(1, 40)
                   from near in Gen.Choose(0, 3)
                   from value in Gen.Choose(-20, 260)
                   from fault in Gen.Choose(0, 20)
                   select (gap: gap > 20 && near > 0 ? 5 : gap, near, value, fault);
        return step.ListOf().Select(steps =>
        {
            var (at, value) = (0L, 5.0);
            return steps.Select(s =>
            {
                at += s.gap;
                value = s.near == 0 ? s.value / 10.0 : s.near == 1 ? value : value + (s.value % 3 / 10.0);
                var quality = s.fault == 0 ? Quality.Bad(Reason.Timeout) : s.fault == 1 ? Quality.Uncertain(Reason.LostEdges) : Quality.Good;
                return new RawSample(0, s.fault == 2 ? double.NaN : value, quality, TimeSpan.FromMilliseconds(100 * at));
            }).ToArray();
        }).ToArbitrary();
    }
}
