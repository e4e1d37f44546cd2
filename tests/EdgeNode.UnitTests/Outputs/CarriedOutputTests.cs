using EdgeNode.Core.Act;
using EdgeNode.Core.Model;
using static EdgeNode.UnitTests.CoreLaws.TestSite;
using static EdgeNode.UnitTests.Outputs.OutputSite;

namespace EdgeNode.UnitTests.Outputs;

/// <summary>How the step begins and ends with an output that a planned restart carries over.</summary>
public class CarriedOutputTests
{
    private readonly List<OutputCommand> _commands = [];
    private readonly List<OutputEvent> _events = [];
    private bool _safeWanted = true;
    private bool _byThisRun;

    [Fact]
    public void It_begins_normal_and_stays_so_once_its_causes_are_known_good()
    {
        var outputs = Carried();
        outputs.Advance(At(0));
        Assert.Equal([new OutputCommand(0, true, false)], _commands);
        Assert.True(outputs.Status(0) is { IsCarried: true, Safe: false, Energised: true });
        outputs.Restore(0, new OutputKept(false, "", true));
        outputs.Advance(At(2));
        Assert.True(outputs.Status(0).IsCarried); // its trip still waits for the settle time
        _safeWanted = false;
        outputs.Advance(At(3));
        Assert.True(outputs.Status(0) is { IsCarried: false, Safe: false });
        outputs.Advance(At(9));
        Assert.Single(_commands);
        Assert.Equal([OutputChange.Carried, OutputChange.Commanded, OutputChange.CarryEnded], _events.Select(e => e.Change));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void It_goes_safe_at_the_end_of_its_time_when_the_record_or_the_causes_are_not_known_good(bool record)
    {
        var outputs = Carried();
        if (record)
        {
            outputs.Restore(0, new OutputKept(false, "", true));
        }

        _safeWanted = record;
        outputs.Advance(At(0));
        Assert.Equal(TimeSpan.FromSeconds(10), outputs.Deadline);
        outputs.Advance(At(9.999));
        Assert.False(outputs.Status(0).Safe);
        outputs.Advance(At(10));
        Assert.True(outputs.Status(0) is { IsCarried: false, Safe: true });
        Assert.Equal(new OutputCommand(0, false, true), _commands[^1]);
        Assert.Equal("it was not known in time whether it may stay normal", _events.Single(e => e.Change == OutputChange.CarryEnded).Detail);
    }

    [Fact]
    public void What_this_run_sees_against_it_acts_at_once()
    {
        var outputs = Carried();
        outputs.Advance(At(0));
        _byThisRun = true;
        outputs.Advance(At(1));
        Assert.True(outputs.Status(0).Safe);
    }

    [Fact]
    public void A_record_that_counts_for_nothing_and_a_hold_by_hand_act_at_once()
    {
        var outputs = Carried();
        outputs.Advance(At(0));
        outputs.Restore(0, new OutputKept(false, "", false)); // the run before did not end in order after all
        outputs.Advance(At(1));
        Assert.True(outputs.Status(0).Safe);

        outputs = Carried();
        outputs.Advance(At(0));
        outputs.Ask(new OutputAsk(0, true, "mei"), At(1));
        outputs.Advance(At(1));
        Assert.Equal((true, "mei"), (outputs.Status(0).Safe, outputs.Status(0).HeldBy));
    }

    [Fact]
    public void Where_nobody_says_what_this_run_has_seen_whatever_wants_it_safe_acts_at_once()
    {
        var outputs = new SiteOutputs(Of(Valve), _ => _safeWanted, TimeSpan.Zero, _commands, _events);
        outputs.Carry(0, TimeSpan.FromSeconds(10));
        outputs.Advance(At(0));
        Assert.True(outputs.Status(0) is { Safe: true, IsCarried: false });
    }

    [Fact]
    public void It_is_normal_before_the_first_step_as_well_whatever_its_minimum_time_and_however_late_that_step()
    {
        var outputs = Carried(60, Valve with { MinimumSafe = TimeSpan.FromSeconds(30) });
        Assert.False(outputs.Status(0).Safe);
        outputs.Advance(At(20)); // at 10 s nothing was heard of it
        Assert.NotEmpty(_commands);
        Assert.All(_commands, c => Assert.Equal(new OutputCommand(0, true, false), c));
    }

    [Fact]
    public void The_end_of_its_time_is_due_as_soon_as_it_comes_before_all_else()
    {
        var outputs = Carried(5);
        outputs.Advance(At(0));
        Assert.Equal(TimeSpan.FromSeconds(5), outputs.Deadline);
    }

    [Theory]
    [InlineData("good", "its causes are known good, and the reset of the run before counts")]
    [InlineData("held", "it is held safe")]
    [InlineData("trip", "a trip wants it safe")]
    [InlineData("time", "it was not known in time whether it may stay normal")]
    public void Its_end_says_why(string what, string why)
    {
        var outputs = Carried();
        outputs.Advance(At(0));
        outputs.Restore(0, new OutputKept(false, "", true));
        (_safeWanted, _byThisRun) = (what != "good", what == "trip");
        if (what == "held")
        {
            outputs.Ask(new OutputAsk(0, true, "mei"), At(1));
        }

        outputs.Advance(At(what == "time" ? 10 : 1));
        Assert.Equal(why, _events.Single(e => e.Change == OutputChange.CarryEnded).Detail);
    }

    [Fact]
    public void A_planned_stop_leaves_what_is_normal_and_granted_and_nothing_else()
    {
        _safeWanted = false;
        var other = Valve with { Id = "XV-102", Place = new LineOutput(0, new LineOptions(23, null, false, LinePull.Down, TimeSpan.Zero)), Points = new OutputPoints(-1, -1) };
        var outputs = new SiteOutputs(Of(Valve, other), _ => _safeWanted, TimeSpan.Zero, _commands, _events);
        outputs.Restore(0, new OutputKept(false, "", true));
        outputs.Restore(1, new OutputKept(false, "", true));
        outputs.Advance(At(0));
        _commands.Clear();
        outputs.Stop([0]);
        outputs.Stop([0]); // as the loop does, each time that it comes round
        outputs.Advance(At(1));
        outputs.Advance(At(2));
        Assert.Equal([new OutputCommand(1, false, true)], _commands);
        Assert.Equal(0, Assert.Single(_events, e => e.Change == OutputChange.LeftNormal).Output);

        _safeWanted = true; // a trip in the last moment
        outputs.Advance(At(3));
        Assert.Equal(new OutputCommand(0, false, true), _commands[^1]);
        _safeWanted = false;
        outputs.Stop([0]);
        outputs.Advance(At(4));
        Assert.True(outputs.Status(0).Safe); // what is safe by then stays so
    }

    [Fact]
    public void What_is_not_left_after_all_goes_safe_before_the_end_and_is_not_left_again()
    {
        _safeWanted = false;
        var outputs = new SiteOutputs(Of(Valve), _ => _safeWanted, TimeSpan.Zero, _commands, _events);
        outputs.Restore(0, new OutputKept(false, "", true));
        outputs.Advance(At(0));
        outputs.Stop([0]);
        outputs.Advance(At(1));
        Assert.False(outputs.Status(0).Safe);
        outputs.Stop([]); // whoever was to keep it is gone
        outputs.Stop([0]);
        outputs.Advance(At(2));
        Assert.True(outputs.Status(0).Safe);
    }

    [Fact]
    public void A_stop_while_it_is_carried_makes_it_safe_also_when_it_was_to_be_left()
    {
        var outputs = Carried();
        outputs.Advance(At(0));
        outputs.Stop([0]);
        outputs.Stop([0]);
        outputs.Advance(At(1));
        Assert.True(outputs.Status(0) is { Safe: true, IsCarried: false });
    }

    private SiteOutputs Carried(double until = 10, OutputOptions? output = null)
    {
        var outputs = new SiteOutputs(Of(output ?? Valve), _ => _safeWanted, TimeSpan.Zero, _commands, _events) { SafeByThisRun = _ => _byThisRun };
        outputs.Carry(0, TimeSpan.FromSeconds(until));
        return outputs;
    }
}
