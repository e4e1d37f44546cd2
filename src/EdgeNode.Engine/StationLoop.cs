using System.Runtime.InteropServices;
using EdgeNode.Core;
using EdgeNode.Core.Evaluate;
using EdgeNode.Core.Model;
using EdgeNode.Core.Ports;
using EdgeNode.Core.Record;
using Microsoft.Extensions.Logging;

namespace EdgeNode.Engine;

/// <summary>
/// The loop round <see cref="Station.Step"/>: takes scans from the mailbox, steps, and hands the outcome on to the recorder's queue
/// and to those who look. It waits for nothing but samples and deadlines. One thread runs it; a test runs it by hand.
/// </summary>
public sealed class StationLoop : IStationState
{
    /// <summary>Most transitions of alarms that wait for the state store.</summary>
    private const int HeldLimit = 100;

    private readonly Station _station;
    private readonly SampleMailbox _mailbox;
    private readonly RecorderQueue _queue;
    private readonly NodeAlarmBoard _board;
    private readonly IStationClock _clock;
    private readonly ILogger _log;
    private readonly Lock _look = new();
    private readonly List<RawSample> _samples = [];
    private readonly Reading[] _readings;
    private readonly AlarmStatus[] _alarms;
    private readonly bool[] _stampedElsewhere;
    private readonly List<AlarmTransition> _held = [];
    private readonly IStateStore? _state;
    private readonly AlarmMemory? _memory;
    private bool _restored;
    private long _alarmVersion;
    private long _readingCount;
    private long _raised;
    private long _reported;
    private long _droppedTold;
    private bool _dropping;

    /// <param name="site">The checked site.</param>
    /// <param name="mailbox">Where scans arrive.</param>
    /// <param name="queue">Where records go.</param>
    /// <param name="board">The node's own faults, shown beside the site's alarms.</param>
    /// <param name="clock">Both clocks.</param>
    /// <param name="log">Where alarms are told.</param>
    /// <param name="state">What keeps the alarms across a restart; null: nothing does.</param>
    public StationLoop(Site site, SampleMailbox mailbox, RecorderQueue queue, NodeAlarmBoard board, IStationClock clock, ILogger log, IStateStore? state = null)
    {
        var now = clock.Read();
        Site = site;
        _station = new Station(site, now.Monotonic);
        _mailbox = mailbox;
        _queue = queue;
        _board = board;
        _clock = clock;
        _log = log;
        _state = state;
        _memory = state is null ? null : new AlarmMemory(site, state, clock);
        _restored = state is null;
        _stampedElsewhere = new bool[site.Alarms.Length];
        _readings = [.. Enumerable.Range(0, site.Points.Length).Select(_station.Last)];
        _alarms = [.. site.Alarms.Select(_ => new AlarmStatus(false, now.Wall, 0, Quality.Bad(Reason.NotYetRead)))];
        board.Changed += ShowAlarmChange;
    }

    /// <inheritdoc/>
    public event Action? AlarmsChanged;

    /// <inheritdoc/>
    public Site Site { get; }

    /// <inheritdoc/>
    public long AlarmVersion => Volatile.Read(ref _alarmVersion);

    /// <inheritdoc/>
    public StationCounters Counters => new(0, 0, Volatile.Read(ref _readingCount), 0, _queue.Lost, Volatile.Read(ref _raised))
    {
        Reported = Volatile.Read(ref _reported),
        SamplesDropped = _mailbox.Dropped,
    };

    /// <summary>One step of all that waits in the mailbox.</summary>
    /// <returns>How long until a deadline of the station; null when there is none.</returns>
    /// <remarks>
    /// All of it, because a step also lets the delays run up to now: a scan still in the mailbox could deny what they say, and a
    /// loop that was held up would call points stale and raise alarms that never were.
    /// </remarks>
    public TimeSpan? RunDue()
    {
        _samples.Clear();
        for (var scans = 0; scans < SampleMailbox.Limit && _mailbox.TryTake(out var samples); scans++)
        {
            _samples.AddRange(samples);
            _mailbox.Return(samples);
        }

        TellDropped();
        Restore();
        Step(InOrder(CollectionsMarshal.AsSpan(_samples)));
        if (_station.Deadline() is not { } deadline)
        {
            return null;
        }

        var wait = deadline - _clock.Read().Monotonic;
        return wait < TimeSpan.Zero ? TimeSpan.Zero : wait;
    }

    /// <inheritdoc/>
    public void CopyReadings(Span<Reading> into)
    {
        lock (_look)
        {
            _readings.CopyTo(into);
        }
    }

    /// <inheritdoc/>
    public void CopyAlarms(Span<AlarmStatus> into)
    {
        lock (_look)
        {
            _alarms.CopyTo(into);
            for (var i = 0; i < _alarms.Length; i++)
            {
                if (!_stampedElsewhere[i])
                {
                    into[i] = into[i] with { Since = _clock.Correct(into[i].Since) };
                }
            }
        }
    }

    /// <inheritdoc/>
    public void CopyNodeAlarms(Span<NodeAlarmStatus> into) => _board.Copy(into);

    // Scans come bus by bus, and the members of a group may be of different buses. Two samples of one point are never of one moment.
    private static ReadOnlySpan<RawSample> InOrder(Span<RawSample> samples)
    {
        for (var i = 1; i < samples.Length; i++)
        {
            if (samples[i].TakenAt < samples[i - 1].TakenAt)
            {
                samples.Sort(static (a, b) => a.TakenAt.CompareTo(b.TakenAt));
                break;
            }
        }

        return samples;
    }

    private void Step(ReadOnlySpan<RawSample> samples)
    {
        var result = _station.Step(_clock.Read(), samples);
        if (result.Readings.Count == 0 && result.Alarms.Count == 0)
        {
            return;
        }

        Volatile.Write(ref _readingCount, _readingCount + result.Readings.Count);
        var changed = result.Alarms.Count > 0;
        lock (_look)
        {
            foreach (var reading in result.Readings)
            {
                _readings[reading.Point] = reading;
            }

            foreach (var t in result.Alarms)
            {
                _alarms[t.Alarm] = new AlarmStatus(t.Active, t.Time, t.Value, t.Quality) { Votes = t.Votes };
                _stampedElsewhere[t.Alarm] = false;
            }

            for (var i = 0; i < _alarms.Length; i++)
            {
                var alarm = _station.Alarm(i);
                changed |= alarm.Quality != _alarms[i].Quality || alarm.Votes != _alarms[i].Votes;
                _alarms[i] = _alarms[i] with { Quality = alarm.Quality, Value = alarm.Value, Votes = alarm.Votes };
            }
        }

        // Events first: an alarm is durable before the readings that it came from.
        foreach (var t in result.Alarms)
        {
            Record(t);
            Tell(t);
        }

        _queue.Put(result.Recorded);
        Volatile.Write(ref _reported, _reported + result.Recorded.Count);
        if (changed)
        {
            ShowAlarmChange();
        }
    }

    /// <summary>Hands on what waits to be compared with the run before: the end of the run, or of the patience.</summary>
    public void LetGo()
    {
        foreach (var transition in _held)
        {
            _queue.Put(EventBody.Alarm(Site, transition));
        }

        _held.Clear();
    }

    // Until it is known how the run before left the alarms, their transitions wait here: the first one may be what the platform was
    // told already. Nothing can be recorded before that anyway.
    private void Record(in AlarmTransition transition)
    {
        if (_restored)
        {
            _queue.Put(EventBody.Alarm(Site, transition));
            _memory?.Keep(transition.Alarm, transition.Active, transition.Time);
            return;
        }

        if (_held.Count == HeldLimit)
        {
            LetGo();
        }

        _held.Add(transition);
    }

    /// <summary>Takes over what the run before left, once it is known: the disk that holds it may be slow, and the step does not wait for it.</summary>
    private void Restore()
    {
        if (_restored || !_state!.IsLoaded)
        {
            return;
        }

        _restored = true;
        var kept = _memory!.Recall();
        lock (_look)
        {
            for (var i = 0; i < _alarms.Length; i++)
            {
                if (kept[i] is not { } before)
                {
                    continue;
                }

                var first = _held.FindIndex(t => t.Alarm == i);
                if (first >= 0 && _held[first].Active == before.Active)
                {
                    // It goes on; the platform was told by the run before.
                    _held.RemoveAt(first);
                }

                if (_station.Restore(i, before.Active) || (_alarms[i].Active == before.Active && !_held.Exists(t => t.Alarm == i)))
                {
                    _alarms[i] = _alarms[i] with { Active = before.Active, Since = before.Since };
                    _stampedElsewhere[i] = !before.OfThisBoot;
                }
            }
        }

        foreach (var transition in _held)
        {
            _memory.Keep(transition.Alarm, transition.Active, transition.Time);
        }

        LetGo();
        ShowAlarmChange();
    }

    private void ShowAlarmChange()
    {
        Interlocked.Increment(ref _alarmVersion);
        AlarmsChanged?.Invoke();
    }

    private void TellDropped()
    {
        var dropped = _mailbox.Dropped;
        var more = dropped > _droppedTold;
        if (more && !_dropping)
        {
            _log.SamplesDropped(dropped - _droppedTold);
        }

        _dropping = more;
        _droppedTold = dropped;
    }

    private void Tell(in AlarmTransition t)
    {
        var alarm = Site.Alarms[t.Alarm];
        var point = Site.Points[alarm.Point];
        if (t.Active)
        {
            Volatile.Write(ref _raised, _raised + 1);
            _log.AlarmRaised(alarm.Id, point.Name, t.Value, point.Unit.Symbol, t.Quality);
        }
        else
        {
            _log.AlarmCleared(alarm.Id, point.Name, t.Value, point.Unit.Symbol, t.Quality);
        }
    }
}
