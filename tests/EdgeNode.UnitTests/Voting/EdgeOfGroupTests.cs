using EdgeNode.Core.Model;
using EdgeNode.Core.Vote;
using static EdgeNode.UnitTests.CoreLaws.TestSite;
using static EdgeNode.UnitTests.Voting.GroupSite;

namespace EdgeNode.UnitTests.Voting;

/// <summary>What a group says of itself while it is read for the first time, in doubt or lost: found by changing the code and looking which test noticed.</summary>
public class EdgeOfGroupTests
{
    private const double Dead = double.NaN;

    [Fact]
    public void Before_each_member_was_read_a_group_knows_only_what_those_that_were_are_enough_for()
    {
        var groups = new SiteGroups(Of(Bars.Group(3, "2oo3")));
        Read(groups, 0, 5);
        Assert.Equal((Condition.Unknown, "bad:not-yet-read"), Said(groups, Setpoint));
        Assert.Equal((Condition.Unknown, "bad:not-yet-read"), Said(groups, Degraded));
        Assert.Equal((Condition.False, "good"), Said(groups, AllLost));
        Read(groups, 1, 5);
        Assert.Equal((Condition.False, "good"), Said(groups, Setpoint)); // the third cannot change it
        Assert.Equal((Condition.Unknown, "bad:not-yet-read"), Said(groups, Degraded));
        Read(groups, 2, 5);
        Assert.Equal((Condition.False, "good"), Said(groups, Degraded));
    }

    [Fact]
    public void A_member_that_fails_before_the_others_were_read_leaves_them_open()
    {
        var groups = new SiteGroups(Of(Bars.Group(3, "2oo3")));
        Read(groups, 0, Dead);
        Assert.Equal((Condition.Unknown, "bad:not-yet-read"), Said(groups, AllLost));
        Assert.Equal((Condition.True, "good"), Said(groups, Degraded));
    }

    [Fact]
    public void The_doubt_of_its_members_is_that_of_a_setpoint_and_a_lost_member_is_certain()
    {
        var groups = new SiteGroups(Of(Bars.Group(3, "2oo3")));
        Read(groups, 0, 5);
        Read(groups, 1, Dead);
        Read(groups, 2, 5, Quality.Uncertain(Reason.OverRange));
        Assert.Equal("uncertain:over-range", Said(groups, Setpoint).Quality);
        Assert.Equal("uncertain:over-range", Said(groups, Deviates).Quality);
        Assert.Equal((Condition.True, "good"), Said(groups, Degraded));
        Assert.Equal((Condition.True, "good"), Said(groups, Overdue));
        Assert.Equal((Condition.False, "good"), Said(groups, AllLost));
    }

    [Fact]
    public void A_group_that_is_lost_knows_that_it_is_and_of_its_setpoint_why_it_knows_nothing()
    {
        var groups = new SiteGroups(Of(Bars.Group(2, "1oo2")));
        Read(groups, 0, Dead);
        Read(groups, 1, Dead);
        Assert.Equal((Condition.Unknown, "bad:timeout"), Said(groups, Setpoint));
        Assert.Equal((Condition.True, "good"), Said(groups, AllLost));
        Assert.Equal((Condition.Unknown, "bad:timeout"), Said(groups, Deviates));
        Assert.All(groups.Computed.Where(r => r.Point is 2 or 3), r => Assert.Equal("bad:timeout", r.Quality.ToString())); // the spread too: it is not one vote too few
    }

    [Fact]
    public void What_was_said_before_is_not_said_again_by_a_bypass_or_its_end()
    {
        var groups = new SiteGroups(Of(Bars.Group(2, "1oo2")));
        Read(groups, 0, 5);
        Read(groups, 1, 5);
        groups.Take(new BypassCommand(0, 0, Second * 10), At(2));
        Assert.Equal((5, 3), (groups.Said.Count, groups.Computed.Count)); // five alarms, three points
        groups.Expire(0, At(10));
        Assert.Equal((5, 3), (groups.Said.Count, groups.Computed.Count));
        groups.Take(new BypassCommand(7, 0, Second * 20), At(11));
        Assert.Equal((0, 0), (groups.Said.Count, groups.Computed.Count));
        Read(groups, 0, 5);
        Assert.Equal(5, groups.Said.Count);
    }

    [Fact]
    public void An_alarm_of_the_group_itself_is_taken_over_by_no_value_of_its_members()
    {
        var groups = new SiteGroups(Of(Bars.Group(3, "2oo3"), kind: AlarmKind.Low, setpoint: Bars.Low));
        for (var member = 0; member < 3; member++)
            Read(groups, member, 1);
        Assert.True(groups.RestoreTrue(Setpoint));
        Assert.All((int[])[Degraded, Overdue, AllLost, Deviates], own => Assert.False(groups.RestoreTrue(own)));
    }

    [Fact]
    public void A_bypass_and_its_end_show_the_group_anew_only_when_a_vote_is_lost_or_won()
    {
        var groups = new SiteGroups(Of(Bars.Group(3, "2oo3")));
        for (var member = 0; member < 3; member++)
            Read(groups, member, 5);
        groups.Take(new BypassCommand(0, 0, Second * 10), At(2));
        Assert.Equal(3, groups.Computed.Count);
        groups.Take(new BypassCommand(0, 0, Second * 20), At(3)); // its end is moved, and nothing else
        Assert.Empty(groups.Computed);
    }

    [Fact]
    public void A_round_is_over_when_each_member_has_brought_a_value_or_one_of_them_a_second()
    {
        var groups = new SiteGroups(Of(Bars.Group(3, "2oo3")));
        var shown = new List<int>();
        int[] order = [0, 1, 2, /* first round */ 2, 0, 1, /* second, in another order */ 0, 1, 0, /* ended by the second value of 0, which counts for the next */ 1, 2];
        for (var i = 0; i < order.Length; i++)
        {
            Read(groups, order[i], 5);
            if (groups.Computed.Count > 0)
                shown.Add(i);
        }

        Assert.Equal([2, 5, 8, 10], shown);
    }

    [Theory]
    [InlineData(3.0, 5.0, 3.0)] // lost in the run before, and not well since
    [InlineData(5.0, 3.0, 3.0)] // this run was read before it was known what the run before left
    [InlineData(3.0, null, 3.0)]
    public void The_time_of_a_repair_counts_from_the_earlier_of_the_two_runs(double kept, double? seen, double since)
    {
        var groups = new SiteGroups(Of(Bars.Group(2, "1oo2")));
        if (seen is { } at)
            groups.Observe(new Reading(0, 0, Quality.Bad(Reason.Timeout), At(at).Wall), Second * at);
        Assert.Equal(Overdue, groups.RestoreLost(0, Second * kept));
        Assert.Equal(Second * since, groups.LostSince(0));
    }

    [Fact]
    public void The_time_of_a_repair_is_that_of_this_run_alone_once_all_members_were_well_in_it()
    {
        var groups = new SiteGroups(Of(Bars.Group(2, "1oo2")));
        Read(groups, 0, 5);
        Read(groups, 1, 5);
        Assert.Null(groups.RestoreLost(0, TimeSpan.Zero));
        Assert.Null(groups.LostSince(0));
        groups.Observe(new Reading(1, 0, Quality.Bad(Reason.Timeout), At(9).Wall), Second * 9);
        Assert.Null(groups.RestoreLost(0, Second));
        Assert.Equal(Second * 9, groups.LostSince(0));
    }

    [Fact]
    public void A_group_of_values_by_hand_alone_has_too_few_votes_and_was_read_all_the_same()
    {
        var members = Bars.Members(Bars.Group(2, "1oo2"));
        Assert.Equal("bad:not-yet-read", GroupValue.QualityOf(members).ToString());
        for (var member = 0; member < 2; member++)
            members.Observe(member, Bars.Read(5, Quality.Uncertain(Reason.Substituted)));
        Assert.Equal("bad:too-few-votes", GroupValue.QualityOf(members).ToString());
    }

    [Fact]
    public void The_order_of_the_members_does_not_show_in_their_mean()
    {
        double[][] orders = [[4.2, 4.3, 5.3], [5.3, 4.3, 4.2], [4.3, 5.3, 4.2], [4.2, 5.3, 4.3], [5.3, 4.2, 4.3], [4.3, 4.2, 5.3]];
        Assert.Single(orders.Select(o => GroupValue.Mean(o)).Distinct());
    }

    private static void Read(SiteGroups groups, int member, double value, Quality quality = default) => groups.Observe(
        new Reading(member, double.IsNaN(value) ? 0 : value, double.IsNaN(value) ? Quality.Bad(Reason.Timeout) : quality, At(1).Wall), Second);

    private static (Condition Condition, string Quality) Said(SiteGroups groups, int alarm)
    {
        var report = groups.Said.Single(s => s.Alarm == alarm).Report;
        return (report.Condition, report.Quality.ToString());
    }
}
