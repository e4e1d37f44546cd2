using EdgeNode.Core.Model;
using EdgeNode.Engine;
using EdgeNode.UnitTests.CoreLaws;
using EdgeNode.UnitTests.Uplink;
using Microsoft.Extensions.Time.Testing;

namespace EdgeNode.UnitTests.Engine;

/// <summary>What a loop makes of a backlog: it was held up for a while and finds more than one scan, or a disk that takes its time.</summary>
public class BehindTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly FakeRecorder _recorder = new();
    private readonly SampleMailbox _mailbox = new(() => { });
    private readonly RecorderQueue _queue = new();
    private readonly LogLines _log = new();
    private readonly StationLoop _loop;
    private readonly RecorderLoop _record;

    public BehindTests()
    {
        var site = TestSite.Of([TestSite.Point(stale: 3)], [TestSite.Alarm(on: 2)]);
        var clock = new FakeStationClock(_time);
        _loop = new StationLoop(site, _mailbox, _queue, new NodeAlarmBoard(_queue, clock, _log), clock, _log);
        _record = new RecorderLoop(_queue, _recorder, TestSite.Second, _time, _log);
    }

    [Fact]
    public void A_station_that_was_held_up_calls_no_point_stale_whose_fresh_scans_wait()
    {
        for (var i = 0; i < 6; i++)
        {
            Post(5);
            _time.Advance(TestSite.Second);
        }

        _loop.RunDue();
        _record.RunDue();
        Assert.Equal(6, _recorder.Kept.Count);
        Assert.All(_recorder.Kept, r => Assert.Equal(Quality.Good, r.Quality));
    }

    [Fact]
    public void A_station_that_was_held_up_raises_no_alarm_that_a_waiting_scan_denies()
    {
        Post(7);
        _time.Advance(TestSite.Second);
        Post(5);
        _time.Advance(TestSite.Second * 1.5);
        _loop.RunDue();
        Assert.Equal(0, _loop.Counters.AlarmsRaised);
    }

    [Fact]
    public void Samples_that_the_mailbox_dropped_are_counted_and_told_once()
    {
        for (var round = 0; round < 2; round++)
        {
            for (var i = 0; i < SampleMailbox.Limit + 3; i++)
            {
                Post(5);
            }

            _loop.RunDue();
        }

        Assert.Equal(6, _loop.Counters.SamplesDropped);
        Assert.Single(_log.Lines, l => l.Contains("dropped", StringComparison.Ordinal));
    }

    [Fact]
    public void One_step_of_more_readings_than_the_queue_holds_keeps_the_newest_and_names_the_rest()
    {
        _queue.Put([.. Enumerable.Range(0, RecorderQueue.ReadingLimit + 5000).Select(i => new Reading(0, i, Quality.Good, default))]);
        _record.RunDue();
        Assert.Equal(RecorderQueue.ReadingLimit, _recorder.Kept.Count);
        Assert.Equal("loss Telemetry 5000 recorder-queue-full", _recorder.Calls[0]);
        Assert.Equal(RecorderQueue.ReadingLimit + 4999, _recorder.Kept[^1].Value);
    }

    [Fact]
    public void An_alarm_waits_for_one_append_of_a_slow_disk_and_not_for_all_that_wait()
    {
        for (var i = 0; i < 5; i++)
        {
            _queue.Put([new Reading(0, i, Quality.Good, default)]);
        }

        _recorder.During = () =>
        {
            if (_recorder.Kept.Count == 1)
            {
                _queue.Put(new EventRecord("alarm", default, "{}"u8.ToArray()));
            }
        };
        _record.RunDue();
        Assert.Equal(["readings 1", "event alarm", "commit", "readings 1"], _recorder.Calls.Take(4));
    }

    [Fact]
    public void What_is_dropped_while_an_append_hangs_is_named_before_what_came_after_it()
    {
        _queue.Put([new Reading(0, 1, Quality.Good, default)]);
        _recorder.During = () =>
        {
            _recorder.During = null;
            for (var i = 0; i < 300; i++)
            {
                _queue.Put([.. Enumerable.Range(i * 100, 100).Select(n => new Reading(0, n, Quality.Good, default))]);
            }
        };
        _record.RunDue();
        Assert.Equal(["readings 1", "loss Telemetry 10000 recorder-queue-full"], _recorder.Calls.Take(2));
    }

    [Fact]
    public void A_disk_that_stays_too_slow_is_told_once_and_every_loss_is_named()
    {
        _queue.Put([new Reading(0, 1, Quality.Good, default)]);
        var hangs = 0;
        _recorder.During = () =>
        {
            if (hangs++ < 50)
            {
                Overfill();
            }
        };
        _record.RunDue();
        Assert.True(_recorder.Calls.Count(c => c.StartsWith("loss", StringComparison.Ordinal)) > 1);
        Assert.Single(_log.Lines, l => l.Contains("keep up", StringComparison.Ordinal));

        _recorder.During = null;
        Overfill();
        _record.RunDue();
        Assert.Equal(2, _log.Lines.Count(l => l.Contains("keep up", StringComparison.Ordinal)));

        void Overfill()
        {
            for (var i = 0; i < 250; i++)
            {
                _queue.Put([.. Enumerable.Range(0, 100).Select(n => new Reading(0, n, Quality.Good, default))]);
            }
        }
    }

    private void Post(double value)
    {
        var list = _mailbox.Rent();
        list.Add(new RawSample(0, value, Quality.Good, _time.Monotonic()));
        _mailbox.Post(list);
    }
}
