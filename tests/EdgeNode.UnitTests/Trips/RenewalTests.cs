using EdgeNode.Core;
using EdgeNode.Core.Act;
using EdgeNode.Core.Evaluate;
using EdgeNode.Core.Model;
using EdgeNode.Core.Validate;
using EdgeNode.Core.Vote;
using EdgeNode.UnitTests.Alarms;
using EdgeNode.UnitTests.Voting;
using static EdgeNode.UnitTests.CoreLaws.TestSite;

namespace EdgeNode.UnitTests.Trips;

/// <summary>
/// What is granted for a limited time may be granted again before it is over. That is an act of its own: it reaches no further than one that is granted now, and the alarm that stands for it calls again.
/// </summary>
public class RenewalTests
{
    private const int Inhibited = 5;

    [Theory]
    [InlineData(TripAsk.Inhibit, 3600)]
    [InlineData(TripAsk.Test, 600)]
    public void An_inhibit_or_a_test_that_is_renewed_calls_again_and_ends_by_the_limit_from_then_on(TripAsk ask, double most)
    {
        var alarm = Alarm(AlarmKind.Active, on: 0, point: Inhibited) with { Id = "close-inlet.inhibited", Priority = AlarmPriority.High };
        var station = new Station(TripBench.Of([TripBench.Trip()], [alarm]), TimeSpan.Zero);
        station.Step(At(0), [.. Enumerable.Range(0, 4).Select(p => Sample(0, 0, point: p))]);
        station.Step(At(10), [], trips: [new TripCommand(0, TripAsk.Reset, "mei")]);
        Assert.Equal([AlarmInput.Raise], Ask(20, most).Select(a => a.Input));
        station.Step(At(30), [], commands: [new AlarmCommand(1, AlarmInput.Acknowledge, "mei")]);
        Assert.Equal(AlarmState.Acknowledged, station.Alarm(1).State);

        Assert.Empty(Ask(40, most + 1)); // too long, whatever is left of the first
        Assert.Equal(AlarmState.Acknowledged, station.Alarm(1).State);
        Assert.Equal((AlarmInput.ReAlarm, At(50).Wall, null), Ask(50, most).Select(a => (a.Input, a.Time, a.By)).Single());
        Assert.Equal(AlarmState.Unacknowledged, station.Alarm(1).State);
        Assert.Empty(Ask(51, most)); // nobody knows of it yet
        Assert.Equal(TimeSpan.FromSeconds(51 + most), ask == TripAsk.Inhibit ? station.Trips[0].Facts.InhibitedUntil : station.Trips[0].Facts.TestUntil);
        station.Step(At(51 + most), []);
        Assert.Equal((null, null), (station.Trips[0].Facts.InhibitedUntil, station.Trips[0].Facts.TestUntil));
        Assert.False(station.Alarm(1).Active);

        List<AlarmTransition> Ask(double at, double seconds) =>
            [.. station.Step(At(at), [], trips: [new TripCommand(0, ask, "mei") { Time = TimeSpan.FromSeconds(seconds), Why = "again" }]).Alarms];
    }

    [Fact]
    public void An_end_calls_nobody()
    {
        var alarm = Alarm(AlarmKind.Active, on: 0, point: Inhibited);
        var station = new Station(TripBench.Of([TripBench.Trip()], [alarm]), TimeSpan.Zero);
        station.Step(At(1), [], trips: [new TripCommand(0, TripAsk.Inhibit, "mei")]);
        station.Step(At(2), [], commands: [new AlarmCommand(1, AlarmInput.Acknowledge, "mei")]);
        Assert.Equal([AlarmInput.Clear], station.Step(At(3), [], trips: [new TripCommand(0, TripAsk.EndInhibit, "mei")]).Alarms.Select(a => a.Input));
    }

    [Fact]
    public void A_bypass_that_is_renewed_calls_again_and_ends_by_the_limit_from_then_on()
    {
        var station = GroupSite.Make("2oo3");
        station.Scan(1, 5, 5, 5);
        Ask(2, 100);
        Known(station, 10);
        Assert.Equal(BypassOutcome.TooLong, Assert.Single(Ask(20, (8 * 3600) + 21).Bypasses).Outcome);
        Assert.Equal(AlarmState.Acknowledged, station.Alarm(GroupSite.Degraded).State);
        var result = Ask(30, (8 * 3600) + 30);
        Assert.Equal((GroupSite.Degraded, AlarmInput.ReAlarm), Assert.Single(result.Alarms.Select(a => (a.Alarm, a.Input))));
        Assert.Equal(AlarmState.Unacknowledged, station.Alarm(GroupSite.Degraded).State);
        Known(station, 40);
        Assert.DoesNotContain(station.Step(At(50), [], [new BypassCommand(0, 1, null)]).Alarms, a => a.Input == AlarmInput.ReAlarm); // an end is none

        StepResult Ask(double at, double until) => station.Step(At(at), [], [new BypassCommand(0, 1, TimeSpan.FromSeconds(until))]);
    }

    [Fact]
    public void So_does_a_value_by_hand_of_a_member()
    {
        var station = GroupSite.Make("2oo3");
        station.Scan(1, 5, 5, 5);
        Assert.DoesNotContain(Ask(2).Alarms, a => a.Input == AlarmInput.ReAlarm);
        Known(station, 10);
        Assert.Equal(GroupSite.Degraded, Assert.Single(Ask(20).Alarms, a => a.Input == AlarmInput.ReAlarm).Alarm);
        Assert.Equal(TimeSpan.FromSeconds(120), station.Substitutions.End(1));

        StepResult Ask(double at) => station.Step(At(at), GroupSite.Samples(at, 5, 5, 5), substitutes: [new SubstituteCommand(1, 5, TimeSpan.FromSeconds(at + 100))]);
    }

    [Fact]
    public void A_shelf_that_is_renewed_is_told_anew_and_reaches_no_further_than_shelve_at_most_from_then_on()
    {
        var bench = new AlarmBench(AlarmBench.High() with { ShelveAtMost = TimeSpan.FromHours(1) });
        bench.Read(7);
        bench.Ask(AlarmInput.Shelve, seconds: 3600);
        bench.Wait(3000);
        Assert.Equal(AlarmAnswer.Done, bench.Ask(AlarmInput.Shelve, seconds: 1e6));
        Assert.Equal(TimeSpan.FromSeconds(3001 + 3600), bench.Alarms[0].Facts.ShelvedUntil);
        bench.Wait(3600);
        Assert.Equal(AlarmState.Unacknowledged, bench.State());
    }

    /// <summary>Somebody has acknowledged that the group is degraded.</summary>
    private static void Known(Station station, double at)
    {
        station.Step(At(at), GroupSite.Samples(at, 5, 5, 5));
        station.Step(At(at), [], commands: [new AlarmCommand(GroupSite.Degraded, AlarmInput.Acknowledge, "mei")]);
        Assert.Equal(AlarmState.Acknowledged, station.Alarm(GroupSite.Degraded).State);
    }
}
