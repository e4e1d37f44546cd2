using EdgeNode.Core.Model;
using EdgeNode.Core.Ports;
using EdgeNode.Engine;
using EdgeNode.Spool.Disk;
using EdgeNode.UnitTests.CoreLaws;
using EdgeNode.UnitTests.Spool;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace EdgeNode.UnitTests.Engine;

/// <summary>The recorder on a real journal: what a flush is spent on.</summary>
public class GroupCommitTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly Bench _bench = new();
    private readonly RecorderQueue _queue = new();
    private readonly RecorderLoop _loop;

    public GroupCommitTests()
    {
        _bench.Open();
        _loop = new RecorderLoop(_queue, _bench.Journal, TestSite.Second, _time, NullLogger.Instance);
    }

    private int Flushes => _bench.Disk.Calls.GetValueOrDefault(DiskCall.Sync);

    [Fact]
    public void A_hundred_events_that_wait_together_cost_one_flush_and_are_durable_before_the_next_reading()
    {
        var before = Flushes;
        for (var i = 0; i < 100; i++)
        {
            _queue.Put(new EventRecord("alarm", _bench.Clock.Read().Wall, "{}"u8.ToArray()));
        }

        var flushesAtReading = 0;
        _queue.Put([.. _bench.Scan()]);
        _bench.Outbox.Appended += () => flushesAtReading = Flushes - before;
        _loop.RunDue();
        Assert.Equal(1, flushesAtReading);
        Assert.Equal(1, Flushes - before);
        _bench.Disk.CutPower(new Random(1));
        _bench.Clock.Reboot();
        _bench.Open();
        Assert.Equal(100, _bench.ReadAll().Events.Count(e => e.Record.Kind == "alarm"));
    }

    [Fact]
    public void A_hundred_events_that_come_while_a_flush_lasts_cost_one_more()
    {
        var before = Flushes;
        var coming = 100;
        _bench.Disk.Fault = (call, _) =>
        {
            for (; call == DiskCall.Sync && coming > 0; coming--)
            {
                _queue.Put(new EventRecord("alarm", _bench.Clock.Read().Wall, "{}"u8.ToArray()));
            }

            return DiskError.None;
        };
        _queue.Put(new EventRecord("alarm", _bench.Clock.Read().Wall, "{}"u8.ToArray()));
        _loop.RunDue();
        Assert.Equal(2, Flushes - before);
        Assert.Equal(101, _bench.Outbox.Waiting(StreamKind.Event));
    }

    [Fact]
    public void Events_that_are_appended_without_a_commit_are_committed_at_the_bound()
    {
        for (var i = 0; i <= EdgeNode.Spool.Journal.MaxUncommitted; i++)
        {
            Assert.Equal(AppendOutcome.Kept, _bench.AppendEvent(size: 1));
        }

        _bench.Disk.CutPower(new Random(1));
        _bench.Clock.Reboot();
        _bench.Open();
        var there = _bench.ReadAll().Events.Count(e => e.Epoch.Start == 1);
        Assert.InRange(there, EdgeNode.Spool.Journal.MaxUncommitted / 2, EdgeNode.Spool.Journal.MaxUncommitted + 1);
    }
}
