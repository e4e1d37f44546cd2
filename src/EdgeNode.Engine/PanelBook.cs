using EdgeNode.Core;
using EdgeNode.Core.Act;
using EdgeNode.Core.Act.FrontPanel;
using EdgeNode.Core.Evaluate;
using EdgeNode.Core.Model;
using EdgeNode.Core.Ports;
using EdgeNode.Core.Record;
using Microsoft.Extensions.Logging;

namespace EdgeNode.Engine;

/// <summary>
/// The way of what happens at the front panel to the recorder, the log, the audit trail and the state store, and the maintenance as those see it who
/// look from another thread. The station's loop writes it.
/// </summary>
/// <remarks>
/// What people ask over the local socket is entered into the audit trail there; here stands what buttons, keys and time did. What this run finds a
/// contact to be waits for the state store, since it may be what the platform was told already; nothing can be recorded before that anyway.
/// </remarks>
internal sealed class PanelBook
{
    /// <summary>Most changes of contacts that wait for the state store.</summary>
    private const int HeldLimit = 100;

    private readonly Site _site;
    private readonly Station _station;
    private readonly RecorderQueue _queue;
    private readonly NodeAlarmBoard _board;
    private readonly IStationClock _clock;
    private readonly ILogger _log;
    private readonly IStateStore? _state;
    private readonly IAudit? _audit;
    private readonly PanelMemory? _memory;
    private readonly Lock _look = new();
    private readonly List<PanelEvent> _held = [];
    private readonly ContactBrake[] _brakes;
    private readonly PanelEvent?[] _braked;
    private readonly int?[] _owners;
    private readonly MaintenanceSpan?[] _kept;
    private readonly TimeSpan _start;
    private KeptContact?[] _contacts;
    private MaintenanceSpan? _present;
    private bool _restored;
    private TimeSpan _writeAt;

    /// <param name="site">The checked site.</param>
    /// <param name="station">Whose panel it is.</param>
    /// <param name="queue">Where events go.</param>
    /// <param name="board">Where the maintenance is shown as an alarm of the node.</param>
    /// <param name="clock">Both clocks.</param>
    /// <param name="log">Where it is told.</param>
    /// <param name="state">What keeps it across a restart; null: nothing does.</param>
    /// <param name="audit">Where it is entered; null: nowhere.</param>
    public PanelBook(
        Site site, Station station, RecorderQueue queue, NodeAlarmBoard board, IStationClock clock, ILogger log, IStateStore? state, IAudit? audit)
    {
        (_site, _station, _queue, _board, _clock, _log, _state, _audit) = (site, station, queue, board, clock, log, state, audit);
        _memory = state is null ? null : new PanelMemory(site, state, clock);
        _restored = state is null;
        _contacts = new KeptContact?[site.Inputs.Length];
        _brakes = [.. site.Inputs.Select(_ => new ContactBrake())];
        _braked = new PanelEvent?[site.Inputs.Length];
        _owners = [null, .. Enumerable.Range(0, site.Inputs.Length).Where(i => site.Inputs[i].Means == InputMeaning.Maintenance)];
        _kept = new MaintenanceSpan?[_owners.Length];
        _start = clock.Read().Monotonic;
        if (!_restored)
        {
            queue.HoldReadings(); // the maintenance of the run before may mark them
        }
    }

    /// <summary>The maintenance that goes on; null: there is none. From any thread.</summary>
    public MaintenanceStatus? Maintenance
    {
        get
        {
            lock (_look)
            {
                var now = _clock.Read();
                return _present is { } span && span.Until > now.Monotonic
                    ? new MaintenanceStatus(_clock.Correct(now.WallAt(span.Until)), span.Until - now.Monotonic, span.By, span.Why)
                    : null;
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
        _contacts = _memory!.Contacts();
        _memory.Forget();
        for (var i = 0; i < _owners.Length; i++)
        {
            var owner = _owners[i];
            var kept = _kept[i] = _memory.Maintenance(owner, _start, now);
            if (owner is { } key)
            {
                _station.Panel.Restore(key, kept, _contacts[key] is { Active: true }, now);
            }
            else if (kept is not null)
            {
                _station.Panel.Restore(kept);
            }

            if (kept is not null && _station.Panel.MaintenanceOf(owner) is { } span && span.Until > now.Monotonic)
            {
                _log.MaintenanceGoesOn(now.WallAt(span.Until).ToDateTimeOffset(), span.By);
            }
        }

        _queue.LetReadings(r => _station.Mark(r, now));
        LetGo();
        See(now);
    }

    /// <summary>Takes what a step came to, and replies to those who asked.</summary>
    public void Take(StepResult result, Asked<PanelCommand, PanelEvent> asked, ClockReading now)
    {
        foreach (var told in result.Panel)
        {
            if (told.Act is PanelAct.Contact or PanelAct.ContactEnd)
            {
                _held.Add(told);
            }
            else
            {
                Tell(told, result.Alarms);
            }
        }

        if (_restored || _held.Count >= HeldLimit)
        {
            LetGo();
        }

        TellBraked(now, end: false);
        See(now);
        for (var i = 0; i < asked.Commands.Count; i++)
        {
            asked.Reply(i, result.PanelAnswers[i]);
        }
    }

    /// <summary>Tells what waits: the run ends.</summary>
    public void End()
    {
        LetGo();
        TellBraked(_clock.Read(), end: true);
        _queue.LetReadings(static r => r);
    }

    /// <summary>Tells the contacts that wait: the state store is loaded, or the run or the patience is at its end.</summary>
    private void LetGo()
    {
        foreach (var told in _held)
        {
            TellContact(told);
        }

        _held.Clear();
    }

    /// <summary>The maintenance: shown, kept, and written anew while it lasts.</summary>
    private void See(ClockReading now)
    {
        var span = _station.Panel.Maintenance;
        var changed = span != _present;
        if (changed)
        {
            if (span?.By != _present?.By || span?.Why != _present?.Why)
            {
                _board.Set(NodeAlarm.Maintenance, false); // with other people at it, it is told anew
            }

            _board.Set(NodeAlarm.Maintenance, span is not null, span is null ? "" : $"By {span.By}{(span.Why.Length > 0 ? ": " + span.Why : "")}.");
            lock (_look)
            {
                _present = span;
            }
        }

        if (_memory is not null && _restored)
        {
            Keep(now);
        }
    }

    private void Keep(ClockReading now)
    {
        var due = now.Monotonic >= _writeAt;
        for (var i = 0; i < _owners.Length; i++)
        {
            var span = _station.Panel.MaintenanceOf(_owners[i]);
            if (span != _kept[i] || (due && span is not null))
            {
                _memory!.Keep(_owners[i], span, now);
                _kept[i] = span;
            }

            // How a key was seen last: the next run sees by it whether it was turned since.
            if (_owners[i] is { } key && _station.Panel.IsTurned(key) is { } turned && _contacts[key]?.Active != turned)
            {
                var present = new KeptContact(turned, _clock.Correct(now.Wall), now.Monotonic, OfThisBoot: true);
                _contacts[key] = present;
                _memory!.Keep(key, present);
            }
        }

        _writeAt = due ? now.Monotonic + KeptTime.Pace : _writeAt;
    }

    private void TellContact(PanelEvent told)
    {
        var input = told.Input!.Value;
        if (told.First && _contacts[input]?.Active == (told.Act == PanelAct.Contact))
        {
            return; // as the run before left it
        }

        if (_brakes[input].Take(told.At))
        {
            TellContact(told, null);
        }
        else
        {
            _braked[input] = told;
        }
    }

    /// <summary>What a contact that flaps did in a minute. Until then the state store has what was told, so that a run that ends meanwhile loses no position.</summary>
    private void TellBraked(ClockReading now, bool end)
    {
        for (var i = 0; i < _brakes.Length; i++)
        {
            if (_brakes[i].Tell(now.Monotonic, end) is > 0 and var changes)
            {
                TellContact(_braked[i]!, changes);
            }
        }
    }

    /// <param name="told">How it is now.</param>
    /// <param name="changes">How often it has changed since it was told last; null: once.</param>
    private void TellContact(PanelEvent told, int? changes)
    {
        var (input, active) = (told.Input!.Value, told.Act == PanelAct.Contact);
        var before = _contacts[input];
        var present = new KeptContact(active, _clock.Correct(told.Time), told.At, OfThisBoot: true);
        _contacts[input] = present;
        _memory?.Keep(input, present);
        if (active || changes is not null || before is { Active: true })
        {
            var away = before is { Active: true } was && !active && changes is null ? Between(was, present) : null;
            _queue.Put(EventBody.Panel(_site, told, away, changes));
            if (changes is { } many)
            {
                _log.ContactFlaps(_site.Inputs[input].Id, _site.Inputs[input].Means.Text(), many, active ? "active" : "not active");
            }
            else
            {
                _log.ContactChanged(_site.Inputs[input].Id, _site.Inputs[input].Means.Text(), active ? "active" : "not active any more");
            }

            _audit?.Add(AuditWho.System, AuditKind.Contact, json => EventBody.WritePanel(json, _site, told, away, changes));
        }
    }

    /// <summary>Null where no clock can say it: another boot, and one of the stamps is not synchronised.</summary>
    private static TimeSpan? Between(in KeptContact from, in KeptContact to)
    {
        if (from.OfThisBoot)
        {
            return to.At - from.At;
        }

        var span = TimeSpan.FromMicroseconds(to.Since.UnixMicroseconds - from.Since.UnixMicroseconds);
        return from.Since.Clock == ClockQuality.Synchronised && to.Since.Clock == ClockQuality.Synchronised && span > TimeSpan.Zero ? span : null;
    }

    private void Tell(PanelEvent told, List<AlarmTransition> alarms)
    {
        if (told.Outcome == PanelOutcome.Done || told.Input is not null)
        {
            _queue.Put(EventBody.Panel(_site, told));
        }

        switch (told.Act)
        {
            case PanelAct.Stuck:
                _log.ButtonHangs(Id(told), SiteInputs.StuckAfter.TotalSeconds);
                return; // nobody did it
            case PanelAct.Free:
                _log.ButtonIsFree(Id(told));
                return;
            case PanelAct.Silence:
                _log.Silenced(told.By, told.Silenced.Stilled.Length, told.Silenced.Refused.Length);
                break;
            case PanelAct.Maintenance or PanelAct.MaintenanceEnd or PanelAct.MaintenanceOver:
                _log.MaintenanceChanged(
                    told.Act == PanelAct.Maintenance ? told.Outcome == PanelOutcome.Done ? "begins" : "is refused" : told.Act == PanelAct.MaintenanceEnd ? "ends" : "is over by its time",
                    told.By);
                break;
            default:
                _log.PanelUsed(Id(told), _site.Inputs[told.Input!.Value].Means.Text(), Done(told));
                break;
        }

        if (told.Input is not null || told.Act == PanelAct.MaintenanceOver)
        {
            Enter(told, alarms);
        }
    }

    private static string Done(PanelEvent told) =>
        Counted.Of(told.Alarms.Length, "alarm", "alarms")
        + (told.Trips.IsEmpty ? "" : ", " + Counted.Of(told.Trips.Length, "trip", "trips"))
        + (told.RefusedTrips.IsEmpty ? "" : ", refused by " + Counted.Of(told.RefusedTrips.Length, "trip", "trips"));

    private void Enter(PanelEvent told, List<AlarmTransition> alarms)
    {
        if (told.Act is not (PanelAct.Acknowledge or PanelAct.Reset))
        {
            var kind = told.Act switch
            {
                PanelAct.Silence => AuditKind.Silence,
                PanelAct.Maintenance => AuditKind.Maintenance + "on",
                PanelAct.MaintenanceEnd => AuditKind.Maintenance + "off",
                PanelAct.MaintenanceOver => AuditKind.Maintenance + "over",
                _ => AuditKind.LampTest,
            };
            _audit?.Add(told.By.Length > 0 ? told.By : AuditWho.System, kind, json =>
            {
                json.WriteString("outcome", told.Outcome.Text());
                EventBody.WritePanel(json, _site, told);
            });
            return;
        }

        // One entry for each alarm and each trip, as where a person names them; one for a button that found nothing.
        var what = AuditKind.Alarm + (told.Act == PanelAct.Acknowledge ? AlarmInput.Acknowledge : AlarmInput.Reset).Text();
        foreach (var (trip, outcome) in told.Trips.Select(t => (t, "done")).Concat(told.RefusedTrips.Select(t => (t, "refused"))))
        {
            _audit?.Add(told.By, AuditKind.Trip + TripAsk.Reset.Text(), json =>
            {
                json.WriteString("trip", _site.Trips[trip].Id);
                json.WriteString("outcome", outcome);
            });
        }

        if (told.Alarms.IsEmpty && told.Trips.IsEmpty && told.RefusedTrips.IsEmpty)
        {
            _audit?.Add(told.By, what, json => json.WriteString("outcome", told.Outcome.Text()));
        }

        foreach (var alarm in told.Alarms)
        {
            var state = alarms.FindLast(t => t.Alarm == alarm && t.By == told.By).State;
            _audit?.Add(told.By, what, json =>
            {
                json.WriteString("id", _site.Alarms[alarm].Id);
                json.WriteString("outcome", told.Outcome.Text());
                json.WriteString("state", state.Text());
            });
        }
    }

    private string Id(PanelEvent told) => _site.Inputs[told.Input!.Value].Id;
}
