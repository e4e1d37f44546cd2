using EdgeNode.Core.Model;
using EdgeNode.Hardware;
using EdgeNode.Provisioning;

namespace EdgeNode.UnitTests.Provisioning;

/// <summary>The site file that the contract shows, as it stands there.</summary>
public sealed class DesignExampleTests
{
    private static readonly SiteResult Result = SiteFile.Load(Path.Combine(TestFiles.Good, "design-example.yaml"), TestFiles.Profiles, FieldTimes.Of);

    private static Site Site => Result.Site!;

    [Fact]
    public void The_whole_example_of_the_contract_loads() => Assert.Empty(Result.Faults);

    [Fact]
    public void Inputs_are_switches_with_a_point_each()
    {
        Assert.Equal(
            [("PUMP-STOPPED", "PUMP-STOPPED.state", InputMeaning.None), ("HS-101", "HS-101.state", InputMeaning.Acknowledge)],
            Site.Inputs.Select(i => (i.Id, Site.Points[i.Point].Name, i.Means)));
        var contact = Assert.IsType<SwitchOptions>(Site.Devices.Single(d => d.Id == "PUMP-STOPPED"));
        Assert.Equal(new LineOptions(6, null, ActiveLow: true, LinePull.AsIs, TimeSpan.FromMilliseconds(50)), contact.Line);
        Assert.Equal((Site.Inputs[0].Point, TimeSpan.FromMilliseconds(100), "gpio0"), (contact.Point, contact.Every, Site.Buses[contact.Bus].Id));
        Assert.Equal(new AlarmCause(false, Site.Inputs[0].Point), Site.Alarms.Single(a => a.Id == "FAL-101").SuppressWhen);
        Assert.Equal(new ReportOptions(1, TimeSpan.FromMinutes(1)), Site.Points[contact.Point].Report);
    }

    [Fact]
    public void The_valve_has_two_words_a_proof_and_two_points_of_its_own()
    {
        var valve = Assert.Single(Site.Outputs);
        Assert.Equal(("XV-101", "open", "closed", true, false), (valve.Id, valve.Energised, valve.DeEnergised, valve.NormalEnergised, valve.SafeEnergised));
        Assert.Equal(new LineOutput(3, new LineOptions(22, null, ActiveLow: false, LinePull.AsIs, TimeSpan.Zero)), valve.Place);
        Assert.Equal([Backstop.ReleasedLine, Backstop.WatchdogRelay], valve.Backstops);
        Assert.Equal(TimeSpan.FromSeconds(40), valve.Proof!.Within);
        Assert.Equal(("XV-101.open", "XV-101.closed"), (Site.Points[valve.Proof.EnergisedPoint].Name, Site.Points[valve.Proof.DeEnergisedPoint].Name));
        Assert.Equal([23, 24], Site.Devices.OfType<SwitchOptions>().Where(d => d.Id.StartsWith("XV-101.", StringComparison.Ordinal)).Select(d => d.Line.Number).Order());
        Assert.Equal(("XV-101.safe", "XV-101.fault"), (Site.Points[valve.Points.Safe].Name, Site.Points[valve.Points.Fault].Name));
    }

    [Fact]
    public void The_siren_sounds_and_may_be_silenced()
    {
        var siren = Assert.Single(Site.Annunciators);
        Assert.Equal(("SIREN", false, true, 27), (siren.Id, siren.IsLamp, siren.SilenceAllowed, siren.Place.Line.Number));
        Assert.Equal([AlarmPriority.Critical, AlarmPriority.High], siren.Sounds);
    }

    [Fact]
    public void The_trip_names_its_causes_by_their_place_in_the_site()
    {
        var trip = Assert.Single(Site.Trips);
        Assert.Equal(("close-inlet", true, true, TimeSpan.FromSeconds(120)), (trip.Id, trip.ManualReset, trip.Armed, trip.ProcessSafetyTime));
        Assert.Equal(new OnBad(OnBadKind.TripAfter, TimeSpan.FromSeconds(10)), trip.OnBad);
        Assert.Equal([0], trip.Effect);
        Assert.Equal(
            ["PAHH-101", "P-101.all-bad"],
            Assert.IsType<CauseAny>(trip.Cause).Of.Select(c => ((CauseOf)c).What).Select(w => w.IsAlarm ? Site.Alarms[w.Index].Id : ""));
        Assert.Equal(
            ("close-inlet.tripped", "close-inlet.inhibited", "close-inlet.blind"),
            (Site.Points[trip.Points.Tripped].Name, Site.Points[trip.Points.Inhibited].Name, Site.Points[trip.Points.Blind].Name));
    }

    [Fact]
    public void What_trips_and_outputs_compute_stands_behind_the_groups_and_is_watched_by_alarms_of_the_same_names()
    {
        Assert.Equal(
            ["P-101.value", "P-101.spread", "P-101.voting", "close-inlet.tripped", "close-inlet.inhibited", "close-inlet.blind", "XV-101.safe", "XV-101.fault"],
            Site.Points.Where(p => p.IsComputed).Select(p => p.Name));
        Assert.Equal(Site.Points.Length - 8, Site.Points.TakeWhile(p => !p.IsComputed).Count());
        Assert.Equal(
            [("close-inlet.tripped", AlarmPriority.Critical), ("close-inlet.inhibited", AlarmPriority.High), ("close-inlet.blind", AlarmPriority.High), ("XV-101.fault", AlarmPriority.High)],
            Site.Alarms[^4..].Select(a => (a.Id, a.Priority)));
        Assert.All(Site.Alarms[^4..], a => Assert.Equal((a.Id, AlarmKind.Active), (Site.Points[a.Point].Name, a.Kind)));
        Assert.All(Site.Alarms[^4..], a => Assert.All((string[])[a.Text.En, a.Text.ZhHant, a.Text.ZhHans], t => Assert.Contains(a.Id.Split('.')[0], t, StringComparison.Ordinal)));
        Assert.Equal(Site.StateEvery, Site.EveryOf(Site.Outputs[0].Points.Safe));
    }
}
