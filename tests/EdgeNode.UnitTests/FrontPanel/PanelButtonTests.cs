using System.Text.Json;
using EdgeNode.Core.Act;
using EdgeNode.Core.Act.FrontPanel;
using EdgeNode.Core.Evaluate;
using EdgeNode.Core.Model;
using EdgeNode.Core.Record;
using static EdgeNode.UnitTests.CoreLaws.TestSite;
using static EdgeNode.UnitTests.FrontPanel.PanelBench;

namespace EdgeNode.UnitTests.FrontPanel;

/// <summary>What buttons, keys and contacts do.</summary>
public class PanelButtonTests
{
    [Fact]
    public void A_button_acknowledges_all_that_waits_and_says_who_it_was()
    {
        var bench = new PanelBench([AlarmPriority.Critical, AlarmPriority.Low, AlarmPriority.Medium], InputMeaning.Acknowledge);
        bench.Read(7);
        bench.Read(7, point: 1);
        bench.Contact(0, false);
        var result = bench.Contact(0, true);
        var told = Assert.Single(result.Panel);
        Assert.Equal((PanelAct.Acknowledge, PanelOutcome.Done, "panel HS-0", 0), (told.Act, told.Outcome, told.By, told.Input));
        Assert.Equal([0, 1], told.Alarms);
        Assert.Equal([AlarmState.Acknowledged, AlarmState.Acknowledged], result.Alarms.Select(t => t.State));
        Assert.All(result.Alarms, t => Assert.Equal("panel HS-0", t.By));
        Assert.False(bench.Is(Siren));
        Assert.Empty(bench.Contact(0, true, after: 1).Panel); // held is not pressed again
        Assert.Equal(PanelOutcome.Nothing, bench.Press(0).Panel[0].Outcome);
    }

    [Fact]
    public void A_button_resets_what_has_gone_and_nothing_else()
    {
        var bench = new PanelBench(
            [High(0, AlarmPriority.High) with { Latch = true }, High(1, AlarmPriority.High) with { Latch = true }], InputMeaning.Reset);
        bench.Read(7);
        bench.Read(7, point: 1);
        bench.Read(1, after: 1);
        Assert.Equal([0], bench.Press(0).Panel[0].Alarms);
        Assert.Equal(AlarmState.ReturnedUnacknowledged, bench.Station.Alarm(0).State);
        Assert.Equal(AlarmState.Unacknowledged, bench.Station.Alarm(1).State);
    }

    [Fact]
    public void A_button_resets_trips_and_its_event_says_which_took_it()
    {
        var bench = new PanelBench(
            [High(0, AlarmPriority.High), High(1, AlarmPriority.High)], [Trip("close-inlet", 0), Trip("close-outlet", 1)], InputMeaning.Reset);
        bench.Read(1);
        bench.Read(7, point: 1);
        bench.Wait(60);
        var told = bench.Press(0).Panel[0];
        Assert.Equal((PanelAct.Reset, PanelOutcome.Done), (told.Act, told.Outcome));
        Assert.Equal([0], told.Trips);
        Assert.Equal([1], told.RefusedTrips);
        var body = JsonElement.Parse(EventBody.Panel(bench.Site, told).Body.Span);
        Assert.Equal("close-inlet", body.GetProperty("trips")[0].GetString());
        Assert.Equal("close-outlet", body.GetProperty("refused")[0].GetString());

        told = bench.Press(0).Panel[0];
        Assert.Equal((PanelOutcome.Nothing, 0, 1), (told.Outcome, told.Trips.Length, told.RefusedTrips.Length));

        // Under an inhibit one who names it may have it released. A button names nothing.
        var inhibited = bench.Station.Step(At(bench.Now), [], trips: [new TripCommand(1, TripAsk.Inhibit, "mei") { Why = "a new transmitter" }]);
        Assert.Equal(TripOutcome.Done, inhibited.TripAnswers[0].Outcome);
        Assert.Equal([1], bench.Press(0).Panel[0].RefusedTrips);

        static TripOptions Trip(string id, int alarm) => new(id, new CauseOf(new AlarmCause(true, alarm)), [], new OnBad(OnBadKind.Hold, default), TimeSpan.FromSeconds(120));
    }

    [Fact]
    public void A_button_silences()
    {
        var bench = new PanelBench([AlarmPriority.Critical], InputMeaning.Silence);
        bench.Read(7);
        Assert.Equal([Siren], bench.Press(0).Panel[0].Silenced.Stilled);
        Assert.Equal((false, true), (bench.Is(Siren), bench.Is(Bell)));
    }

    [Fact]
    public void A_lamp_test_lasts_while_its_button_is_held_and_a_minute_at_most()
    {
        var bench = new PanelBench([AlarmPriority.Critical], InputMeaning.LampTest);
        bench.Contact(0, false);
        bench.Contact(0, true);
        Assert.Equal((true, true, true), (bench.Is(Siren), bench.Is(Bell), bench.Is(Lamp)));
        bench.Contact(0, false, after: 5);
        Assert.Equal((false, false, false), (bench.Is(Siren), bench.Is(Bell), bench.Is(Lamp)));

        bench.Contact(0, true);
        bench.Wait(59.9);
        Assert.True(bench.Is(Lamp));
        var result = bench.Wait(0.1);
        Assert.False(bench.Is(Lamp));
        Assert.Equal([PanelAct.Stuck, PanelAct.LampTestEnd], result.Panel.Select(e => e.Act));
        Assert.Empty(bench.Contact(0, true, after: 100).Panel); // told once
        Assert.Equal([PanelAct.Free], bench.Contact(0, false).Panel.Select(e => e.Act));
        bench.Contact(0, true);
        Assert.True(bench.Is(Lamp));
        bench.Contact(0, false, quality: Quality.Bad(Reason.LinkDown));
        Assert.False(bench.Is(Lamp)); // nobody knows whether it is held still
    }

    [Fact]
    public void A_button_that_hangs_ends_no_test_of_another_one()
    {
        var bench = new PanelBench([AlarmPriority.Critical], InputMeaning.LampTest, InputMeaning.LampTest);
        bench.Contact(0, true); // from the start
        bench.Contact(1, false);
        bench.Contact(1, true, after: 30);
        bench.Wait(31);
        Assert.True(bench.Is(Lamp));
        bench.Contact(1, false);
        Assert.False(bench.Is(Lamp));
    }

    [Fact]
    public void A_button_that_is_pressed_at_the_start_does_nothing_until_it_is_released()
    {
        var bench = new PanelBench([AlarmPriority.Critical], InputMeaning.Acknowledge);
        bench.Contact(0, true);
        bench.Read(7);
        Assert.Empty(bench.Contact(0, true, after: 10).Panel);
        Assert.True(bench.Is(Siren));
        bench.Contact(0, false, after: 1);
        Assert.Equal(PanelAct.Acknowledge, Assert.Single(bench.Contact(0, true).Panel).Act);
    }

    [Theory]
    [InlineData(InputMeaning.Acknowledge)]
    [InlineData(InputMeaning.Silence)]
    [InlineData(InputMeaning.Reset)]
    [InlineData(InputMeaning.LampTest)]
    public void A_reading_that_is_not_good_presses_nothing_and_neither_does_what_follows_it(InputMeaning means)
    {
        var bench = new PanelBench([AlarmPriority.Critical], means);
        bench.Read(7);
        bench.Contact(0, false);
        Assert.Empty(bench.Contact(0, true, quality: Quality.Bad(Reason.LinkDown)).Panel);
        Assert.Empty(bench.Contact(0, true, quality: Quality.Uncertain(Reason.LostEdges)).Panel);
        Assert.Empty(bench.Contact(0, true).Panel); // a chip that comes back may come back with any level
        Assert.Equal((true, true), (bench.Is(Siren), bench.Is(Bell)));
    }

    [Fact]
    public void A_button_takes_what_was_due_before_it_and_leaves_what_comes_after()
    {
        var bench = new PanelBench(
            [Alarm(on: 2, point: 0) with { Id = "A-0" }, Alarm(on: 4, point: 1) with { Id = "A-1" }], InputMeaning.Acknowledge);
        bench.Read(7);
        bench.Read(7, point: 1);
        var button = bench.Site.Inputs[0].Point;
        var step = bench.Station.Step(At(10), [Sample(2.9, 0, default, button), Sample(3, 1, default, button)]); // taken up seven seconds late
        Assert.Equal([0], step.Panel.Single().Alarms);
        Assert.Equal(AlarmState.Acknowledged, bench.Station.Alarm(0).State);
        Assert.Equal(AlarmState.Unacknowledged, bench.Station.Alarm(1).State);
        Assert.True(bench.Is(Siren));
    }

    [Fact]
    public void What_came_up_while_the_finger_was_down_is_not_acknowledged()
    {
        var bench = new PanelBench([AlarmPriority.Critical, AlarmPriority.Critical, AlarmPriority.Low], InputMeaning.Acknowledge);
        bench.Read(7);
        bench.Contact(0, false, after: 1); // seen released last
        bench.Read(7, point: 1, after: 0.05);
        bench.Read(7, point: 2);
        var told = bench.Contact(0, true, after: 0.05).Panel.Single();
        Assert.Equal([0], told.Alarms);
        Assert.Equal(
            [AlarmState.Acknowledged, AlarmState.Unacknowledged, AlarmState.Unacknowledged], Enumerable.Range(0, 3).Select(a => bench.Station.Alarm(a).State));
        Assert.Equal((true, true), (bench.Is(Siren), bench.Is(Bell)));
        Assert.Equal([1, 2], bench.Press(0).Panel[0].Alarms);
    }

    [Fact]
    public void One_that_came_up_again_while_the_finger_was_down_is_not_acknowledged_either()
    {
        var bench = new PanelBench([AlarmPriority.Critical], InputMeaning.Acknowledge);
        bench.Read(7);
        bench.Read(1, after: 1);
        bench.Contact(0, false, after: 1);
        bench.Read(7, after: 0.05);
        Assert.Equal(PanelOutcome.Nothing, bench.Contact(0, true, after: 0.05).Panel.Single().Outcome);
        Assert.Equal(AlarmState.Unacknowledged, bench.Station.Alarm(0).State);
    }

    [Fact]
    public void A_press_that_was_confirmed_first_counts_from_the_last_look_that_saw_no_finger()
    {
        var bench = new PanelBench([AlarmPriority.Critical], InputMeaning.Acknowledge);
        var button = bench.Site.Inputs[0].Point;
        bench.Station.Step(At(1), [Sample(0.9, 0, default, button), Sample(0.95, 7), Sample(1, 0, default, button)]); // the finger is down, and may bounce
        var told = bench.Station.Step(At(1.1), [Sample(1.05, 1, default, button) with { OtherUntil = TimeSpan.FromSeconds(0.9) }]).Panel.Single();
        Assert.Equal((PanelOutcome.Nothing, TimeSpan.FromSeconds(0.9)), (told.Outcome, told.Since));
        Assert.True(bench.Is(Siren));
    }

    [Fact]
    public void A_silence_leaves_alone_what_began_to_call_while_the_finger_was_down()
    {
        var bench = new PanelBench([AlarmPriority.Critical, AlarmPriority.Critical], InputMeaning.Silence);
        bench.Read(7);
        bench.Contact(0, false, after: 1);
        bench.Read(7, point: 1, after: 0.05);
        Assert.Equal([Siren], bench.Contact(0, true, after: 0.05).Panel.Single().Silenced.Stilled);
        Assert.True(bench.Is(Siren)); // the second one calls
        bench.Ask(AlarmInput.Acknowledge, alarm: 1);
        Assert.False(bench.Is(Siren)); // the first one was silenced
        Assert.True(bench.Is(Bell));

        bench = new PanelBench([AlarmPriority.Critical], InputMeaning.Silence);
        bench.Contact(0, false);
        bench.Read(7, after: 0.05);
        var told = bench.Contact(0, true, after: 0.05).Panel.Single();
        Assert.Equal((PanelOutcome.NotAllowed, 0), (told.Outcome, told.Silenced.Stilled.Length)); // by the bell
        Assert.True(bench.Is(Siren));
    }

    [Fact]
    public void One_button_may_mean_two_things()
    {
        var one = PanelBench.Make([High(0, AlarmPriority.Critical)], InputMeaning.Silence, InputMeaning.Acknowledge);
        var site = one with { Inputs = [one.Inputs[0], one.Inputs[1] with { Point = one.Inputs[0].Point }] };
        var station = new Core.Station(site, TimeSpan.Zero);
        station.Step(At(1), [Sample(1, 7), Sample(1, 0, default, 1)]); // what came with that reading was there before the finger
        Assert.Equal([PanelAct.Silence, PanelAct.Acknowledge], station.Step(At(2), [Sample(2, 1, default, 1)]).Panel.Select(e => e.Act));
    }

    [Fact]
    public void Contacts_are_told_with_each_change_and_at_the_start()
    {
        var bench = new PanelBench([AlarmPriority.Critical], InputMeaning.MainsFail, InputMeaning.Door);
        var told = Assert.Single(bench.Contact(0, true).Panel);
        Assert.Equal((PanelAct.Contact, true), (told.Act, told.First));
        Assert.Empty(bench.Contact(0, true, quality: Quality.Bad(Reason.Stale)).Panel);
        Assert.Empty(bench.Contact(0, true, after: 1000).Panel); // a contact may stay as it is
        told = Assert.Single(bench.Contact(0, false).Panel);
        Assert.Equal((PanelAct.ContactEnd, false), (told.Act, told.First));
        Assert.True(Assert.Single(bench.Contact(1, false).Panel).First);
    }
}
