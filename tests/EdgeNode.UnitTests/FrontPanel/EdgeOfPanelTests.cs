using EdgeNode.Core;
using EdgeNode.Core.Act;
using EdgeNode.Core.Act.FrontPanel;
using EdgeNode.Core.Evaluate;
using EdgeNode.Core.Model;
using EdgeNode.UnitTests.Trips;
using static EdgeNode.UnitTests.CoreLaws.TestSite;
using static EdgeNode.UnitTests.FrontPanel.PanelBench;

namespace EdgeNode.UnitTests.FrontPanel;

/// <summary>Buttons, keys and the maintenance at the edges of their rules: found by changing the code and looking which test noticed.</summary>
public class EdgeOfPanelTests
{
    [Fact]
    public void A_button_that_hung_before_it_was_released_is_told_to_have_hung_however_late_its_release_is_read()
    {
        var inputs = new SiteInputs(Make([High(0, AlarmPriority.High)], InputMeaning.LampTest, InputMeaning.Silence));
        Observe(inputs, 1, 0, 0);
        Observe(inputs, 1, 1, 1);
        Observe(inputs, 2, 0, 2);
        Observe(inputs, 2, 1, 11);
        Assert.Equal(Second * 61, inputs.Deadline); // the first of the two
        Observe(inputs, 1, 1, 20); // held still: no news
        Observe(inputs, 1, 0, 70);
        Assert.Equal(
            [(0, ContactAct.Press, 1.0), (1, ContactAct.Press, 11), (0, ContactAct.Stuck, 61), (0, ContactAct.Free, 70)],
            inputs.Changes.Select(c => (c.Input, c.Act, c.At.TotalSeconds)));
        Assert.Equal(Second * 71, inputs.Deadline);
    }

    [Fact]
    public void A_tamper_contact_is_told_from_the_first_reading_on_like_mains_and_door()
    {
        var bench = new PanelBench([AlarmPriority.Critical], InputMeaning.Tamper);
        Assert.True(Assert.Single(bench.Contact(0, false).Panel) is { Act: PanelAct.ContactEnd, First: true });
        Assert.True(Assert.Single(bench.Contact(0, true).Panel) is { Act: PanelAct.Contact, First: false });
    }

    [Fact]
    public void A_lamp_test_is_told_with_its_button_and_goes_on_with_each_reading_of_it()
    {
        var bench = new PanelBench([AlarmPriority.Critical], InputMeaning.Door, InputMeaning.LampTest);
        bench.Contact(1, false);
        var told = Assert.Single(bench.Contact(1, true).Panel);
        Assert.Equal((PanelAct.LampTest, "panel HS-1", 1), (told.Act, told.By, told.Input));
        bench.Contact(1, true, after: 1);
        Assert.True(bench.Is(Lamp));
        Assert.Equal(PanelAct.LampTestEnd, Assert.Single(bench.Contact(1, false).Panel).Act);
    }

    [Fact]
    public void A_reset_takes_what_was_due_before_it_however_late_the_step()
    {
        var bench = new PanelBench([Alarm(on: 0, off: 1, point: 0) with { Latch = true }], InputMeaning.Reset);
        bench.Read(7);
        bench.Contact(0, false);
        bench.Read(1);
        var step = bench.Station.Step(At(10), [Sample(3, 1, default, bench.Site.Inputs[0].Point)]); // its off-delay was over at 1 s
        Assert.Equal([0], step.Panel.Single().Alarms);
    }

    [Fact]
    public void An_acknowledged_alarm_calls_again_before_what_comes_later_however_late_the_step()
    {
        var bench = new PanelBench([High(0, AlarmPriority.High) with { ReAlarm = Second * 2 }, High(1, AlarmPriority.High)], InputMeaning.Acknowledge);
        bench.Read(7);
        bench.Contact(0, false);
        var told = bench.Station.Step(At(10), [Sample(3, 1, point: bench.Site.Inputs[0].Point), Sample(7, 7, point: 1)]).Alarms;
        Assert.Equal(
            [(0, AlarmInput.Acknowledge, 3.0), (0, AlarmInput.ReAlarm, 5), (1, AlarmInput.Raise, 7)], told.Take(3).Select(t => (t.Alarm, t.Input, t.At.TotalSeconds)));
    }

    [Fact]
    public void A_reset_button_resets_trips_and_no_other_button_and_no_release_does()
    {
        var site = TripBench.Of([TripBench.Trip()]) with { Inputs = [new InputOptions("HS-1", 1, InputMeaning.Reset), new InputOptions("HS-2", 2, InputMeaning.Silence)] };
        var station = new Station(site, TimeSpan.Zero);
        station.Step(At(0), [.. Enumerable.Range(0, 4).Select(p => Sample(0, p == 1 ? 1 : 0, point: p))]); // HS-1 is held from the start
        station.Step(At(10), [Sample(10, 1, point: 2), Sample(10, 0, point: 1)]);
        Assert.Equal(TripState.NotReset, station.Trips[0].Facts.State);
        var told = station.Step(At(11), [Sample(11, 1, point: 1)]).Trips.Single();
        Assert.Equal((TripChange.Reset, "panel HS-1"), (told.Change, told.By));
    }

    [Fact]
    public void A_reset_button_counts_the_settle_time_up_to_its_own_moment()
    {
        var site = TripBench.Of([TripBench.Trip()]) with { Inputs = [new InputOptions("HS-1", 1, InputMeaning.Reset)] };
        var station = new Station(site, TimeSpan.Zero);
        station.Step(At(0), [Sample(0, 0), Sample(0, 0, point: 1)]);
        Assert.Empty(station.Step(At(4.5), [Sample(4, 1, point: 1), Sample(4.5, 0, point: 1)]).Trips); // settled at 5 s
        Assert.Equal(TripChange.Reset, station.Step(At(9), [Sample(8, 1, point: 1)]).Trips.Single().Change);
    }

    [Fact]
    public void What_the_panel_waits_for_is_the_first_of_a_held_button_and_the_end_of_the_maintenance()
    {
        var site = Make([High(0, AlarmPriority.High)], InputMeaning.LampTest) with { Annunciators = [] };
        var station = new Station(site, TimeSpan.Zero);
        Assert.Null(station.Panel.Deadline);
        station.Step(At(0), [], panel: [new MaintenanceOnCommand(Second * 100, "mei", "")]);
        Assert.Equal(Second * 100, station.Panel.Deadline);
        station.Step(At(1), [Sample(0, 0, point: 1), Sample(1, 1, point: 1)]);
        Assert.Equal(Second * 61, station.Panel.Deadline);
        station.Step(At(2), [], panel: [new MaintenanceOnCommand(Second * 10, "mei", "")]);
        Assert.Equal(Second * 12, station.Panel.Deadline);
    }

    [Fact]
    public void A_maintenance_that_is_over_is_told_as_over_before_another_one_begins_or_is_ended()
    {
        var bench = new PanelBench([AlarmPriority.Critical]);
        bench.Ask(new MaintenanceOnCommand(Second * 100, "mei", "new seal"));
        var step = bench.Station.Step(At(105), [], panel: [new MaintenanceOnCommand(Second * 10, "li", "")]);
        Assert.Equal([(PanelAct.MaintenanceOver, "mei"), (PanelAct.Maintenance, "li")], step.Panel.Select(e => (e.Act, e.Maintenance!.By)));
        Assert.Equal(Second * 105, bench.Station.Panel.Maintenance!.Since);
        step = bench.Station.Step(At(120), [], panel: [new MaintenanceOffCommand("li")]);
        Assert.Equal(
            [(PanelAct.MaintenanceOver, PanelOutcome.Done), (PanelAct.MaintenanceEnd, PanelOutcome.Nothing)], step.Panel.Select(e => (e.Act, e.Outcome)));
    }

    [Fact]
    public void The_end_of_a_maintenance_says_whose_it_was_and_a_key_gives_no_reason()
    {
        var bench = new PanelBench([AlarmPriority.Critical], InputMeaning.Maintenance);
        bench.Contact(0, false);
        bench.Contact(0, true);
        Assert.Equal(("panel HS-0", ""), (bench.Station.Panel.Maintenance!.By, bench.Station.Panel.Maintenance.Why));
        bench.Ask(new MaintenanceOnCommand(Second * 100, "mei", "new seal"));
        var off = bench.Ask(new MaintenanceOffCommand("li"));
        Assert.Equal((PanelOutcome.Done, "li", "new seal"), (off.Outcome, off.By, off.Maintenance!.Why));
    }

    [Fact]
    public void A_run_that_has_had_a_maintenance_of_its_own_takes_none_over()
    {
        var kept = new MaintenanceSpan(TimeSpan.Zero, Second * 60, "mei", "");
        var maintenance = new Maintenance(new MaintenanceOptions(TimeSpan.FromHours(1)), 1);
        Assert.True(maintenance.Restore(null, kept));
        Assert.False(maintenance.Restore(null, kept with { By = "li" }));
        Assert.Equal("mei", maintenance.Present!.By);
        Assert.True(maintenance.Restore(0, kept with { By = "panel HS-0" })); // of another owner nothing is known
        Assert.Equal("panel HS-0, mei", maintenance.Present!.By);
    }

    [Theory]
    [InlineData(InputMeaning.Acknowledge, true)]
    [InlineData(InputMeaning.Silence, true)]
    [InlineData(InputMeaning.Reset, true)]
    [InlineData(InputMeaning.LampTest, false)]
    [InlineData(InputMeaning.Maintenance, false)]
    [InlineData(InputMeaning.Door, false)]
    public void Alarms_are_brought_up_to_a_press_that_is_about_them_and_to_nothing_else(InputMeaning means, bool ofAlarms)
    {
        var site = Make([High(0, AlarmPriority.High)], means);
        var panel = new SitePanel(site, new SiteAlarms(site, []), [], []);
        foreach (var closed in (int[])[0, 1, 0])
            panel.Observe(new Reading(1, closed, Quality.Good, At(closed).Wall), Second * closed);
        var told = new List<(ContactAct Act, bool OfAlarms)>();
        while (panel.TryNext(out var change, out var about))
            told.Add((change.Act, about));
        Assert.Equal([(ContactAct.Press, ofAlarms), (ContactAct.Release, false)], told.TakeLast(2));
        Assert.False(panel.TryNext(out _, out var ofNothing) || ofNothing);
    }

    [Fact]
    public void Every_outcome_has_its_word() =>
        Assert.Equal(["done", "nothing", "not-allowed", "too-long", "no-time"], Enum.GetValues<PanelOutcome>().Select(o => o.Text()));

    private static void Observe(SiteInputs inputs, int point, double value, double at) =>
        inputs.Observe(new Reading(point, value, Quality.Good, At(at).Wall), Second * at);
}
