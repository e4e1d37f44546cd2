using EdgeNode.Core.Model;
using EdgeNode.Engine;
using FsCheck;
using FsCheck.Fluent;
using Microsoft.Extensions.Time.Testing;

namespace EdgeNode.UnitTests.Engine;

/// <summary>A change of period while a bus runs.</summary>
public class QuickScheduleTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Quick = TimeSpan.FromMilliseconds(200);

    private static TimeSpan Ms(int ms) => TimeSpan.FromMilliseconds(ms);

    [Fact]
    public void The_next_scan_is_a_short_period_after_the_last_or_a_multiple_of_it_and_the_rate_is_exact()
    {
        var schedule = new ScanSchedule([(0, Second)], TimeSpan.Zero, _ => Quick);
        schedule.Take(TimeSpan.Zero);
        schedule.Quicken(true, Ms(450));
        Assert.Equal(Ms(600), schedule.NextDue);
        for (var due = 600; due < 60_000; due += 200)
        {
            Assert.Equal(Ms(due), schedule.NextDue);
            Assert.Equal(0, schedule.Take(Ms(due + 50)));
            Assert.Null(schedule.Take(Ms(due + 51)));
        }

        Assert.Equal(0, schedule.Skipped);
    }

    [Fact]
    public void Afterwards_the_device_is_back_on_the_due_times_that_it_had()
    {
        var schedule = new ScanSchedule([(0, Second), (1, Second)], Ms(100), _ => Quick);
        schedule.Take(Ms(100));
        schedule.Take(Ms(350));
        schedule.Quicken(true, Ms(400));
        var takes = new List<int>();
        while (takes.Count < 16)
        {
            takes.Add(schedule.Take(schedule.NextDue!.Value)!.Value);
        }

        schedule.Quicken(false, Ms(2000));
        var dues = new List<(int, int)>();
        for (var i = 0; i < 4; i++)
        {
            var due = schedule.NextDue!.Value;
            dues.Add((schedule.Take(due)!.Value, (int)due.TotalMilliseconds));
        }

        Assert.Equal([(0, 2100), (1, 2350), (0, 3100), (1, 3350)], dues);
    }

    [Fact]
    public void What_is_late_by_its_own_period_is_scanned_once_and_counted_by_its_own_period()
    {
        var schedule = new ScanSchedule([(0, Second)], TimeSpan.Zero, _ => Quick);
        schedule.Take(TimeSpan.Zero);
        schedule.Quicken(true, Ms(3500)); // due since 1 s: those of 2 s and 3 s are gone
        Assert.Equal(0, schedule.Take(Ms(3500)));
        Assert.Null(schedule.Take(Ms(3500)));
        Assert.Equal(2, schedule.Skipped);
        Assert.Equal(Ms(3600), schedule.NextDue);
    }

    [Fact]
    public void A_device_that_is_as_fast_already_notices_nothing()
    {
        var schedule = new ScanSchedule([(0, Second), (1, Second)], TimeSpan.Zero, d => d == 0 ? Quick : Second);
        schedule.Take(TimeSpan.Zero);
        schedule.Take(Ms(250));
        schedule.Quicken(true, Ms(300));
        var slow = new List<TimeSpan>();
        while (schedule.NextDue < TimeSpan.FromSeconds(10))
        {
            var due = schedule.NextDue!.Value;
            if (schedule.Take(due) == 1)
            {
                slow.Add(due);
            }
        }

        Assert.Equal(Enumerable.Range(1, 9).Select(n => Ms(250 + (1000 * n))), slow);
    }

    [Law(MaxTest = 300)]
    public Property No_scan_comes_later_than_by_its_own_period_and_none_twice_in_a_short_one() => Prop.ForAll(
        Gen.Choose(1, 1000).ArrayOf(60).ToArbitrary(), Gen.Choose(10, 990).ToArbitrary(), (waits, quickMs) =>
    {
        var quick = Ms(quickMs);
        var schedule = new ScanSchedule([(0, Second), (1, Second * 3)], TimeSpan.Zero, d => d == 0 ? quick : quick * 2);
        var (last, on, now) = (new TimeSpan?[2], false, TimeSpan.Zero);
        var returned = new bool[2];
        foreach (var wait in waits)
        {
            var until = now + Ms(wait);
            while (schedule.NextDue is { } due && due <= until)
            {
                now = due;
                var device = schedule.Take(due)!.Value;
                var (own, least) = device == 0 ? (Second, quick) : (Second * 3, quick * 2);
                if (last[device] is { } before)
                {
                    // The first scan back on the old due times may follow the last quick one more closely.
                    var gap = due - before;
                    if (gap > own || gap <= TimeSpan.Zero || (gap < least && !returned[device]))
                    {
                        return false;
                    }
                }

                (last[device], returned[device]) = (due, false);
            }

            now = until;
            on = !on;
            schedule.Quicken(on, now);
            returned = [returned[0] || !on, returned[1] || !on];
        }

        return schedule.Skipped == 0;
    });

    [Fact]
    public void A_running_bus_goes_over_and_back_with_exact_rates()
    {
        var time = new FakeTimeProvider();
        var start = time.Monotonic();
        using var bus = new FakeBus(time, _ => TimeSpan.Zero);
        var mailbox = new SampleMailbox(() => { });
        var loop = new BusLoop(bus, new ScanSchedule([(0, Second), (1, Second)], start, d => d == 0 ? Quick : Second), mailbox, time);
        Run(10);
        loop.Quicken(true);
        Run(20);
        loop.Quicken(false);
        Run(30);
        var counts = bus.Scans.Where(s => s.Device == 0).GroupBy(s => (int)((s.At - start) / TimeSpan.FromSeconds(10))).Select(g => g.Count()).ToArray();
        Assert.Equal([10, 50, 10], counts);
        Assert.Equal(30, bus.Scans.Count(s => s.Device == 1));
        Assert.Equal(0, loop.Skipped);

        void Run(int seconds)
        {
            while (time.Monotonic() - start < TimeSpan.FromSeconds(seconds))
            {
                var wait = loop.RunDue(CancellationToken.None);
                var left = start + TimeSpan.FromSeconds(seconds) - time.Monotonic();
                time.Advance(wait < left ? wait : left);
                while (mailbox.TryTake(out var samples))
                {
                    mailbox.Return(samples);
                }
            }
        }
    }
}
