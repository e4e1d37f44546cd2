using EdgeNode.Core;
using EdgeNode.Core.Act;
using EdgeNode.Core.Model;
using EdgeNode.UnitTests.Outputs;
using static EdgeNode.UnitTests.CoreLaws.TestSite;

namespace EdgeNode.UnitTests.Trips;

/// <summary>What an output says of itself as the cause of a trip of another output. A site file cannot ask for it; the step has no order of its own for it even so.</summary>
public class OutputCauseTests
{
    [Fact]
    public void A_fault_of_an_output_trips_in_the_step_that_finds_it_with_no_sample_beside()
    {
        var second = OutputSite.Valve with { Id = "XV-102", Points = new OutputPoints(-1, -1) };
        var site = OutputSite.Of(OutputSite.Valve, second) with { Trips = [TripBench.Trip(new CauseOf(new AlarmCause(false, OutputSite.FaultPoint)), effect: 1)] };
        var station = new Station(site, TimeSpan.Zero);
        station.Outputs.Restore(0, new OutputKept(false, "", true));
        station.Outputs.Restore(1, null);
        var energised = new bool[2];
        for (var at = 0; at < 10; at++)
        {
            Step(at);
        }

        Assert.Equal(TripOutcome.Done, Step(10, trips: [new TripCommand(0, TripAsk.Reset, "mei")]).TripAnswers.Single().Outcome);
        Step(11);
        Assert.Equal([true, true], energised);
        Assert.False(station.Trips.SafeWanted(1));

        var result = Step(12, fault: true);
        Assert.Contains(result.Readings, r => r is { Point: OutputSite.FaultPoint, Value: 1 });
        Assert.Equal(TripChange.Tripped, Assert.Single(result.Trips).Change);
        Assert.Equal(new OutputCommand(1, false, true), Assert.Single(result.Outputs));

        StepResult Step(int at, bool fault = false, TripCommand[]? trips = null)
        {
            var heard = energised.Select((e, o) => fault && o == 0
                ? new OutputReport(o, e, false, null, "line 22: Device or resource busy", TimeSpan.FromSeconds(at))
                : new OutputReport(o, e, true, e, "", TimeSpan.FromSeconds(at)));
            var result = station.Step(At(at), [], reports: [.. heard], trips: trips);
            foreach (var command in result.Outputs)
            {
                energised[command.Output] = command.Energised;
            }

            return result;
        }
    }
}
