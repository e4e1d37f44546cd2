using EdgeNode.Core;
using EdgeNode.Core.Evaluate;
using EdgeNode.Core.Model;
using EdgeNode.UnitTests.Outputs;
using FsCheck;
using FsCheck.Fluent;
using static EdgeNode.UnitTests.CoreLaws.TestSite;

namespace EdgeNode.UnitTests.Emergency;

/// <summary>What the emergency mode does to what a station records. Point 0 has the alarm, 1 is named, 2 is of the same device as 1, 3 is of another.</summary>
public class EmergencyStationTests
{
    private static readonly ReportOptions Rule = new(10, TimeSpan.FromMinutes(10));

    private static readonly Site Site = Of(
        [Point("A.x", 0, report: Rule, stale: 1e6), Point("B.x", 1, report: Rule, stale: 1e6), Point("B.y", 1, stale: 1e6), Point("C.x", 2, stale: 1e6)],
        [Alarm(on: 0), Alarm(setpoint: 9, on: 0) with { Id = "PAHH-101", Priority = AlarmPriority.Low }],
        [Device("A", 0, 1), Device("B", 0, 1), Device("C", 0, 1)]) with
    {
        Emergency = new EmergencyOptions([0], [1], TimeSpan.FromSeconds(10)) { Every = TimeSpan.FromSeconds(0.2) },
    };

    private readonly Station _station = new(Site, TimeSpan.Zero);

    [Fact]
    public void It_lets_every_reading_of_its_points_through_and_of_the_others_as_many_as_ever()
    {
        Assert.Equal([1, 1, 10, 10], Recorded(0, 10, every: 1));
        Step(10.01, Sample(10.01, 7));
        var quick = Recorded(10.2, 19.9, every: 0.2);
        Assert.Equal([0, 49, 10, 49], quick);
        Assert.Equal([0, 0, 10, 10], Recorded(20.1, 30, every: 1));
    }

    [Fact]
    public void With_report_by_rule_the_rules_hold()
    {
        var station = new Station(Site with { Emergency = Site.Emergency! with { EveryReading = false } }, TimeSpan.Zero);
        station.Step(At(0), [Sample(0, 7), Sample(0, 5, point: 1)]);
        Assert.Empty(station.Step(At(1), [Sample(1, 5.5, point: 1)]).Recorded);
        Assert.Single(station.Step(At(2), [Sample(2, 15, point: 1)]).Recorded);
    }

    [Fact]
    public void Its_begin_and_end_are_told_with_the_moments_that_they_belong_to()
    {
        Assert.Empty(Step(1, Sample(1, 5)).Emergencies);
        var begun = Assert.Single(Step(2, Sample(2, 7)).Emergencies);
        Assert.Equal(new EmergencyChange(true, At(2).Wall, At(12).Wall, new EmergencyWhy(0, null, "")), begun);
        Assert.Equal(TimeSpan.FromSeconds(12), _station.Deadline());
        var ended = Assert.Single(Step(20).Emergencies);
        Assert.Equal(new EmergencyChange(false, At(12).Wall, At(12).Wall, new EmergencyWhy(null, null, "")), ended);
    }

    [Fact]
    public void A_shelf_or_a_repair_does_not_keep_it_away()
    {
        foreach (var hand in new[] { AlarmInput.Shelve, AlarmInput.RemoveFromService })
        {
            var station = new Station(Site, TimeSpan.Zero);
            station.Step(At(0), [], commands: [new AlarmCommand(0, hand, "mei")]);
            Assert.True(Assert.Single(station.Step(At(1), [Sample(1, 7)]).Emergencies).On);
        }
    }

    [Fact]
    public void An_alarm_that_is_not_named_begins_nothing() => Assert.Equal([0], Step(1, Sample(1, 9.5)).Emergencies.Select(e => e.Why.Alarm!.Value));

    [Fact]
    public void An_output_that_cannot_be_driven_begins_it_in_the_step_that_learns_of_it()
    {
        var site = OutputSite.Of(OutputSite.Valve) with { Emergency = new EmergencyOptions([0], [OutputSite.Open], TimeSpan.FromMinutes(1)) };
        var station = new Station(site, TimeSpan.Zero);
        Assert.Empty(station.Step(At(0), []).Emergencies);
        var result = station.Step(At(1), [], reports: [new OutputReport(0, false, false, null, "line 22: Device or resource busy", TimeSpan.FromSeconds(1))]);
        Assert.Equal((true, 0, At(61).Wall), result.Emergencies.Select(e => (e.On, e.Why.Alarm!.Value, e.Until)).Single());
        Assert.Equal(1, result.Alarms.Single().Before!.Points.Single().Readings[^1].Value);
    }

    [Fact]
    public void A_site_without_it_refuses_the_command_and_has_none()
    {
        var station = new Station(Site with { Emergency = null }, TimeSpan.Zero);
        var result = station.Step(At(1), [Sample(1, 7)], emergencies: [new EmergencyCommand(true, "mei")]);
        Assert.Equal([EmergencyAnswer.NotInSite], result.EmergencyAnswers);
        Assert.Empty(result.Emergencies);
    }

    [Fact]
    public void An_alarm_that_the_run_before_left_active_begins_it_anew()
    {
        _station.Restore(0, new AlarmFacts(AlarmState.Acknowledged, true, false, false, null, false), TimeSpan.FromSeconds(3));
        var begun = Assert.Single(Step(3).Emergencies);
        Assert.Equal((true, 0, At(13).Wall), (begun.On, begun.Why.Alarm!.Value, begun.Until));
        Assert.Empty(Step(4).Emergencies);
    }

    [Law(MaxTest = 300)]
    public Property However_samples_are_batched_the_same_is_recorded() => Prop.ForAll(Histories(), history =>
    {
        List<string> Told(int most)
        {
            var station = new Station(Site, TimeSpan.Zero);
            var told = new List<string>();
            for (var i = 0; i < history.Length; i += most)
            {
                var batch = history.AsSpan(i, Math.Min(most, history.Length - i));
                var result = station.Step(Exactly(batch[^1].TakenAt), batch);
                told.AddRange(result.Recorded.Select(r => $"{r.Point} {r.Value} {r.Time.UnixMicroseconds}"));
                told.AddRange(result.Emergencies.Select(e => e.ToString()));
            }

            return [.. told.Order(StringComparer.Ordinal)];
        }

        return Told(1).SequenceEqual(Told(7));
    });

    private static Arbitrary<RawSample[]> Histories() => (
        from wait in Gen.Choose(1, 3000)
        from point in Gen.Choose(0, 3)
        from value in Gen.Choose(60, 70)
        select (wait, point, value)).ArrayOf(60).Select(moves =>
    {
        var now = 0;
        return moves.Select(m => new RawSample(m.point, m.value / 10.0, default, new TimeSpan((now += m.wait) * TimeSpan.TicksPerMillisecond))).ToArray();
    }).ToArbitrary();

    private StepResult Step(double at, params RawSample[] samples) => _station.Step(At(at), samples);

    /// <summary>How many readings of each point are recorded when all are read so often and move a little each time.</summary>
    private int[] Recorded(double from, double until, double every)
    {
        var counts = new int[4];
        for (var i = 0; from + (i * every) < until; i++)
        {
            var t = Math.Round(from + (i * every), 6);
            foreach (var reading in Step(t, [.. Enumerable.Range(0, 4).Select(p => Sample(t, 5 + (0.001 * i), point: p))]).Recorded)
            {
                counts[reading.Point]++;
            }
        }

        return counts;
    }

    /// <summary>Both clocks in whole milliseconds: a stamp made by way of another moment is the same then.</summary>
    private static ClockReading Exactly(TimeSpan at) => new(at, At(0).Wall.Add(at));
}
