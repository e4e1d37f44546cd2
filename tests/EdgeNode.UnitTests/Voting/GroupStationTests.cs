using System.Text;
using EdgeNode.Core;
using EdgeNode.Core.Evaluate;
using EdgeNode.Core.Model;
using EdgeNode.Core.Record;
using EdgeNode.Core.Vote;
using static EdgeNode.UnitTests.CoreLaws.TestSite;
using static EdgeNode.UnitTests.Voting.GroupSite;

namespace EdgeNode.UnitTests.Voting;

/// <summary>A group in the step: from samples to alarms and computed points.</summary>
public class GroupStationTests
{
    private const double Dead = double.NaN;

    [Fact]
    public void Two_of_three_members_raise_the_alarm_after_its_delay_and_one_alone_does_not()
    {
        var station = Make();
        Assert.Empty(station.Scan(1, 7, 5, 5).Alarms);
        Assert.Empty(station.Scan(3, 7, 5, 5).Alarms);
        Assert.Empty(station.Scan(4, 7, 6.5, 5).Alarms);
        Assert.Equal(TimeSpan.FromSeconds(5), station.Deadline());
        var raised = Assert.Single(station.Step(At(5.5), []).Alarms);
        Assert.Equal((Setpoint, true, At(5).Wall, 6.5), (raised.Alarm, raised.Active, raised.Time, raised.Value));
        Assert.Equal(new GroupVotes(new MemberSet(0b011), default), raised.Votes);
    }

    [Fact]
    public void A_drifting_member_is_outvoted_and_named_after_the_delay()
    {
        var station = Make();
        for (var t = 1; t <= 10; t++)
            Assert.Empty(station.Scan(t, 5, 5.1, 9).Alarms);
        var deviation = Assert.Single(station.Scan(11.5, 5, 5.1, 9).Alarms);
        Assert.Equal((Deviates, true, At(11).Wall), (deviation.Alarm, deviation.Active, deviation.Time));
        Assert.Equal(0b100, deviation.Votes.About.Bits);
        Assert.Equal(4, deviation.Value, 9);
    }

    [Fact]
    public void Of_two_that_lie_apart_both_are_named_and_of_one_alone_nothing_is_said()
    {
        var station = Make();
        for (var t = 1; t <= 10; t++)
            station.Scan(t, 5, 5.5, Dead);
        var said = station.Scan(11.5, 5, 5.5, Dead).Alarms.Single(a => a.Alarm == Deviates);
        Assert.Equal(0b011, said.Votes.About.Bits);
        Scans(station, 12, 15, 5, Dead, Dead);
        Assert.True(station.Alarm(Deviates).Active);
    }

    [Fact]
    public void A_lost_member_degrades_the_group_with_a_name_and_a_time_for_its_repair()
    {
        var station = Make();
        station.Scan(1, 5, 5, 5);
        Scans(station, 2, 5, 5, Dead, 5);
        var degraded = Assert.Single(station.Scan(6.5, 5, Dead, 5).Alarms);
        Assert.Equal((Degraded, true, At(6).Wall, 0b010), (degraded.Alarm, degraded.Active, degraded.Time, degraded.Votes.About.Bits));
        Assert.Equal(2, degraded.Value);
        Scans(station, 7, 3600, 5, Dead, 5);
        var overdue = Assert.Single(station.Scan(3602, 5, Dead, 5).Alarms);
        Assert.Equal((Overdue, true), (overdue.Alarm, overdue.Active));
        Assert.Equal([Degraded, Overdue], station.Scan(3603, 5, 5, 5).Alarms.Where(a => !a.Active).Select(a => a.Alarm).Order());
    }

    [Fact]
    public void Who_comes_back_in_doubt_after_all_were_lost_takes_nothing_back()
    {
        var station = Make(allBad: AllBad.Trip, on: 0);
        station.Scan(1, 5, 5, 5);
        station.Scan(2, Dead, Dead, Dead);
        Assert.True(station.Alarm(Setpoint).Active);
        station.Step(At(3), [Sample(3, 0, Quality.Uncertain(Reason.FunctionCheck), 1)]);
        Assert.True(station.Alarm(Setpoint).Active, "a device that is worked on has said that there is no overpressure");
        station.Scan(4, Dead, 5, Dead);
        Assert.False(station.Alarm(Setpoint).Active, "the only one that measures says that there is none");
    }

    [Fact]
    public void Who_comes_back_in_doubt_does_not_outvote_the_one_that_is_past_the_setpoint()
    {
        var station = Make(on: 0);
        station.Scan(1, 5, 5, 5);
        station.Scan(2, Dead, 7, 5);
        Assert.True(station.Alarm(Setpoint).Active); // 1oo2
        station.Step(At(3), [Sample(3, 0, Quality.Uncertain(Reason.FunctionCheck), 0)]);
        Assert.True(station.Alarm(Setpoint).Active, "a device that is worked on has made 2oo3 of it, and its own word counts");
        station.Scan(4, 5, 7, 5);
        Assert.False(station.Alarm(Setpoint).Active); // 2oo3
    }

    [Fact]
    public void With_one_member_lost_one_of_those_left_is_enough()
    {
        var station = Make();
        station.Scan(1, 5, 5, 5);
        station.Scan(2, 7, Dead, 5);
        var raised = station.Step(At(3), []).Alarms.Single(a => a.Alarm == Setpoint);
        Assert.Equal((true, 0b001, 0b010), (raised.Active, raised.Votes.About.Bits, raised.Votes.Lost.Bits));
    }

    [Theory]
    [InlineData(AllBad.Trip, true)]
    [InlineData(AllBad.Hold, false)]
    [InlineData(AllBad.AlarmOnly, false)]
    public void When_all_are_lost_the_group_says_so_and_its_setpoints_what_the_site_file_says(AllBad rule, bool raises)
    {
        var station = Make(allBad: rule);
        station.Scan(1, 5, 5, 5);
        (int, bool)[] told = [.. Told(station.Scan(2, Dead, Dead, Dead)), .. Told(station.Step(At(3), []))];
        Assert.Contains((AllLost, true), told);
        Assert.Equal(raises, told.Contains((Setpoint, true)));
    }

    [Fact]
    public void A_group_that_was_never_read_is_silent_until_its_stale_time_and_all_bad_then()
    {
        var station = Make(allBad: AllBad.Trip);
        Assert.Empty(station.Step(At(2.9), []).Alarms);
        var told = station.Step(At(3), []).Alarms;
        Assert.Equal((AllLost, true), (Assert.Single(told).Alarm, told[0].Active));
        Assert.Equal(Setpoint, Assert.Single(station.Step(At(4), []).Alarms).Alarm);
    }

    [Fact]
    public void An_active_alarm_whose_members_die_stays_until_a_member_says_otherwise()
    {
        var station = Make(on: 0);
        station.Scan(1, 7, 7, 5);
        Assert.True(station.Alarm(Setpoint).Active);
        station.Scan(2, Dead, Dead, 5);
        Assert.True(station.Alarm(Setpoint).Active);
        station.Scan(3, Dead, Dead, Dead);
        station.Scan(4, Dead, Dead, 5);
        Assert.True(station.Alarm(Setpoint).Active);
        station.Scan(5, 5, Dead, 5);
        Assert.False(station.Alarm(Setpoint).Active);
    }

    [Fact]
    public void The_group_shows_median_spread_and_votes_once_a_round()
    {
        var station = Make();
        Assert.DoesNotContain(station.Step(At(1), [Sample(1, 5, point: 0), Sample(1, 6, point: 1)]).Readings, r => r.Point >= 3);
        var round = station.Step(At(1.5), [Sample(1.5, 5.2, point: 2)]);
        Assert.Equal((5.2, Quality.Good, At(1.5).Wall), (round.Computed(3).Value, round.Computed(3).Quality, round.Computed(3).Time));
        Assert.Equal((1.0, 3.0), (round.Computed(4).Value, round.Computed(5).Value));
        Assert.Equal(3, round.Recorded.Count(r => r.Point >= 3));
        Assert.Equal(round.Computed(3), station.Last(3));
        Assert.DoesNotContain(station.Step(At(2), [Sample(2, 5, point: 0), Sample(2, 6, point: 1)]).Readings, r => r.Point >= 3);
    }

    [Fact]
    public void What_the_group_shows_follows_the_members_that_are_left()
    {
        var station = Make();
        station.Scan(1, 5, 6, 9);
        Assert.Equal((5.5, 1.0, 2.0), Shown(station.Scan(2, 5, 6, Dead)));
        Assert.Equal((5.0, null, 1.0), Shown(station.Scan(3, 5, Dead, Dead)));
        var none = station.Scan(4, Dead, Dead, Dead);
        Assert.Equal((null, null, 0.0), Shown(none));
        Assert.Equal("bad:timeout", none.Computed(3).Quality.ToString());
        Assert.Equal("uncertain:over-range", station.Scan(5, 5, 11, 5).Computed(3).Quality.ToString());
    }

    [Fact]
    public void Of_two_the_preferred_member_is_the_value()
    {
        var site = Of(Bars.Group(3, "2oo3") with { Prefer = 1 });
        var station = new Station(site, TimeSpan.Zero);
        Assert.Equal(6, station.Scan(1, 5, 6, Dead).Computed(3).Value);
        Assert.Equal(7, station.Scan(2, 5, Dead, 9).Computed(3).Value);
        station.Scan(3, 5, 9, 6);
        Assert.Equal(6, station.Scan(4, 5, 9, 6).Computed(3).Value);
    }

    [Fact]
    public void Members_of_other_units_are_compared_in_the_groups()
    {
        var site = Of(Bars.Group(2, "2oo2"), on: 0);
        site = site with { Points = site.Points.SetItem(1, site.Points[1] with { Unit = EdgeNode.Core.Validate.UnitTable.Get("kPa"), Range = null }) };
        var station = new Station(site, TimeSpan.Zero);
        var result = station.Scan(1, 7, 690);
        Assert.Equal(Setpoint, Assert.Single(result.Alarms).Alarm);
        Assert.Equal((6.95, 0.1), (Math.Round(result.Computed(2).Value, 9), Math.Round(result.Computed(3).Value, 9)));
    }

    [Fact]
    public void After_a_restart_an_alarm_within_its_deadband_is_still_up()
    {
        var station = Make(on: 0);
        Assert.NotNull(station.Restore(Setpoint, new AlarmFacts(AlarmState.Unacknowledged, true, false, false, null, false), TimeSpan.Zero));
        Assert.Empty(station.Scan(1, 6.45, 6.45, 5).Alarms);
        Assert.True(station.Alarm(Setpoint).Active);
        Assert.False(Assert.Single(station.Scan(2, 6.3, 6.45, 5).Alarms).Active);
    }

    [Theory]
    [InlineData("2oo3")]
    [InlineData("median")]
    public void After_a_restart_members_that_never_answer_take_nothing_back(string vote)
    {
        var station = Make(vote, on: 0);
        Assert.NotNull(station.Restore(Setpoint, new AlarmFacts(AlarmState.Unacknowledged, true, false, false, null, false), TimeSpan.Zero));
        station.Scan(1, 5, Dead, Dead);
        Assert.True(station.Alarm(Setpoint).Active);
        station.Scan(2, 5, 5, Dead);
        Assert.False(station.Alarm(Setpoint).Active);
    }

    [Theory]
    [InlineData("2oo3")]
    [InlineData("median")]
    public void A_late_restore_finds_an_alarm_within_its_deadband_still_up(string vote)
    {
        var station = Make(vote, on: 0);
        station.Scan(1, 6.45, 6.45, 5);
        Assert.NotNull(station.Restore(Setpoint, new AlarmFacts(AlarmState.Unacknowledged, true, false, false, null, false), TimeSpan.FromSeconds(1)));
        Assert.DoesNotContain(station.Scan(2, 6.45, 6.45, 5).Alarms, a => a.Alarm == Setpoint);
        Assert.True(station.Alarm(Setpoint).Active);
        Assert.False(station.Scan(3, 6.3, 6.45, 5).Alarms.Single(a => a.Alarm == Setpoint).Active);
    }

    [Fact]
    public void What_the_group_shows_does_not_wait_for_its_slowest_member()
    {
        var station = Make("median");
        station.Scan(1, 5, 5, 5);
        Assert.DoesNotContain(station.Step(At(2), [Sample(2, 7, point: 0), Sample(2, 7, point: 1)]).Readings, r => r.Point == 3);
        Assert.Equal(7, station.Step(At(3), [Sample(3, 7, point: 0), Sample(3, 7, point: 1)]).Computed(3).Value);
    }

    [Fact]
    public void An_alarm_of_the_groups_value_is_the_same_however_the_samples_are_batched()
    {
        var site = Of(Bars.Group(2, "2oo2"));
        site = site with { Alarms = [.. site.Alarms, Alarm(setpoint: 6.5, on: 2, point: 2) with { Id = "PAH-102" }] };
        RawSample[] samples = [.. Samples(1, 7, 7), .. Samples(4, 5, 5)];
        var together = new Station(site, TimeSpan.Zero);
        var told = together.Step(At(4), samples).Alarms.Where(a => a.Alarm == site.Alarms.Length - 1).Select(a => (a.Active, a.Time)).ToArray();
        Assert.Equal([(true, At(3).Wall), (false, At(4).Wall)], told);
    }

    [Fact]
    public void The_event_of_a_groups_alarm_names_the_members_and_the_vote()
    {
        var site = Of(Bars.Group(3, "2oo3"));
        var votes = new GroupVotes(new MemberSet(0b001), new MemberSet(0b100));
        var body = EventBody.Alarm(site, new Core.Evaluate.AlarmTransition(Setpoint, true, At(1).Wall, 7, Quality.Good) { Votes = votes });
        Assert.EndsWith(
            ""","q":"good","group":"P-101","members":["PT-101A.pressure"],"lost":["PT-101C.pressure"],"vote":"1oo2"}""",
            Encoding.UTF8.GetString(body.Body.Span), StringComparison.Ordinal);
    }

    /// <summary>Found by a law: the group went on showing its last value as good for as long as the one that was never read had left to come.</summary>
    [Fact]
    public void Where_the_only_one_left_comes_out_of_its_bypass_unread_the_group_says_so_at_once()
    {
        var station = Make();
        station.Step(At(0.1), [], [new BypassCommand(0, 2, At(2).Monotonic)]);
        station.Step(At(0.5), [Sample(0.5, 4.2, default, 1)]);
        Assert.Equal((4.2, null, 1), Shown(station.Step(At(1), [], [new BypassCommand(0, 0, At(60).Monotonic)])));

        // The bypass of the third is over: it is there again, but has said nothing yet, so that the second may be bypassed too.
        var left = station.Step(At(2.5), [], [new BypassCommand(0, 1, At(60).Monotonic)]);
        Assert.Equal((Quality.Bad(Reason.NotYetRead), Quality.Bad(Reason.NotYetRead), 0), (left.Computed(3).Quality, left.Computed(4).Quality, left.Computed(5).Value));
        Assert.Equal((6.1, null, 1), Shown(station.Step(At(2.6), [Sample(2.6, 6.1, default, 2)])));
    }

    [Fact]
    public void One_that_comes_out_of_its_bypass_unread_does_not_hold_up_what_the_others_show()
    {
        var station = Make();
        station.Step(At(0.1), [], [new BypassCommand(0, 2, At(2).Monotonic)]);
        Assert.Equal((5.1, 0.2, 2), Shown(Two(0.5, 5, 5.2)));
        Assert.Equal((6.1, 0.2, 2), Shown(Two(2.5, 6, 6.2)));
        Assert.Equal((6.2, 0.3, 3), Shown(station.Step(At(2.6), [Sample(2.6, 6.3, default, 2)])));

        StepResult Two(double at, double a, double b) => station.Step(At(at), [Sample(at, a, default, 0), Sample(at, b, default, 1)]);
    }

    private static (int Alarm, bool Active)[] Told(StepResult result) => [.. result.Alarms.Select(a => (a.Alarm, a.Active))];

    private static void Scans(Station station, int from, int to, params double[] values)
    {
        for (var t = from; t <= to; t++)
            Assert.Empty(station.Scan(t, values).Alarms);
    }

    private static (double? Value, double? Spread, double? Voting) Shown(StepResult result)
    {
        double? Of(int point) => result.Computed(point) is var r && r.Quality.IsBad ? null : Math.Round(r.Value, 9);
        return (Of(3), Of(4), Of(5));
    }
}
