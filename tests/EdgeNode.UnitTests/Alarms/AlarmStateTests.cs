using EdgeNode.Core.Evaluate;
using EdgeNode.Core.Model;

namespace EdgeNode.UnitTests.Alarms;

/// <summary>An alarm's way through its states, with delays, shelves and design around the table.</summary>
public class AlarmStateTests
{
    [Fact]
    public void A_latched_alarm_is_left_by_acknowledge_and_reset_once_it_is_clear()
    {
        var bench = new AlarmBench(AlarmBench.High() with { Latch = true });
        bench.Read(7);
        Assert.Equal(AlarmAnswer.Refused, bench.Ask(AlarmInput.Reset));
        Assert.Equal(AlarmAnswer.Done, bench.Ask(AlarmInput.Acknowledge));
        Assert.Equal(AlarmAnswer.Nothing, bench.Ask(AlarmInput.Acknowledge));
        var cleared = Assert.Single(bench.Read(5));
        Assert.Equal((false, AlarmState.LatchedAcknowledged, AlarmInput.ClearLatching), (cleared.Active, cleared.State, cleared.Input));
        Assert.Equal(AlarmAnswer.Done, bench.Ask(AlarmInput.Reset));
        Assert.Equal(AlarmState.Normal, bench.State());
    }

    [Fact]
    public void An_acknowledged_alarm_that_stays_is_announced_anew_after_its_re_alarm_time()
    {
        var bench = new AlarmBench(AlarmBench.High() with { ReAlarm = TimeSpan.FromMinutes(10) });
        bench.Read(7);
        bench.Ask(AlarmInput.Acknowledge);
        Assert.Empty(bench.Wait(599.9));
        var again = Assert.Single(bench.Wait(1));
        Assert.Equal((true, AlarmState.Unacknowledged, AlarmInput.ReAlarm), (again.Active, again.State, again.Input));
        Assert.Empty(bench.Wait(10_000));
    }

    [Theory]
    [InlineData(60.0, 60)]
    [InlineData(7200.0, 3600)]
    [InlineData(null, 3600)]
    public void A_shelf_lasts_as_long_as_was_asked_and_at_most_as_long_as_the_site_allows(double? asked, double lasts)
    {
        var bench = new AlarmBench(AlarmBench.High() with { ShelveAtMost = TimeSpan.FromHours(1) });
        bench.Read(7);
        Assert.Equal(AlarmAnswer.Done, bench.Ask(AlarmInput.Shelve, seconds: asked));
        Assert.Empty(bench.Wait(lasts - 0.1));
        Assert.Equal(AlarmState.Shelved, bench.State());
        var back = Assert.Single(bench.Wait(0.1));
        Assert.Equal((AlarmState.Unacknowledged, AlarmInput.Unshelve, null), (back.State, back.Input, back.By));
    }

    [Fact]
    public void A_one_shot_shelf_ends_when_the_alarm_clears_and_the_next_one_is_shown()
    {
        var bench = new AlarmBench(AlarmBench.High());
        bench.Read(7);
        bench.Ask(AlarmInput.Shelve, seconds: 3600, oneShot: true);
        Assert.Equal([AlarmInput.Clear, AlarmInput.Unshelve], bench.Read(5).Select(t => t.Input));
        Assert.Equal(AlarmState.Normal, bench.State());
        Assert.Equal(AlarmState.Unacknowledged, Assert.Single(bench.Read(7)).State);
    }

    [Fact]
    public void A_one_shot_shelf_ends_with_its_time_even_if_the_alarm_never_clears()
    {
        var bench = new AlarmBench(AlarmBench.High());
        bench.Read(7);
        bench.Ask(AlarmInput.Shelve, seconds: 60, oneShot: true);
        Assert.Equal(AlarmInput.Unshelve, Assert.Single(bench.Wait(60)).Input);
    }

    [Fact]
    public void A_condition_that_comes_and_goes_on_the_shelf_is_told_and_leaves_nothing_to_acknowledge()
    {
        var bench = new AlarmBench(AlarmBench.High() with { Latch = true });
        bench.Ask(AlarmInput.Shelve);
        Assert.Equal((true, AlarmState.Shelved), bench.Read(7).Select(t => (t.Active, t.State)).Single());
        Assert.Equal((false, AlarmState.Shelved), bench.Read(5).Select(t => (t.Active, t.State)).Single());
        bench.Ask(AlarmInput.Unshelve);
        Assert.Equal(AlarmState.Normal, bench.State());
    }

    [Fact]
    public void A_latch_outlives_the_shelf()
    {
        var bench = new AlarmBench(AlarmBench.High() with { Latch = true });
        bench.Read(7);
        bench.Ask(AlarmInput.Shelve);
        bench.Read(5);
        bench.Ask(AlarmInput.Unshelve);
        Assert.Equal(AlarmState.LatchedUnacknowledged, bench.State());
    }

    [Fact]
    public void Out_of_service_lasts_until_a_person_returns_it_and_ends_the_shelf()
    {
        var bench = new AlarmBench(AlarmBench.High());
        bench.Ask(AlarmInput.Shelve, seconds: 60);
        bench.Ask(AlarmInput.RemoveFromService);
        bench.Read(7);
        Assert.Empty(bench.Wait(1e6));
        Assert.Equal(AlarmState.OutOfService, bench.State());
        Assert.Equal(AlarmAnswer.Refused, bench.Ask(AlarmInput.Shelve));
        bench.Ask(AlarmInput.ReturnToService);
        Assert.Equal(AlarmState.Unacknowledged, bench.State());
    }

    [Fact]
    public void Suppressed_by_a_switch_at_once_and_back_after_the_on_delay()
    {
        var bench = new AlarmBench(AlarmBench.High() with { OnDelay = TimeSpan.FromSeconds(15), SuppressWhen = new AlarmCause(false, 1) });
        bench.Read(7);
        bench.Wait(15);
        Assert.Equal(AlarmState.SuppressedByDesign, Assert.Single(bench.Read(1, point: 1)).State);
        bench.Read(0, point: 1);
        Assert.Empty(bench.Wait(14.9));
        Assert.Equal((AlarmState.Unacknowledged, AlarmInput.Unsuppress), bench.Wait(0.1).Select(t => (t.State, t.Input)).Single());
    }

    [Fact]
    public void A_suppression_that_comes_again_within_the_on_delay_goes_on()
    {
        var bench = new AlarmBench(AlarmBench.High() with { OnDelay = TimeSpan.FromSeconds(15), SuppressWhen = new AlarmCause(false, 1) });
        bench.Read(1, point: 1);
        bench.Read(0, point: 1);
        Assert.Empty(bench.Read(1, after: 10, point: 1));
        Assert.Empty(bench.Wait(1e6));
        Assert.Equal(AlarmState.SuppressedByDesign, bench.State());
    }

    [Fact]
    public void A_switch_that_cannot_be_read_suppresses_nothing()
    {
        var bench = new AlarmBench(AlarmBench.High() with { SuppressWhen = new AlarmCause(false, 1) });
        bench.Read(1, point: 1);
        Assert.Equal(AlarmState.SuppressedByDesign, bench.State());
        bench.Read(0, point: 1, quality: Quality.Bad(Reason.LinkDown));
        Assert.Equal(AlarmState.Normal, bench.State());
    }

    [Fact]
    public void The_high_alarm_is_suppressed_while_the_high_high_one_is_active()
    {
        var highHigh = AlarmBench.High() with { Id = "A-HH", Kind = AlarmKind.HighHigh, Setpoint = 8, Priority = AlarmPriority.Critical };
        var bench = new AlarmBench(AlarmBench.High() with { SuppressWhen = new AlarmCause(true, 1) }, highHigh);
        bench.Read(7);
        Assert.Equal([(1, AlarmInput.Raise), (0, AlarmInput.Suppress)], bench.Read(9).Select(t => (t.Alarm, t.Input)));
        bench.Read(7);
        Assert.Equal(AlarmState.Unacknowledged, bench.State());
    }

    [Fact]
    public void A_critical_alarm_is_suppressed_by_nothing()
    {
        var bench = new AlarmBench(AlarmBench.High(priority: AlarmPriority.Critical) with { SuppressWhen = new AlarmCause(false, 1) });
        bench.Read(1, point: 1);
        bench.Read(7);
        Assert.Equal(AlarmState.Unacknowledged, bench.State());
        Assert.True(bench.Alarms.IsAnnounced(0));
    }

    [Fact]
    public void Nobody_can_ask_for_what_comes_from_conditions_and_time()
    {
        var bench = new AlarmBench(AlarmBench.High());
        bench.Read(7);
        foreach (var input in new[] { AlarmInput.Raise, AlarmInput.Clear, AlarmInput.ClearLatching, AlarmInput.ReAlarm, AlarmInput.Suppress, AlarmInput.Unsuppress })
        {
            Assert.Equal(AlarmAnswer.Refused, bench.Ask(input));
        }

        Assert.Equal(AlarmState.Unacknowledged, bench.State());
    }
}
