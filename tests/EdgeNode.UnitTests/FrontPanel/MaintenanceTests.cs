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
    public void A_key_that_is_turned_back_leaves_alone_what_somebody_else_began()
    {
        var bench = new PanelBench([AlarmPriority.Critical], InputMeaning.Maintenance);
        bench.Contact(0, true);
        bench.Ask(new MaintenanceOnCommand(null, "mei", ""));
        bench.Contact(0, false);
        Assert.Equal("mei", bench.Station.Panel.Maintenance!.By);
    }

    [Fact]
    public void It_goes_on_after_a_restart_unless_its_time_is_over_or_its_key_was_turned_back()
    {
        var kept = new MaintenanceSpan(TimeSpan.Zero, TimeSpan.FromSeconds(60), "panel HS-0", "");
        var bench = new PanelBench([AlarmPriority.Critical], InputMeaning.Maintenance);
        bench.Contact(0, true, after: 20);
        bench.Station.Panel.Restore(kept, At(20));
        Assert.Equal(Marked, bench.Read(1, after: 1).Recorded.Single().Quality);
        Assert.Equal(PanelAct.MaintenanceEnd, bench.Contact(0, false).Panel.Single().Act);

        bench = new PanelBench([AlarmPriority.Critical], InputMeaning.Maintenance);
        bench.Contact(0, false, after: 20); // turned back while the gateway was down
        bench.Station.Panel.Restore(kept, At(20));
        Assert.Equal(PanelAct.MaintenanceEnd, bench.Wait(1).Panel.Single().Act);

        bench = new PanelBench([AlarmPriority.Critical], InputMeaning.Maintenance);
        bench.Wait(61);
        bench.Station.Panel.Restore(kept, At(61));
        Assert.Equal(PanelAct.MaintenanceOver, bench.Wait(1).Panel.Single().Act);
        Assert.Equal(Quality.Good, bench.Read(1).Recorded.Single().Quality);

        bench = new PanelBench([AlarmPriority.Critical], InputMeaning.Maintenance);
        bench.Ask(new MaintenanceOnCommand(null, "mei", ""));
        bench.Ask(new MaintenanceOffCommand("mei"));
        bench.Station.Panel.Restore(kept, At(0));
        Assert.Null(bench.Station.Panel.Maintenance); // this run knows better
    }
}
