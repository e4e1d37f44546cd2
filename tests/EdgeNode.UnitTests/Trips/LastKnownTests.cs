using EdgeNode.Core.Act;
using EdgeNode.Core.Evaluate;
using EdgeNode.Core.Model;
using static EdgeNode.UnitTests.Trips.TripBench;

namespace EdgeNode.UnitTests.Trips;

/// <summary>An alarm that is active by what was known last, where its being active speaks against a cause or permits a reset.</summary>
public class LastKnownTests
{
    [Theory]
    [InlineData(OnBadKind.TripAfter)]
    [InlineData(OnBadKind.Hold)]
    public void An_active_alarm_that_speaks_against_the_cause_does_so_no_longer_once_its_sensor_is_dead(OnBadKind onBad)
    {
        var bench = new TripBench(Trip(new CauseNot(new CauseOf(High)), onBad)); // there must be pressure
        bench.Set(Pressure, 7);
        bench.Wait(6);
        Assert.Equal(TripOutcome.Done, bench.Ask(TripAsk.Reset).Outcome);
        bench.Set(Pressure, null);
        Assert.True(bench.Station.Alarm(0).Active);
        Assert.Equal((null, TripState.Ready), (bench.Station.Trips[0].Cause, bench.State()));
        Assert.Contains(bench.Site.Trips[0].Points.Blind, bench.Wait(60).Readings.Where(r => r.IsOn == true).Select(r => r.Point));
        Assert.Equal(onBad == OnBadKind.TripAfter, bench.Safe());
        bench.Set(Pressure, 7);
        bench.Wait(5);
        Assert.False(bench.Station.Trips[0].Cause);
        Assert.Equal(onBad == OnBadKind.TripAfter ? TripOutcome.Done : TripOutcome.Nothing, bench.Ask(TripAsk.Reset).Outcome);
    }

    [Fact]
    public void An_alarm_that_is_active_since_the_run_before_lets_nothing_resume_before_this_run_has_read_it()
    {
        var bench = new TripBench(Trip(new CauseNot(new CauseOf(High))));
        bench.Ask(TripAsk.Keep);
        bench.Station.Restore(0, new AlarmFacts(AlarmState.Acknowledged, true, false, false, null, false), TimeSpan.Zero);
        bench.Wait(60);
        Assert.Equal((null, TripState.Resuming, true), (bench.Station.Trips[0].Cause, bench.State(), bench.Safe()));
        bench.Set(Pressure, 7);
        bench.Wait(5);
        Assert.Equal((false, TripState.Ready, false), (bench.Station.Trips[0].Cause, bench.State(), bench.Safe()));
    }

    [Fact]
    public void A_permissive_that_was_true_and_that_nobody_can_say_any_more_permits_nothing()
    {
        var bench = new TripBench(Trip() with { Permissive = new CauseOf(High), ManualReset = false });
        bench.Set(0, 0);
        bench.Set(Pressure, 7);
        bench.Wait(5);
        Assert.Equal(TripOutcome.Done, bench.Ask(TripAsk.Reset).Outcome);
        bench.Set(0, 1);
        bench.Set(Pressure, null);
        bench.Set(0, 0);
        bench.Wait(60);
        Assert.Equal((true, TripOutcome.NotPermitted), (bench.Station.Alarm(0).Active, bench.Ask(TripAsk.Reset).Outcome));
        Assert.True(bench.Safe());
        bench.Set(Pressure, 7);
        Assert.Equal((TripState.Ready, false), (bench.State(), bench.Safe()));
    }
}
