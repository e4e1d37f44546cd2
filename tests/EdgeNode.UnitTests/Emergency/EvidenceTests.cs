using EdgeNode.Core;
using EdgeNode.Core.Evaluate;
using EdgeNode.Core.Model;
using EdgeNode.Core.Record;
using EdgeNode.UnitTests.Voting;
using FsCheck;
using FsCheck.Fluent;
using static EdgeNode.UnitTests.CoreLaws.TestSite;
using static EdgeNode.UnitTests.Voting.GroupSite;

namespace EdgeNode.UnitTests.Emergency;

/// <summary>What an alarm shows of its points before and after it came up.</summary>
public class EvidenceTests
{
    [Fact]
    public void A_group_shows_the_very_readings_of_its_members_that_made_the_vote()
    {
        var station = Make(on: 1);
        for (var t = 0; t < 20; t++)
        {
            station.Scan(t, 5 + (0.01 * t), 5, 5);
        }

        station.Scan(20, 7, 7.1, 5);
        var raised = station.Scan(21, 7, 7.2, double.NaN).Alarms.Single(a => a.Alarm == Setpoint);
        var before = raised.Before!;
        Assert.Equal([0, 1, 2], before.Points.Select(p => p.Point));
        Assert.All(before.Points, p => Assert.Equal(Evidence.Readings, p.Readings.Length));

        // The delay ran out at 21 s, before the readings of 21 s counted: those of 20 s are the ones that decided.
        Assert.Equal([7, 7.1, 5], before.Points.Select(p => p.Readings[^1].Value));
        Assert.All(before.Points, p => Assert.Equal(TimeSpan.FromSeconds(-1), p.Readings[^1].After));
        Assert.Equal(5.13, before.Points[0].Readings[0].Value, 9);

        for (var t = 22; t < 28; t++)
        {
            Assert.Empty(station.Scan(t, t, 8, 5).Snapshots);
        }

        // The readings of 21 s came at the moment itself, and counted after it: none is lost between before and after.
        var late = Assert.Single(station.Scan(28, 28, 8, 5).Snapshots);
        Assert.Equal(("PAHH-101", raised.Time), (late.Of, late.Time));
        Assert.Equal([7, .. Enumerable.Range(22, 7).Select(t => (double)t)], late.After.Points[0].Readings.Select(r => r.Value));
        Assert.Equal(Enumerable.Range(0, 8).Select(t => TimeSpan.FromSeconds(t)), late.After.Points[2].Readings.Select(r => r.After));
        Assert.True(late.After.Points[2].Readings[0].Quality.IsBad);
    }

    [Fact]
    public void A_member_that_is_read_at_the_very_moment_and_after_the_vote_is_the_first_of_those_after()
    {
        var station = Make(on: 0);
        station.Scan(0, 5, 5, 5.2);
        var before = station.Scan(1, 7, 7.1, 5.3).Alarms.Single(a => a.Alarm == Setpoint).Before!;
        Assert.Equal([(7, 0.0), (7.1, 0), (5.2, -1)], before.Points.Select(p => (p.Readings[^1].Value, p.Readings[^1].After.TotalSeconds)));
        var late = new List<LateSnapshot>();
        for (var t = 2; late.Count == 0; t++)
            late.AddRange(station.Scan(t, 7, 7, 5.3 + (0.1 * t)).Snapshots);
        Assert.Equal([(7, 1.0), (7, 1), (5.3, 0)], late[0].After.Points.Select(p => (p.Readings[0].Value, p.Readings[0].After.TotalSeconds)));
    }

    [Fact]
    public void Without_a_delay_the_reading_that_raised_the_alarm_is_the_last_of_those_before()
    {
        var (station, _) = One(AlarmPriority.High);
        station.Step(At(1), [Sample(1, 5)]);
        var raised = Assert.Single(station.Step(At(2), [Sample(2, 7)]).Alarms);
        Assert.Equal([new EvidenceReading(TimeSpan.FromSeconds(-1), 5, default), new EvidenceReading(TimeSpan.Zero, 7, default)], raised.Before!.Points.Single().Readings);
    }

    [Fact]
    public void A_point_that_falls_silent_ends_the_snapshot_after_a_minute_with_what_came()
    {
        var (station, _) = One(AlarmPriority.Critical);
        station.Step(At(1), [Sample(1, 7)]);
        station.Step(At(2), [Sample(2, 7)]);
        Assert.Equal(TimeSpan.FromSeconds(61), station.Deadline());
        var late = Assert.Single(station.Step(At(61), []).Snapshots);
        Assert.Equal([TimeSpan.FromSeconds(1)], late.After.Points.Single().Readings.Select(r => r.After));
        Assert.NotEqual(TimeSpan.FromSeconds(61), station.Deadline());
    }

    [Fact]
    public void Only_high_and_critical_alarms_have_evidence_and_only_when_they_come_up()
    {
        foreach (var priority in Enum.GetValues<AlarmPriority>())
        {
            var (station, _) = One(priority);
            Assert.Equal(priority >= AlarmPriority.High, Assert.Single(station.Step(At(1), [Sample(1, 7)]).Alarms).Before is not null);
            Assert.Null(Assert.Single(station.Step(At(2), [Sample(2, 5)]).Alarms).Before);
        }
    }

    [Fact]
    public void One_that_is_shelved_has_its_evidence_all_the_same()
    {
        var (station, _) = One(AlarmPriority.High);
        station.Step(At(0), [], commands: [new AlarmCommand(0, AlarmInput.Shelve, "mei")]);
        Assert.NotNull(Assert.Single(station.Step(At(1), [Sample(1, 7)]).Alarms).Before);
    }

    [Fact]
    public void One_that_chatters_has_shown_enough_and_one_that_comes_up_again_ends_its_snapshot()
    {
        var (station, _) = One(AlarmPriority.High);
        var (evidence, snapshots) = (0, 0);
        for (var t = 1; t <= 40; t++)
        {
            var result = station.Step(At(t), [Sample(t, t % 2 == 0 ? 7 : 5)]);
            evidence += result.Alarms.Count(a => a.Before is not null);
            snapshots += result.Snapshots.Count;
        }

        Assert.InRange(evidence, 1, 3);
        Assert.Equal(evidence, snapshots);
    }

    [Fact]
    public void A_deviation_shows_both_points_and_a_groups_value_its_members()
    {
        var site = Of([Point(), Point("PT-102.pressure")], [Alarm(AlarmKind.Deviation, 1, on: 0) with { ReferencePoint = 1 }]);
        Assert.Equal([0, 1], Evidence.PointsOf(site, site.Alarms[0]));
        var group = GroupSite.Of(Bars.Group(3, "2oo3"));
        Assert.Equal([3, 0, 1, 2], Evidence.PointsOf(group, Alarm(point: 3)));
        Assert.Equal([0, 1, 2], Evidence.PointsOf(group, group.Alarms[0]));
    }

    [Fact]
    public void A_snapshot_is_bounded_in_points_and_in_number_and_what_is_left_out_is_counted()
    {
        var told = new List<LateSnapshot>();
        var evidence = new Evidence(40, told);
        var snapshot = evidence.Snapshot("TRIP-1", [.. Enumerable.Range(0, 40)], TimeSpan.Zero, default)!;
        Assert.Equal((Evidence.Points, 40 - Evidence.Points), (snapshot.Points.Length, snapshot.Omitted));
        for (var i = 2; i <= Evidence.Open; i++)
        {
            Assert.NotNull(evidence.Snapshot($"TRIP-{i}", [0], TimeSpan.Zero, default));
        }

        Assert.Null(evidence.Snapshot("TRIP-X", [0], TimeSpan.Zero, default));
        Assert.Empty(told);
        evidence.EndAll();
        Assert.Equal(Evidence.Open, told.Count);
        Assert.Null(evidence.Deadline);
    }

    [Fact]
    public void The_largest_event_with_evidence_is_below_16_KiB()
    {
        var name = new string('N', 64);
        var points = Enumerable.Range(0, Evidence.Points + 1).Select(i => Point($"{name}.{new string('q', 62)}{i:00}", stale: 1e6)).ToArray();
        var members = Enumerable.Range(0, GroupOptions.MostMembers).ToArray();
        var site = Of(points, [Alarm(on: 0) with { Id = name }]) with { Groups = [Bars.Group(8, "2oo8") with { Id = name, Members = [.. members] }] };
        var worst = new Snapshot(
            [.. Enumerable.Range(0, Evidence.Points).Select(p => new PointEvidence(p, [.. Enumerable.Repeat(new EvidenceReading(TimeSpan.FromTicks(-599_999_990), -1.2345678901234567e-290, Quality.Uncertain(Reason.CalibrationExpired)), Evidence.Readings)]))], 99);
        Assert.InRange(EventBody.Snapshot(site, new LateSnapshot(name, At(0).Wall, worst)).Body.Length, 1, 16 * 1024);
        Assert.InRange(EventBody.Alarm(site, new AlarmTransition(0, true, At(0).Wall, -1.2345678901234567e-290, default) { Before = worst }).Body.Length, 1, 16 * 1024);
    }

    [Law(MaxTest = 200)]
    public Property However_samples_are_batched_the_evidence_is_the_same_and_never_above_its_bound() => Prop.ForAll(Histories(), history =>
    {
        List<string> Told(int most)
        {
            var station = Make(on: 1);
            var told = new List<string>();
            for (var i = 0; i < history.Length; i += most)
            {
                var batch = history.AsSpan(i, Math.Min(most, history.Length - i));
                Note(station.Step(Exactly(batch[^1].TakenAt), batch));
            }

            Note(station.Step(At(10_000), []));
            return [.. told.Order(StringComparer.Ordinal)];

            void Note(StepResult result)
            {
                foreach (var alarm in result.Alarms.Where(a => a.Before is not null))
                {
                    told.Add($"{alarm.Alarm} {alarm.At} before {Shown(alarm.Before!)}");
                }

                foreach (var late in result.Snapshots)
                {
                    told.Add($"{late.Of} {late.Time.UnixMicroseconds} after {Shown(late.After)}");
                }
            }
        }

        var one = Told(1);
        return one.SequenceEqual(Told(5)) && one.TrueForAll(t => !t.Contains("beyond", StringComparison.Ordinal));
    });

    private static string Shown(Snapshot snapshot) => string.Join(" | ", snapshot.Points.Select(p =>
        (p.Readings.Length > Evidence.Readings ? "beyond " : "") + p.Point + ":" + string.Join(" ", p.Readings.Select(r => $"{r.After}={r.Value}{r.Quality}"))));

    private static (Station Station, Site Site) One(AlarmPriority priority)
    {
        var site = Of([Point(stale: 1e6)], [Alarm(on: 0) with { Priority = priority }]);
        return (new Station(site, TimeSpan.Zero), site);
    }

    /// <summary>Samples of three members at moments of their own, around the setpoint, some of them bad.</summary>
    private static Arbitrary<RawSample[]> Histories() => (
        from wait in Gen.Choose(1, 900)
        from member in Gen.Choose(0, 2)
        from value in Gen.Choose(60, 70)
        from bad in Gen.Choose(0, 9)
        select (wait, member, value, bad)).ArrayOf(60).Select(moves =>
    {
        var now = 0;
        return moves.Select(m => new RawSample(m.member, m.bad == 0 ? 0 : m.value / 10.0, m.bad == 0 ? Quality.Bad(Reason.Timeout) : default, new TimeSpan((now += m.wait) * TimeSpan.TicksPerMillisecond))).ToArray();
    }).ToArbitrary();

    /// <summary>Both clocks in whole milliseconds: a stamp made by way of another moment is the same then.</summary>
    private static ClockReading Exactly(TimeSpan at) => new(at, At(0).Wall.Add(at));
}
