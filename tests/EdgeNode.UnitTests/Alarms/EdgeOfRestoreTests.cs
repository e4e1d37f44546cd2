using EdgeNode.Core;
using EdgeNode.Core.Evaluate;
using EdgeNode.Core.Model;
using EdgeNode.UnitTests.Voting;
using static EdgeNode.UnitTests.CoreLaws.TestSite;

namespace EdgeNode.UnitTests.Alarms;

/// <summary>A late restore, and what comes again while it is there already: found by changing the code and looking which test noticed.</summary>
public class EdgeOfRestoreTests
{
    private static readonly AlarmFacts Up = new(AlarmState.Acknowledged, true, false, false, null, false);
    private static readonly AlarmFacts Down = new(AlarmState.Normal, false, false, false, null, false);

    [Theory]
    [InlineData(AlarmKind.High, 5)]
    [InlineData(AlarmKind.Active, 0)]
    [InlineData(AlarmKind.Bad, 5)]
    [InlineData(AlarmKind.Deviation, 5)]
    public void What_this_run_has_seen_to_be_gone_clears_after_a_late_restore(AlarmKind kind, double value)
    {
        var station = new Station(Of([Point(stale: 1e6)], [Alarm(kind, 2, 0.1, on: 0) with { Reference = 5, Setpoint = 6.5 }]), TimeSpan.Zero);
        station.Step(At(1), [Sample(1, value)]);
        station.Restore(0, Up, Second);
        Assert.Equal((AlarmInput.Clear, AlarmState.Normal), station.Step(At(2), []).Alarms.Select(t => (t.Input, t.State)).Single());
    }

    [Fact]
    public void What_the_members_of_a_group_deny_clears_after_a_late_restore()
    {
        var station = GroupSite.Make(on: 0);
        station.Scan(1, 5, 5, 5);
        station.Restore(GroupSite.Setpoint, Up, Second);
        Assert.False(station.Step(At(2), []).Alarms.Single(t => t.Alarm == GroupSite.Setpoint).Active);
    }

    [Fact]
    public void What_was_down_does_not_come_up_by_the_deadband_of_a_late_restore()
    {
        var station = new Station(Of([Point(stale: 1e6)], [Alarm(on: 0)]), TimeSpan.Zero);
        station.Step(At(1), [Sample(1, 6.45)]);
        station.Restore(0, Down, Second);
        Assert.Empty(station.Step(At(2), [Sample(2, 6.45)]).Alarms);
    }

    [Fact]
    public void An_alarm_of_a_group_that_was_up_is_up_while_its_on_delay_runs()
    {
        var station = GroupSite.Make(on: 10);
        station.Scan(1, 7, 7, 5);
        station.Restore(GroupSite.Setpoint, Up, Second);
        Assert.True(station.Alarm(GroupSite.Setpoint).Active);
    }

    [Fact]
    public void Who_acknowledges_again_does_not_put_off_the_re_alarm()
    {
        var bench = new AlarmBench(AlarmBench.High() with { ReAlarm = Second * 600 });
        bench.Read(7);
        bench.Ask(AlarmInput.Acknowledge);
        Assert.Empty(bench.Wait(300));
        Assert.Equal(AlarmAnswer.Nothing, bench.Ask(AlarmInput.Acknowledge));
        Assert.Equal(AlarmInput.ReAlarm, Assert.Single(bench.Wait(300)).Input);
    }

    [Fact]
    public void Chatter_goes_on_with_the_fourth_time()
    {
        var bench = new AlarmBench(AlarmBench.High());
        for (var n = 1; n <= 6; n++)
        {
            bench.Read(7);
            Assert.Equal(n >= 3, bench.Alarms.IsChattering(0));
            bench.Read(5);
        }
    }

    [Fact]
    public void The_clear_of_a_latching_alarm_is_of_its_condition_and_ends_what_it_suppressed()
    {
        var bench = new AlarmBench(AlarmBench.High() with { SuppressWhen = new AlarmCause(true, 1) }, AlarmBench.High(1) with { Latch = true });
        bench.Read(7, point: 1);
        Assert.Equal(AlarmState.SuppressedByDesign, bench.State());
        Assert.True(bench.Read(5, point: 1)[0].IsOfCondition);
        Assert.Equal(AlarmState.Normal, bench.State());
    }

    [Fact]
    public void The_rate_begins_with_the_sample_that_is_exactly_one_stretch_old()
    {
        var rate = new RateWindow(Second * 64);
        for (var t = 0; t <= 300; t++)
        {
            var found = rate.Rate((double)t * t, Second * t);
            if (t >= 64)
                Assert.Equal((2.0 * t) - 64, found!.Value, 9);
        }
    }

    [Fact]
    public void Figures_of_a_later_stretch_have_its_own_length_and_two_floods_are_not_one()
    {
        const long Minute = 60_000_000;
        var spells = ((int[])[100, 160]).SelectMany(m => Enumerable.Range(0, 11).Select(n => new Figures.Up($"A-{n}", "low", m * Minute, (m + 1) * Minute)));
        var figures = Figures.Of(spells, 90 * Minute, 190 * Minute);
        Assert.Equal((22, 2.2), (figures.Announced, Math.Round(figures.PerTenMinutes, 9)));
        Assert.Equal(0.2, figures.FloodShare, 9); // ten minutes each
    }
}
