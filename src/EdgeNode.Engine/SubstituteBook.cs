using EdgeNode.Core;
using EdgeNode.Core.Model;
using EdgeNode.Core.Ports;
using EdgeNode.Core.Record;
using EdgeNode.Core.Validate;
using Microsoft.Extensions.Logging;

namespace EdgeNode.Engine;

/// <summary>
/// The values that people have put in place of readings, as those see them who look from another thread, and the way of what becomes of them to the recorder, the log,
/// the audit trail, the node's alarms and the state store (key <c>substitute/POINT</c>). The station's loop writes it.
/// </summary>
internal sealed class SubstituteBook
{
    private const string Prefix = "substitute/";

    private readonly Site _site;
    private readonly Station _station;
    private readonly RecorderQueue _queue;
    private readonly NodeAlarmBoard _board;
    private readonly IStationClock _clock;
    private readonly ILogger _log;
    private readonly IStateStore? _state;
    private readonly IAudit? _audit;
    private readonly Lock _look = new();
    private readonly List<SubstituteCommand> _commands = [];
    private readonly SortedDictionary<int, KeptHand> _present = [];
    private bool _restored;
    private TimeSpan _writeAt;

    /// <param name="site">The checked site.</param>
    /// <param name="station">Whose points they are.</param>
    /// <param name="queue">Where events go.</param>
    /// <param name="board">The node's alarms: one stands while there is any.</param>
    /// <param name="clock">Both clocks.</param>
    /// <param name="log">Where they are told.</param>
    /// <param name="state">What keeps them across a restart; null: nothing does.</param>
    /// <param name="audit">Where the end is entered that nobody asked for; null: nowhere.</param>
    public SubstituteBook(
        Site site, Station station, RecorderQueue queue, NodeAlarmBoard board, IStationClock clock, ILogger log, IStateStore? state, IAudit? audit)
    {
        (_site, _station, _queue, _board, _clock, _log, _state, _audit) = (site, station, queue, board, clock, log, state, audit);
        _restored = state is null;
    }

    /// <summary>Those in force, in the order of points. From any thread.</summary>
    public IReadOnlyList<SubstituteStatus> Present
    {
        get
        {
            var now = _clock.Read();
            lock (_look)
            {
                return [.. _present.Select(p => new SubstituteStatus(p.Key, p.Value.Value, now.WallAt(p.Value.Until), p.Value.Until - now.Monotonic, p.Value.By, p.Value.Why))];
            }
        }
    }

    /// <summary>Takes over what the run before left, once it is known.</summary>
    public void Restore()
    {
        if (_restored || !_state!.IsLoaded)
        {
            return;
        }

        _restored = true;
        var now = _clock.Read();
        var points = _site.Points.Select((p, i) => (p.Name, i)).ToDictionary(p => Prefix + p.Name, p => p.i, StringComparer.Ordinal);
        foreach (var key in _state.Keys(Prefix))
        {
            if (!points.TryGetValue(key, out var point) || KeptHand.Read(_state.Get(key), Substitutions.Longest, now, _clock) is not { } kept)
            {
                _state.Remove(key);
            }
            else if (!_present.ContainsKey(point))
            {
                Restore(point, kept, now);
            }
        }

        _writeAt = now.Monotonic;
        ShowAlarm();
    }

    /// <summary>What people ask, as the step takes it.</summary>
    public List<SubstituteCommand> Commands(Asked<SubstituteRequest, SubstituteReply> asked, ClockReading now)
    {
        _commands.Clear();
        _commands.AddRange(asked.Commands.Select(a => new SubstituteCommand(a.Point, a.Value, a.For is { } span ? now.Monotonic + span : null)));
        return _commands;
    }

    /// <summary>Takes what became of them in a step; replies to those who asked.</summary>
    public void Take(List<SubstituteEvent> events, Asked<SubstituteRequest, SubstituteReply> asked, ClockReading now)
    {
        var answered = 0;
        foreach (var e in events)
        {
            if (e.Outcome == SubstituteOutcome.Expired)
            {
                var over = Remove(e.Command.Point);
                Tell(new SubstituteNotice(e.Command.Point, e.Outcome, null, over?.Why ?? "") { GrantedBy = over?.By }, now.WallAt(e.At));
                continue;
            }

            Answer(e, asked.Commands[answered], now);
            asked.Reply(answered, new SubstituteReply(e.Outcome, e.Outcome == SubstituteOutcome.Granted ? now.WallAt(e.Command.Until!.Value) : null));
            answered++;
        }

        if (_state is not null && _restored && now.Monotonic >= _writeAt)
        {
            _writeAt = now.Monotonic + KeptTime.Pace;
            foreach (var (point, hand) in _present)
            {
                _state.Set(Key(point), hand.Write(now, _clock));
            }
        }

        ShowAlarm();
    }

    private void Restore(int point, KeptHand kept, ClockReading now)
    {
        if (_station.Substitutions.Restore(new SubstituteCommand(point, kept.Value, kept.Until), now.Monotonic, _station.Groups.AllowsByHand(point)))
        {
            Put(point, kept);
            _log.SubstituteGoesOn(_site.Points[point].Name, kept.Value, _site.Points[point].Unit.Symbol, (kept.Until - now.Monotonic).TotalSeconds, kept.By, kept.Why);
        }
        else
        {
            _state!.Remove(Key(point));
            Tell(new SubstituteNotice(point, SubstituteOutcome.Expired, null, kept.Why) { GrantedBy = kept.By }, now.Wall);
        }
    }

    private void Answer(in SubstituteEvent e, SubstituteRequest asked, ClockReading now)
    {
        var (point, value, until) = e.Command;
        if (e.Outcome == SubstituteOutcome.NoSuchPoint)
        {
            return; // there is no name to tell it by
        }

        KeptHand? before = null;
        if (e.Outcome == SubstituteOutcome.Granted)
        {
            var granted = new KeptHand(until!.Value, value, asked.By, asked.Why);
            Put(point, granted);
            _state?.Set(Key(point), granted.Write(now, _clock));
        }
        else if (until is null)
        {
            before = Remove(point); // also one that is not known yet, because the store is not loaded
        }

        Tell(
            new SubstituteNotice(point, e.Outcome, asked.By, asked.Why)
            {
                Value = until is null ? null : value,
                GrantedBy = before?.By,
                Until = e.Outcome == SubstituteOutcome.Granted ? now.WallAt(until!.Value) : null,
            },
            now.Wall);
    }

    private void Tell(SubstituteNotice told, SourceTime time)
    {
        _queue.Put(EventBody.Substitution(_site, told, time));
        var point = _site.Points[told.Point];
        switch (told.Outcome)
        {
            case SubstituteOutcome.Granted:
                _log.Substituted(point.Name, told.Value!.Value, point.Unit.Symbol, told.Until!.Value.ToDateTimeOffset(), told.By!, told.Why);
                break;
            case SubstituteOutcome.Ended:
                _log.SubstituteEnded(point.Name, told.By!);
                break;
            case SubstituteOutcome.Expired:
                _log.SubstituteExpired(point.Name, told.GrantedBy ?? "");
                _audit?.Add(AuditWho.System, AuditKind.Substitute + "expired", json => EventBody.WriteSubstitution(json, _site, told));
                break;
            default:
                _log.SubstituteRefused(point.Name, told.By!, told.Outcome.Text());
                break;
        }
    }

    private void ShowAlarm() => _board.Set(NodeAlarm.Substituted, _present.Count > 0, _present.Count > 0
        ? "A person has put a value in place of a reading, for a limited time; `edgenode substitute list` says which, until when and why."
        : "");

    private void Put(int point, KeptHand hand)
    {
        lock (_look)
        {
            _present[point] = hand;
        }
    }

    private KeptHand? Remove(int point)
    {
        _state?.Remove(Key(point));
        lock (_look)
        {
            return _present.Remove(point, out var hand) ? hand : null;
        }
    }

    private string Key(int point) => Prefix + _site.Points[point].Name;
}
