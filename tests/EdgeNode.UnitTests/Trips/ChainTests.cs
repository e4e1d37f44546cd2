using EdgeNode.Core.Act;
using EdgeNode.Core.Model;
using EdgeNode.Hardware;
using EdgeNode.UnitTests.Provisioning;
using EdgeNode.UnitTests.Validate;

namespace EdgeNode.UnitTests.Trips;

/// <summary>What <c>plan</c> and <c>check</c> foretell of a trip against what the parts of the chain do.</summary>
public sealed class ChainTests
{
    [Theory]
    [InlineData(3000, 4000)]
    [InlineData(1000, 4000)]
    [InlineData(200, 4000)]
    [InlineData(700, 1000)]
    [InlineData(500, 0)]
    public void Whenever_a_wire_breaks_its_loop_is_bad_within_the_time_that_is_foretold_and_it_is_foretold_no_more_than_two_scans_too_long(int every, int failureAfter)
    {
        var inlet = new InletSite(
            $"{failureAfter}ms", ("every: 200ms", $"every: {every}ms"), ("stale: 3s", $"stale: {(every * 3) / 2}ms"), ("process-safety-time: 120s", "process-safety-time: 300s"),
            ("cause: { any: [ PAHH-101, P-101.all-bad ] }", "cause: PT-BAD"),
            ("alarms:\n", "alarms:\n  - { id: PT-BAD, of: PT-101A.pressure, when: bad, priority: high }\n"));
        var foretold = TripChain.Seen(inlet.Site, FieldTimes.Of(inlet.Site), inlet.Site.Trips[0]).Parts[0];
        Assert.Equal("PT-101A.pressure counts as lost", foretold.What);
        var longest = TimeSpan.Zero;
        for (var breaks = 0; breaks < 2 * every; breaks += every / 50)
        {
            // Of two scans one is late by what a measurement takes.
            var rig = new Rig(inlet.Site.Points[inlet.Point("PT-101A.pressure")]);
            for (var n = 0; !rig.Last.Quality.IsBad || n <= 2; n++)
            {
                var at = (n * every) + (n % 2 * 20);
                var broken = at > breaks;
                rig.Take(at / 1000.0, inlet.Sample("PT-101A.pressure", 0, broken ? 0 : 12).Raw);
                longest = broken && rig.Last.Quality.IsBad && TimeSpan.FromMilliseconds(at - breaks) > longest ? TimeSpan.FromMilliseconds(at - breaks) : longest;
            }
        }

        Assert.InRange(longest, foretold.Time - TimeSpan.FromMilliseconds(2 * every), foretold.Time);
    }

    [Fact]
    public void A_stale_alarm_is_never_unknown_so_that_its_trip_has_no_blind_chain()
    {
        var inlet = new InletSite(
            "4s", ("cause: { any: [ PAHH-101, P-101.all-bad ] }", "cause: PT-STALE"), ("alarms:\n", "alarms:\n  - { id: PT-STALE, of: PT-101A.pressure, when: stale, priority: high }\n"));
        Assert.Null(TripChain.Blind(inlet.Site, FieldTimes.Of(inlet.Site), inlet.Site.Trips[0]));
    }

    [Fact]
    public void Each_other_device_of_a_bus_may_die_in_the_same_round_and_costs_its_timeout_then_and_one_of_them_twice()
    {
        var text = TestFiles.Small.Replace("points:\n", """
              - { id: PT-102, bus: field, address: 2, every: 1s, timeout: 400ms, registers: [ { name: pressure, function: 3, register: 0, type: float32, unit: bar } ] }
              - { id: PT-103, bus: field, address: 3, every: 1s, timeout: 300ms, registers: [ { name: pressure, function: 3, register: 0, type: float32, unit: bar } ] }
              - { id: PT-104, bus: field, address: 3, every: 1s, timeout: 600ms, registers: [ { name: level, function: 3, register: 8, type: float32, unit: m } ] }
            points:

            """, StringComparison.Ordinal);
        var site = TestFiles.Load(text);
        var trip = new TripOptions("T", new CauseOf(new AlarmCause(true, 0)), [], default, TimeSpan.FromSeconds(60));

        // 400, 300 and 600 ms; and PT-104 was being read, had no answer for 600 ms, and is due again.
        Assert.Equal(
            [("PT-101.pressure is read every", 1.0), ("3 other devices of field go first, and may die at once", 1.9), ("PT-101 answers at the latest", 1), ("the node itself (assumed)", 0.1)],
            TripChain.Seen(site with { Trips = [trip with { Effect = [0] }], Outputs = [Outputs.OutputSite.Valve] }, FieldTimes.Of(site), trip with { Effect = [0] }).Parts.Select(p => (p.What, p.Time.TotalSeconds)));
    }
}
