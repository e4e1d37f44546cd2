using EdgeNode.Core.Model;
using EdgeNode.Core.Ports;
using Microsoft.Extensions.Logging;

namespace EdgeNode.Engine;

/// <summary>
/// Takes what the station put into the recorder's queue to the spool: losses first, so that numbers stay in the order of time,
/// then events, then readings; and commits each interval. A hung disk holds this thread and nothing else.
/// </summary>
public sealed class RecorderLoop
{
    private readonly RecorderQueue _queue;
    private readonly IRecorder _recorder;
    private readonly TimeProvider _time;
    private readonly TimeSpan _commit;
    private readonly ILogger _log;
    private AppendOutcome _disk;
    private TimeSpan? _commitDue;
    private long _recorded;
    private bool _eventsBehind;
    private bool _readingsBehind;

    /// <param name="queue">What waits.</param>
    /// <param name="recorder">The spool.</param>
    /// <param name="commit">Longest time between an append and its commit.</param>
    /// <param name="time">The clock.</param>
    /// <param name="log">Where the state of the disk is told.</param>
    public RecorderLoop(RecorderQueue queue, IRecorder recorder, TimeSpan commit, TimeProvider time, ILogger log)
    {
        _queue = queue;
        _recorder = recorder;
        _commit = commit;
        _time = time;
        _log = log;
    }

    /// <summary>Readings that the spool has kept.</summary>
    public long Recorded => Volatile.Read(ref _recorded);

    /// <summary>Appends all that waits and commits when that is due.</summary>
    /// <returns>How long until the next commit is due; the commit interval when nothing was appended.</returns>
    public TimeSpan RunDue()
    {
        // Also without appends a commit is due now and then: delivery cursors ride with it.
        _commitDue ??= _time.Monotonic() + _commit;
        CommitIfDue();
        do
        {
            // Before each scan: on a slow disk an alarm must not wait for all the readings that wait, and what was dropped
            // meanwhile is named before what came after it.
            TakeLoss(StreamKind.Event, ref _eventsBehind);
            while (_queue.TryTakeEvent(out var record))
            {
                See(_recorder.AppendEvent(record));
            }

            TakeLoss(StreamKind.Telemetry, ref _readingsBehind);
            if (_queue.TryTakeReadings(out var readings))
            {
                Append(readings);
            }

            CommitIfDue();
        }
        while (!_queue.IsEmpty);

        _eventsBehind = _readingsBehind = false;
        var wait = _commitDue.Value - _time.Monotonic();
        return wait < TimeSpan.Zero ? TimeSpan.Zero : wait;
    }

    private void Append(ArraySegment<Reading> readings)
    {
        var outcome = _recorder.AppendReadings(readings);
        if (outcome == AppendOutcome.Kept)
        {
            Volatile.Write(ref _recorded, _recorded + readings.Count);
        }

        See(outcome);
        RecorderQueue.Return(readings);
    }

    private void CommitIfDue()
    {
        if (_time.Monotonic() >= _commitDue)
        {
            See(_recorder.Commit());
            _commitDue = _time.Monotonic() + _commit;
        }
    }

    /// <param name="behind">Told already since the queue was last empty.</param>
    private void TakeLoss(StreamKind stream, ref bool behind)
    {
        if (_queue.TryTakeLoss(stream, out var loss))
        {
            if (!behind)
            {
                _log.RecorderFellBehind(loss.Count, stream);
            }

            behind = true;
            See(_recorder.AppendLoss(stream, loss.Count, loss.First, loss.Last, "recorder-queue-full"));
        }
    }

    private void See(AppendOutcome outcome)
    {
        if (outcome == _disk)
        {
            return;
        }

        _disk = outcome;
        switch (outcome)
        {
            case AppendOutcome.Kept:
                _log.DiskWell();
                break;
            case AppendOutcome.DiskFull:
                _log.DiskFull();
                break;
            default:
                _log.DiskFailed();
                break;
        }
    }
}
