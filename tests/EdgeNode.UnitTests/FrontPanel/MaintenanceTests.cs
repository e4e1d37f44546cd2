using EdgeNode.Core.Act.FrontPanel;
using EdgeNode.Core.Model;
using static EdgeNode.UnitTests.CoreLaws.TestSite;

namespace EdgeNode.UnitTests.FrontPanel;

/// <summary>Maintenance marks what is measured, protects as ever, and always ends.</summary>
public class MaintenanceTests
{
    private static readonly Quality Marked = Quality.Uncertain(Reason.Maintenance);

    [Fact]
    public void While_it_lasts_each_reading_is_a_function_check_and_alarms_come_as_ever()
    {
        var bench = new PanelBench([AlarmPriority.Critical]);
        Assert.Equal(Quality.Good, bench.Read(1).Recorded.Single().Quality);
        bench.Ask(new MaintenanceOnCommand(TimeSpan.FromSeconds(100), "mei", "new seal"));
        var result = bench.Read(7, after: 1);
        Assert.Equal(Marked, result.Recorded.Single().Quality);
        Assert.Equal(Marked, result.Readings.Single().Quality);
        Assert.Equal(Ne107.FunctionCheck, Marked.Status());
        Assert.Equal((AlarmState.Unacknowledged, Quality.Good), (result.Alarms.Single().State, result.Alarms.Single().Quality));
        Assert.Equal([Quality.Good, Marked], result.Alarms.Single().Before!.Points.Single().Readings.Select(r => r.Quality));
        Assert.True(bench.Is(PanelBench.Siren));
        bench.Ask(new MaintenanceOffCommand("mei"));
        Assert.Equal(Quality.Good, bench.Read(1, after: 1).Recorded.Single().Quality);
    }

    [Theory]
    [InlineData("good", "uncertain:maintenance")]
    [InlineData("uncertain:over-range", "uncertain:maintenance")]
    [InlineData("uncertain:sensor-failure", "uncertain:maintenance")]
    [InlineData("uncertain:calibration-expired", "uncertain:maintenance")]
    [InlineData("bad:timeout", "bad:timeout")]
    [InlineData("bad:not-yet-read", "bad:not-yet-read")]
    public void The_mark_hides_what_NE_107_lets_a_function_check_hide(string before, string after)
    {
        Assert.True(Quality.TryParse(before, out var quality));
        Assert.Equal(after, Maintenance.Mark(quality).ToString());
    }

    [Fact]
    public void It_ends_by_itself_and_what_was_taken_before_its_end_is_marked_however_late_the_step()
    {
        var bench = new PanelBench([AlarmPriority.Critical]);
        var begun = bench.Ask(new MaintenanceOnCommand(TimeSpan.FromSeconds(100), "mei", ""));
        Assert.Equal(At(100).Wall, begun.Until);
        Assert.Equal(TimeSpan.FromSeconds(100), bench.Station.Deadline());
        var result = bench.Station.Step(At(105), [Sample(99, 1), Sample(101, 1)]);
        Assert.Equal([Marked, Quality.Good], result.Recorded.Select(r => r.Quality));
        var over = Assert.Single(result.Panel);
        Assert.Equal((PanelAct.MaintenanceOver, At(100).Wall, ""), (over.Act, over.Time, over.By));
        Assert.Null(bench.Station.Panel.Maintenance);
    }

    [Fact]
    public void It_is_never_longer_than_the_site_file_allows()
    {
        var bench = new PanelBench([AlarmPriority.Critical]);
        Assert.Equal(PanelOutcome.TooLong, bench.Ask(new MaintenanceOnCommand(TimeSpan.FromHours(2.01), "mei", "")).Outcome);
        Assert.Equal(PanelOutcome.NoTime, bench.Ask(new MaintenanceOnCommand(TimeSpan.Zero, "mei", "")).Outcome);
        Assert.Null(bench.Station.Panel.Maintenance);
        Assert.Equal(PanelOutcome.Nothing, bench.Ask(new MaintenanceOffCommand("mei")).Outcome);
        Assert.Equal(At(7200).Wall, bench.Ask(new MaintenanceOnCommand(null, "mei", "")).Until);
        bench.Wait(7000);
        var moved = bench.Ask(new MaintenanceOnCommand(null, "li", "")); // a person asked again
        Assert.Equal((At(14200).Wall, TimeSpan.Zero), (moved.Until, moved.Maintenance!.Since));
    }

    [Fact]
    public void A_key_begins_and_ends_it_and_one_that_stays_turned_does_not_renew_it()
    {
        var bench = new PanelBench([AlarmPriority.Critical], InputMeaning.Maintenance);
        bench.Contact(0, false);
        Assert.Equal("panel HS-0", bench.Contact(0, true).Panel.Single().By);
        bench.Contact(0, true, quality: Quality.Bad(Reason.LinkDown)); // does nothing
        Assert.NotNull(bench.Station.Panel.Maintenance);
        Assert.Equal(PanelAct.MaintenanceEnd, bench.Contact(0, false, after: 10).Panel.Single().Act);

        bench.Contact(0, true);
        Assert.Equal(PanelAct.MaintenanceOver, bench.Wait(7200).Panel.Single().Act);
        Assert.Empty(bench.Contact(0, true, after: 1).Panel);
        Assert.Null(bench.Station.Panel.Maintenance);
        Assert.Empty(bench.Contact(0, false).Panel); // it has ended already
    }

    [Fact]
    public void The_end_of_one_key_ends_nothing_of_another_key_or_of_the_command()
    {
        var bench = new PanelBench([AlarmPriority.Critical], InputMeaning.Maintenance, InputMeaning.Maintenance);
        bench.Contact(0, false);
        bench.Contact(1, false);
        bench.Contact(0, true);
        bench.Contact(1, true, after: 1);
        bench.Ask(new MaintenanceOnCommand(TimeSpan.FromSeconds(100), "mei", "new seal"));
        Assert.Equal(("panel HS-0, panel HS-1, mei", "new seal"), (bench.Station.Panel.Maintenance!.By, bench.Station.Panel.Maintenance.Why));
        Assert.Equal((TimeSpan.Zero, TimeSpan.FromSeconds(7201)), (bench.Station.Panel.Maintenance.Since, bench.Station.Panel.Maintenance.Until));

        Assert.Equal((PanelAct.MaintenanceEnd, "panel HS-1"), bench.Contact(1, false, after: 1).Panel.Select(e => (e.Act, e.Maintenance!.By)).Single());
        Assert.Equal("panel HS-0, mei", bench.Station.Panel.Maintenance!.By);
        Assert.Equal(Marked, bench.Read(1, after: 1).Recorded.Single().Quality);
        var off = bench.Ask(new MaintenanceOffCommand("li"));
        Assert.Equal((PanelOutcome.Done, "mei"), (off.Outcome, off.Maintenance!.By));
        Assert.Equal(PanelOutcome.Nothing, bench.Ask(new MaintenanceOffCommand("li")).Outcome); // the key is not the command's to end
        Assert.Equal(Marked, bench.Read(1, after: 1).Recorded.Single().Quality);
        bench.Contact(0, false, after: 1);
        Assert.Null(bench.Station.Panel.Maintenance);
        Assert.Equal(Quality.Good, bench.Read(1, after: 1).Recorded.Single().Quality);
    }

    [Fact]
    public void Each_has_its_own_end_and_each_end_is_told_in_its_turn()
    {
        var bench = new PanelBench([AlarmPriority.Critical], InputMeaning.Maintenance);
        bench.Contact(0, false);
        bench.Contact(0, true);
        bench.Ask(new MaintenanceOnCommand(TimeSpan.FromSeconds(100), "mei", ""));
        Assert.Equal(TimeSpan.FromSeconds(100), bench.Station.Panel.Deadline);
        Assert.Equal([(PanelAct.MaintenanceOver, "mei")], bench.Wait(100).Panel.Select(e => (e.Act, e.Maintenance!.By)));
        Assert.Equal(TimeSpan.FromSeconds(7200), bench.Station.Panel.Deadline);
        bench.Ask(new MaintenanceOnCommand(TimeSpan.FromSeconds(7000), "li", ""));
        Assert.Equal([(At(7100).Wall, "li"), (At(7200).Wall, "panel HS-0")], bench.Wait(7200).Panel.Select(e => (e.Time, e.Maintenance!.By)));
        Assert.Null(bench.Station.Panel.Maintenance);
        Assert.Null(bench.Station.Panel.Deadline);
    }

    [Fact]
    public void A_key_that_is_on_at_its_first_good_reading_begins_it_then()
    {
        var bench = new PanelBench([AlarmPriority.Critical], InputMeaning.Maintenance);
        Assert.Empty(bench.Contact(0, true, quality: Quality.Bad(Reason.LinkDown)).Panel);
        var told = Assert.Single(bench.Contact(0, true, after: 5).Panel);
        Assert.Equal((PanelAct.Maintenance, "panel HS-0", At(7205).Wall), (told.Act, told.By, told.Until));
        Assert.Equal(TimeSpan.FromSeconds(5), told.Maintenance!.Since);
        Assert.Empty(bench.Contact(0, true, after: 1).Panel); // once
        Assert.Equal(PanelAct.MaintenanceEnd, Assert.Single(bench.Contact(0, false).Panel).Act);
    }

    [Fact]
    public void A_key_that_the_run_before_saw_turned_gets_no_new_time_by_a_restart()
    {
        var kept = new MaintenanceSpan(TimeSpan.Zero, TimeSpan.FromSeconds(60), "panel HS-0", "");
        var bench = Bench();
        bench.Station.Panel.Restore(0, kept, wasTurned: true, At(20));
        Assert.Empty(bench.Contact(0, true).Panel);
        Assert.Equal(kept, bench.Station.Panel.Maintenance);

        bench = Bench(); // its time was over
        bench.Station.Panel.Restore(0, null, wasTurned: true, At(20));
        Assert.Empty(bench.Contact(0, true).Panel);
        Assert.Null(bench.Station.Panel.Maintenance);
        bench.Contact(0, false, after: 1);
        Assert.Equal(PanelAct.Maintenance, Assert.Single(bench.Contact(0, true).Panel).Act); // turned anew

        bench = Bench(); // what was kept is known late
        bench.Contact(0, true);
        bench.Station.Panel.Restore(0, kept, wasTurned: true, At(20));
        Assert.Equal(kept, bench.Station.Panel.Maintenance);

        bench = Bench();
        bench.Contact(0, true);
        bench.Station.Panel.Restore(0, null, wasTurned: true, At(20));
        Assert.Equal(PanelAct.MaintenanceOver, Assert.Single(bench.Wait(1).Panel).Act);
        Assert.Null(bench.Station.Panel.Maintenance);

        bench = Bench(); // turned while the gateway was down
        bench.Contact(0, true);
        bench.Station.Panel.Restore(0, null, wasTurned: false, At(20));
        Assert.Equal(TimeSpan.FromSeconds(7220), bench.Station.Panel.Maintenance!.Until);

        bench = Bench(); // turned back and turned again in this run: what the run before knew is old
        bench.Contact(0, true);
        bench.Contact(0, false);
        bench.Contact(0, true, after: 1);
        bench.Station.Panel.Restore(0, kept, wasTurned: true, At(21));
        Assert.Equal(TimeSpan.FromSeconds(7221), bench.Station.Panel.Maintenance!.Until);

        PanelBench Bench()
        {
            var made = new PanelBench([AlarmPriority.Critical], InputMeaning.Maintenance);
            made.Wait(20);
            return made;
        }
    }

    [Fact]
    public void It_goes_on_after_a_restart_unless_its_time_is_over_or_its_key_was_turned_back()
    {
        var kept = new MaintenanceSpan(TimeSpan.Zero, TimeSpan.FromSeconds(60), "panel HS-0", "");
        var bench = new PanelBench([AlarmPriority.Critical], InputMeaning.Maintenance);
        bench.Wait(20);
        bench.Station.Panel.Restore(0, kept, true, At(20));
        Assert.Equal(Marked, bench.Read(1, after: 1).Recorded.Single().Quality);
        bench.Contact(0, true);
        Assert.Equal(PanelAct.MaintenanceEnd, bench.Contact(0, false).Panel.Single().Act);

        bench = new PanelBench([AlarmPriority.Critical], InputMeaning.Maintenance);
        bench.Contact(0, false, after: 20); // turned back while the gateway was down
        bench.Station.Panel.Restore(0, kept, true, At(20));
        Assert.Equal(PanelAct.MaintenanceEnd, bench.Wait(1).Panel.Single().Act);

        bench = new PanelBench([AlarmPriority.Critical], InputMeaning.Maintenance);
        bench.Wait(61);
        bench.Station.Panel.Restore(0, kept, true, At(61));
        Assert.Equal(PanelAct.MaintenanceOver, bench.Wait(1).Panel.Single().Act);
        Assert.Equal(Quality.Good, bench.Read(1).Recorded.Single().Quality);

        bench = new PanelBench([AlarmPriority.Critical], InputMeaning.Maintenance);
        bench.Ask(new MaintenanceOnCommand(null, "mei", ""));
        bench.Ask(new MaintenanceOffCommand("mei"));
        bench.Station.Panel.Restore(kept with { By = "mei" });
        Assert.Null(bench.Station.Panel.Maintenance); // this run knows better
    }
}
