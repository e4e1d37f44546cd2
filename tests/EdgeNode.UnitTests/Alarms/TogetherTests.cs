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

    [Theory]
    [InlineData("suppression")]
    [InlineData("shelf")]
    [InlineData("unshelve")]
    [InlineData("in-service")]
    [InlineData("re-alarm")]
    public void What_is_announced_again_makes_a_flood_like_what_comes_up(string way)
    {
        foreach (var count in new[] { 10, 11, 12 })
        {
            var bench = new AlarmBench([.. Enumerable.Range(0, 12).Select(n => AlarmBench.High(n, AlarmPriority.Low) with
            {
                ReAlarm = way == "re-alarm" ? TimeSpan.FromSeconds(1000) : null,
                SuppressWhen = way == "suppression" ? new AlarmCause(false, 12) : null,
            })]);
            if (way == "suppression")
                bench.Read(1, point: 12);
            for (var n = 0; n < 12; n++)
            {
                if (way is "shelf" or "unshelve")
                    bench.Ask(AlarmInput.Shelve, n, seconds: way == "shelf" ? 2000 : 10_000);
                if (way == "in-service")
                    bench.Ask(AlarmInput.RemoveFromService, n);
                bench.Read(7, after: way == "re-alarm" ? 70 : 1, point: n);
                if (n >= count)
                    bench.Read(5, point: n); // what comes back at rest is announced to nobody
            }

            Assert.False(bench.Alarms.IsFlooded);
            bench.Wait(900);
            if (way == "re-alarm")
            {
                for (var n = 0; n < 12; n++)
                    bench.Ask(AlarmInput.Acknowledge, n);
            }

            if (way is "unshelve" or "in-service")
            {
                for (var n = 0; n < 12; n++)
                    Assert.Equal(AlarmAnswer.Done, bench.Ask(way == "unshelve" ? AlarmInput.Unshelve : AlarmInput.ReturnToService, n));
            }
            else if (way == "suppression")
            {
                bench.Read(0, point: 12);
            }
            else
            {
                bench.Wait(1200);
            }

            Assert.Equal(count, Enumerable.Range(0, 12).Count(n => bench.State(n) == AlarmState.Unacknowledged));
            Assert.Equal(count > 10, bench.Alarms.IsFlooded);
        }
    }

    [Fact]
    public void What_people_bring_back_in_a_step_that_comes_late_counts_when_they_do_and_not_before_what_came_before()
    {
        var station = new Station(
            Of([.. Enumerable.Range(0, 22).Select(n => Point($"P-{n}.value", stale: 1e6))], [.. Enumerable.Range(0, 22).Select(n => AlarmBench.High(n, AlarmPriority.Low))]), TimeSpan.Zero);
        station.Step(At(0.5), [], commands: [new AlarmCommand(21, AlarmInput.RemoveFromService, "mei")]);
        station.Step(At(0.6), [Sample(0.6, 7, point: 21)]);
        station.Step(At(700), [.. Enumerable.Range(0, 10).Select(n => Sample(n + 1, 7, point: n))], commands: [new AlarmCommand(21, AlarmInput.ReturnToService, "mei")]);
        Assert.False(station.Alarms.IsFlooded);
        Assert.Equal(Second * 11, station.Alarms.CallsFrom(9, Second * 11)); // nor was there one
        station.Step(At(720), [.. Enumerable.Range(10, 9).Select(n => Sample(n + 700, 7, point: n))]);
        Assert.False(station.Alarms.IsFlooded); // ten since 700 s
        station.Step(At(730), [Sample(729, 7, point: 19)]);
        Assert.True(station.Alarms.IsFlooded);
    }

    [Fact]
    public void A_sample_of_before_people_brought_alarms_back_counts_to_a_flood_after_them()
    {
        var station = new Station(
            Of([.. Enumerable.Range(0, 11).Select(n => Point($"P-{n}.value", stale: 1e6))], [.. Enumerable.Range(0, 11).Select(n => AlarmBench.High(n, AlarmPriority.Low))]), TimeSpan.Zero);
        for (var n = 0; n < 6; n++)
        {
            station.Step(At(1), [], commands: [new AlarmCommand(n, AlarmInput.RemoveFromService, "mei")]);
            station.Step(At(2), [Sample(2, 7, point: n)]);
        }

        for (var n = 0; n < 6; n++)
            station.Step(At(700), [], commands: [new AlarmCommand(n, AlarmInput.ReturnToService, "mei")]);
        Assert.False(station.Alarms.IsFlooded);
        station.Step(At(710), [.. Enumerable.Range(6, 5).Select(n => Sample(690, 7, point: n))]); // of another bus
        Assert.True(station.Alarms.IsFlooded);
        Assert.Equal(Second * 1300, station.Alarms.Deadline); // the fifth to last is the first of the late ones
    }

    [Fact]
    public void One_that_comes_back_active_is_the_first_of_its_group_where_none_is_and_takes_it_from_no_other()
    {
        foreach (var other in new[] { false, true })
            foreach (var byHand in new[] { false, true })
            {
                var bench = new AlarmBench(
                    AlarmBench.High() with { FirstOut = "pump", SuppressWhen = new AlarmCause(false, 2) }, AlarmBench.High(1) with { FirstOut = "pump" });
                if (byHand)
                    bench.Ask(AlarmInput.RemoveFromService);
                else
                    bench.Read(1, point: 2);
                Assert.False(Assert.Single(bench.Read(7)).FirstOut); // set aside it has no place in the order
                if (other)
                    Assert.True(Assert.Single(bench.Read(7, point: 1)).FirstOut);
                if (byHand)
                    bench.Ask(AlarmInput.ReturnToService);
                else
                    Assert.Equal(!other, Assert.Single(bench.Read(0, point: 2)).FirstOut);
                Assert.Equal([!other, other], new[] { 0, 1 }.Select(bench.Alarms.IsFirstOut));
            }
    }

    [Fact]
    public void A_latch_that_comes_back_without_its_condition_is_no_first_and_is_announced()
    {
        var bench = new AlarmBench(AlarmBench.High() with { FirstOut = "pump", Latch = true }, AlarmBench.High(1) with { FirstOut = "pump" });
        bench.Read(7);
        bench.Ask(AlarmInput.Shelve, seconds: 100);
        bench.Read(5);
        Assert.False(bench.Alarms.IsFirstOut(0)); // the group was at rest meanwhile
        var back = Assert.Single(bench.Wait(100));
        Assert.Equal((AlarmState.LatchedUnacknowledged, false, true), (back.State, back.FirstOut, back.IsAnnouncement));
        Assert.True(Assert.Single(bench.Read(7, point: 1)).FirstOut);
    }

    [Fact]
    public void What_is_told_and_calls_nobody_anew_is_no_announcement()
    {
        var bench = new AlarmBench(AlarmBench.High() with { Latch = true });
        var told = new List<AlarmTransition>(bench.Read(7));
        told.AddRange(bench.Read(5)); // latched, and calls on
        Assert.Equal([(AlarmState.Unacknowledged, true), (AlarmState.LatchedUnacknowledged, false)], told.Select(t => (t.State, t.IsAnnouncement)));
        bench.Ask(AlarmInput.Shelve);
        Assert.False(Assert.Single(bench.Read(7)).IsAnnouncement);
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
