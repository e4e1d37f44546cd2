using EdgeNode.Core.Model;
using EdgeNode.Core.Ports;
using Microsoft.Extensions.Logging;

namespace EdgeNode.Engine;

/// <summary>
/// Takes what the station put into the recorder's queue to the spool: losses first, so that numbers stay in the order of time,
/// then events, then readings. It commits each interval, and right after all events that wait were appended: one flush for them
/// together. A hung disk holds this thread and nothing else.
/// </summary>
public sealed class RecorderLoop
{
    private readonly RecorderQueue _queue;
    private readonly IRecorder _recorder;
    private readonly TimeProvider _time;
    private readonly TimeSpan _commit;
    private readonly ILogger _log;
    private readonly DiskWatch _watch;
    private TimeSpan? _commitDue;
    private long _recorded;
    private bool _eventsBehind;
    private bool _readingsBehind;

    /// <param name="queue">What waits.</param>
    /// <param name="recorder">The spool.</param>
    /// <param name="commit">Longest time between an append and its commit.</param>
    /// <param name="time">The clock.</param>
    /// <param name="log">Where the state of the disk is told.</param>
    /// <param name="alarms">Where it is raised as an alarm of the node.</param>
    public RecorderLoop(RecorderQueue queue, IRecorder recorder, TimeSpan commit, TimeProvider time, ILogger log, INodeAlarms? alarms = null)
    {
        _watch = new DiskWatch(alarms, time, log);
        _queue = queue;
        _recorder = recorder;
        _commit = commit;
        _time = time;
        _log = log;
    }

    /// <summary>Readings that the spool has kept.</summary>
    public long Recorded => Volatile.Read(ref _recorded);

    /// <summary>Raises what is wrong with the disk; another thread looks now and then, while this one may hang.</summary>
    public DiskWatch Watch => _watch;

    /// <summary>Appends all that waits, at most what a full queue holds and as much again, and commits when that is due.</summary>
    /// <returns>How long until the next commit is due; nothing when something waits already.</returns>
    public TimeSpan RunDue()
    {
        // Also without appends a commit is due now and then: delivery cursors ride with it.
        _commitDue ??= _time.Monotonic() + _commit;
        CommitIfDue();
        for (var round = 0; round == 0 || (round < RecorderQueue.ReadingLimit && !_queue.IsEmpty); round++)
        {
            // Before each scan: on a slow disk an alarm must not wait for all the readings that wait, and what was dropped
            // meanwhile is named before what came after it.
            var due = TakeLoss(StreamKind.Event, ref _eventsBehind);
            for (var taken = 0; taken < RecorderQueue.EventLimit && _queue.TryTakeEvent(out var record); taken++)
            {
                _watch.Begin();
                _watch.End(_recorder.AppendEvent(record));
                due = true;
            }

            due |= TakeLoss(StreamKind.Telemetry, ref _readingsBehind);
            if (due)
            {
                Commit();
            }

            if (_queue.TryTakeReadings(out var readings))
            {
                Append(readings);
            }

            CommitIfDue();
        }

        if (!_queue.IsEmpty)
        {
            return TimeSpan.Zero;
        }

        _eventsBehind = _readingsBehind = false;
        var wait = _commitDue.Value - _time.Monotonic();
        return wait < TimeSpan.Zero ? TimeSpan.Zero : wait;
    }

    private void Append(ArraySegment<Reading> readings)
    {
        _watch.Begin();
        var outcome = _recorder.AppendReadings(readings);
        if (outcome == AppendOutcome.Kept)
        {
            Volatile.Write(ref _recorded, _recorded + readings.Count);
        }

        _watch.End(outcome);
        RecorderQueue.Return(readings);
    }

    private void CommitIfDue()
    {
        if (_time.Monotonic() >= _commitDue)
        {
            Commit();
            _watch.See(_recorder.Fill);
            _watch.Look();
        }
    }

    private void Commit()
    {
        _watch.Begin();
        _watch.End(_recorder.Commit(), commit: true);
        _commitDue = _time.Monotonic() + _commit;
    }

    /// <param name="behind">Told already since the queue was last empty.</param>
    private bool TakeLoss(StreamKind stream, ref bool behind)
    {
        if (!_queue.TryTakeLoss(stream, out var loss))
        {
            return false;
        }

        if (!behind)
        {
            _log.RecorderFellBehind(loss.Count, stream);
        }

        behind = true;
        _watch.Begin();
        _watch.End(_recorder.AppendLoss(stream, loss.Count, loss.First, loss.Last, "recorder-queue-full"));
        return true;
    }
}
