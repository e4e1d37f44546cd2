using EdgeNode.Core.Model;
using EdgeNode.Core.Ports;
using EdgeNode.Engine;
using EdgeNode.UnitTests.CoreLaws;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace EdgeNode.UnitTests.Engine;

public class RecorderTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private readonly FakeTimeProvider _time = new();
    private readonly FakeRecorder _recorder = new();
    private readonly RecorderQueue _queue = new();
    private readonly RecorderLoop _loop;

    public RecorderTests() => _loop = new RecorderLoop(_queue, _recorder, Second, _time, NullLogger.Instance);

    [Fact]
    public void Readings_are_appended_at_once_and_committed_within_the_interval()
    {
        _queue.Put(Readings(0, 5));
        Assert.Equal(Second, _loop.RunDue());
        Assert.Equal(["readings 5"], _recorder.Calls);
        _time.Advance(TimeSpan.FromMilliseconds(999));
        _loop.RunDue();
        Assert.DoesNotContain("commit", _recorder.Calls);
        _time.Advance(TimeSpan.FromMilliseconds(1));
        _loop.RunDue();
        Assert.Equal("commit", _recorder.Calls[^1]);
        Assert.Equal(5, _loop.Recorded);
    }

    [Fact]
    public void Events_overtake_readings()
    {
        _queue.Put(Readings(0, 2));
        _queue.Put(new EventRecord("alarm", default, "{}"u8.ToArray()));
        _loop.RunDue();
        Assert.Equal(["event alarm", "commit", "readings 2"], _recorder.Calls);
    }

    [Fact]
    public void With_the_disk_hung_the_queue_stays_bounded_drops_the_oldest_and_names_the_loss()
    {
        for (var i = 0; i < 300; i++)
        {
            _queue.Put(Readings(i * 100, 100));
        }

        _loop.RunDue();
        Assert.Equal("loss Telemetry 10000 recorder-queue-full", _recorder.Calls[0]);
        Assert.Equal(RecorderQueue.ReadingLimit, _recorder.Kept.Count);
        Assert.Equal(Enumerable.Range(10_000, 20_000).Select(i => (double)i), _recorder.Kept.Select(r => r.Value));
        Assert.Equal(10_000, _queue.Lost);
    }

    [Fact]
    public void Too_many_events_are_bounded_and_named_too()
    {
        for (var i = 0; i < RecorderQueue.EventLimit + 3; i++)
        {
            _queue.Put(new EventRecord("alarm", default, "{}"u8.ToArray()));
        }

        _loop.RunDue();
        Assert.Equal("loss Event 3 recorder-queue-full", _recorder.Calls[0]);
        Assert.Equal(RecorderQueue.EventLimit, _recorder.Calls.Count(c => c == "event alarm"));
    }

    [Fact]
    public void A_reading_that_the_disk_refused_does_not_count_as_recorded()
    {
        _recorder.Outcome = AppendOutcome.DiskFull;
        _queue.Put(Readings(0, 7));
        _loop.RunDue();
        Assert.Equal(0, _loop.Recorded);
    }

    [Fact]
    public void A_mailbox_at_its_limit_drops_the_oldest_scan_and_no_bus_waits()
    {
        var mailbox = new SampleMailbox(() => { });
        for (var i = 0; i < SampleMailbox.Limit + 2; i++)
        {
            var list = mailbox.Rent();
            list.Add(TestSite.Sample(i, i));
            mailbox.Post(list);
        }

        Assert.Equal(2, mailbox.Dropped);
        Assert.True(mailbox.TryTake(out var first));
        Assert.Equal(2, first[0].Raw);
    }

    private static List<Reading> Readings(int first, int count) =>
        [.. Enumerable.Range(first, count).Select(i => new Reading(0, i, Quality.Good, TestSite.At(i).Wall))];
}
