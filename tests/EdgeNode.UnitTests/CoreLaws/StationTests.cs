using EdgeNode.Core;
using EdgeNode.Core.Model;
using FsCheck;
using FsCheck.Fluent;
using static EdgeNode.UnitTests.CoreLaws.TestSite;

namespace EdgeNode.UnitTests.CoreLaws;

public class StationTests
{
    private static Station Make(PointOptions? point = null, params AlarmOptions[] alarms) => new(Of([point ?? Point()], alarms), TimeSpan.Zero);

    [Fact]
    public void A_raw_value_is_scaled_and_offset_and_keeps_the_time_at_which_it_was_read()
    {
        var station = Make(Point(scale: 0.1, offset: -40));
        var reading = Assert.Single(station.Step(At(2.5), [Sample(2, 650)]).Readings);
        Assert.Equal(25, reading.Value, 9);
        Assert.Equal(At(2).Wall, reading.Time);
        Assert.Equal(Quality.Good, reading.Quality);
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    [InlineData(double.NegativeInfinity)]
    public void A_value_that_is_not_a_number_is_bad_and_has_no_value(double raw)
    {
        var reading = Assert.Single(Make().Step(At(1), [Sample(1, raw)]).Readings);
        Assert.Equal(Quality.Bad(Reason.NotANumber), reading.Quality);
        Assert.Equal(0, reading.Value);
    }

    [Fact]
    public void A_value_that_overflows_in_the_unit_of_the_platform_is_bad_too_and_its_alarm_can_be_told()
    {
        var site = Of([Point()], [Alarm(on: 0)]);
        var result = new Station(site, TimeSpan.Zero).Step(At(1), [Sample(1, 1e305)]); // bar to Pa is a factor of 1e5
        Assert.All(result.Alarms, a => EdgeNode.Core.Record.EventBody.Alarm(site, a));
        Assert.Equal((Quality.Bad(Reason.NotANumber), 0d), Of1(result));
    }

    [Fact]
    public void Out_of_range_is_uncertain_on_its_side_and_keeps_the_value()
    {
        var station = Make(Point(range: new ValueRange(0, 10)));
        Assert.Equal((Quality.Uncertain(Reason.OverRange), 10.5), Of1(station.Step(At(1), [Sample(1, 10.5)])));
        Assert.Equal((Quality.Uncertain(Reason.UnderRange), -0.5), Of1(station.Step(At(2), [Sample(2, -0.5)])));
        Assert.Equal((Quality.Good, 10d), Of1(station.Step(At(3), [Sample(3, 10)])));
    }

    [Fact]
    public void A_failed_read_has_no_value_and_says_why()
    {
        var reading = Assert.Single(Make().Step(At(1), [Sample(1, 5, Quality.Bad(Reason.Timeout))]).Readings);
        Assert.Equal("bad:timeout", reading.Quality.ToString());
        Assert.Equal(0, reading.Value);
    }

    [Fact]
    public void A_point_goes_stale_once_at_its_stale_time_and_without_a_value()
    {
        var station = Make(Point(stale: 3));
        station.Step(At(1), [Sample(1, 5)]);
        Assert.Empty(station.Step(At(3.999), []).Readings);
        Assert.Equal(TimeSpan.FromSeconds(4), station.Deadline());
        var reading = Assert.Single(station.Step(At(4.5), []).Readings);
        Assert.Equal(Quality.Bad(Reason.Stale), reading.Quality);
        Assert.Equal(0, reading.Value);
        Assert.Equal(At(4).Wall, reading.Time);
        Assert.Empty(station.Step(At(60), []).Readings);
        Assert.Null(station.Deadline());
        Assert.Equal(Quality.Good, Assert.Single(station.Step(At(61), [Sample(61, 5)]).Readings).Quality);
    }

    [Fact]
    public void A_point_that_is_never_read_says_so_after_its_stale_time()
    {
        var station = Make(Point(stale: 3));
        Assert.Equal(Quality.Bad(Reason.NotYetRead), station.Last(0).Quality);
        Assert.Equal(Quality.Bad(Reason.NotYetRead), Assert.Single(station.Step(At(3), []).Readings).Quality);
    }

    [Fact]
    public void A_high_alarm_is_raised_after_its_on_delay_at_the_moment_the_delay_ends()
    {
        var station = Make(null, Alarm(on: 1));
        Assert.Empty(station.Step(At(1), [Sample(1, 6.5)]).Alarms);
        Assert.Equal(TimeSpan.FromSeconds(2), station.Deadline());
        var raised = Assert.Single(station.Step(At(2.3), []).Alarms);
        Assert.True(raised.Active);
        Assert.Equal(At(2).Wall, raised.Time);
        Assert.Equal(6.5, raised.Value);
    }

    [Fact]
    public void A_condition_shorter_than_the_on_delay_raises_nothing()
    {
        var station = Make(null, Alarm(on: 1));
        station.Step(At(1), [Sample(1, 7)]);
        Assert.Empty(station.Step(At(1.9), [Sample(1.9, 6)]).Alarms);
        Assert.Empty(station.Step(At(9), []).Alarms);
    }

    [Theory]
    [InlineData(AlarmKind.High, 6.5, 6.41, 6.39)]
    [InlineData(AlarmKind.Low, 5, 5.09, 5.11)]
    public void An_alarm_clears_only_past_its_deadband(AlarmKind kind, double at, double within, double past)
    {
        var station = Make(null, Alarm(kind, at, 0.1, on: 0));
        Assert.True(Assert.Single(station.Step(At(1), [Sample(1, at)]).Alarms).Active);
        Assert.Empty(station.Step(At(2), [Sample(2, within)]).Alarms);
        Assert.False(Assert.Single(station.Step(At(3), [Sample(3, past)]).Alarms).Active);
    }

    [Fact]
    public void A_sensor_that_goes_high_and_then_dies_still_raises_its_alarm()
    {
        var station = Make(null, Alarm(on: 2));
        station.Step(At(1), [Sample(1, 7)]);
        station.Step(At(2), [Sample(2, 0, Quality.Bad(Reason.Timeout))]);
        var raised = Assert.Single(station.Step(At(3), []).Alarms);
        Assert.Equal((true, Quality.Bad(Reason.Timeout), 7d), (raised.Active, raised.Quality, raised.Value));
    }

    [Fact]
    public void An_active_alarm_of_a_dead_sensor_stays_active()
    {
        var station = Make(null, Alarm(on: 0));
        station.Step(At(1), [Sample(1, 7)]);
        Assert.Empty(station.Step(At(2), [Sample(2, 0, Quality.Bad(Reason.LinkDown))]).Alarms);
        Assert.Empty(station.Step(At(500), []).Alarms);
        Assert.True(station.Alarm(0).Active);
    }

    [Fact]
    public void An_over_range_value_still_raises_a_high_alarm()
    {
        var station = Make(Point(range: new ValueRange(0, 6)), Alarm(on: 0));
        Assert.True(Assert.Single(station.Step(At(1), [Sample(1, 7)]).Alarms).Active);
    }

    [Law(MaxTest = 200)]
    public Property However_samples_are_batched_the_outcome_is_the_same() => Prop.ForAll(Histories(), history =>
    {
        static List<string> Run(RawSample[] samples, Func<int, int> batch)
        {
            var station = Make(Point(range: new ValueRange(2, 8), stale: 2), Alarm(on: 1.5, off: 0.7), Alarm(AlarmKind.Low, 3, 0.5, 0.4, 1));
            var told = new List<string>();
            for (var i = 0; i < samples.Length;)
            {
                var n = Math.Min(batch(i), samples.Length - i);
                var slice = samples[i..(i + n)];
                var result = station.Step(new ClockReading(slice[^1].TakenAt, At(slice[^1].TakenAt.TotalSeconds).Wall), slice);
                told.AddRange(result.Alarms.Select(a => a.ToString()));
                i += n;
            }

            return [.. told.Order(StringComparer.Ordinal)];
        }

        return Run(history, _ => 1).SequenceEqual(Run(history, i => 1 + (i % 5)));
    });

    [Law(MaxTest = 200)]
    public Property Raised_and_cleared_take_turns_and_never_before_their_delay() => Prop.ForAll(Histories(), history =>
    {
        var options = Alarm(on: 1.5, off: 0.7);
        var station = Make(null, options);
        var active = false;
        foreach (var sample in history)
        {
            foreach (var t in station.Step(new ClockReading(sample.TakenAt, At(sample.TakenAt.TotalSeconds).Wall), [sample]).Alarms)
            {
                if (t.Active == active)
                {
                    return false;
                }

                active = t.Active;
            }
        }

        return station.Alarm(0).Active == active;
    });

    [Law(MaxTest = 200)]
    public Property Nothing_happens_before_the_deadline_that_the_station_names() => Prop.ForAll(Histories(), history =>
    {
        var station = Make(Point(stale: 2), Alarm(on: 1.5, off: 0.7));
        foreach (var sample in history)
        {
            station.Step(new ClockReading(sample.TakenAt, At(sample.TakenAt.TotalSeconds).Wall), [sample]);
            if (station.Deadline() is { } deadline)
            {
                var before = Max(sample.TakenAt, deadline - TimeSpan.FromTicks(1));
                var result = station.Step(new ClockReading(before, At(before.TotalSeconds).Wall), []);
                if (before < deadline && (result.Readings.Count > 0 || result.Alarms.Count > 0))
                {
                    return false;
                }
            }
        }

        return true;
    });

    private static TimeSpan Max(TimeSpan a, TimeSpan b) => a > b ? a : b;

    private static (Quality Quality, double Value) Of1(StepResult result)
    {
        var reading = Assert.Single(result.Readings);
        return (reading.Quality, reading.Value);
    }

    /// <summary>Samples of one point, 100 ms to 3 s apart, about one in six bad.</summary>
    private static Arbitrary<RawSample[]> Histories()
    {
        var step = from gap in Gen.Choose(1, 30)
                   from value in Gen.Choose(0, 100)
                   from bad in Gen.Choose(0, 5)
                   select (gap, value, bad);
        return step.ListOf().Select(steps =>
        {
            var at = 0.0;
            return steps.Select(s =>
            {
                at = Math.Round(at + (s.gap * 0.1), 1);
                return Sample(at, s.value / 10.0, s.bad == 0 ? Quality.Bad(Reason.Timeout) : Quality.Good);
            }).ToArray();
        }).ToArbitrary();
    }
}
