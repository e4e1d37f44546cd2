using EdgeNode.Core.Model;
using EdgeNode.Core.Ports;
using Microsoft.Extensions.Logging;

namespace EdgeNode.Engine;

/// <summary>
/// Makes the spool's alarms of what the recorder sees: a disk that refuses, one that takes its time, a spool at its limit.
/// <see cref="Look"/> may come from another thread, because the recorder's own hangs with the disk.
/// </summary>
public sealed class DiskWatch
{
    /// <summary>An append or a commit that takes longer raises <see cref="NodeAlarm.SpoolSlow"/>. Cards erase for up to a second now and then.</summary>
    public static readonly TimeSpan SlowAfter = TimeSpan.FromSeconds(3);

    /// <summary>
    /// Without another slow one for this long <see cref="NodeAlarm.SpoolSlow"/> clears. <see cref="NodeAlarm.SpoolDisk"/> clears when nothing
    /// was refused for this long and a commit was taken since: each change is an event that the disk must take, so a disk that fails now and
    /// then must not make its own work.
    /// </summary>
    public static readonly TimeSpan WellAfter = TimeSpan.FromMinutes(1);

    /// <summary>
    /// <see cref="NodeAlarm.SpoolFull"/> clears when nothing was dropped for this long and less than <see cref="ClearBelow"/> of the limit is
    /// in use. What is too old goes once a minute, and must not raise the alarm anew each time.
    /// </summary>
    public static readonly TimeSpan FullFor = TimeSpan.FromMinutes(3);

    /// <summary>A part of the limit.</summary>
    public const double ClearBelow = 0.5;

    private readonly INodeAlarms? _alarms;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly Lock _gate = new();
    private TimeSpan? _refusedAt;
    private bool _committed;
    private TimeSpan? _busySince;
    private TimeSpan? _slowAt;
    private long _droppedAtLimit;
    private TimeSpan _droppedAt;
    private bool _full;

    internal DiskWatch(INodeAlarms? alarms, TimeProvider time, ILogger log) => (_alarms, _time, _log) = (alarms, time, log);

    /// <summary>Looks whether the disk holds the recorder just now; from any thread, never waits for the disk.</summary>
    public void Look()
    {
        lock (_gate)
        {
            if (_busySince is { } since && _time.Monotonic() - since >= SlowAfter)
            {
                Slow();
            }
            else if (_slowAt is { } at && _busySince is null && _time.Monotonic() - at >= WellAfter)
            {
                _slowAt = null;
                _alarms?.Set(NodeAlarm.SpoolSlow, false);
                _log.DiskInTime();
            }
        }
    }

    internal void Begin()
    {
        lock (_gate)
        {
            _busySince = _time.Monotonic();
        }
    }

    /// <param name="outcome">What the call came to.</param>
    /// <param name="commit">It was a commit.</param>
    internal void End(AppendOutcome outcome, bool commit = false)
    {
        lock (_gate)
        {
            if (_busySince is { } since && _time.Monotonic() - since >= SlowAfter)
            {
                Slow();
            }

            _busySince = null;
            See(outcome, commit);
        }
    }

    internal void See(in SpoolFill fill)
    {
        lock (_gate)
        {
            if (fill.DroppedAtLimit > _droppedAtLimit)
            {
                _droppedAtLimit = fill.DroppedAtLimit;
                _droppedAt = _time.Monotonic();
                if (!_full)
                {
                    _log.SpoolFull(fill.DroppedAtLimit);
                }

                _full = true;
                _alarms?.Set(NodeAlarm.SpoolFull, true, "The spool is at its limit of bytes or age; the oldest readings are dropped and named in gap events.");
            }
            else if (_full && fill.UsedBytes < fill.LimitBytes * ClearBelow && _time.Monotonic() - _droppedAt >= FullFor)
            {
                _full = false;
                _alarms?.Set(NodeAlarm.SpoolFull, false);
            }
        }
    }

    private void Slow()
    {
        if (_slowAt is null)
        {
            _log.DiskSlow(SlowAfter.TotalSeconds);
            _alarms?.Set(NodeAlarm.SpoolSlow, true, $"The spool's disk takes more than {SlowAfter.TotalSeconds:0} s for one write or flush.");
        }

        _slowAt = _time.Monotonic();
    }

    private void See(AppendOutcome outcome, bool commit)
    {
        if (outcome == AppendOutcome.Kept)
        {
            _committed |= commit;
            if (_committed && _refusedAt is { } at && _time.Monotonic() - at >= WellAfter)
            {
                _refusedAt = null;
                _log.DiskWell();
                _alarms?.Set(NodeAlarm.SpoolDisk, false);
            }

            return;
        }

        var first = _refusedAt is null;
        _refusedAt = _time.Monotonic();
        _committed = false;
        if (first && outcome == AppendOutcome.DiskFull)
        {
            _log.DiskFull();
            _alarms?.Set(NodeAlarm.SpoolDisk, true, "The spool's disk is full: new readings are not kept, and are counted in a gap.");
        }
        else if (first)
        {
            _log.DiskFailed();
            _alarms?.Set(NodeAlarm.SpoolDisk, true, "The spool's disk refuses writes: new readings are not kept, and are counted in a gap.");
        }
    }
}
