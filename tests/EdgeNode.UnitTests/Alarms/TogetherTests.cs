using EdgeNode.Core;
using EdgeNode.Core.Evaluate;
using EdgeNode.Core.Model;
using static EdgeNode.UnitTests.CoreLaws.TestSite;

namespace EdgeNode.UnitTests.Alarms;

/// <summary>Alarms beside each other: the first of a group, chatter, flood.</summary>
public class TogetherTests
{
    [Fact]
    public void The_first_of_a_group_stays_marked_until_the_group_is_at_rest()
    {
        var bench = new AlarmBench(AlarmBench.High() with { FirstOut = "pump" }, AlarmBench.High(1) with { FirstOut = "pump" }, AlarmBench.High(2));
        bench.Read(7, point: 2);
        Assert.True(Assert.Single(bench.Read(7, point: 1)).FirstOut);
        Assert.False(Assert.Single(bench.Read(7)).FirstOut);
        bench.Read(5, point: 1);
        bench.Ask(AlarmInput.Acknowledge, 1);
        Assert.True(bench.Alarms.IsFirstOut(1)); // the other one still stands
        bench.Ask(AlarmInput.Acknowledge);
        bench.Read(5);
        Assert.False(bench.Alarms.IsFirstOut(1));
        Assert.True(Assert.Single(bench.Read(7)).FirstOut);
    }

    [Fact]
    public void Of_two_whose_delays_end_in_one_step_the_first_is_the_one_whose_delay_ended_first()
    {
        var bench = new AlarmBench(
            AlarmBench.High() with { FirstOut = "pump", OnDelay = TimeSpan.FromSeconds(5) },
            AlarmBench.High(1) with { FirstOut = "pump", OnDelay = TimeSpan.FromSeconds(2) });
        bench.Read(7);
        bench.Read(7, after: 0.5, point: 1);
        Assert.Equal([(1, true), (0, false)], bench.Wait(60).Select(t => (t.Alarm, t.FirstOut)));
    }

    [Fact]
    public void Three_times_in_a_minute_is_chatter_and_a_minute_of_quiet_ends_it()
    {
        var bench = new AlarmBench(AlarmBench.High());
        Pulse(bench, 10);
        Pulse(bench, 10);
        Assert.False(bench.Alarms.IsChattering(0));
        Assert.True(Assert.Single(bench.Read(7)).Chattering);
        Assert.False(bench.Alarms.IsAnnounced(0));
        Assert.Equal(AlarmState.Unacknowledged, bench.State());
        bench.Wait(59.9);
        Assert.True(bench.Alarms.IsChattering(0));
        bench.Wait(0.1);
        Assert.False(bench.Alarms.IsChattering(0));
        Assert.True(bench.Alarms.IsAnnounced(0));
    }

    [Fact]
    public void Three_times_in_more_than_a_minute_is_no_chatter()
    {
        var bench = new AlarmBench(AlarmBench.High());
        Pulse(bench, 30);
        Pulse(bench, 30);
        bench.Read(7, after: 15); // 60 s after the first
        Assert.False(bench.Alarms.IsChattering(0));
    }

    [Fact]
    public void The_eleventh_in_ten_minutes_is_a_flood_that_ends_below_five()
    {
        var bench = new AlarmBench([.. Enumerable.Range(0, 11).Select(n => AlarmBench.High(n, AlarmPriority.Medium))]);
        for (var n = 0; n < 10; n++)
        {
            bench.Read(7, after: 50, point: n); // one each 50 s: ten in 10 min
        }

        Assert.False(bench.Alarms.IsFlooded);
        bench.Read(7, after: 50, point: 10);
        Assert.True(bench.Alarms.IsFlooded);

        // The last five came in the last 200 s: the flood ends when the fifth to last is ten minutes old.
        bench.Wait(399.9);
        Assert.True(bench.Alarms.IsFlooded);
        bench.Wait(0.1);
        Assert.False(bench.Alarms.IsFlooded);
    }

    [Fact]
    public void A_flood_mutes_low_and_medium_and_shows_them_all_the_same()
    {
        var priorities = new[] { AlarmPriority.Low, AlarmPriority.Medium, AlarmPriority.High, AlarmPriority.Critical };
        var bench = new AlarmBench([.. Enumerable.Range(0, 20).Select(n => AlarmBench.High(n, priorities[n % 4]))]);
        for (var n = 0; n < 20; n++)
        {
            Assert.Equal((n, AlarmState.Unacknowledged), bench.Read(7, point: n).Select(t => (t.Alarm, t.State)).Single());
        }

        Assert.Equal([false, false, true, true], Enumerable.Range(16, 4).Select(bench.Alarms.IsAnnounced));
    }

    [Fact]
    public void What_is_shelved_makes_no_flood()
    {
        var bench = new AlarmBench([.. Enumerable.Range(0, 12).Select(n => AlarmBench.High(n))]);
        for (var n = 0; n < 12; n++)
        {
            bench.Ask(AlarmInput.Shelve, n);
            bench.Read(7, point: n);
        }

        Assert.False(bench.Alarms.IsFlooded);
    }

    private static void Pulse(AlarmBench bench, double seconds)
    {
        bench.Read(7, after: seconds / 2);
        bench.Read(5, after: seconds / 2);
    }

    [Fact]
    public void What_people_do_in_a_step_that_comes_late_makes_no_flood_of_what_came_before_it_and_ends_none()
    {
        foreach (var hand in new[] { false, true })
        {
            // Eleven alarms in ten minutes: the flood began at 11 s and was over by 607 s.
            var station = Field();
            Assert.False(Late(station, hand, 700, [.. Enumerable.Range(0, 11).Select(n => Sample(n + 1, 7, point: n))]));
            Assert.Equal(Second * 607, station.Alarms.CallsFrom(10, Second * 11));

            // It goes on to 608 s: the last four of the eleven and one more, that came before it was over, are five.
            station = Field();
            station.Step(At(12), [.. Enumerable.Range(0, 11).Select(n => Sample(n + 1, 7, point: n))]);
            Assert.True(station.Alarms.IsFlooded);
            Assert.True(Late(station, hand, 607.5, [Sample(606, 7, point: 11)]));
        }

        static Station Field() => new(
            Of([.. Enumerable.Range(0, 13).Select(n => Point($"P-{n}.value", stale: 1e6))], [.. Enumerable.Range(0, 13).Select(n => AlarmBench.High(n, AlarmPriority.Low))]), TimeSpan.Zero);

        static bool Late(Station station, bool hand, double now, RawSample[] samples)
        {
            AlarmCommand[] asked = hand ? [new AlarmCommand(12, AlarmInput.Shelve, "mei")] : [];
            Assert.All(station.Step(At(now), samples, commands: asked).Answers, answer => Assert.Equal(AlarmAnswer.Done, answer));
            return station.Alarms.IsFlooded;
        }
    }
}
