using EdgeNode.Core;
using EdgeNode.Core.Evaluate;
using EdgeNode.Core.Model;
using static EdgeNode.UnitTests.CoreLaws.TestSite;

namespace EdgeNode.UnitTests.Alarms;

/// <summary>Alarms beside each other, rates and figures, at the edges of their rules: found by changing the code and looking which test noticed.</summary>
public class EdgeOfTogetherTests
{
    private const long Minute = 60_000_000;

    [Fact]
    public void The_first_of_a_group_is_taken_over_from_the_run_before_unless_this_run_knows_of_another()
    {
        var bench = new AlarmBench([.. Enumerable.Range(0, 3).Select(n => AlarmBench.High(n) with { FirstOut = n < 2 ? "pump" : null })]);
        bench.Alarms.RestoreFirstOut(2); // of no group
        bench.Alarms.RestoreFirstOut(1);
        bench.Alarms.RestoreFirstOut(0);
        Assert.Equal([false, true, false], Enumerable.Range(0, 3).Select(bench.Alarms.IsFirstOut));
        Assert.False(Assert.Single(bench.Read(7)).FirstOut);
        Assert.False(Assert.Single(bench.Read(7, point: 2)).FirstOut);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_group_is_at_rest_when_what_is_set_aside_is_not_active(bool active)
    {
        var bench = new AlarmBench(AlarmBench.High() with { FirstOut = "pump" }, AlarmBench.High(1) with { FirstOut = "pump" });
        bench.Read(7);
        if (active)
            bench.Read(7, point: 1);
        bench.Ask(AlarmInput.Shelve, 1, seconds: 1e5);
        bench.Read(5);
        bench.Ask(AlarmInput.Acknowledge);
        Assert.Equal(active, bench.Alarms.IsFirstOut(0));
    }

    [Fact]
    public void Chatter_and_flood_are_due_when_they_end()
    {
        var bench = new AlarmBench([.. Enumerable.Range(0, 11).Select(n => AlarmBench.High(n))]);
        Assert.Null(bench.Alarms.Deadline);
        for (var n = 0; n < 3; n++)
        {
            bench.Read(7);
            bench.Read(5);
        }

        Assert.Equal(Second * 65, bench.Alarms.Deadline); // the last of three came at 5 s
        bench.Wait(60); // 66 s
        Assert.False(bench.Alarms.IsChattering(0));
        Assert.Null(bench.Alarms.Deadline);
        for (var n = 0; n < 11; n++)
            bench.Read(7, point: n); // 67 s to 77 s
        Assert.True(bench.Alarms.IsFlooded);
        Assert.Equal(Second * (73 + 600), bench.Alarms.Deadline); // the fifth to last came at 73 s
    }

    [Fact]
    public void An_alarm_that_somebody_knows_is_not_announced()
    {
        var bench = new AlarmBench(AlarmBench.High(priority: AlarmPriority.Critical));
        Assert.False(bench.Alarms.IsAnnounced(0));
        bench.Read(7);
        Assert.True(bench.Alarms.IsAnnounced(0));
        bench.Ask(AlarmInput.Acknowledge);
        Assert.False(bench.Alarms.IsAnnounced(0));
    }

    [Fact]
    public void A_critical_alarm_is_not_suppressed_by_another_alarm_either()
    {
        var bench = new AlarmBench(AlarmBench.High(priority: AlarmPriority.Critical) with { SuppressWhen = new AlarmCause(true, 1) }, AlarmBench.High(1));
        bench.Read(7, point: 1);
        bench.Read(7);
        Assert.Equal(AlarmState.Unacknowledged, bench.State());
        Assert.False(bench.Alarms[0].Facts.Suppressed);
    }

    [Fact]
    public void Of_two_alarms_of_one_point_the_one_that_suppresses_the_other_comes_first_when_it_was_due_first()
    {
        AlarmOptions[] alarms =
        [
            AlarmBench.High(0) with { OnDelay = Second * 3, SuppressWhen = new AlarmCause(true, 1) },
            AlarmBench.High(0) with { Id = "PAH-102", OnDelay = Second * 2 },
        ];
        var station = new Station(Of([Point(stale: 1e6)], alarms), TimeSpan.Zero);
        var told = station.Step(At(10), [Sample(1, 7), Sample(9, 7)]).Alarms; // both delays ended between the two samples
        Assert.Equal(1, told[0].Alarm);
        Assert.All(told.Skip(1), t => Assert.Equal((0, AlarmState.SuppressedByDesign), (t.Alarm, t.State)));
    }

    [Fact]
    public void What_was_asked_in_vain_is_not_told()
    {
        var station = new Station(Of([Point()], [AlarmBench.High()]), TimeSpan.Zero);
        Assert.Empty(station.Step(At(1), [], commands: [new AlarmCommand(0, AlarmInput.Reset, "mei")]).Alarms);
        Assert.Single(station.Step(At(2), [], commands: [new AlarmCommand(0, AlarmInput.Shelve, "mei")]).Alarms);
    }

    [Fact]
    public void The_rate_of_a_fast_point_is_that_of_the_stretch_and_not_of_another()
    {
        // t squared: from at - 64 s to at it rises by 2 at - 64 a second, and by anything else over any other stretch.
        var rate = new RateWindow(Second * 64);
        for (var i = 0; i <= 40_000; i++)
        {
            var at = i * 0.01;
            var found = rate.Rate(at * at, TimeSpan.FromMilliseconds(10 * i));
            if (at >= 70)
                Assert.InRange(found!.Value, (2 * at) - 65.01, (2 * at) - 63.99);
            else if (at < 32)
                Assert.Null(found);
            else
                Assert.InRange(found!.Value, Math.Max((2 * at) - 65.01, at - 0.01), Math.Max((2 * at) - 63.99, at + 0.01));
        }
    }

    [Fact]
    public void A_hole_of_another_stretch_is_bridged_and_a_longer_one_is_not()
    {
        Assert.Equal(0.5, After(Second * 20));
        Assert.Null(After((Second * 20) + TimeSpan.FromMilliseconds(1)));
        Assert.Equal(2, After(Second * 5)); // half of the stretch
        Assert.Null(After((Second * 5) - TimeSpan.FromMilliseconds(1)));

        static double? After(TimeSpan hole)
        {
            var rate = new RateWindow(Second * 10);
            Assert.Null(rate.Rate(0, Second));
            return rate.Rate(10, Second + hole);
        }
    }

    [Fact]
    public void A_rate_that_falls_is_an_alarm_as_one_that_rises_and_a_setpoint_is_reached_by_its_own_value()
    {
        var condition = new PointCondition(Alarm(AlarmKind.Rate, 0.5, 0.25) with { RateOver = Second * 10 });
        bool? Judge(double value, double at, bool before) => condition.Judge(new Reading(0, value, Quality.Good, default), Second * at, before);
        Assert.Null(Judge(10, 1, false));
        Assert.True(Judge(5, 11, false)); // 0.5 a second downwards
        Assert.True(Judge(2.5, 21, true)); // 0.25, within the deadband
        Assert.False(Judge(2.5, 21, false));
        Assert.False(Judge(0.5, 31, true)); // 0.2
    }

    [Fact]
    public void A_deviation_is_from_its_reference_as_factor_and_offset_make_it()
    {
        var condition = new PointCondition(Alarm(AlarmKind.Deviation, 1) with { ReferencePoint = 1, ReferenceFactor = 0.01, ReferenceOffset = 2 });
        Assert.Null(condition.Judge(new Reading(1, 300, Quality.Good, default), Second, false)); // 5
        Assert.Equal(0, condition.Value);
        Assert.False(condition.Judge(new Reading(0, 5.9, Quality.Good, default), Second, false));
        Assert.True(condition.Judge(new Reading(0, 4, Quality.Good, default), Second, false));
        Assert.Equal(4, condition.Value);
    }

    [Fact]
    public void The_figures_are_of_the_stretch_and_of_nothing_before_or_after_it()
    {
        Figures.Up[] spells =
        [
            new("END", "high", 60 * Minute, null), new("B", "low", 30 * Minute, 31 * Minute), new("A", "high", 0, Minute), new("BEFORE", "high", -1, Minute),
        ];
        var figures = Figures.Of(spells, 0, 60 * Minute);
        Assert.Equal((2, 2 / 6.0, 1), (figures.Announced, figures.PerTenMinutes, figures.Peak));
        Assert.Equal([("high", 1), ("low", 1)], figures.Priorities.Select(p => (p.Key, p.Value)).Order());
        Assert.Throws<ArgumentOutOfRangeException>(() => Figures.Of(spells, Minute, Minute));
        Assert.Equal(0, Figures.Of([], 0, Minute).Peak);
    }

    [Fact]
    public void The_peak_is_of_less_than_ten_minutes_wherever_they_begin()
    {
        Assert.Equal(3, Peak(0, 11, 12, 13, 30));
        Assert.Equal(2, Peak(0, 9, 10)); // 10 min later is the next ten minutes
        Assert.Equal(3, Peak(20, 9, 18, 10)); // in any order
        Assert.Equal(4, Peak(5, 5, 5, 5));

        static int Peak(params int[] minutes) =>
            Figures.Of(minutes.Select(m => new Figures.Up("A", "low", m * Minute, (m * Minute) + Minute)), 0, 60 * Minute).Peak;
    }

    [Fact]
    public void Stale_is_up_for_more_than_a_day_and_named_once_in_order()
    {
        const long Day = 24 * 60 * Minute;
        Figures.Up[] spells = [new("Z", "low", -1, null), new("Z", "low", -2, null), new("EXACT", "low", 0, null), new("OVER", "low", -5, 5), new("A", "low", -1, null)];
        Assert.Equal(["A", "Z"], Figures.Of(spells, 0, Day).Stale);
    }

    [Fact]
    public void Who_chatters_is_named_in_order_and_by_three_times_within_a_minute()
    {
        var spells = new List<Figures.Up>();
        foreach (var (id, apart) in ((string, long)[])[("Z", 29), ("B", 30), ("A", 10)])
        {
            for (var n = 0; n < 3; n++)
                spells.Add(new Figures.Up(id, "low", n * apart * 1_000_000, (n * apart * 1_000_000) + 1));
        }

        Assert.Equal(["A", "Z"], Figures.Of(spells, 0, 60 * Minute).Chattering); // three times in 60 s exactly is none
    }

    [Fact]
    public void A_flood_from_before_the_stretch_and_one_beyond_its_end_count_as_far_as_they_lie_in_it()
    {
        // Eleven at once: a flood of ten minutes.
        Assert.Equal(0.5, Share(-5, 10), 9);
        Assert.Equal(1 / 3.0, Share(10, 30), 9);
        Assert.Equal(0.25, Share(15, 20), 9);
        Assert.Equal(0, Share(-10, 20), 9); // over when the stretch begins

        static double Share(int begins, int to) =>
            Figures.Of(Enumerable.Range(0, 11).Select(n => new Figures.Up($"A-{n}", "low", begins * Minute, (begins + 1) * Minute)), 0, to * Minute).FloodShare;
    }
}
