using EdgeNode.Core.Model;
using EdgeNode.Core.Ports;
using EdgeNode.Engine;
using EdgeNode.Spool.Disk;
using EdgeNode.UnitTests.CoreLaws;
using EdgeNode.UnitTests.Spool;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace EdgeNode.UnitTests.Engine;

/// <summary>Bad disks under the recorder: the node's alarms, a bounded memory, and recovery by itself.</summary>
public class DiskWatchTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly Bench _bench = new() { Limit = 256 * 1024 };
    private readonly RecorderQueue _queue = new();
    private readonly Board _board = new();
    private readonly RecorderLoop _loop;

    public DiskWatchTests()
    {
        _bench.Open();
        _loop = new RecorderLoop(_queue, _bench.Journal, TestSite.Second, _time, NullLogger.Instance, _board);
    }

    [Fact]
    public void A_flush_of_ten_seconds_raises_the_alarm_while_it_lasts_and_costs_no_reading()
    {
        var slow = 1;
        var raisedDuring = false;
        _bench.Disk.Fault = (call, _) =>
        {
            if (call == DiskCall.Sync && slow-- > 0)
            {
                for (var second = 0; second < 10; second++)
                {
                    _time.Advance(TestSite.Second);
                    _queue.Put([.. _bench.Scan()]);
                    _loop.Watch.Look(); // the station's thread
                }

                raisedDuring = _board.Active.Contains(NodeAlarm.SpoolSlow);
            }

            return DiskError.None;
        };
        _queue.Put(new EventRecord("alarm", _bench.Clock.Read().Wall, "{}"u8.ToArray()));
        _loop.RunDue();
        Assert.True(raisedDuring);
        Assert.Contains(NodeAlarm.SpoolSlow, _board.Active);
        Assert.Equal(0, _queue.Lost);
        Assert.Equal(200, _bench.Outbox.Waiting(StreamKind.Telemetry));

        _time.Advance(DiskWatch.WellAfter - TestSite.Second);
        _loop.RunDue();
        Assert.Contains(NodeAlarm.SpoolSlow, _board.Active);
        _time.Advance(TestSite.Second * 2);
        _loop.RunDue();
        Assert.DoesNotContain(NodeAlarm.SpoolSlow, _board.Active);
        Assert.Equal(2, _board.Told.Count);
    }

    [Theory]
    [InlineData(DiskError.Failed)]
    [InlineData(DiskError.ReadOnly)]
    [InlineData(DiskError.Full)]
    public void A_disk_that_refuses_raises_the_alarm_names_what_it_cost_and_recovers_by_itself(DiskError error)
    {
        _bench.Disk.Fault = (call, _) => call is DiskCall.Write or DiskCall.Create or DiskCall.Preallocate or DiskCall.Sync ? error : DiskError.None;
        for (var i = 0; i < 100; i++)
        {
            Step();
        }

        Assert.Equal([NodeAlarm.SpoolDisk], _board.Active);
        Assert.Equal(0, _bench.Outbox.Waiting(StreamKind.Telemetry));

        _bench.Disk.Fault = null;
        _bench.Clock.Advance(2);
        Step();
        Assert.Equal([NodeAlarm.SpoolDisk], _board.Active);
        _time.Advance(DiskWatch.WellAfter);
        Step();
        Assert.Empty(_board.Active);
        var reason = error == DiskError.Full ? "disk-full" : "disk-failed";
        var gap = Assert.Single(_bench.Gaps());
        Assert.Equal((1UL, 2000UL, reason), (gap.From, gap.To!.Value, gap.Reason));
        Assert.Equal(40, _bench.Outbox.Waiting(StreamKind.Telemetry));
    }

    [Fact]
    public void A_disk_that_fails_each_flush_is_told_once_and_a_round_of_the_recorder_ends()
    {
        // Each change of the alarm is an event, and each event asks for a commit.
        var board = new NodeAlarmBoard(_queue, _bench.Clock, NullLogger.Instance);
        var loop = new RecorderLoop(_queue, _bench.Journal, TestSite.Second, _time, NullLogger.Instance, board);
        _bench.Disk.Fault = (call, path) => call == DiskCall.Sync && path.Contains("/journal-", StringComparison.Ordinal) ? DiskError.Failed : DiskError.None;
        for (var second = 0; second < 30; second++)
        {
            _queue.Put([.. _bench.Scan()]);
            loop.RunDue();
            _time.Advance(TestSite.Second);
            Assert.Equal(second > 0, IsActive(board));
        }

        _bench.Disk.Fault = null;
        _bench.Clock.Advance(2);
        loop.RunDue();
        Assert.True(IsActive(board));
        _time.Advance(DiskWatch.WellAfter);
        loop.RunDue();
        Assert.False(IsActive(board));
        Assert.Equal(2, _bench.ReadAll().Events.Count(e => System.Text.Encoding.UTF8.GetString(e.Record.Body.Span).Contains("NODE-SPOOL-DISK", StringComparison.Ordinal)));
    }

    private static bool IsActive(NodeAlarmBoard board)
    {
        var present = new NodeAlarmStatus[NodeAlarmIds.Count];
        board.Copy(present);
        return present[(int)NodeAlarm.SpoolDisk].Active;
    }

    [Fact]
    public void What_comes_while_it_works_does_not_keep_a_round_from_ending()
    {
        var calls = 0;
        var recorder = new Refilling(() =>
        {
            calls++;
            _queue.Put(new EventRecord("alarm", _bench.Clock.Read().Wall, "{}"u8.ToArray()));
        });
        var loop = new RecorderLoop(_queue, recorder, TestSite.Second, _time, NullLogger.Instance);
        _queue.Put(new EventRecord("alarm", _bench.Clock.Read().Wall, "{}"u8.ToArray()));
        Assert.Equal(TimeSpan.Zero, loop.RunDue());
        Assert.InRange(calls, 1, RecorderQueue.ReadingLimit + 1);
    }

    /// <summary>Each commit brings another event.</summary>
    private sealed class Refilling(Action more) : IRecorder
    {
        public SpoolFill Fill => default;

        public AppendOutcome AppendReadings(ReadOnlySpan<Reading> readings) => AppendOutcome.Kept;

        public AppendOutcome AppendEvent(EventRecord record) => AppendOutcome.Kept;

        public AppendOutcome AppendLoss(StreamKind stream, long count, SourceTime first, SourceTime last, string reason) => AppendOutcome.Kept;

        public AppendOutcome Commit()
        {
            more();
            return AppendOutcome.Kept;
        }
    }

    [Fact]
    public void A_spool_at_its_limit_raises_the_alarm_and_one_that_was_drained_clears_it()
    {
        while (_bench.Outbox.Fill.DroppedAtLimit == 0)
        {
            Assert.Empty(_board.Active);
            Step();
        }

        Step();
        Assert.Equal([NodeAlarm.SpoolFull], _board.Active);
        _bench.AcknowledgeAll();
        Step();
        Step();
        Assert.Equal([NodeAlarm.SpoolFull], _board.Active); // what is too old goes once a minute: no alarm each time
        _time.Advance(DiskWatch.FullFor);
        Step();
        Assert.Empty(_board.Active);
    }

    private void Step()
    {
        _queue.Put([.. _bench.Scan()]);
        _loop.RunDue();
        _time.Advance(TestSite.Second);
        _loop.RunDue();
    }

    private sealed class Board : INodeAlarms
    {
        public HashSet<NodeAlarm> Active { get; } = [];

        public List<(NodeAlarm, bool)> Told { get; } = [];

        public void Set(NodeAlarm alarm, bool active, string detail = "")
        {
            if (active ? Active.Add(alarm) : Active.Remove(alarm))
            {
                Told.Add((alarm, active));
            }
        }
    }
}
