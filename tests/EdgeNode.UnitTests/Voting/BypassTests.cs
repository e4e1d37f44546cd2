using EdgeNode.Core;
using EdgeNode.Core.Model;
using EdgeNode.Core.Vote;
using static EdgeNode.UnitTests.CoreLaws.TestSite;
using static EdgeNode.UnitTests.Voting.GroupSite;

namespace EdgeNode.UnitTests.Voting;

public class BypassTests
{
    private static BypassOutcome Ask(Station station, double now, int member, double? until, int group = 0)
    {
        var command = new BypassCommand(group, member, until is { } u ? TimeSpan.FromSeconds(u) : null);
        var told = Assert.Single(station.Step(At(now), [], [command]).Bypasses);
        Assert.Equal(command, told.Command);
        Assert.Equal(told.Outcome >= BypassOutcome.NoSuchMember, told.IsRefusal);
        return told.Outcome;
    }

    private static Station Read(string vote = "2oo3", double at = 1)
    {
        var station = Make(vote, on: 0);
        station.Scan(at, Enumerable.Repeat(5.0, vote[3] - '0').ToArray());
        return station;
    }

    [Fact]
    public void A_third_bypass_of_three_is_refused()
    {
        var station = Read();
        Assert.Equal(BypassOutcome.Granted, Ask(station, 2, 0, 100));
        Assert.Equal(BypassOutcome.Granted, Ask(station, 2, 1, 100));
        Assert.Equal(BypassOutcome.TooMany, Ask(station, 2, 2, 100));
        Assert.Equal(MemberState.Good, station.Members(0).State(2));
    }

    [Theory]
    [InlineData(0, 5.0, BypassOutcome.NotInFuture)]
    [InlineData(0, 4.9, BypassOutcome.NotInFuture)]
    [InlineData(0, 5 + (8 * 3600.0), BypassOutcome.Granted)]
    [InlineData(0, 6 + (8 * 3600.0), BypassOutcome.TooLong)]
    [InlineData(3, 100.0, BypassOutcome.NoSuchMember)]
    [InlineData(-1, 100.0, BypassOutcome.NoSuchMember)]
    [InlineData(0, null, BypassOutcome.NotBypassed)]
    public void What_is_asked_wrongly_is_refused_with_its_reason(int member, double? until, BypassOutcome outcome) =>
        Assert.Equal(outcome, Ask(Read(at: 4), 5, member, until));

    [Fact]
    public void A_group_that_is_not_there_is_refused() => Assert.Equal(BypassOutcome.NoSuchMember, Ask(Read(at: 4), 5, 0, 100, group: 1));

    [Fact]
    public void The_last_member_with_a_vote_is_not_bypassed()
    {
        var station = Read();
        station.Scan(2, 5, double.NaN, double.NaN);
        Assert.Equal(BypassOutcome.NobodyLeft, Ask(station, 3, 0, 100));
        Assert.Equal(BypassOutcome.Granted, Ask(station, 3, 1, 100));
        Assert.Equal(BypassOutcome.TooMany, Ask(Read("1oo1"), 3, 0, 100));
    }

    [Fact]
    public void A_bypassed_member_has_no_vote_until_its_time_is_over()
    {
        var station = Read("2oo2");
        Assert.Equal(BypassOutcome.Granted, Ask(station, 2, 0, 10));
        Assert.Equal(Setpoint, Assert.Single(station.Scan(3, 5, 7).Alarms).Alarm);
        Assert.Equal(1, station.Last(4).Value);
        Assert.Equal("bad:too-few-votes", station.Last(3).Quality.ToString());
        station.Step(At(5), Samples(5, 5, 7));
        Assert.Equal(TimeSpan.FromSeconds(6), station.Deadline()); // degraded since 2 s
        station.Step(At(6), []);
        station.Step(At(7.9), Samples(7.9, 5, 7));
        var result = station.Step(At(10.5), []);
        Assert.Equal(new BypassEvent(new BypassCommand(0, 0, TimeSpan.FromSeconds(10)), BypassOutcome.Expired, TimeSpan.FromSeconds(10)), Assert.Single(result.Bypasses));
        Assert.Contains(result.Alarms, a => a is { Alarm: Setpoint, Active: false } && a.Time == At(10).Wall);
        Assert.Equal(2, station.Last(4).Value);
    }

    [Fact]
    public void A_bypass_ends_at_a_persons_word_and_its_end_can_be_moved()
    {
        var station = Read();
        Assert.Equal(BypassOutcome.Granted, Ask(station, 2, 1, 10));
        Assert.Equal(BypassOutcome.Granted, Ask(station, 3, 1, 20));
        Assert.Empty(station.Step(At(12), Samples(12, 5, 5, 5)).Bypasses);
        Assert.Equal(BypassOutcome.Ended, Ask(station, 13, 1, null));
        Assert.Equal(MemberState.Good, station.Members(0).State(1));
        Assert.Empty(station.Step(At(30), []).Bypasses);
    }

    [Theory]
    [InlineData(0, 5.0, false)] // over by now
    [InlineData(0, 4.0, false)]
    [InlineData(0, 5.1, true)]
    [InlineData(2, 5 + (8 * 3600.0), true)]
    [InlineData(2, 5.1 + (8 * 3600.0), false)] // longer than the site file allows by now
    [InlineData(3, 100.0, false)] // no such member any more
    [InlineData(-1, 100.0, false)]
    public void A_bypass_of_the_run_before_goes_on_only_where_it_is_not_over_and_still_allowed(int member, double until, bool goesOn)
    {
        var groups = new SiteGroups(Of(Bars.Group(3, "2oo3")));
        Assert.Equal(goesOn, groups.RestoreBypass(0, member, Second * until, Second * 5));
        Assert.Equal(goesOn ? Second * until : null, groups.BypassEnd(0));
    }

    [Fact]
    public void Every_outcome_has_its_word_and_all_that_follow_the_third_are_refusals()
    {
        Assert.Equal(
            ["granted", "ended", "expired", "no-such-member", "not-in-future", "too-long", "too-many", "nobody-left", "not-bypassed"], Enum.GetValues<BypassOutcome>().Select(o => o.Text()));
        Assert.Equal([BypassOutcome.Granted, BypassOutcome.Ended, BypassOutcome.Expired], Enum.GetValues<BypassOutcome>().Where(o => !o.IsRefusal()));
    }

    [Fact]
    public void A_sensor_that_is_stuck_high_is_released_by_its_bypass_and_by_nothing_else()
    {
        var station = Make("1oo2", on: 0);
        station.Scan(1, 7, 5);
        station.Scan(2, double.NaN, 5);
        Assert.True(station.Alarm(Setpoint).Active);
        station.Step(At(3), [], [new BypassCommand(0, 0, TimeSpan.FromSeconds(100))]);
        Assert.False(station.Alarm(Setpoint).Active);
    }
}
