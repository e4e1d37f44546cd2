using EdgeNode.Core.Model;
using EdgeNode.Engine;
using FsCheck;
using FsCheck.Fluent;
using Microsoft.Extensions.Time.Testing;

namespace EdgeNode.UnitTests.Engine;

public class ScheduleTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Fact]
    public void A_thousand_late_scans_do_not_drift()
    {
        var schedule = new ScanSchedule([(7, Second)], TimeSpan.Zero);
        for (var i = 0; i < 1000; i++)
        {
            Assert.Equal(Second * i, schedule.NextDue);
            Assert.Equal(7, schedule.Take((Second * i) + TimeSpan.FromMilliseconds(300)));
        }

        Assert.Equal(0, schedule.Skipped);
    }

    [Fact]
    public void A_bus_that_was_away_skips_whole_periods_counts_them_and_stays_on_its_grid()
    {
        var schedule = new ScanSchedule([(0, Second)], TimeSpan.Zero);
        schedule.Take(TimeSpan.Zero);
        Assert.Equal(0, schedule.Take(TimeSpan.FromSeconds(10.5)));
        Assert.Equal(9, schedule.Skipped);
        Assert.Null(schedule.Take(TimeSpan.FromSeconds(10.9)));
        Assert.Equal(0, schedule.Take(TimeSpan.FromSeconds(11)));
    }

    [Fact]
    public void First_scans_are_spread_within_half_a_second()
    {
        var schedule = new ScanSchedule([.. Enumerable.Range(0, 10).Select(i => (i, Second))], TimeSpan.Zero);
        var starts = new List<TimeSpan>();
        for (var i = 0; i < 10; i++)
        {
            starts.Add(schedule.NextDue!.Value);
            schedule.Take(schedule.NextDue.Value);
        }

        Assert.Equal(10, starts.Distinct().Count());
        Assert.All(starts, s => Assert.True(s < TimeSpan.FromMilliseconds(500)));
    }

    [Law(MaxTest = 100)]
    public Property Every_device_gets_its_turn_whatever_the_delays() => Prop.ForAll(Gen.Choose(0, 2500).ArrayOf(300).ToArbitrary(), delays =>
    {
        var schedule = new ScanSchedule([(0, Second), (1, Second * 2), (2, Second * 5)], TimeSpan.Zero);
        var counts = new int[3];
        var now = TimeSpan.Zero;
        foreach (var delay in delays)
        {
            if (schedule.Take(now) is { } device)
            {
                counts[device]++;
                now += TimeSpan.FromMilliseconds(delay);
            }
            else
            {
                now = schedule.NextDue!.Value;
            }
        }

        return counts.All(c => c > 0) && counts.Sum() <= delays.Length;
    });

    [Fact]
    public void One_slow_device_of_ten_behind_one_bus_leaves_the_others_on_their_schedule()
    {
        var time = new FakeTimeProvider();
        var start = time.Monotonic();
        using var bus = new FakeBus(time, device => TimeSpan.FromMilliseconds(device == 3 ? 400 : 5));
        var mailbox = new SampleMailbox(() => { });
        var loop = new BusLoop(bus, new ScanSchedule([.. Enumerable.Range(0, 10).Select(i => (i, Second))], start), mailbox, time);
        while (time.Monotonic() - start < TimeSpan.FromSeconds(60))
        {
            time.Advance(loop.RunDue(CancellationToken.None));
            while (mailbox.TryTake(out var samples))
            {
                mailbox.Return(samples);
            }
        }

        Assert.All(bus.Scans.GroupBy(s => s.Device), g => Assert.InRange(g.Count(), 59, 61));
        Assert.Equal(0, loop.Skipped);
    }
}
