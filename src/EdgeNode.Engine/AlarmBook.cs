using EdgeNode.Core;
using EdgeNode.Core.Evaluate;
using EdgeNode.Core.Model;
using EdgeNode.Core.Ports;
using EdgeNode.Core.Record;
using Microsoft.Extensions.Logging;

namespace EdgeNode.Engine;

/// <summary>
/// The alarms as those see them who look from another thread, and the way of their transitions to the recorder and into the state store.
/// The station's loop writes it.
/// </summary>
/// <remarks>
/// Until it is known how the run before left the alarms, their transitions wait here: the first one may be what the platform was told
/// already. Nothing can be recorded before that anyway.
/// </remarks>
internal sealed class AlarmBook
{
    /// <summary>Most transitions that wait for the state store.</summary>
    private const int HeldLimit = 100;

    private readonly Site _site;
    private readonly Station _station;
    private readonly RecorderQueue _queue;
    private readonly IStationClock _clock;
    private readonly ILogger _log;
    private readonly Lock _look = new();
    private readonly AlarmStatus[] _present;
    private readonly bool[] _stampedElsewhere;
    private readonly IStateStore? _state;
    private readonly AlarmMemory? _memory;
    private List<AlarmTransition> _held = [];
    private bool _restored;
    private TimeSpan _writeAt;
    private long _raised;

    /// <param name="site">The checked site.</param>
    /// <param name="station">Whose alarms they are.</param>
    /// <param name="queue">Where events go.</param>
    /// <param name="clock">Both clocks.</param>
    /// <param name="log">Where alarms are told.</param>
    /// <param name="state">What keeps them across a restart; null: nothing does.</param>
    public AlarmBook(Site site, Station station, RecorderQueue queue, IStationClock clock, ILogger log, IStateStore? state)
    {
        (_site, _station, _queue, _clock, _log, _state) = (site, station, queue, clock, log, state);
        _memory = state is null ? null : new AlarmMemory(site, state, clock);
        _restored = state is null;
        _stampedElsewhere = new bool[site.Alarms.Length];
        var start = clock.Read().Wall;
        _present = [.. site.Alarms.Select(_ => new AlarmStatus(false, start, 0, Quality.Bad(Reason.NotYetRead)))];
    }

    /// <summary>Alarms raised since the start.</summary>
    public long Raised => Volatile.Read(ref _raised);

    /// <summary>Present state of each.</summary>
    public void Copy(Span<AlarmStatus> into)
    {
        lock (_look)
        {
            _present.CopyTo(into);
            for (var i = 0; i < _present.Length; i++)
            {
                if (!_stampedElsewhere[i])
                {
                    into[i] = into[i] with { Since = _clock.Correct(into[i].Since), ShelvedUntil = Correct(into[i].ShelvedUntil) };
                }
            }
        }
    }

    /// <summary>Takes what a step came to.</summary>
    /// <returns>True when something is to be shown anew.</returns>
    public bool Take(List<AlarmTransition> transitions, ClockReading now)
    {
        bool changed;
        lock (_look)
        {
            foreach (var t in transitions)
            {
                Show(t);
            }

            changed = Refresh();
        }

        foreach (var t in transitions)
        {
            Record(t);
            Tell(t);
        }

        KeepShelves(now);
        return changed || transitions.Count > 0;
    }

    /// <summary>Takes over what the run before left, once it is known: the disk that holds it may be slow, and the step does not wait for it.</summary>
    /// <returns>True when it was done now.</returns>
    public bool Restore()
    {
        if (_restored || !_state!.IsLoaded)
        {
            return false;
        }

        _restored = true;
        var now = _clock.Read();
        var kept = _memory!.Recall(now);
        lock (_look)
        {
            for (var i = 0; i < _present.Length; i++)
            {
                if (kept[i] is { } before && _station.Restore(i, before.Facts, now.Monotonic) is { } told)
                {
                    Replace(i, before, told);
                }
            }

            _station.Alarms.SettleFirstOuts();
            Refresh();
        }

        _writeAt = now.Monotonic;
        KeepShelves(now); // what a boot takes off a shelf, it takes off once

        _held = [.. _held.OrderBy(t => t.At)];
        foreach (var transition in _held)
        {
            Keep(transition.Alarm);
        }

        LetGo();
        return true;
    }

    /// <summary>Hands on what waits to be compared with the run before: the end of the run, or of the patience.</summary>
    public void LetGo()
    {
        foreach (var transition in _held)
        {
            _queue.Put(EventBody.Alarm(_site, transition));
            _station.Alarm(transition.Alarm).Forget();
        }

        _held.Clear();
    }

    // What goes on was told by the run before; what this run has found out is told as it is by what the run before left.
    private void Replace(int alarm, in KeptAlarm before, IReadOnlyList<AlarmTransition> told)
    {
        var evidence = _held.FindAll(t => t.Alarm == alarm && t.Before is not null);
        _held.RemoveAll(t => t.Alarm == alarm);
        _held.AddRange(told.Select(t => t.Input == AlarmInput.Raise ? t with { Before = evidence.Find(e => e.At == t.At).Before } : t));
        if (before.FirstOut)
        {
            _station.Alarms.RestoreFirstOut(alarm);
            _present[alarm] = _present[alarm] with { FirstOut = true }; // so that it is written down when its group is at rest already
        }

        if (_station.Alarm(alarm).Facts.Active == before.Facts.Active && !told.Any(t => t.IsOfCondition))
        {
            _present[alarm] = _present[alarm] with { Active = before.Facts.Active, Since = before.Since };
            _stampedElsewhere[alarm] = !before.OfThisBoot;
        }

        if (_station.Alarm(alarm).Facts.ShelvedUntil is { } until)
        {
            _present[alarm] = _present[alarm] with { ShelvedUntil = _clock.Read().WallAt(until) };
        }
    }

    private void Show(in AlarmTransition t)
    {
        var alarm = t.Alarm;
        var status = _present[alarm] with { ShelvedUntil = t.Until, ChangedBy = t.By };
        if (t.IsOfCondition)
        {
            status = status with { Active = t.Active, Since = t.Time };
            _stampedElsewhere[alarm] = false;
        }

        _present[alarm] = status;
    }

    /// <summary>What has no transition of its own: values, qualities, and what is announced.</summary>
    private bool Refresh()
    {
        var changed = false;
        for (var i = 0; i < _present.Length; i++)
        {
            var (alarm, before) = (_station.Alarm(i), _present[i]);
            var now = before with
            {
                Value = alarm.Value,
                Quality = alarm.Quality,
                Votes = alarm.Votes,
                State = alarm.State,
                Announced = _station.Alarms.IsAnnounced(i),
                Chattering = _station.Alarms.IsChattering(i),
                FirstOut = _station.Alarms.IsFirstOut(i),
            };
            changed |= now with { Value = before.Value } != before;
            _present[i] = now;
            if (_restored && before.FirstOut && !now.FirstOut)
            {
                Keep(i); // its group has come to rest by another alarm: nothing of its own happens that would write it down
            }
        }

        return changed;
    }

    private void Record(in AlarmTransition transition)
    {
        if (_restored)
        {
            _queue.Put(EventBody.Alarm(_site, transition));
            Keep(transition.Alarm);
            return;
        }

        if (_held.Count == HeldLimit)
        {
            LetGo();
        }

        _held.Add(transition);
    }

    private void KeepShelves(ClockReading now)
    {
        if (!_restored || now.Monotonic < _writeAt)
        {
            return;
        }

        _writeAt = now.Monotonic + KeptTime.Pace;
        for (var alarm = 0; _memory is not null && alarm < _present.Length; alarm++)
        {
            if (_station.Alarm(alarm).State == AlarmState.Shelved)
            {
                Keep(alarm);
            }
        }
    }

    private void Keep(int alarm) => _memory?.Keep(
        alarm, _station.Alarm(alarm).Facts, _station.Alarms.IsFirstOut(alarm), _present[alarm].Since, !_stampedElsewhere[alarm], _clock.Read());

    private SourceTime? Correct(SourceTime? stamp) => stamp is { } s ? _clock.Correct(s) : null;

    private void Tell(in AlarmTransition t)
    {
        var alarm = _site.Alarms[t.Alarm];
        if (t.Input == AlarmInput.Raise)
        {
            Volatile.Write(ref _raised, _raised + 1);
            _log.AlarmRaised(alarm.Id, AlarmSentence.Of(_site, t));
        }
        else if (t.IsOfCondition)
        {
            _log.AlarmCleared(alarm.Id, AlarmSentence.Of(_site, t));
        }
        else
        {
            _log.AlarmChanged(alarm.Id, t.Input.Past(), t.By ?? "the gateway", t.State.Text());
        }
    }
}
