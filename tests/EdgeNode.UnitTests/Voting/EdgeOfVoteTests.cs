using EdgeNode.Core.Model;
using EdgeNode.Core.Vote;
using static EdgeNode.UnitTests.Voting.Bars;

namespace EdgeNode.UnitTests.Voting;

/// <summary>What lies exactly at a limit, and what two members come to at the same moment: found by changing the code and looking which test noticed.</summary>
public class EdgeOfVoteTests
{
    private static readonly Quality LastWord = Quality.Uncertain(Reason.SensorFailure);

    [Fact]
    public void The_next_bypass_to_end_is_the_earliest_whatever_the_order_of_the_members()
    {
        foreach (var (first, second) in ((int, int)[])[(0, 1), (1, 0)])
        {
            var members = Good(3);
            var bypasses = new Bypasses(members);
            Assert.Null(bypasses.Deadline);
            members.Bypass(first, Seconds(5));
            members.Bypass(second, Seconds(10));
            Assert.Equal(Seconds(5), bypasses.Deadline);
            Assert.False(bypasses.Expire(Seconds(4.9), out _));
            Assert.True(bypasses.Expire(Seconds(20), out var member)); // a step that comes late
            Assert.Equal(first, member);
            Assert.Equal(Seconds(10), bypasses.Deadline);
            Assert.True(bypasses.Expire(Seconds(10), out member));
            Assert.Equal(second, member);
            Assert.False(bypasses.Expire(Seconds(20), out _));
            Assert.Equal(0, members.Bypassed.Count);
        }
    }

    [Fact]
    public void Of_two_bypasses_that_end_together_the_first_member_comes_first()
    {
        var members = Good(3);
        members.Bypass(0, Seconds(5));
        members.Bypass(1, Seconds(5));
        Assert.True(new Bypasses(members).Expire(Seconds(5), out var member));
        Assert.Equal(0, member);
    }

    [Fact]
    public void The_end_of_a_bypass_can_be_moved_when_no_further_one_would_be_granted()
    {
        var members = Good(3);
        var bypasses = new Bypasses(members);
        Assert.Equal(BypassOutcome.Granted, bypasses.Take(new BypassCommand(0, 0, Seconds(5)), Seconds(1)));
        Assert.Equal(BypassOutcome.Granted, bypasses.Take(new BypassCommand(0, 1, Seconds(5)), Seconds(1)));
        Assert.Equal(BypassOutcome.TooMany, bypasses.Take(new BypassCommand(0, 2, Seconds(5)), Seconds(1)));
        Assert.Equal(BypassOutcome.Granted, bypasses.Take(new BypassCommand(0, 1, Seconds(9)), Seconds(2)));
        Assert.Equal(Seconds(9), members.BypassedUntil(1));
    }

    [Fact]
    public void A_member_that_was_never_read_has_no_value_and_says_why()
    {
        var members = Members(Group(2, "1oo2"));
        Assert.Null(members.Value(0));
        Assert.Equal(Quality.Bad(Reason.NotYetRead), members.QualityOf(0));
        members.Observe(0, Read(0, Quality.Bad(Reason.Timeout)));
        Assert.Null(members.Value(0));
        members.Observe(0, Read(4));
        members.Observe(0, Read(0, Quality.Bad(Reason.Timeout)));
        Assert.Equal(4, members.Value(0));
    }

    [Theory]
    [InlineData(true, 6.5, 6.45, 6.39)]
    [InlineData(false, 2, 2.05, 2.11)]
    public void A_deadband_is_for_a_condition_that_is_true_and_for_no_other(bool high, double at, double within, double past)
    {
        var condition = new SetpointCondition(high, at, 0.1);
        Assert.Equal(Condition.False, condition.Judge(within, Quality.Good));
        Assert.Equal(Condition.True, condition.Judge(at, Quality.Good));
        Assert.Equal(Condition.True, condition.Judge(within, Quality.Good));
        Assert.Equal(Condition.False, condition.Judge(past, Quality.Good));

        condition.RestoreTrue();
        Assert.Equal(Condition.False, condition.Last); // past the deadband by its own value
        condition.Judge(within, Quality.Good);
        condition.RestoreTrue();
        Assert.Equal(Condition.True, condition.Last);
    }

    [Fact]
    public void A_bad_value_says_nothing_whatever_its_number()
    {
        var condition = new SetpointCondition(true, High, 0.1);
        Assert.Equal(Condition.Unknown, condition.Judge(9, Quality.Bad(Reason.OverRange)));
        Assert.Equal(Condition.Unknown, condition.Last);
    }

    [Theory]
    [InlineData(true, 7, 4)]
    [InlineData(false, 1, 4)]
    public void In_a_vote_on_values_the_last_word_of_a_sensor_counts_forwards_and_not_back(bool high, double past, double not)
    {
        Assert.Equal(Condition.True, After((past, Quality.Good), (not, LastWord)));
        Assert.Equal(Condition.False, After((past, Quality.Good), (not, LastWord), (not, Quality.Good)));
        Assert.Equal(Condition.True, After((not, Quality.Good), (past, LastWord)));

        Condition After(params (double Value, Quality Quality)[] readings)
        {
            var members = Members(Group(1, "median"));
            var vote = new GroupVote(members, high, high ? High : Low, 0.1);
            foreach (var (value, quality) in readings)
            {
                members.Observe(0, Read(value, quality));
                vote.Observe(0);
                vote.Decide();
            }

            return vote.Condition;
        }
    }

    [Fact]
    public void A_member_that_never_said_anything_holds_no_vote_on_values()
    {
        var members = Members(Group(3, "average"));
        var vote = new GroupVote(members, high: true, High, 0.1);
        members.Observe(2, Read(0, Quality.Bad(Reason.LinkDown)));
        Assert.Equal(Condition.True, Say(7));
        Assert.Equal(Condition.False, Say(6.38)); // with the setpoint as a third value it would be within the deadband

        Condition Say(double value)
        {
            foreach (var member in (int[])[0, 1])
            {
                members.Observe(member, Read(value));
                vote.Observe(member);
            }

            return vote.Decide();
        }
    }

    [Fact]
    public void A_group_has_the_reason_with_the_lowest_number_in_any_order_and_never_read_says_least()
    {
        var (low, high) = (Reason.OverRange, Reason.SensorFailure);
        (low, high) = low < high ? (low, high) : (high, low);
        Assert.Equal(Quality.Uncertain(low), Of(Quality.Uncertain(low), Quality.Uncertain(high), Quality.Good));
        Assert.Equal(Quality.Uncertain(low), Of(Quality.Uncertain(high), Quality.Good, Quality.Uncertain(low)));
        (low, high) = Reason.Timeout < Reason.LinkDown ? (Reason.Timeout, Reason.LinkDown) : (Reason.LinkDown, Reason.Timeout);
        Assert.Equal(Quality.Bad(low), Of(Quality.Bad(low), Quality.Bad(high), Quality.Bad(Reason.NotYetRead)));
        Assert.Equal(Quality.Bad(low), Of(Quality.Bad(Reason.NotYetRead), Quality.Bad(high), Quality.Bad(low)));
        Assert.Equal(Quality.Bad(high), Of(Quality.Bad(high), Quality.Bad(Reason.NotYetRead), Quality.Bad(Reason.NotYetRead)));
        Assert.Equal(Quality.Bad(Reason.NotYetRead), Of(Quality.Bad(Reason.NotYetRead), Quality.Bad(Reason.NotYetRead), Quality.Bad(Reason.NotYetRead)));

        static Quality Of(params Quality[] qualities)
        {
            var members = Members(Group(3, "2oo3"));
            for (var i = 0; i < 3; i++)
                members.Observe(i, Read(4, qualities[i]));
            return GroupValue.QualityOf(members);
        }
    }

    [Theory]
    [InlineData(new[] { 5, 5.25 }, 0.25, 0)]
    [InlineData(new[] { 5, 5.25 }, 0.2, 0b11)]
    [InlineData(new[] { 5, 5.25, 5.5 }, 0.25, 0)]
    [InlineData(new[] { 5, 5.25, 5.75 }, 0.25, 0b100)]
    public void A_deviation_is_more_than_its_limit(double[] values, double limit, int who)
    {
        var members = Members(Group(values.Length, $"1oo{values.Length}"));
        for (var i = 0; i < values.Length; i++)
            members.Observe(i, Read(values[i]));
        Assert.Equal(who == 0 ? Condition.False : Condition.True, GroupValue.Deviating(members, limit, out var deviating));
        Assert.Equal(who, deviating.Bits);
    }

    [Fact]
    public void What_is_not_there_is_refused_by_its_name()
    {
        Assert.Throws<ArgumentNullException>(() => GroupValue.Of(null!));
        Assert.Throws<ArgumentNullException>(() => GroupValue.Spread(null!));
        Assert.Throws<ArgumentNullException>(() => GroupValue.QualityOf(null!));
        Assert.Throws<ArgumentNullException>(() => GroupValue.Deviating(null!, 1, out _));
        Assert.Throws<ArgumentNullException>(() => new GroupVote(null!, true, High, 0.1));
        Assert.Throws<ArgumentNullException>(() => new SiteGroups(null!));
    }

    private static GroupMembers Good(int count)
    {
        var members = Members(Group(count, $"1oo{count}"));
        for (var i = 0; i < count; i++)
            members.Observe(i, Read(4));
        return members;
    }

    private static TimeSpan Seconds(double seconds) => TimeSpan.FromSeconds(seconds);
}
