using EdgeNode.Core;
using EdgeNode.Core.Evaluate;
using EdgeNode.Core.Model;
using static EdgeNode.UnitTests.CoreLaws.TestSite;

namespace EdgeNode.UnitTests.Alarms;

/// <summary>What a dead sensor, a restart or a step that comes late must not do to an alarm.</summary>
public class NothingFallsBackTests
{
    private static readonly Quality Lost = Quality.Bad(Reason.Timeout);

    [Fact]
    public void An_off_delay_does_not_run_out_while_nobody_knows_whether_the_condition_is_still_gone()
    {
        var bench = new AlarmBench(AlarmBench.High() with { OffDelay = TimeSpan.FromSeconds(10) });
        bench.Read(7);
        bench.Read(0); // its last word
        Assert.Empty(bench.Read(0, quality: Lost));
        Assert.Empty(bench.Wait(3600));
        Assert.Equal(AlarmState.Unacknowledged, bench.State());
        Assert.Empty(bench.Read(5));
        Assert.Empty(bench.Wait(9.9));
        Assert.Equal(AlarmInput.Clear, Assert.Single(bench.Wait(0.1)).Input);
    }

    [Fact]
    public void An_on_delay_runs_on_all_the_same()
    {
        var bench = new AlarmBench(AlarmBench.High() with { OnDelay = TimeSpan.FromSeconds(10) });
        bench.Read(7);
        bench.Read(0, quality: Lost);
        Assert.Equal(AlarmInput.Raise, Assert.Single(bench.Wait(9)).Input);
    }

    [Fact]
    public void A_stale_point_is_no_fresher_because_a_read_has_failed()
    {
        var station = new Station(Of([Point(stale: 3)], [Alarm(AlarmKind.Stale, on: 0)]), TimeSpan.Zero);
        Assert.True(Assert.Single(station.Step(At(3), []).Alarms).Active);
        Assert.Empty(station.Step(At(4), [Sample(4, 0, Lost)]).Alarms);
        Assert.False(Assert.Single(station.Step(At(5), [Sample(5, 5)]).Alarms).Active);
    }

    [Fact]
    public void A_suppression_whose_alarm_is_not_active_any_more_ends_after_a_restart()
    {
        AlarmOptions[] alarms = [AlarmBench.High(), AlarmBench.High(1) with { SuppressWhen = new AlarmCause(true, 0), OnDelay = TimeSpan.FromSeconds(30) }];
        var site = Of([Point(), Point("PT-102.pressure")], alarms);
        var station = new Station(site, TimeSpan.Zero);
        station.Step(At(1), [Sample(1, 5), Sample(1, 7, point: 1)]);
        station.Restore(0, new AlarmFacts(AlarmState.Normal, false, false, false, null, false), TimeSpan.FromSeconds(1));
        station.Restore(1, new AlarmFacts(AlarmState.SuppressedByDesign, true, false, true, null, false), TimeSpan.FromSeconds(1));
        for (var t = 2; t <= 60; t++)
            station.Step(At(t), [Sample(t, 5), Sample(t, 7, point: 1)]);
        Assert.Equal(AlarmState.Unacknowledged, station.Alarm(1).State);
    }

    [Fact]
    public void A_suppression_by_an_alarm_that_goes_on_lasts_across_a_restart()
    {
        AlarmOptions[] alarms = [AlarmBench.High(), AlarmBench.High(1) with { SuppressWhen = new AlarmCause(true, 0), OnDelay = TimeSpan.FromSeconds(30) }];
        var station = new Station(Of([Point(), Point("PT-102.pressure")], alarms), TimeSpan.Zero);
        station.Step(At(1), [Sample(1, 7), Sample(1, 7, point: 1)]);
        station.Restore(0, new AlarmFacts(AlarmState.Unacknowledged, true, false, false, null, false), TimeSpan.FromSeconds(1));
        station.Restore(1, new AlarmFacts(AlarmState.SuppressedByDesign, true, false, true, null, false), TimeSpan.FromSeconds(1));
        for (var t = 2; t <= 60; t++)
            station.Step(At(t), [Sample(t, 7), Sample(t, 7, point: 1)]);
        Assert.Equal(AlarmState.SuppressedByDesign, station.Alarm(1).State);
        for (var t = 61; t <= 100; t++)
            station.Step(At(t), [Sample(t, 5), Sample(t, 7, point: 1)]);
        Assert.Equal(AlarmState.Unacknowledged, station.Alarm(1).State);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_suppression_ends_and_begins_at_its_own_moments_however_the_samples_are_batched(bool byAlarm)
    {
        AlarmOptions[] alarms =
        [
            AlarmBench.High() with { SuppressWhen = byAlarm ? new AlarmCause(true, 1) : new AlarmCause(false, 1), OnDelay = TimeSpan.FromSeconds(2) },
            AlarmBench.High(1) with { Setpoint = 1, Deadband = 0 },
        ];
        RawSample[] samples = [Sample(1, 1, point: 1), Sample(1.5, 7), Sample(5, 0, point: 1), Sample(9, 1, point: 1)];
        List<string> Run(int batch)
        {
            var station = new Station(Of([Point(stale: 100), Point("XS-101.running", stale: 100)], alarms), TimeSpan.Zero);
            return
            [
                .. samples.Chunk(batch).SelectMany(c => station.Step(At(c[^1].TakenAt.TotalSeconds), c).Alarms.ToArray()).Where(a => a.Alarm == 0)
                    .Select(a => FormattableString.Invariant($"{a.Input} {a.State} {a.At.TotalSeconds}")),
            ];
        }

        Assert.Equal(["Suppress SuppressedByDesign 1", "Raise SuppressedByDesign 3.5", "Unsuppress Unacknowledged 7", "Suppress SuppressedByDesign 9"], Run(1));
        Assert.Equal(Run(1), Run(4));
    }

    [Theory]
    [InlineData(AlarmKind.Deviation)]
    [InlineData(AlarmKind.High)]
    public void After_a_late_restore_an_alarm_within_its_deadband_is_still_up(AlarmKind kind)
    {
        var station = new Station(Of([Point()], [Alarm(kind, kind == AlarmKind.High ? 6.5 : 2, 0.5, on: 0) with { Reference = 4.5 }]), TimeSpan.Zero);
        station.Step(At(1), [Sample(1, 6.3)]);
        station.Restore(0, new AlarmFacts(AlarmState.Unacknowledged, true, false, false, null, false), TimeSpan.FromSeconds(1));
        Assert.Empty(station.Step(At(2), [Sample(2, 6.3)]).Alarms);
        Assert.True(station.Alarm(0).Active);
        Assert.False(Assert.Single(station.Step(At(3), [Sample(3, 5.9)]).Alarms).Active);
    }
}
