using EdgeNode.Core.Act;
using EdgeNode.Core.Model;
using EdgeNode.Core.Validate;
using static EdgeNode.UnitTests.CoreLaws.TestSite;

namespace EdgeNode.UnitTests.Trips;

/// <summary>What a site as a technician writes it does from the current of its transmitters to its valve, in ways that once went wrong.</summary>
public sealed class InletTests
{
    private static readonly (string, string) ByAlarmAlone = ("cause: { any: [ PAHH-101, P-101.all-bad ] }", "cause: PAHH-101");
    private static readonly (string, string) Hold = ("on-bad: { trip-after: 10s }", "on-bad: hold");
    private static readonly (string, string) HeldByAll = ("all-bad: trip", "all-bad: alarm-only");

    [Fact]
    public void Switches_that_a_person_has_put_in_prove_no_valve()
    {
        var inlet = new InletSite();
        inlet.Station.Step(At(0), []);
        Look(inlet, 1, 3);
        Assert.Equal((true, ProofState.Moving), (inlet.Station.Outputs.Status(0).Safe, inlet.Station.Outputs.Status(0).Proof));
        var until = TimeSpan.FromMinutes(30);
        inlet.Station.Step(At(3), [], substitutes: [new SubstituteCommand(inlet.Point("XV-101.closed"), 1, until), new SubstituteCommand(inlet.Point("XV-101.open"), 0, until)]);
        var events = Look(inlet, 3, 100);
        Assert.DoesNotContain(events, e => e.Change == OutputChange.Proved);
        Assert.Equal((ProofState.Blind, OutputFaults.Proof), (inlet.Station.Outputs.Status(0).Proof, inlet.Station.Outputs.Status(0).Faults & OutputFaults.Proof));
        inlet.Station.Step(At(100), [], substitutes: [new SubstituteCommand(inlet.Point("XV-101.closed"), 0, null), new SubstituteCommand(inlet.Point("XV-101.open"), 0, null)]);
        Look(inlet, 100, 200);
        Assert.Equal(ProofState.Late, inlet.Station.Outputs.Status(0).Proof); // it sticks, open, and its own switches say so again
    }

    [Theory]
    [InlineData("0s", 22)]
    [InlineData("0s", 24)]
    [InlineData("1s", 21)]
    [InlineData("4s", 22)]
    public void A_true_overpressure_beyond_the_transmitters_closes_the_valve_however_short_the_time_of_a_failure(string failureAfter, double milliamperes)
    {
        var inlet = new InletSite(failureAfter, ByAlarmAlone, Hold, HeldByAll).Open();
        for (var at = 21; at < 40; at++)
            inlet.Scan(at, milliamperes, milliamperes, milliamperes);
        Assert.True(inlet.Station.Alarm(inlet.Alarm("PAHH-101")).Active);
        Assert.True(inlet.Station.Outputs.Status(InletSite.Valve).Safe);
    }

    [Theory]
    [InlineData(20.8)]
    [InlineData(22)]
    public void A_loop_that_had_failed_at_its_lower_end_votes_again_at_its_upper_one(double milliamperes)
    {
        var inlet = new InletSite("4s", ByAlarmAlone, Hold, HeldByAll).Open();
        for (var at = 21; at < 28; at++)
            inlet.Scan(at, 3.4, 3.4, 3.4);
        Assert.Equal("bad:sensor-failure", inlet.Station.Last(0).Quality.ToString());
        Assert.False(inlet.Station.Outputs.Status(InletSite.Valve).Safe);
        for (var at = 28; at < 60; at++)
            inlet.Scan(at, milliamperes, milliamperes, milliamperes);
        Assert.True(inlet.Station.Outputs.Status(InletSite.Valve).Safe);
    }

    [Fact]
    public void A_loop_that_came_back_from_above_21_mA_to_between_the_bands_is_failed_still_and_what_it_said_first_stands()
    {
        var inlet = new InletSite("4s", ByAlarmAlone, Hold, HeldByAll).Open();
        for (var at = 21; at < 26; at++)
            inlet.Scan(at, 21.5, 21.5, 21.5);
        for (var at = 26; at < 60; at++)
            inlet.Scan(at, 20.8, 20.8, 20.8);
        Assert.Equal("bad:sensor-failure", inlet.Station.Last(0).Quality.ToString()); // NE 43: between the bands the last classification goes on
        Assert.True(inlet.Station.Outputs.Status(InletSite.Valve).Safe);
        Assert.Equal(true, inlet.Station.Alarm(inlet.Alarm("PAHH-101")).Condition);
    }

    [Fact]
    public void A_trip_by_a_stale_transmitter_comes_though_each_read_of_it_fails_in_words()
    {
        var inlet = new InletSite(
            "4s", Hold, ("cause: { any: [ PAHH-101, P-101.all-bad ] }", "cause: PT-STALE"),
            ("alarms:\n", "alarms:\n  - { id: PT-STALE, of: PT-101A.pressure, when: stale, priority: high }\n")).Open();
        for (var at = 21; at < 200; at++)
            inlet.Scan(at, null, 12, 12);
        Assert.True(inlet.Station.Alarm(inlet.Alarm("PT-STALE")).Active);
        Assert.True(inlet.Station.Outputs.Status(InletSite.Valve).Safe);
    }

    /// <summary>The valve sticks, open; its switches say so each second.</summary>
    private static List<OutputEvent> Look(InletSite inlet, double from, double to)
    {
        var events = new List<OutputEvent>();
        for (var at = from; at < to; at++)
            events.AddRange(inlet.Station.Step(At(at), [inlet.Sample("XV-101.open", at, 1), inlet.Sample("XV-101.closed", at, 0)]).OutputEvents);
        return events;
    }
}
