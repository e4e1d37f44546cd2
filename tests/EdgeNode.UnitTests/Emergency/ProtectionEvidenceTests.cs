using EdgeNode.Core;
using EdgeNode.Core.Act;
using EdgeNode.Core.Evaluate;
using EdgeNode.Core.Model;
using EdgeNode.Core.Record;
using EdgeNode.UnitTests.Outputs;
using EdgeNode.UnitTests.Trips;
using static EdgeNode.UnitTests.CoreLaws.TestSite;

namespace EdgeNode.UnitTests.Emergency;

/// <summary>A trip shows what its cause goes by, and an output's fault what its contacts say.</summary>
public class ProtectionEvidenceTests
{
    private const int Tripped = 4;
    private static readonly AlarmOptions Told = new("close-inlet.tripped", Tripped, AlarmKind.Active, 0, 0, TimeSpan.Zero, TimeSpan.Zero, AlarmPriority.Critical, new LocalText("Trip", "", ""));

    [Fact]
    public void A_trip_begins_the_emergency_mode_and_shows_what_its_cause_said()
    {
        var site = TripBench.Of([TripBench.Trip(new CauseAny([TripBench.Contact(0), new CauseOf(TripBench.High)])) with { Settle = TimeSpan.FromSeconds(4) }], [Told]) with
        {
            Devices = [Device("D", 0, 1)],
            Emergency = new EmergencyOptions([1], [TripBench.Pressure], TimeSpan.FromSeconds(2)),
        };
        var station = new Station(site, TimeSpan.Zero);
        station.Step(At(0), [Sample(0, 0), Sample(0, 0, point: 1), Sample(0, 0, point: 2), Sample(0, 5, point: TripBench.Pressure)]);
        station.Step(At(4), []);
        Assert.Equal(TripOutcome.Done, station.Step(At(4), [], trips: [new TripCommand(0, TripAsk.Reset, "mei")]).TripAnswers.Single().Outcome);

        var result = station.Step(At(6), [Sample(6, 1)]);
        var raised = result.Alarms.Single(a => a.Input == AlarmInput.Raise);
        Assert.Equal([Tripped, 0, TripBench.Pressure], raised.Before!.Points.Select(p => p.Point));
        Assert.Equal([1, 1, 5], raised.Before.Points.Select(p => p.Readings[^1].Value));
        Assert.Equal((true, 1), result.Emergencies.Select(e => (e.On, e.Why.Alarm!.Value)).Single());
    }

    [Fact]
    public void A_start_that_waits_for_its_reset_is_no_emergency_and_one_whose_cause_stands_is()
    {
        var site = TripBench.Of([TripBench.Trip()], [Told]) with
        {
            Devices = [Device("D", 0, 1)],
            Emergency = new EmergencyOptions([1], [TripBench.Pressure], TimeSpan.FromSeconds(2)),
        };
        var station = new Station(site, TimeSpan.Zero);
        Assert.Empty(station.Step(At(0), [Sample(0, 0)]).Emergencies);
        var result = station.Step(At(6), []); // by then the disk could have said that a reset was kept
        Assert.Contains(result.Alarms, a => a.Input == AlarmInput.Raise && a.Alarm == 1);
        Assert.Empty(result.Emergencies);
        Assert.Empty(station.Step(At(60), []).Emergencies);

        result = station.Step(At(61), [Sample(61, 1)]);
        Assert.Equal(TripState.Tripped, station.Trips[0].Facts.State);
        Assert.Equal((true, 1), result.Emergencies.Select(e => (e.On, e.Why.Alarm!.Value)).Single());
    }

    [Fact]
    public void A_cause_that_names_the_trips_own_alarm_is_not_followed_round()
    {
        var site = TripBench.Of([TripBench.Trip(new CauseAny([TripBench.Contact(2), new CauseOf(new AlarmCause(true, 1))]))], [Told]);
        Assert.Equal([Tripped, 2], Evidence.PointsOf(site, site.Alarms[1]));
    }

    [Fact]
    public void A_fault_of_an_output_shows_its_contacts()
    {
        var valve = OutputSite.Valve with
        {
            Proof = OutputSite.Switches,
            ReadBack = OutputSite.Contact,
            HandOffAuto = new HandOffAutoOptions(null, OutputSite.Auto),
        };
        var site = OutputSite.Of(valve, OutputSite.Valve with { Id = "XV-102", Points = new OutputPoints(-1, -1), ReadBack = OutputSite.Hand });
        Assert.Equal([OutputSite.FaultPoint, OutputSite.Open, OutputSite.Closed, OutputSite.Contact, OutputSite.Auto], Evidence.PointsOf(site, site.Alarms[0]));
    }
}
