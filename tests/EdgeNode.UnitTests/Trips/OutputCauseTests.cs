using EdgeNode.Core;
using EdgeNode.Core.Act;
using EdgeNode.Core.Model;
using EdgeNode.UnitTests.Outputs;
using static EdgeNode.UnitTests.CoreLaws.TestSite;

namespace EdgeNode.UnitTests.Trips;

/// <summary>What an output says of itself may be the cause of a trip, as when a second valve closes because the first one failed.</summary>
public class OutputCauseTests
{
    [Fact]
    public void A_fault_of_an_output_trips_in_the_step_that_finds_it()
    {
        var second = OutputSite.Valve with { Id = "XV-102", Points = new OutputPoints(-1, -1) };
        var site = OutputSite.Of(OutputSite.Valve, second) with { Trips = [TripBench.Trip(new CauseOf(new AlarmCause(false, OutputSite.FaultPoint)), effect: 1)] };
        var station = new Station(site, TimeSpan.Zero);
        for (var contact = OutputSite.Closed; contact <= OutputSite.Auto; contact++)
        {
            station.Step(At(0), [Sample(0, 0, point: contact)]);
        }

        for (var at = 1; at < 10; at++)
        {
            station.Step(At(at), [], reports: [new OutputReport(0, true, true, true, "", TimeSpan.FromSeconds(at))]);
        }

        Assert.Equal(TripOutcome.Done, station.Step(At(10), [], trips: [new TripCommand(0, TripAsk.Reset, "mei")]).TripAnswers.Single().Outcome);
        Assert.False(station.Trips.SafeWanted(1));

        // No sample comes any more: nothing else would have woken it.
        var told = false;
        for (var at = 11; at < 60 && !told; at++)
        {
            OutputReport[] reports = [new OutputReport(0, true, false, null, "line 22: Device or resource busy", TimeSpan.FromSeconds(at))];
            var result = station.Step(At(at), [], reports: reports);
            told = result.Readings.Any(r => r is { Point: OutputSite.FaultPoint, Value: 1 });
            Assert.Equal(told, result.Trips.Any(t => t.Change == TripChange.Tripped));
            Assert.Null(station.Trips.DueBy(TimeSpan.FromSeconds(at), before: false));
        }

        Assert.True(told);
        Assert.True(station.Trips.SafeWanted(1));
    }
}
