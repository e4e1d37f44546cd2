using System.Text;
using EdgeNode.Core;
using EdgeNode.Core.Model;
using EdgeNode.Hardware;
using EdgeNode.Provisioning;
using EdgeNode.UnitTests.CoreLaws;

namespace EdgeNode.UnitTests.Provisioning;

/// <summary>What a site file says of current loops and checks becomes exactly the records that are expected, and they work.</summary>
public sealed class PointCheckTests
{
    private static readonly Site Everything = SiteFile.Load(Path.Combine(TestFiles.Good, "everything.yaml"), TestFiles.Profiles, FieldTimes.Of).Site!;

    [Fact]
    public void A_current_over_modbus_is_mapped_to_its_span_and_its_checks_are_in_the_unit_of_the_span()
    {
        var point = Point("AI-320.channel-1"); // microampere in the register
        Assert.Equal("bar", point.Unit.Symbol);
        Assert.Equal([0.0, 5, 10], new[] { 4000.0, 12000, 20000 }.Select(raw => Math.Round((raw * point.Scale) + point.Offset, 9)));
        Assert.Equal(new CurrentLoopOptions(0.001, 0, TimeSpan.FromSeconds(2)), point.Checks.Loop);
        Assert.Equal(5.0 / 60, point.Checks.RatePerSecond!.Value, 12); // 0.5 MPa a minute
        Assert.Equal(0.2, point.Checks.Spike!.Value, 12);
        Assert.Equal(TimeSpan.FromMinutes(10), point.Checks.Stuck!.For);
        Assert.Equal(0.005, point.Checks.Stuck.Within, 12);
    }

    [Fact]
    public void A_current_in_ampere_is_known_in_milliampere_and_a_difference_of_temperatures_has_no_zero_point()
    {
        var point = Point("AI-320.channel-2");
        Assert.Equal("Cel", point.Unit.Symbol);
        Assert.Equal([-10.0, 40], new[] { 4000.0, 20000 }.Select(raw => Math.Round((raw * point.Scale) + point.Offset, 9)));
        Assert.Equal(0.001, point.Checks.Loop!.Scale, 12);
        Assert.Equal(TimeSpan.FromSeconds(4), point.Checks.Loop.FailureAfter);
        Assert.Equal(5.0 / 60, point.Checks.RatePerSecond!.Value, 12); // 9 degF are 5 K
        Assert.Equal(new StuckOptions(TimeSpan.FromHours(1), 0), point.Checks.Stuck);
        Assert.Equal((new DateOnly(2027, 3, 1), -0.5), (point.Calibration!.Due!.Value, point.Calibration.Offset));
    }

    [Fact]
    public void A_chip_for_current_loops_has_the_same_loop_without_a_word_and_takes_its_delay_from_the_point()
    {
        Assert.Equal(new CurrentLoopOptions(1, 0, TimeSpan.FromSeconds(4)), Point("PT-301.pressure").Checks.Loop);
        Assert.Equal(new CurrentLoopOptions(1, 0, TimeSpan.Zero), Point("PT-302.level").Checks.Loop);
        Assert.Equal(PointChecks.None, Point("PT-101.pressure").Checks);
    }

    [Fact]
    public void A_file_with_a_loop_and_a_due_date_makes_readings_of_them()
    {
        const string file = """
            node: { id: en-1, site: station-1 }
            buses: { field: { modbus-tcp: "192.168.10.20:502" } }
            devices:
              - { id: AI-1, bus: field, address: 5, profile: waveshare-analog-8ch, every: 1s, quantities: [ current-1 ] }
            points:
              - { id: AI-1.current-1, signal: 4..20 mA, span: 0..10 bar, failure-after: 1s, calibration: { due: 2026-10-31 } }
            """;
        var site = SiteFile.Parse("site.yaml", Encoding.UTF8.GetBytes(file), TestFiles.Good, TestFiles.Profiles, FieldTimes.Of).Site!;
        var station = new Station(site, TimeSpan.Zero);
        string Read(double seconds, double raw) =>
            Assert.Single(station.Step(TestSite.At(seconds), [TestSite.Sample(seconds, raw)]).Readings) is var r ? $"{r.Quality} {Math.Round(r.Value, 3)}" : "";

        // The tests' clock is synchronised and in November 2026.
        Assert.Equal(
            ["uncertain:calibration-expired 5", "uncertain:under-range -0.188", "uncertain:sensor-failure -0.25", "bad:sensor-failure 0"],
            [Read(1, 12000), Read(2, 3700), Read(3, 3600), Read(4, 3600)]);
    }

    private static PointOptions Point(string name) => Everything.Points.Single(p => p.Name == name);
}
