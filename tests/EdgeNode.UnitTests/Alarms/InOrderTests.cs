using EdgeNode.Core;
using EdgeNode.Core.Model;
using EdgeNode.UnitTests.Trips;
using static EdgeNode.UnitTests.CoreLaws.TestSite;

namespace EdgeNode.UnitTests.Alarms;

/// <summary>What happens within one step happens in the order of time, however late the step is and however many samples it brings.</summary>
public class InOrderTests
{
    [Fact]
    public void An_alarm_without_a_trip_that_is_due_before_one_with_a_trip_is_first_out_in_a_late_step()
    {
        var site = TripBench.Of([TripBench.Trip(new CauseOf(TripBench.High))], [Alarm(setpoint: 6, point: TripBench.Pressure) with { Id = "PAH" }]);
        var station = new Station(site with { Alarms = [.. site.Alarms.Select(a => a with { FirstOut = "pressure" })] }, TimeSpan.Zero);
        station.Step(At(3.9), [Sample(3.9, 6.2, point: TripBench.Pressure)]);
        station.Step(At(4), [Sample(4, 7, point: TripBench.Pressure)]);
        Assert.Equal([(1, 4.9, true), (0, 5.0, false)], Told(station.Step(At(5.05), [])));
    }

    [Fact]
    public void A_delay_that_ends_before_a_sample_of_another_point_comes_before_it()
    {
        var station = new Station(Of(
            [Point("A.value", stale: 1e6), Point("B.value", stale: 1e6)],
            [Alarm(on: 5) with { Id = "A", FirstOut = "g" }, Alarm(on: 0, point: 1) with { Id = "B", FirstOut = "g" }]), TimeSpan.Zero);
        station.Step(At(0.1), [Sample(0.1, 7)]);
        Assert.Equal([(0, 5.1, true), (1, 5.5, false)], Told(station.Step(At(6.6), [Sample(5.5, 7, point: 1), Sample(6.1, 7, point: 1)])));
    }

    [Fact]
    public void A_point_that_goes_stale_comes_before_a_later_sample_of_another_bus()
    {
        var station = new Station(Of(
            [Point("A.value", stale: 3), Point("B.value", device: 1, stale: 1e6)],
            [Alarm(AlarmKind.Stale, on: 1) with { Id = "A", FirstOut = "g" }, Alarm(on: 0, point: 1) with { Id = "B", FirstOut = "g" }]), TimeSpan.Zero);
        station.Step(At(1), [Sample(1, 5)]);
        Assert.Equal([(0, 5.0, true), (1, 5.5, false)], Told(station.Step(At(7), [Sample(5.5, 7, point: 1), Sample(6.1, 7, point: 1)])));
    }

    [Fact]
    public void An_alarm_does_not_clear_before_it_was_raised_by_a_sample_that_comes_late()
    {
        var station = new Station(Of([Point(stale: 1e6)], [Alarm(on: 1)]), TimeSpan.Zero);
        station.Step(At(0.1), [Sample(0.1, 7)]);
        Assert.Equal([(0, 1.1, false)], Told(station.Step(At(1.1), [])));
        var cleared = Assert.Single(station.Step(At(1.2), [Sample(1.05, 5)]).Alarms);
        Assert.Equal((false, 1.1, At(1.1).Wall), (cleared.Active, cleared.At.TotalSeconds, cleared.Time));
    }

    [Fact]
    public void Nothing_is_lost_where_many_points_go_stale_in_one_step()
    {
        const int Points = 2_000;
        var station = new Station(Of(
            [.. Enumerable.Range(0, Points).Select(n => Point($"P-{n}.value", stale: 3))], [.. Enumerable.Range(0, Points).Select(n => Alarm(AlarmKind.Stale, on: 0, point: n))]), TimeSpan.Zero);
        station.Step(At(1), [.. Enumerable.Range(0, Points).Select(n => Sample((Points - n) / (double)Points, 5, point: n))]);
        var told = Told(station.Step(At(10), []));
        Assert.Equal(Enumerable.Range(0, Points).Reverse(), told.Select(t => t.Alarm));
        Assert.Equal(told.Select(t => t.At).Order(), told.Select(t => t.At));
    }

    private static List<(int Alarm, double At, bool First)> Told(StepResult result) => [.. result.Alarms.Select(t => (t.Alarm, t.At.TotalSeconds, t.FirstOut))];
}
