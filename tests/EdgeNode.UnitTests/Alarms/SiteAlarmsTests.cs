using EdgeNode.Core.Evaluate;
using EdgeNode.Core.Model;
using static EdgeNode.UnitTests.CoreLaws.TestSite;

namespace EdgeNode.UnitTests.Alarms;

/// <summary>The alarms of a site without a station around them: whatever they are asked to run up to, they run in the order of time.</summary>
public class SiteAlarmsTests
{
    private const int Contact = 4;

    private readonly List<AlarmTransition> _told = [];

    [Fact]
    public void An_alarm_runs_with_the_one_that_suppresses_it_and_that_one_first_when_it_was_due_first()
    {
        int[][] asked = [[0], [1], [0, 1]]; // either brings the other with it
        foreach (var alarms in asked)
        {
            _told.Clear();
            var site = Make(
                AlarmBench.High(0) with { OnDelay = Second * 3, SuppressWhen = new AlarmCause(true, 1) }, AlarmBench.High(1) with { OnDelay = Second * 2 }, AlarmBench.High(2));
            Read(site, 0, 7, 1);
            Read(site, 1, 7, 1);
            Read(site, 2, 7, 1);
            site.AdvanceEach(alarms, At(10));
            Assert.Equal([(1, AlarmState.Unacknowledged, 3.0), (0, AlarmState.SuppressedByDesign, 3.0)], Told().Take(2));
            Assert.DoesNotContain(_told, t => t.Alarm == 2); // it has nothing to do with them
        }
    }

    [Fact]
    public void What_a_contact_suppresses_has_come_up_before_it_when_its_delay_was_over_by_then()
    {
        var site = Make(AlarmBench.High(0) with { OnDelay = Second * 2, SuppressWhen = new AlarmCause(false, Contact) });
        Read(site, 0, 7, 1);
        site.AdvanceOf(Contact, At(5));
        Assert.Equal([(0, AlarmState.Unacknowledged, 3.0)], Told());
        Read(site, Contact, 1, 5);
        Assert.Equal((0, AlarmState.SuppressedByDesign, 5.0), Told()[^1]);
    }

    [Fact]
    public void The_alarms_of_a_point_run_up_to_its_reading()
    {
        var site = Make(AlarmBench.High(0) with { OnDelay = Second * 2 }, AlarmBench.High(1));
        Read(site, 0, 7, 1);
        Read(site, 1, 7, 1);
        site.AdvanceOf(0, At(3));
        Assert.Equal([(0, AlarmState.Unacknowledged, 3.0)], Told());
    }

    [Fact]
    public void All_that_is_due_by_a_moment_and_at_it_comes_in_the_order_of_time()
    {
        var site = Make(AlarmBench.High(0) with { OnDelay = Second * 9 }, AlarmBench.High(1) with { OnDelay = Second * 4 }, AlarmBench.High(2) with { OnDelay = Second * 6 });
        for (var n = 0; n < 3; n++)
            Read(site, n, 7, 1);
        site.Advance(At(10));
        Assert.Equal([(1, 5.0), (2, 7.0), (0, 10.0)], Told().Select(t => (t.Alarm, t.At)));
    }

    [Fact]
    public void Chatter_that_was_over_before_the_next_time_is_over_however_late_all_of_it_is_looked_at()
    {
        var site = Make(AlarmBench.High(0));
        Pulse(site, 0, 1, 11, 21);
        Assert.True(_told[^2].Chattering); // the third time
        Pulse(site, 0, 100);
        Assert.True(_told[^2] is { Active: true, Chattering: false }); // a minute after the third
        Assert.False(site.IsChattering(0));
    }

    [Fact]
    public void A_flood_that_was_over_before_the_next_alarm_is_over_however_late_all_of_it_is_looked_at()
    {
        var site = Make([.. Enumerable.Range(0, 12).Select(n => AlarmBench.High(n, AlarmPriority.Low))]);
        for (var n = 0; n < 11; n++)
            Raise(site, n, n + 1);
        Assert.True(site.IsFlooded);
        Raise(site, 11, 700);
        Assert.False(site.IsFlooded);
        Assert.Equal(Second * 607, site.CallsFrom(10, Second * 11)); // the fifth to last came at 7 s
    }

    [Fact]
    public void An_alarm_by_a_sample_that_comes_late_counts_to_a_flood_when_it_comes()
    {
        var site = Make([.. Enumerable.Range(0, 11).Select(n => AlarmBench.High(n, AlarmPriority.Low))]);
        for (var n = 0; n < 6; n++)
            Raise(site, n, 100);
        Raise(site, 6, 50); // of another bus
        for (var n = 7; n < 11; n++)
            Raise(site, n, 100);
        Assert.True(site.IsFlooded);
        Assert.Equal(Second * 700, site.Deadline); // the fifth to last is the late one
    }

    [Fact]
    public void What_came_up_before_an_alarm_chattered_or_after_it_calls_from_then_on()
    {
        var site = Make(AlarmBench.High(0));
        Pulse(site, 0, 1, 11, 21);
        site.Advance(At(200)); // over at 81 s
        Assert.Equal([5.0, 81, 81, 81, 100], new[] { 5, 21, 50, 81, 100 }.Select(at => site.CallsFrom(0, Second * at).TotalSeconds));
    }

    [Fact]
    public void A_critical_alarm_calls_from_when_it_came_up_though_it_chattered_and_one_of_high_priority_though_there_was_a_flood()
    {
        var priorities = new[] { AlarmPriority.Critical, AlarmPriority.High, AlarmPriority.Medium };
        var site = Make([.. Enumerable.Range(0, 12).Select(n => AlarmBench.High(n, n < 3 ? priorities[n] : AlarmPriority.Low))]);
        for (var n = 0; n < 12; n++)
            Raise(site, n, 1);
        Assert.True(site.IsFlooded);
        Pulse(site, 0, 2, 3, 4);
        Assert.True(site.IsChattering(0));
        site.Advance(At(1000)); // the flood is over at 601 s, the chatter at 64 s
        Assert.Equal([4.0, 4, 601], Enumerable.Range(0, 3).Select(n => site.CallsFrom(n, Second * 4).TotalSeconds));
    }

    private List<(int Alarm, AlarmState State, double At)> Told() => [.. _told.Select(t => (t.Alarm, t.State, t.At.TotalSeconds))];

    private SiteAlarms Make(params AlarmOptions[] alarms) => new(Of([.. Enumerable.Range(0, Math.Max(alarms.Length, Contact + 1)).Select(n => Point($"P-{n}.value"))], alarms), _told);

    private static void Read(SiteAlarms site, int point, double value, double at) => site.Observe(new Reading(point, value, Quality.Good, At(at).Wall), At(at));

    private static void Raise(SiteAlarms site, int point, double at)
    {
        Read(site, point, 7, at);
        site.AdvanceEach([point], At(at));
    }

    /// <summary>Comes up at each of the moments, and goes half a second later.</summary>
    private static void Pulse(SiteAlarms site, int point, params int[] moments)
    {
        foreach (var at in moments)
        {
            Read(site, point, 5, at - 0.1);
            site.AdvanceEach([point], At(at - 0.1));
            Raise(site, point, at);
            Read(site, point, 5, at + 0.5);
            site.AdvanceEach([point], At(at + 0.5));
        }
    }
}
