using EdgeNode.Core;
using EdgeNode.Core.Evaluate;
using EdgeNode.Core.Model;
using EdgeNode.Core.Vote;
using EdgeNode.Core.Validate;
using EdgeNode.UnitTests.Voting;
using static EdgeNode.UnitTests.CoreLaws.TestSite;

namespace EdgeNode.UnitTests.Alarms;

/// <summary>What each kind of alarm watches.</summary>
public class AlarmKindTests
{
    private static readonly Quality Lost = Quality.Bad(Reason.Timeout);

    [Theory]
    [InlineData(AlarmKind.High, 6.5, 6.41, 6.39)]
    [InlineData(AlarmKind.HighHigh, 6.5, 6.41, 6.39)]
    [InlineData(AlarmKind.Low, 5, 5.09, 5.11)]
    [InlineData(AlarmKind.LowLow, 5, 5.09, 5.11)]
    public void A_setpoint_is_reached_by_its_own_value_and_left_past_the_deadband(AlarmKind kind, double at, double within, double past) =>
        Assert.Equal([true, true, false, true], Judged(Alarm(kind, at, 0.1), at, within, past, at));

    [Fact]
    public void A_bad_reading_leaves_a_setpoint_unknown_and_the_alarm_as_it_is()
    {
        var condition = new PointCondition(Alarm());
        Assert.True(condition.Judge(Read(7), Second, false));
        Assert.Null(condition.Judge(Read(0, Lost), Second, true));
        Assert.Equal(7, condition.Value);
    }

    [Fact]
    public void Bad_is_any_bad_quality_and_never_unknown()
    {
        var condition = new PointCondition(Alarm(AlarmKind.Bad));
        Assert.Equal(
            [false, true, true, false],
            new[] { Read(1), Read(0, Lost), Read(0, Quality.Bad(Reason.Stale)), Read(1, Quality.Uncertain(Reason.OverRange)) }.Select(r => condition.Judge(r, Second, false) == true));
    }

    [Fact]
    public void Stale_is_a_value_that_did_not_come_and_not_one_that_failed()
    {
        var station = new Station(Of([Point(stale: 3)], [Alarm(AlarmKind.Stale, on: 0)]), TimeSpan.Zero);
        Assert.Empty(station.Step(At(1), [Sample(1, 5)]).Alarms);
        Assert.Empty(station.Step(At(2), [Sample(2, 0, Lost)]).Alarms);
        Assert.Empty(station.Step(At(3), [Sample(3, 5)]).Alarms);
        Assert.True(Assert.Single(station.Step(At(6), []).Alarms).Active);
        Assert.False(Assert.Single(station.Step(At(7), [Sample(7, 5)]).Alarms).Active);
    }

    [Fact]
    public void Stale_is_a_value_that_did_not_come_for_its_time_though_reads_fail_in_words_meanwhile()
    {
        var station = new Station(Of([Point(stale: 3)], [Alarm(AlarmKind.Stale, on: 0)]), TimeSpan.Zero);
        station.Step(At(1), [Sample(1, 5)]);
        var told = new List<(double, bool)>();
        for (var t = 2; t < 200; t++)
            told.AddRange(station.Step(At(t), [Sample(t, 0, Lost)]).Alarms.Select(a => (a.At.TotalSeconds, a.Active)));
        Assert.Equal([(4, true)], told);
        Assert.Equal((true, "bad:timeout"), (station.Alarm(0).Condition, station.Last(0).Quality.ToString())); // known, and the point says why
        Assert.False(Assert.Single(station.Step(At(200), [Sample(200, 5)]).Alarms).Active);
    }

    [Fact]
    public void It_comes_after_one_failed_read_and_nothing_else_and_from_the_start_on()
    {
        var station = new Station(Of([Point(stale: 3)], [Alarm(AlarmKind.Stale, on: 0)]), TimeSpan.Zero);
        station.Step(At(1), [Sample(1, 0, Lost)]);
        Assert.Equal(TimeSpan.FromSeconds(3), station.Deadline());
        Assert.Equal(TimeSpan.FromSeconds(3), Assert.Single(station.Step(At(50), []).Alarms).At);
    }

    [Fact]
    public void A_point_that_went_stale_under_a_value_by_hand_says_so_when_that_ends()
    {
        var station = new Station(Of([Point(stale: 3)], [Alarm(AlarmKind.Stale, on: 0)]), TimeSpan.Zero);
        station.Step(At(1), [Sample(1, 5)]);
        station.Step(At(2), [], substitutes: [new SubstituteCommand(0, 4, TimeSpan.FromSeconds(20))]);
        for (var t = 3; t < 20; t++)
            Assert.Empty(station.Step(At(t), [Sample(t, 0, Lost)]).Alarms);
        Assert.True(Assert.Single(station.Step(At(20), []).Alarms).Active);
    }

    [Theory]
    [InlineData(Reason.NotPresent, false)]
    [InlineData(Reason.Timeout, true)]
    [InlineData(Reason.NotYetRead, false)]
    public void What_is_bad_for_a_reason_keeps_it_in_an_outage_and_the_stale_alarm_comes_all_the_same(Reason reason, bool hadAValue)
    {
        var station = new Station(Of([Point(stale: 3)], [Alarm(AlarmKind.Stale, on: 0)]), TimeSpan.Zero);
        if (hadAValue)
            station.Step(At(0), [Sample(0, 5)]);
        var (told, raised) = (new List<Quality>(), new List<TimeSpan>());
        for (var t = 1; t < 100; t++)
        {
            var result = station.Step(At(t), [Sample(t, 0, Quality.Bad(reason))]);
            told.AddRange(result.Readings.Select(r => r.Quality));
            raised.AddRange(result.Alarms.Select(a => a.At));
        }

        Assert.All(told, q => Assert.Equal(Quality.Bad(reason), q));
        Assert.Equal([TimeSpan.FromSeconds(3)], raised);
        Assert.False(Assert.Single(station.Step(At(100), [Sample(100, 5)]).Alarms).Active);
        Assert.Equal("bad:stale", Assert.Single(station.Step(At(103), []).Readings).Quality.ToString()); // nothing says more
        Assert.Equal(Quality.Bad(reason), Assert.Single(station.Step(At(104), [Sample(104, 0, Quality.Bad(reason))]).Readings).Quality);
    }

    [Fact]
    public void A_value_that_is_not_to_be_expected_yet_is_not_stale_before_its_time()
    {
        var station = new Station(Of([Point(stale: 3)], [Alarm(AlarmKind.Stale, on: 0)]), TimeSpan.Zero);
        Assert.Empty(station.Step(At(1), [Sample(1, 0, Quality.Bad(Reason.NotYetRead))]).Alarms); // a pulse meter's first rate
        Assert.Null(station.Alarm(0).Condition);
        Assert.Empty(station.Step(At(2), [Sample(2, 5)]).Alarms);
        Assert.False(station.Alarm(0).Condition);
    }

    [Fact]
    public void A_groups_value_is_stale_when_none_of_its_members_has_brought_one_for_its_time()
    {
        var site = GroupSite.Of(Bars.Group(2, "1oo2"));
        var alarm = site.Alarms.Length;
        var station = new Station(site with { Alarms = site.Alarms.Add(Alarm(AlarmKind.Stale, on: 0, point: 2)) }, TimeSpan.Zero);
        var told = new List<(double, bool)>();
        for (var t = 1; t < 20; t++)
        {
            var result = station.Scan(t, t < 5 || t > 15 ? 5 : double.NaN, t < 10 ? 5 : double.NaN);
            told.AddRange(result.Alarms.Where(a => a.Alarm == alarm).Select(a => (a.At.TotalSeconds, a.Active)));
        }

        Assert.Equal([(12, true), (16, false)], told);
    }

    [Fact]
    public void A_member_without_a_vote_by_hand_does_not_keep_it_from_that()
    {
        var site = GroupSite.Of(Bars.Group(2, "1oo2"));
        var alarm = site.Alarms.Length;
        var station = new Station(site with { Alarms = site.Alarms.Add(Alarm(AlarmKind.Stale, on: 0, point: 2)) }, TimeSpan.Zero);
        station.Scan(1, 5, 5);
        Assert.Equal(BypassOutcome.Granted, Assert.Single(station.Step(At(1.5), [], [new(0, 1, TimeSpan.FromHours(1))]).Bypasses).Outcome);
        var told = new List<(double, bool)>();
        for (var t = 2; t < 12; t++)
        {
            told.AddRange(station.Scan(t, t < 4 ? 5 : double.NaN, 5).Alarms.Where(a => a.Alarm == alarm).Select(a => (a.At.TotalSeconds, a.Active)));
        }

        Assert.True(Assert.Single(told) is (6 or 7, true), string.Join(", ", told));
    }

    [Fact]
    public void A_point_that_was_never_read_is_stale_too()
    {
        var station = new Station(Of([Point(stale: 3)], [Alarm(AlarmKind.Stale, on: 0)]), TimeSpan.Zero);
        Assert.True(Assert.Single(station.Step(At(3), []).Alarms).Active);
    }

    [Theory]
    [InlineData(AlarmKind.Active, new[] { false, true, false })]
    [InlineData(AlarmKind.Inactive, new[] { true, false, true })]
    public void A_switch_is_closed_or_open(AlarmKind kind, bool[] expected) => Assert.Equal(expected, Judged(Alarm(kind), 0, 1, 0));

    [Fact]
    public void A_deviation_is_measured_from_a_value_or_from_another_point_in_either_direction()
    {
        Assert.Equal([false, true, true, false, true], Judged(Alarm(AlarmKind.Deviation, 0.5, 0.1) with { Reference = 5 }, 5.4, 5.5, 5.41, 5.39, 4.5));

        var condition = new PointCondition(Alarm(AlarmKind.Deviation, 0.5, 0.1) with { ReferencePoint = 1 });
        Assert.Null(condition.Judge(Read(5), Second, false));
        Assert.False(condition.Judge(Read(5.2, point: 1), Second, false));
        Assert.True(condition.Judge(Read(5.6, point: 1), Second, false));
        Assert.Null(condition.Judge(Read(0, Lost, point: 1), Second, true));
        Assert.Equal(5, condition.Value);
    }

    [Fact]
    public void A_deviation_from_another_point_is_judged_when_either_is_read()
    {
        var alarm = Alarm(AlarmKind.Deviation, 0.5, on: 0) with { ReferencePoint = 1 };
        var station = new Station(Of([Point(), Point("PT-102.pressure")], [alarm]), TimeSpan.Zero);
        Assert.Empty(station.Step(At(1), [Sample(1, 5), Sample(1, 5, point: 1)]).Alarms);
        Assert.True(Assert.Single(station.Step(At(2), [Sample(2, 6, point: 1)]).Alarms).Active);
        Assert.False(Assert.Single(station.Step(At(3), [Sample(3, 6)]).Alarms).Active);
    }

    [Fact]
    public void A_rate_is_taken_over_its_stretch_and_not_from_sample_to_sample()
    {
        var condition = new PointCondition(Alarm(AlarmKind.Rate, 0.1, 0.02) with { RateOver = TimeSpan.FromSeconds(10) });
        Assert.Null(condition.Judge(Read(5), Second, false));
        Assert.Null(condition.Judge(Read(6), 5 * Second, false)); // not half of the stretch yet: 1 bar in 4 s would be a leap
        Assert.False(condition.Judge(Read(5.5), 11 * Second, false)); // 0.5 bar in 10 s
        Assert.True(condition.Judge(Read(7.2), 15 * Second, false)); // 1.2 bar since 5 s, 0.12 bar a second
        Assert.True(condition.Judge(Read(4.5), 21 * Second, true)); // 5.5 to 4.5 in 10 s, downwards
    }

    [Fact]
    public void What_may_be_a_sensors_last_word_clears_no_deviation_on_either_side_of_it()
    {
        var doubt = Quality.Uncertain(Reason.SensorFailure);
        var condition = new PointCondition(Alarm(AlarmKind.Deviation, 1) with { Reference = 0.1 });
        Assert.True(condition.Judge(Read(5), Second, false));
        Assert.Null(condition.Judge(Read(-0.31, doubt), Second, true));
        Assert.True(condition.Judge(Read(-5, doubt), Second, false)); // it can make it true
        Assert.False(condition.Judge(Read(0.2), Second, true));

        var two = new PointCondition(Alarm(AlarmKind.Deviation, 1) with { ReferencePoint = 1 });
        two.Judge(Read(5), Second, false);
        Assert.True(two.Judge(Read(2, point: 1), Second, false));
        Assert.Null(two.Judge(Read(4.5, doubt, point: 1), Second, true));
        Assert.Null(two.Judge(Read(5), Second, true)); // the other one is in doubt still
        Assert.False(two.Judge(Read(4.5, point: 1), Second, true));
    }

    [Fact]
    public void Nor_a_rate_and_no_later_one_is_measured_from_it()
    {
        var doubt = Quality.Uncertain(Reason.SensorFailure);
        var condition = new PointCondition(Alarm(AlarmKind.Rate, 0.1, 0.02) with { RateOver = TimeSpan.FromSeconds(10) });
        condition.Judge(Read(0), Second, false);
        Assert.True(condition.Judge(Read(2), 11 * Second, false));
        Assert.Null(condition.Judge(Read(0.5, doubt), 12 * Second, true));
        Assert.True(condition.Judge(Read(-2.5, doubt), 20 * Second, false));
        Assert.False(condition.Judge(Read(2.1), 21 * Second, true)); // 0.1 bar in 10 s
        Assert.False(condition.Judge(Read(2.2), 30 * Second, true)); // and not 4.7 bar since second 20
    }

    [Fact]
    public void After_a_hole_the_rate_is_unknown_until_half_of_the_stretch_has_been_read_again()
    {
        var rate = new RateWindow(TimeSpan.FromSeconds(10));
        rate.Rate(0, Second);
        Assert.Equal(1, rate.Rate(10, 11 * Second));
        Assert.Null(rate.Rate(500, 100 * Second));
        Assert.Null(rate.Rate(500, 104 * Second));
        Assert.Equal(0, rate.Rate(500, 105 * Second));
    }

    [Fact]
    public void Of_a_fast_point_the_rate_is_as_true_as_of_a_slow_one()
    {
        var rate = new RateWindow(TimeSpan.FromSeconds(60));
        double? last = null;
        for (var i = 0; i <= 20_000; i++)
        {
            last = rate.Rate(i * 0.01 * 0.25, TimeSpan.FromMilliseconds(10 * i));
        }

        Assert.Equal(0.25, last!.Value, 9);
    }

    /// <summary>One after the other, each with the condition before it.</summary>
    private static List<bool> Judged(AlarmOptions alarm, params double[] values)
    {
        var condition = new PointCondition(alarm);
        var before = false;
        return [.. values.Select(v => before = condition.Judge(Read(v), Second, before)!.Value)];
    }

    private static Reading Read(double value, Quality quality = default, int point = 0) => new(point, value, quality, default);
}
