using EdgeNode.Core.Model;
using EdgeNode.Core.Ports;
using EdgeNode.Engine;
using Microsoft.Extensions.Time.Testing;

namespace EdgeNode.UnitTests.Engine;

/// <summary>Conversions that scans begin and the loop ends.</summary>
public sealed class PendingTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void A_conversion_is_ended_when_it_is_due_and_holds_up_no_other_device()
    {
        var bus = new SlowBus(_time, TimeSpan.FromMilliseconds(300));
        var mailbox = new SampleMailbox(() => { });
        var start = _time.Monotonic();
        var loop = new BusLoop(bus, new ScanSchedule([(0, TimeSpan.FromSeconds(1)), (1, TimeSpan.FromSeconds(1))], start), mailbox, _time);
        var came = new List<(int Device, TimeSpan At)>();
        while (_time.Monotonic() - start < TimeSpan.FromSeconds(3))
        {
            var wait = loop.RunDue(TestContext.Current.CancellationToken);
            while (mailbox.TryTake(out var samples))
            {
                came.AddRange(samples.Select(s => (s.Point, s.TakenAt - start)));
                mailbox.Return(samples);
            }

            _time.Advance(wait);
        }

        // Device 0 converts for 300 ms from each of its due times; device 1, due 250 ms later, answers at once and in between.
        Assert.Equal([0.3, 1.3, 2.3], came.Where(c => c.Device == 0).Select(c => c.At.TotalSeconds));
        Assert.Equal([0.25, 1.25, 2.25], came.Where(c => c.Device == 1).Select(c => c.At.TotalSeconds));
        Assert.Equal(0, loop.Skipped);
    }

    [Fact]
    public void A_scan_that_only_began_something_posts_nothing()
    {
        var posts = 0;
        var loop = new BusLoop(
            new SlowBus(_time, TimeSpan.FromSeconds(10)), new ScanSchedule([(0, TimeSpan.FromSeconds(1))], _time.Monotonic()), new SampleMailbox(() => posts++), _time);
        Assert.Equal(TimeSpan.FromSeconds(1), loop.RunDue(TestContext.Current.CancellationToken));
        Assert.Equal((0, 1), (posts, loop.Scans));
    }

    [Fact]
    public void Without_a_scan_ahead_the_loop_wakes_for_what_is_pending()
    {
        var bus = new SlowBus(_time, TimeSpan.FromMilliseconds(40));
        var loop = new BusLoop(bus, new ScanSchedule([(0, TimeSpan.FromHours(1))], _time.Monotonic()), new SampleMailbox(() => { }), _time);
        Assert.Equal(TimeSpan.FromMilliseconds(40), loop.RunDue(TestContext.Current.CancellationToken));
    }

    /// <summary>Device 0 takes its time, any other answers at once.</summary>
    private sealed class SlowBus(FakeTimeProvider time, TimeSpan takes) : IFieldBus
    {
        public string Id => "slow";

        public BusHealth Health => default;

        public TimeSpan? Pending { get; private set; }

        public void Scan(int device, List<RawSample> samples, CancellationToken stop)
        {
            if (device == 0)
                Pending = time.Monotonic() + takes;
            else
                samples.Add(new RawSample(device, 1, Quality.Good, time.Monotonic()));
        }

        public void Resume(List<RawSample> samples, CancellationToken stop)
        {
            Assert.True(Pending <= time.Monotonic());
            Pending = null;
            samples.Add(new RawSample(0, 1, Quality.Good, time.Monotonic()));
        }

        public void Dispose()
        {
        }
    }
}
