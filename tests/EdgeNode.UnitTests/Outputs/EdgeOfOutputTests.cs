using EdgeNode.Core.Act;
using EdgeNode.Core.Model;
using static EdgeNode.UnitTests.CoreLaws.TestSite;
using static EdgeNode.UnitTests.Outputs.OutputSite;

namespace EdgeNode.UnitTests.Outputs;

/// <summary>Outputs and their contacts at the edges of their rules: found by changing the code and looking which test noticed.</summary>
public class EdgeOfOutputTests
{
    private readonly List<OutputCommand> _commands = [];
    private readonly List<OutputEvent> _events = [];
    private bool _tripped;

    [Fact]
    public void A_first_step_that_comes_late_asks_for_the_safe_state_and_for_nothing_before_it()
    {
        var outputs = Make(Valve);
        outputs.Advance(At(20)); // nothing was heard for 10 s by then
        Assert.All(_commands, c => Assert.True(c.Safe));
        Assert.Contains(_events, e => e.Change == OutputChange.Fault && e.Time == At(10).Wall);
    }

    [Fact]
    public void What_is_held_while_a_trip_stands_is_not_let_go_in_the_past()
    {
        var outputs = Heard(Normal(Valve), 1);
        Command(outputs, 41, trip: true);
        var before = _commands.Count;
        outputs.Ask(new OutputAsk(0, true, "mei"), At(60)); // at 51 s it is told that nothing was heard of it
        Command(outputs, 60, trip: false);
        Assert.Equal(before, _commands.Count);
    }

    [Fact]
    public void Each_watch_is_due_at_its_own_moment_and_tells_of_that_moment_however_late_the_step()
    {
        var outputs = Normal(Valve with { ReadBack = Contact, Proof = Switches, HandOffAuto = new HandOffAutoOptions(Hand, Auto) });
        Assert.Equal(Second * 1, outputs.Deadline); // the contact
        Observe(outputs, 0.5, Contact, true);
        Assert.Equal(Second * 10, outputs.Deadline); // the port's answer, and the switch
        Heard(outputs, 1);
        Observe(outputs, 2, Hand, false);
        Observe(outputs, 2, Auto, true);
        Observe(outputs, 2, Open, true);
        Observe(outputs, 2, Closed, false);
        Assert.Equal(Second * 60, outputs.Deadline); // its points are told each minute
        _events.Clear();
        outputs.Advance(At(60));
        Command(outputs, 61, trip: true);
        Heard(outputs, 61);
        Assert.Equal(Second * 62, outputs.Deadline);
        outputs.Advance(At(110)); // contact at 62 s, travel at 101 s
        Assert.Equal([(OutputChange.Fault, At(62).Wall), (OutputChange.Fault, At(101).Wall)], _events[1..].Select(e => (e.Change, e.Time)));
    }

    [Fact]
    public void A_switch_of_a_motor_that_nobody_can_read_is_due_from_its_reading_on_and_once()
    {
        var outputs = Heard(Normal(Valve with { HandOffAuto = new HandOffAutoOptions(Hand, Auto) }), 1);
        Observe(outputs, 2, Hand, false);
        Observe(outputs, 2, Auto, true);
        outputs.Observe(Reading(Auto, null, 5), Second * 5);
        Assert.Equal(Second * 15, outputs.Deadline);
        outputs.Advance(At(15));
        Assert.Equal("its hand-off-auto switch gives no value", outputs.Status(0).Detail);
        Assert.Equal(Second * 60, outputs.Deadline);
    }

    [Theory]
    [InlineData(true, false, "it is switched to hand, and the node cannot drive it")]
    [InlineData(false, false, "it is switched off, and the node cannot drive it")]
    [InlineData(true, true, "its switch says hand and auto at once")]
    [InlineData(false, true, "")]
    public void A_motor_that_is_not_in_auto_says_where_its_switch_stands(bool hand, bool auto, string said)
    {
        var outputs = Heard(Normal(Valve with { HandOffAuto = new HandOffAutoOptions(Hand, Auto) }), 1);
        Observe(outputs, 2, Hand, hand);
        Observe(outputs, 2, Auto, auto);
        outputs.Advance(At(20));
        Assert.Equal(said, outputs.Status(0).Detail);
    }

    [Fact]
    public void A_switch_with_an_auto_contact_alone_says_auto_or_not()
    {
        var outputs = Heard(Normal(Valve with { HandOffAuto = new HandOffAutoOptions(null, Auto) }), 1);
        Observe(outputs, 2, Auto, true);
        Assert.Equal((HandOffAuto.Auto, ""), (outputs.Status(0).Mode, outputs.Status(0).Detail));
        Observe(outputs, 3, Auto, false);
        Assert.Equal((HandOffAuto.NotAuto, "it is not switched to auto, and the node cannot drive it"), (outputs.Status(0).Mode, outputs.Status(0).Detail));
    }

    [Fact]
    public void A_fault_says_what_is_wrong_alone_and_its_end_says_nothing()
    {
        var outputs = Heard(Normal(Valve with { ReadBack = Contact }), 0);
        Observe(outputs, 0.5, Contact, true);
        outputs.Take(new OutputReport(0, true, false, null, "line 22 is gone", Second));
        outputs.Advance(At(1));
        Assert.Equal("it cannot be driven: line 22 is gone", outputs.Status(0).Detail);
        Heard(outputs, 2);
        Assert.Equal((OutputChange.FaultGone, null), (_events[^1].Change, _events[^1].Detail));
    }

    [Fact]
    public void Two_faults_are_told_one_beside_the_other()
    {
        var outputs = Normal(Valve with { HandOffAuto = new HandOffAutoOptions(null, Auto) });
        Observe(outputs, 1, Auto, false);
        outputs.Take(new OutputReport(0, true, false, null, "line 22 is gone", Second));
        outputs.Advance(At(1));
        Assert.Equal("it cannot be driven: line 22 is gone; it is not switched to auto, and the node cannot drive it", outputs.Status(0).Detail);
    }

    [Fact]
    public void What_a_trip_holds_safe_does_not_wait_for_its_minimum_time()
    {
        var outputs = Make(Valve with { MinimumSafe = Second * 30 });
        outputs.Restore(0, new OutputKept(false, "", true));
        outputs.Advance(At(40));
        Command(outputs, 41, trip: true);
        outputs.Advance(At(42));
        Assert.False(outputs.Status(0).Waits);
        Command(outputs, 43, trip: false);
        Assert.True(outputs.Status(0).Waits);
    }

    [Fact]
    public void A_command_to_where_the_contact_is_already_ends_its_fault_with_it()
    {
        var outputs = Heard(Normal(Valve with { ReadBack = Contact }), 0);
        Observe(outputs, 0.5, Contact, false);
        outputs.Advance(At(5));
        Assert.Equal(OutputFaults.Contact, outputs.Status(0).Faults);
        Command(outputs, 6, trip: true);
        Assert.Equal([OutputChange.Commanded, OutputChange.FaultGone], _events[^2..].Select(e => e.Change));
    }

    [Fact]
    public void A_command_to_the_end_at_which_it_stands_is_proved_with_it()
    {
        var outputs = Normal(Valve with { Proof = Switches });
        See(outputs, 1, open: false, closed: true); // it was closed by hand
        Command(outputs, 2, trip: true);
        Assert.Equal((ProofState.Proved, null), (outputs.Status(0).Proof, outputs.Status(0).LastTravel));
    }

    [Fact]
    public void The_last_travel_is_that_of_the_last_whole_way_and_half_a_way_is_none()
    {
        var outputs = Normal(Valve with { Proof = Switches });
        See(outputs, 1, open: true, closed: false);
        Command(outputs, 10, trip: true);
        See(outputs, 22.5, open: false, closed: true);
        Command(outputs, 30, trip: false);
        Assert.Equal(ProofState.Moving, outputs.Status(0).Proof);
        See(outputs, 41, open: true, closed: false);
        Assert.Equal(Second * 11, outputs.Status(0).LastTravel);

        See(outputs, 50, open: false, closed: false); // it leaves its end and comes back
        See(outputs, 52, open: true, closed: false);
        Assert.Equal((OutputChange.Proved, null), (_events[^2].Change, _events[^2].Travel));

        Command(outputs, 60, trip: true);
        See(outputs, 63, open: false, closed: false);
        Command(outputs, 64, trip: false); // turned round on its way
        See(outputs, 66, open: true, closed: false);
        Assert.Equal((OutputChange.Proved, null), (_events[^1].Change, _events[^1].Travel));
        Assert.Equal(Second * 11, outputs.Status(0).LastTravel);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void A_travel_counts_from_its_command_however_often_the_switches_are_read_before_the_valve_moves(int reads)
    {
        var outputs = Normal(Valve with { Proof = Switches });
        See(outputs, 1, open: true, closed: false);
        Command(outputs, 10, trip: true);
        for (var n = 1; n <= reads; n++)
            Observe(outputs, 10 + n, Open, true);
        See(outputs, 22, open: false, closed: true);
        Assert.Equal(Second * 12, outputs.Status(0).LastTravel);
    }

    [Fact]
    public void A_hold_and_its_end_act_from_their_own_moment_on_and_not_before()
    {
        var outputs = Heard(Normal(Valve), 1);
        Assert.Equal(OutputAnswer.Done, outputs.Ask(new OutputAsk(0, true, "mei"), At(10)));
        Assert.Equal(OutputAnswer.Nothing, outputs.Ask(new OutputAsk(0, true, "li"), At(12))); // it is held already
        Assert.False(SafeAt(5)); // of a sample that came late
        Assert.True(SafeAt(11));
        Assert.Equal(OutputAnswer.Done, outputs.Ask(new OutputAsk(0, false, "mei"), At(20)));
        Assert.True(SafeAt(15));
        Assert.False(SafeAt(20));

        bool SafeAt(double at)
        {
            outputs.Advance(At(at));
            return outputs.Status(0).Safe;
        }
    }

    [Theory]
    [InlineData(Closed)]
    [InlineData(Open)]
    public void Both_switches_closed_is_believed_after_two_scans_of_the_slower_one(int slow)
    {
        var site = Of(Valve with { Proof = Switches });
        site = site with { Devices = site.Devices.SetItem(slow, site.Devices[slow] with { Every = Second * 3 }) };
        var outputs = new SiteOutputs(site, _ => _tripped, TimeSpan.Zero, _commands, _events);
        outputs.Restore(0, new OutputKept(false, "", true));
        outputs.Advance(At(0));
        See(outputs, 1, open: true, closed: false);
        Observe(outputs, 5, Closed, true);
        Assert.Equal(Second * 11, outputs.Deadline);
    }

    [Fact]
    public void A_travel_that_is_over_before_both_switches_are_believed_is_told_first()
    {
        var outputs = Normal(Valve with { Proof = Switches });
        See(outputs, 1, open: true, closed: false);
        Command(outputs, 2, trip: true);
        Heard(outputs, 2);
        Observe(outputs, 41, Closed, true); // believed at 43 s
        Assert.Equal(Second * 42, outputs.Deadline);
        outputs.Advance(At(42));
        Assert.Equal(ProofState.Late, outputs.Status(0).Proof);
        Assert.Equal(Second * 43, outputs.Deadline);
    }

    [Fact]
    public void An_output_whose_safe_level_is_its_normal_one_is_told_to_be_safe_all_the_same()
    {
        var outputs = Normal(Valve with { NormalEnergised = false });
        Command(outputs, 5, trip: true);
        Assert.Equal(new OutputCommand(0, false, true), _commands[^1]);
        Assert.True(_events[^1] is { Change: OutputChange.Commanded, Safe: true });
    }

    [Fact]
    public void Two_outputs_tell_their_points_each_for_itself_be_it_the_first_point_of_the_site()
    {
        var other = Valve with { Id = "XV-102", Points = new OutputPoints(0, 1) };
        var outputs = new SiteOutputs(Of(Valve, other), o => o == 0 && _tripped, TimeSpan.Zero, _commands, _events);
        outputs.Restore(0, new OutputKept(false, "", true));
        outputs.Restore(1, new OutputKept(false, "", true));
        outputs.Advance(At(0));
        Assert.Equal([(SafePoint, 0.0), (FaultPoint, 0), (0, 0), (1, 0)], outputs.Computed.Select(r => (r.Point, r.Value)));
        Command(outputs, 1, trip: true);
        Assert.Equal([(SafePoint, 1.0)], outputs.Computed.Select(r => (r.Point, r.Value)));
        outputs.Take(new OutputReport(1, true, false, null, "gone", Second * 2));
        outputs.Take(new OutputReport(2, true, false, null, "of nobody", Second * 2));
        outputs.Advance(At(2));
        Assert.Equal([(1, 1.0)], outputs.Computed.Select(r => (r.Point, r.Value)));
    }

    [Fact]
    public void Everything_that_can_be_said_of_an_output_has_its_word()
    {
        Assert.Equal(["commanded", "proved", "fault", "fault-gone", "held", "released", "left-normal", "carried", "carry-ended"], Enum.GetValues<OutputChange>().Select(c => c.Text()));
        Assert.Equal(["moving", "proved", "late", "left its end", "both switches closed", "no value"], Enum.GetValues<ProofState>().Select(p => p.Text()));
        Assert.Equal(["no value", "auto", "hand", "off", "not auto", "hand and auto at once"], Enum.GetValues<HandOffAuto>().Select(m => m.Text()));
        Assert.Equal(["released-line", "watchdog-relay", "device-watchdog", "hard-wired"], Enum.GetValues<Backstop>().Select(b => b.Text()));
    }

    [Fact]
    public void What_is_not_there_is_refused_by_its_name() =>
        Assert.Throws<ArgumentNullException>("site", () => new SiteOutputs(null!, _ => false, TimeSpan.Zero, _commands, _events));

    private SiteOutputs Make(OutputOptions output) => new(Of(output), _ => _tripped, TimeSpan.Zero, _commands, _events);

    private SiteOutputs Normal(OutputOptions output)
    {
        var outputs = Make(output);
        outputs.Restore(0, new OutputKept(false, "", true));
        outputs.Advance(At(0));
        Assert.False(outputs.Status(0).Safe);
        return outputs;
    }

    private void Command(SiteOutputs outputs, double at, bool trip)
    {
        _tripped = trip;
        outputs.Advance(At(at));
    }

    private static SiteOutputs Heard(SiteOutputs outputs, double at)
    {
        outputs.Take(new OutputReport(0, outputs.Status(0).Energised, true, outputs.Status(0).Energised, "", Second * at));
        outputs.Advance(At(at));
        return outputs;
    }

    private static void See(SiteOutputs outputs, double at, bool open, bool closed)
    {
        Heard(outputs, at);
        Observe(outputs, at, Open, open);
        Observe(outputs, at, Closed, closed);
    }

    private static void Observe(SiteOutputs outputs, double at, int point, bool? closed)
    {
        outputs.Advance(At(at));
        outputs.Observe(Reading(point, closed, at), Second * at);
        outputs.Advance(At(at));
    }

    private static Reading Reading(int point, bool? closed, double at) =>
        new(point, closed == true ? 1 : 0, closed is null ? Quality.Bad(Reason.LinkDown) : Quality.Good, At(at).Wall);
}
