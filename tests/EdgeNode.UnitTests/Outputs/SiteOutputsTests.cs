using EdgeNode.Core.Act;
using EdgeNode.Core.Model;
using static EdgeNode.UnitTests.CoreLaws.TestSite;
using static EdgeNode.UnitTests.Outputs.OutputSite;

namespace EdgeNode.UnitTests.Outputs;

/// <summary>What is asked of an output, and what its contacts say of it.</summary>
public class SiteOutputsTests
{
    private readonly List<OutputCommand> _commands = [];
    private readonly List<OutputEvent> _events = [];
    private bool _tripped;

    [Fact]
    public void The_first_moment_asks_for_the_safe_state_and_a_reset_that_was_kept_gives_it_back()
    {
        var outputs = Make(Valve);
        outputs.Advance(At(0));
        Assert.Equal([new OutputCommand(0, false, true)], _commands);
        outputs.Restore(0, new OutputKept(false, "", true));
        outputs.Advance(At(1));
        Assert.Equal(new OutputCommand(0, true, false), _commands[^1]);
    }

    [Theory]
    [InlineData(false, false, false, "start: it was never reset")] // no record, no trip: a person resets
    [InlineData(false, true, false, "")] // the trip has a reset of its own
    [InlineData(true, false, true, "")]
    [InlineData(true, false, false, "start: the run before did not end in order")]
    [InlineData(true, true, false, "")]
    public void After_a_start_the_record_says_what_holds_an_output(bool record, bool trip, bool inOrder, string heldBy)
    {
        var site = Of(Valve) with { Trips = trip ? [new TripOptions("T", new CauseAny([]), [0], default, TimeSpan.Zero)] : [] };
        var outputs = new SiteOutputs(site, _ => _tripped, TimeSpan.Zero, _commands, _events);
        outputs.Restore(0, record ? new OutputKept(false, "", inOrder) : null);
        outputs.Advance(At(0));
        Assert.Equal(heldBy, outputs.Status(0).HeldBy);
        Assert.Equal(heldBy.Length > 0, outputs.Status(0).Safe);
    }

    [Fact]
    public void A_trip_that_is_only_shadow_releases_nothing()
    {
        var site = Of(Valve) with { Trips = [new TripOptions("T", new CauseAny([]), [0], default, TimeSpan.Zero) { Armed = false }] };
        var outputs = new SiteOutputs(site, _ => false, TimeSpan.Zero, _commands, _events);
        outputs.Restore(0, null);
        Assert.True(outputs.Status(0).IsHeld);
    }

    [Fact]
    public void A_hold_of_a_person_stands_over_a_restart_until_it_is_reset()
    {
        var outputs = Normal(Valve);
        Assert.Equal(OutputAnswer.Done, outputs.Ask(new OutputAsk(0, true, "mei"), At(5)));
        outputs.Advance(At(5));
        Assert.Equal((true, "mei"), (outputs.Status(0).Safe, outputs.Status(0).HeldBy));
        var kept = outputs.Kept(0)!.Value;

        var next = Make(Valve);
        next.Restore(0, kept with { InOrder = true });
        next.Advance(At(10));
        Assert.Equal("mei", next.Status(0).HeldBy);
        Assert.Equal(OutputAnswer.Nothing, next.Ask(new OutputAsk(0, true, "ann"), At(11)));
        Assert.Equal(OutputAnswer.Done, next.Ask(new OutputAsk(0, false, "ann"), At(12)));
        next.Advance(At(12));
        Assert.False(next.Status(0).Safe);
        Assert.Equal(OutputAnswer.NoSuchOutput, next.Ask(new OutputAsk(1, false, "ann"), At(12)));
    }

    [Fact]
    public void What_a_person_said_before_the_record_was_known_goes_before_it()
    {
        var outputs = Make(Valve);
        outputs.Ask(new OutputAsk(0, true, "mei"), At(0));
        outputs.Restore(0, new OutputKept(false, "", true));
        outputs.Advance(At(1));
        Assert.True(outputs.Status(0).Safe);
    }

    [Fact]
    public void A_trip_asks_for_safe_at_once_and_the_minimum_time_holds_back_the_way_to_normal_alone()
    {
        var outputs = Normal(Valve with { MinimumSafe = TimeSpan.FromSeconds(30) }, 40);
        _tripped = true;
        outputs.Advance(At(41));
        Assert.Equal(new OutputCommand(0, false, true), _commands[^1]);
        _tripped = false;
        outputs.Advance(At(42));
        Assert.True(outputs.Status(0) is { Safe: true, Waits: true });
        Assert.Equal(TimeSpan.FromSeconds(71), Deadline(outputs));
        outputs.Advance(At(100));
        Assert.False(outputs.Status(0).Safe);
        Assert.Equal(At(71).Wall, _events[^1].Time); // at its own moment, though the step came late
        _tripped = true;
        outputs.Advance(At(100.001));
        Assert.True(outputs.Status(0).Safe);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_minimum_time_that_ran_out_before_a_late_step_gives_nothing_back_that_is_held_by_then(bool byHand)
    {
        var outputs = Normal(Valve with { MinimumSafe = TimeSpan.FromSeconds(30) }, 40);
        _tripped = true;
        outputs.Advance(At(41));
        _tripped = false;
        outputs.Advance(At(42)); // waits until 71
        var before = _commands.Count;
        if (byHand)
        {
            outputs.Ask(new OutputAsk(0, true, "mei"), At(72));
        }
        else
        {
            outputs.Stop();
        }

        outputs.Advance(At(72));
        Assert.Equal(before, _commands.Count);
        Assert.True(outputs.Status(0).Safe);
    }

    [Fact]
    public void A_stop_makes_everything_safe_and_keeps_nothing_of_it()
    {
        var outputs = Normal(Valve);
        outputs.Stop();
        outputs.Advance(At(2));
        Assert.True(outputs.Status(0).Safe);
        Assert.Equal(new OutputKept(false, "", false), outputs.Kept(0));
    }

    [Fact]
    public void The_travel_is_measured_from_the_command_to_the_switch_and_told()
    {
        var outputs = Normal(Valve with { Proof = Switches });
        See(outputs, 1, open: true, closed: false);
        Command(outputs, 10, trip: true);
        See(outputs, 13, open: false, closed: false);
        See(outputs, 22.5, open: false, closed: true);
        Assert.Equal((ProofState.Proved, TimeSpan.FromSeconds(12.5)), (outputs.Status(0).Proof, outputs.Status(0).LastTravel));
        Assert.Equal((OutputChange.Proved, TimeSpan.FromSeconds(12.5)), (_events[^1].Change, _events[^1].Travel));
        Assert.Equal(OutputFaults.None, outputs.Status(0).Faults);
    }

    [Fact]
    public void Neither_end_after_the_time_is_a_fault_at_that_moment_and_an_arrival_ends_it()
    {
        var outputs = Normal(Valve with { Proof = Switches });
        See(outputs, 1, open: true, closed: false);
        Command(outputs, 10, trip: true);
        See(outputs, 12, open: false, closed: false);
        outputs.Take(new OutputReport(0, false, true, false, "", TimeSpan.FromSeconds(12)));
        Assert.Equal(TimeSpan.FromSeconds(50), Deadline(outputs));
        outputs.Advance(At(60));
        Assert.Equal((ProofState.Late, OutputFaults.Proof), (outputs.Status(0).Proof, outputs.Status(0).Faults));
        Assert.Equal((At(50).Wall, "its limit switches do not show it within 40 s"), (_events[^1].Time, _events[^1].Detail));
        See(outputs, 70, open: false, closed: true);
        Assert.Equal([OutputChange.Proved, OutputChange.FaultGone], _events[^2..].Select(e => e.Change));
    }

    [Fact]
    public void Both_switches_at_once_are_a_fault_once_both_have_been_read_again_and_a_command_does_not_end_it()
    {
        var outputs = Normal(Valve with { Proof = Switches });
        See(outputs, 1, open: true, closed: false);
        Observe(outputs, 5, Closed, true);
        outputs.Advance(At(6.9));
        Assert.Equal(OutputFaults.None, outputs.Status(0).Faults);
        outputs.Advance(At(7));
        Assert.Equal((ProofState.Both, "both limit switches are closed at once"), (outputs.Status(0).Proof, outputs.Status(0).Detail));
        Command(outputs, 8, trip: true);
        Assert.Equal(ProofState.Both, outputs.Status(0).Proof);
        Observe(outputs, 9, Open, false);
        Assert.Equal(ProofState.Proved, outputs.Status(0).Proof);
    }

    [Fact]
    public void Leaving_its_end_without_a_command_is_a_fault()
    {
        var outputs = Normal(Valve with { Proof = Switches });
        See(outputs, 1, open: true, closed: false);
        Observe(outputs, 20, Open, false);
        Assert.Equal((ProofState.Left, "it has left its end without a command"), (outputs.Status(0).Proof, outputs.Status(0).Detail));
    }

    [Fact]
    public void A_switch_that_gives_no_value_is_a_fault_of_its_own_after_the_time()
    {
        var outputs = Normal(Valve with { Proof = Switches });
        See(outputs, 1, open: true, closed: false);
        Heard(outputs, 1);
        Observe(outputs, 100, Open, null);
        outputs.Advance(At(139.9));
        Assert.Equal(OutputFaults.None, outputs.Status(0).Faults);
        outputs.Advance(At(140));
        Assert.Equal((ProofState.Blind, "a limit switch gives no value"), (outputs.Status(0).Proof, outputs.Status(0).Detail));
    }

    [Theory]
    [InlineData(Closed, OutputFaults.Proof)]
    [InlineData(Contact, OutputFaults.Contact)]
    [InlineData(Auto, OutputFaults.NotInAuto)]
    public void A_contact_that_a_person_has_put_in_is_one_without_a_value(int point, OutputFaults fault)
    {
        var outputs = Normal(Valve with { Proof = Switches, ReadBack = Contact, HandOffAuto = new HandOffAutoOptions(Hand, Auto) });
        See(outputs, 1, open: true, closed: false);
        Observe(outputs, 1, Contact, true);
        Observe(outputs, 1, Hand, false);
        Observe(outputs, 1, Auto, true);
        Assert.Equal(OutputFaults.None, outputs.Status(0).Faults);
        var value = point == Closed ? 0 : 1; // what would be right
        outputs.Observe(new Reading(point, value, Quality.Uncertain(Reason.Substituted), At(2).Wall), TimeSpan.FromSeconds(2));
        See(outputs, 60, open: true, closed: false, closedToo: point != Closed);
        Assert.Equal(fault, outputs.Status(0).Faults);
    }

    [Fact]
    public void A_contact_that_does_not_follow_within_its_time_is_a_fault_and_so_is_one_without_a_value()
    {
        var outputs = Normal(Valve with { ReadBack = Contact });
        Heard(outputs, 0);
        Observe(outputs, 0.5, Contact, true);
        Command(outputs, 10, trip: true);
        outputs.Take(new OutputReport(0, false, true, false, "", TimeSpan.FromSeconds(10)));
        outputs.Advance(At(10.9));
        Assert.Equal(OutputFaults.None, outputs.Status(0).Faults);
        outputs.Advance(At(11));
        Assert.Equal((OutputFaults.Contact, "its read-back contact has not followed within 1 s"), (outputs.Status(0).Faults, outputs.Status(0).Detail));
        Observe(outputs, 12, Contact, false);
        Assert.Equal(OutputFaults.None, outputs.Status(0).Faults);
        Observe(outputs, 20, Contact, null);
        outputs.Advance(At(21));
        Assert.Equal("its read-back contact gives no value", outputs.Status(0).Detail);
    }

    [Fact]
    public void What_could_not_be_driven_is_a_fault_in_the_ports_words_until_it_is()
    {
        var outputs = Normal(Valve);
        outputs.Take(new OutputReport(0, true, false, null, "line 22: Device or resource busy", TimeSpan.FromSeconds(1)));
        outputs.Advance(At(1));
        Assert.Equal((OutputFaults.NotDriven, "it cannot be driven: line 22: Device or resource busy"), (outputs.Status(0).Faults, _events[^1].Detail));
        outputs.Take(new OutputReport(0, false, true, false, "", TimeSpan.FromSeconds(2))); // of an older command
        outputs.Advance(At(2));
        Assert.Equal(OutputFaults.NotDriven, outputs.Status(0).Faults);
        Heard(outputs, 3);
        Assert.Equal((OutputFaults.None, OutputChange.FaultGone), (outputs.Status(0).Faults, _events[^1].Change));
    }

    [Fact]
    public void What_reads_back_something_else_and_what_nothing_is_heard_of_are_faults()
    {
        var outputs = Normal(Valve);
        outputs.Take(new OutputReport(0, true, true, false, "", TimeSpan.FromSeconds(1)));
        outputs.Advance(At(1));
        Assert.Equal((OutputFaults.ReadsBackOther, "it reads back closed"), (outputs.Status(0).Faults, outputs.Status(0).Detail));
        Command(outputs, 20, trip: true);
        outputs.Advance(At(29.9));
        Assert.Equal(OutputFaults.None, outputs.Status(0).Faults);
        outputs.Advance(At(30));
        Assert.Equal("nothing was heard of driving it within 10 s", outputs.Status(0).Detail);
    }

    [Theory]
    [InlineData(true, false, HandOffAuto.Hand)]
    [InlineData(false, false, HandOffAuto.Off)]
    [InlineData(true, true, HandOffAuto.Both)]
    [InlineData(false, null, HandOffAuto.Unknown)]
    public void A_motor_that_is_not_in_auto_is_a_fault_since_no_trip_can_stop_it(bool hand, bool? auto, HandOffAuto mode)
    {
        var outputs = Normal(Valve with { HandOffAuto = new HandOffAutoOptions(Hand, Auto) });
        Heard(outputs, 0);
        Observe(outputs, 1, Hand, false);
        Observe(outputs, 1, Auto, true);
        Assert.Equal((HandOffAuto.Auto, OutputFaults.None), (outputs.Status(0).Mode, outputs.Status(0).Faults));
        Observe(outputs, 20, Hand, hand);
        Observe(outputs, 20, Auto, auto);
        outputs.Advance(At(30));
        Assert.Equal((mode, OutputFaults.NotInAuto), (outputs.Status(0).Mode, outputs.Status(0).Faults));
    }

    [Fact]
    public void Its_points_are_told_at_first_at_each_change_and_once_a_minute()
    {
        var outputs = Make(Valve);
        outputs.Restore(0, new OutputKept(false, "", true));
        outputs.Advance(At(0));
        Assert.Equal([(SafePoint, 0.0), (FaultPoint, 0.0)], outputs.Computed.Select(r => (r.Point, r.Value)));
        Heard(outputs, 1);
        Assert.Empty(outputs.Computed);
        _tripped = true;
        outputs.Advance(At(2));
        Assert.Equal([(SafePoint, 1.0)], outputs.Computed.Select(r => (r.Point, r.Value)));
        outputs.Take(new OutputReport(0, false, true, false, "", TimeSpan.FromSeconds(2)));
        outputs.Advance(At(59.9));
        Assert.Empty(outputs.Computed);
        outputs.Advance(At(60));
        Assert.Equal(2, outputs.Computed.Count);
        Assert.All(outputs.Computed, r => Assert.True(r.Quality.IsGood));
    }

    private static TimeSpan Deadline(SiteOutputs outputs) => outputs.Deadline!.Value;

    private SiteOutputs Make(OutputOptions output) => new(Of(output), _ => _tripped, TimeSpan.Zero, _commands, _events);

    /// <summary>In its normal state since a moment.</summary>
    private SiteOutputs Normal(OutputOptions output, double at = 0)
    {
        var outputs = Make(output);
        outputs.Restore(0, new OutputKept(false, "", true));
        outputs.Advance(At(at));
        Assert.False(outputs.Status(0).Safe);
        return outputs;
    }

    private void Command(SiteOutputs outputs, double at, bool trip)
    {
        _tripped = trip;
        outputs.Advance(At(at));
    }

    private static void Heard(SiteOutputs outputs, double at)
    {
        outputs.Take(new OutputReport(0, outputs.Status(0).Energised, true, outputs.Status(0).Energised, "", TimeSpan.FromSeconds(at)));
        outputs.Advance(At(at));
    }

    private static void See(SiteOutputs outputs, double at, bool open, bool closed, bool closedToo = true)
    {
        outputs.Take(new OutputReport(0, outputs.Status(0).Energised, true, outputs.Status(0).Energised, "", TimeSpan.FromSeconds(at)));
        Observe(outputs, at, Open, open);
        if (closedToo)
            Observe(outputs, at, Closed, closed);
    }

    private static void Observe(SiteOutputs outputs, double at, int point, bool? closed)
    {
        outputs.Advance(At(at));
        outputs.Observe(new Reading(point, closed == true ? 1 : 0, closed is null ? Quality.Bad(Reason.LinkDown) : Quality.Good, At(at).Wall), TimeSpan.FromSeconds(at));
        outputs.Advance(At(at));
    }
}
