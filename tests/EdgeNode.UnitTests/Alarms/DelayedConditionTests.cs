using EdgeNode.Core.Evaluate;
using static EdgeNode.UnitTests.CoreLaws.TestSite;

namespace EdgeNode.UnitTests.Alarms;

/// <summary>A condition behind its delays by itself: what trips read of it, and from when on its delays count. On-delay 5 s, off-delay 7 s.</summary>
public class DelayedConditionTests
{
    private readonly DelayedCondition _delayed = new(Second * 5, Second * 7);

    [Fact]
    public void Nobody_can_say_what_was_not_judged_yet_or_cannot_be_judged_any_more()
    {
        Assert.Null(_delayed.Known);
        _delayed.Observe(null, Second);
        Assert.Null(_delayed.Known);
        _delayed.Observe(false, Second * 2);
        Assert.False(_delayed.Known);
        _delayed.Observe(null, Second * 3);
        Assert.Null(_delayed.Known);
        _delayed.Observe(false, Second * 4);
        Assert.False(_delayed.Known);
    }

    [Fact]
    public void What_is_active_is_so_while_nobody_can_judge_it()
    {
        Activate();
        _delayed.Observe(null, Second * 20);
        Assert.True(_delayed.Known);
        Assert.Null(_delayed.Deadline);
    }

    [Fact]
    public void An_off_delay_counts_from_the_first_false_and_each_further_one_changes_nothing()
    {
        Activate();
        _delayed.Observe(false, Second * 20);
        _delayed.Observe(false, Second * 22);
        Assert.Equal(Second * 27, _delayed.Deadline);
    }

    [Fact]
    public void An_off_delay_begins_anew_after_a_time_in_which_nobody_could_judge()
    {
        Activate();
        _delayed.Observe(false, Second * 20);
        _delayed.Observe(null, Second * 21);
        Assert.Null(_delayed.Deadline);
        _delayed.Observe(false, Second * 22);
        Assert.Equal(Second * 29, _delayed.Deadline);
    }

    [Fact]
    public void An_on_delay_that_runs_is_brought_forward_and_not_put_off()
    {
        _delayed.Observe(true, Second * 10);
        _delayed.Backdate(Second * 12);
        Assert.Equal(Second * 15, _delayed.Deadline);
        _delayed.Backdate(Second * 4);
        Assert.Equal(Second * 9, _delayed.Deadline);
    }

    [Fact]
    public void An_off_delay_is_not_brought_forward()
    {
        Activate();
        _delayed.Observe(false, Second * 20);
        _delayed.Backdate(Second * 2);
        Assert.Equal(Second * 27, _delayed.Deadline);
    }

    [Fact]
    public void What_is_false_in_this_run_clears_by_this_run_though_the_run_before_is_known_late()
    {
        _delayed.Observe(false, Second * 10);
        _delayed.Backdate(Second * 2); // nothing runs that it could count for
        _delayed.Restore(active: true);
        Assert.Equal(Second * 17, _delayed.Deadline);
    }

    [Fact]
    public void A_delay_that_runs_says_what_it_runs_towards()
    {
        Assert.Null(_delayed.Pending);
        _delayed.Observe(true, Second * 10);
        Assert.Equal((false, true), (_delayed.Known, _delayed.Pending));
        _delayed.Observe(null, Second * 11);
        Assert.Equal((null, true), (_delayed.Known, _delayed.Pending)); // it runs on, whoever knows
        _delayed.Decide();
        Assert.Equal((true, null), (_delayed.Known, _delayed.Pending));
        _delayed.Observe(false, Second * 20);
        Assert.Equal((true, false), (_delayed.Known, _delayed.Pending));
        _delayed.Observe(null, Second * 21);
        Assert.Equal((true, false), (_delayed.Known, _delayed.Pending)); // it stands still, and what was known last is that it is gone
        _delayed.Observe(true, Second * 22);
        Assert.Null(_delayed.Pending);
    }

    private void Activate()
    {
        _delayed.Observe(true, Second * 10);
        _delayed.Decide();
    }
}
