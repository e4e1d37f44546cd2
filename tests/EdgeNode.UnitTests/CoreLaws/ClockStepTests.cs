using EdgeNode.Core;
using EdgeNode.Core.Model;
using static EdgeNode.UnitTests.CoreLaws.TestSite;

namespace EdgeNode.UnitTests.CoreLaws;

/// <summary>Delays, stale times and report intervals go by the monotonic clock alone.</summary>
public class ClockStepTests
{
    [Law(MaxTest = 300)]
    public void A_wall_clock_that_jumps_by_hours_at_each_step_changes_nothing_but_stamps((byte Wait, byte Value, sbyte Hours)[] steps)
    {
        var site = Of([Point(stale: 3, report: new ReportOptions(0.5, TimeSpan.FromSeconds(5)))], [Alarm(on: 2, off: 1)]);
        var still = new Station(site, TimeSpan.Zero);
        var jumping = new Station(site, TimeSpan.Zero);
        var now = 0.0;
        foreach (var (wait, value, hours) in steps)
        {
            now += 0.1 + (wait / 40.0);
            RawSample[] samples = wait % 5 == 0 ? [] : [Sample(now - 0.05, value / 20.0, value == 7 ? Quality.Bad(Reason.Timeout) : default)];
            var calm = Outcome(still.Step(At(now), samples));
            var wall = new SourceTime(At(now).Wall.UnixMicroseconds + (hours * 3_600_000_000), ClockQuality.Unsynchronised);
            var torn = Outcome(jumping.Step(new ClockReading(TimeSpan.FromSeconds(now), wall), samples));
            Assert.Equal(calm, torn);
            Assert.Equal(still.Deadline(), jumping.Deadline());
        }
    }

    private static List<string> Outcome(StepResult result) =>
    [
        .. result.Readings.Select(r => $"{r.Point} {r.Value} {r.Quality}"), "recorded", .. result.Recorded.Select(r => $"{r.Point} {r.Value} {r.Quality}"),
        "alarms", .. result.Alarms.Select(a => $"{a.Alarm} {a.Active} {a.Value} {a.Quality}"),
    ];
}
