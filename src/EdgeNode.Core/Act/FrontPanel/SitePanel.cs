using System.Collections.Immutable;
using EdgeNode.Core.Evaluate;
using EdgeNode.Core.Model;

namespace EdgeNode.Core.Act.FrontPanel;

/// <summary>
/// The front panel of a site: its buttons, keys and contacts, its lamps and sirens, and the maintenance. It works with the browser's panel, the
/// network and the disk dead.
/// </summary>
public sealed class SitePanel
{
    private readonly Site _site;
    private readonly SiteAlarms _alarms;
    private readonly SiteInputs _inputs;
    private readonly SiteAnnunciators _annunciators;
    private readonly Maintenance _maintenance;
    private readonly List<AlarmTransition> _told;
    private readonly List<PanelEvent> _events;
    private readonly List<int> _testing = [];
    private readonly bool[] _begunAtStart;
    private readonly bool[] _wasTurned;

    /// <param name="site">The checked site.</param>
    /// <param name="alarms">Its alarms.</param>
    /// <param name="told">Their transitions of a step, in the order in which they are made.</param>
    /// <param name="events">Takes what happens at the panel.</param>
    public SitePanel(Site site, SiteAlarms alarms, List<AlarmTransition> told, List<PanelEvent> events)
    {
        ArgumentNullException.ThrowIfNull(site);
        (_site, _alarms, _told, _events) = (site, alarms, told, events);
        _inputs = new SiteInputs(site);
        _annunciators = new SiteAnnunciators(site, alarms);
        _maintenance = new Maintenance(site.Maintenance, site.Inputs.Length);
        _begunAtStart = new bool[site.Inputs.Length];
        _wasTurned = new bool[site.Inputs.Length];
    }

    /// <summary>The maintenance that goes on, of all who keep one together; null: there is none.</summary>
    public MaintenanceSpan? Maintenance => _maintenance.Present;

    /// <summary>The maintenance of one key, or of the command.</summary>
    /// <param name="key">Index into <see cref="Site.Inputs"/>; null: that of the command.</param>
    public MaintenanceSpan? MaintenanceOf(int? key) => _maintenance.Of(key);

    /// <summary>How a contact that means something was last seen; null: nothing is known of it.</summary>
    public bool? IsTurned(int input) => _inputs.IsActive(input);

    /// <summary>Monotonic time at which something is due; null: nothing is.</summary>
    public TimeSpan? Deadline => Earlier(Earlier(_inputs.Deadline, _annunciators.Deadline), _maintenance.Deadline);

    /// <summary>Who does what a contact does.</summary>
    public string By(int input) => "panel " + _site.Inputs[input].Id;

    /// <summary>A lamp or a siren cannot be driven, as those found who drive them; shown from the next step on.</summary>
    public bool AnnunciatorFault
    {
        get => _annunciators.AnyFault;
        set => _annunciators.AnyFault = value;
    }

    /// <summary>A new step begins.</summary>
    public void Begin() => _annunciators.Begin();

    /// <summary>Lit or sounding since the last step.</summary>
    public bool IsActive(int annunciator) => _annunciators.IsActive(annunciator);

    /// <summary>A reading as it is to be told: with the mark of a maintenance.</summary>
    /// <param name="reading">The reading, as it votes and alarms.</param>
    /// <param name="at">Monotonic time at which it was taken.</param>
    public Reading Mark(in Reading reading, TimeSpan at) =>
        _maintenance.Covers(at) ? reading with { Quality = FrontPanel.Maintenance.Mark(reading.Quality) } : reading;

    /// <summary>A sample comes, and its reading next.</summary>
    public void Note(in RawSample sample) => _inputs.Note(sample);

    /// <summary>Takes a reading into account. What it comes to waits for <see cref="TryNext"/>.</summary>
    /// <param name="reading">The reading, without a mark.</param>
    /// <param name="at">Monotonic time at which it was taken.</param>
    public void Observe(in Reading reading, TimeSpan at) => _inputs.Observe(reading, at);

    /// <summary>Lets buttons that are held run up to a moment.</summary>
    public void Advance(TimeSpan until) => _inputs.Advance(until);

    /// <summary>Takes the next thing that a contact does.</summary>
    /// <param name="change">What.</param>
    /// <param name="ofAlarms">It is about alarms or trips: those are to be brought up to its moment first.</param>
    public bool TryNext(out ContactChange change, out bool ofAlarms)
    {
        var any = _inputs.Changes.TryDequeue(out change);
        ofAlarms = any && change.Act == ContactAct.Press && _site.Inputs[change.Input].Means <= InputMeaning.Reset;
        return any;
    }

    /// <summary>Who resets trips by it; null where it is not about that.</summary>
    public string? Resets(in ContactChange change) =>
        change.Act == ContactAct.Press && _site.Inputs[change.Input].Means == InputMeaning.Reset ? By(change.Input) : null;

    /// <summary>Does what a contact does.</summary>
    public void Do(in ContactChange change, ClockReading at)
    {
        var (input, means, by, since) = (change.Input, _site.Inputs[change.Input].Means, By(change.Input), change.Since);
        if (change.Act is ContactAct.Stuck or ContactAct.Free)
        {
            Tell(change.Act == ContactAct.Stuck ? PanelAct.Stuck : PanelAct.Free, by, at, input);
        }

        var press = change.Act == ContactAct.Press;
        switch (means)
        {
            case InputMeaning.Acknowledge when press:
                _annunciators.Follow(_told);
                AskAll(PanelAct.Acknowledge, AlarmInput.Acknowledge, a => _alarms[a].State.NeedsAcknowledge() && _annunciators.CameUp(a) <= since, by, at, change);
                break;
            case InputMeaning.Silence when press:
                Silence(null, by, at, change);
                break;
            case InputMeaning.Reset when press:
                AskAll(PanelAct.Reset, AlarmInput.Reset, a => _alarms[a].State is AlarmState.LatchedUnacknowledged or AlarmState.LatchedAcknowledged, by, at, change);
                break;
            case InputMeaning.LampTest:
                TestLamps(change, by, at);
                break;
            case InputMeaning.Maintenance when press && change.First && (_wasTurned[input] || _maintenance.Of(input) is not null):
                break; // as the run before left it: no new time
            case InputMeaning.Maintenance when press:
                _begunAtStart[input] = change.First;
                BeginMaintenance(new MaintenanceOnCommand(null, by, ""), at, input);
                break;
            case InputMeaning.Maintenance:
                _begunAtStart[input] = false;
                Expire(at);
                if (_maintenance.Of(input) is not null)
                {
                    EndMaintenance(by, at, input);
                }

                break;
            case InputMeaning.Tamper or InputMeaning.MainsFail or InputMeaning.Door:
                Tell(new PanelEvent(press ? PanelAct.Contact : PanelAct.ContactEnd, PanelOutcome.Done, by, at.Wall, at.Monotonic) { Input = input, First = change.First });
                break;
        }
    }

    /// <summary>What became of the trips that the reset just done was for as well.</summary>
    /// <param name="done">Reset by it.</param>
    /// <param name="refused">They stand, and did not take it.</param>
    public void Reset(ImmutableArray<int> done, ImmutableArray<int> refused)
    {
        var told = _events[^1];
        _events[^1] = told with { Trips = done, RefusedTrips = refused, Outcome = done.IsEmpty ? told.Outcome : PanelOutcome.Done };
    }

    /// <summary>A person asks for something from elsewhere.</summary>
    public PanelEvent Ask(PanelCommand command, ClockReading now)
    {
        switch (command)
        {
            case SilenceCommand silence:
                Silence(silence.Annunciator, silence.By, now, null);
                break;
            case MaintenanceOnCommand on:
                BeginMaintenance(on, now, null);
                break;
            default:
                EndMaintenance(command.By, now, null);
                break;
        }

        return _events[^1];
    }

    /// <summary>What annunciators are to do from now on. Last in a step.</summary>
    public void Decide(ClockReading now, List<AnnunciatorCommand> into)
    {
        Expire(now);
        _annunciators.LampTest = _testing.Count > 0;
        _annunciators.Follow(_told);
        _annunciators.Decide(now.Monotonic, into);
    }

    /// <summary>Takes over the maintenance that the run before left of the command; over by now it is told as over with the next step.</summary>
    public void Restore(MaintenanceSpan kept)
    {
        ArgumentNullException.ThrowIfNull(kept);
        _maintenance.Restore(null, kept);
    }

    /// <summary>
    /// Takes over what the run before left of a key. One that it saw turned, and that is turned at its first reading in this run, has not been turned since: its maintenance goes on, and gets no new time.
    /// </summary>
    /// <param name="key">Index into <see cref="Site.Inputs"/>.</param>
    /// <param name="kept">Its maintenance; null: it had none, or its time was over.</param>
    /// <param name="wasTurned">The run before saw it turned last.</param>
    /// <param name="now">Both clocks.</param>
    public void Restore(int key, MaintenanceSpan? kept, bool wasTurned, ClockReading now)
    {
        _wasTurned[key] = wasTurned || kept is not null;
        if (_begunAtStart[key] && _wasTurned[key] && _maintenance.Of(key) is { } its)
        {
            _maintenance.Replace(key, kept ?? its with { Until = now.Monotonic });
        }
        else if (kept is not null && _maintenance.Restore(key, kept) && _inputs.IsActive(key) == false)
        {
            _inputs.Changes.Enqueue(new ContactChange(key, ContactAct.Release, now.Monotonic));
        }
    }

    private static TimeSpan? Earlier(TimeSpan? a, TimeSpan? b) => a is null || b < a ? b : a;

    private void AskAll(PanelAct act, AlarmInput what, Func<int, bool> who, string by, ClockReading at, in ContactChange press)
    {
        var done = ImmutableArray.CreateBuilder<int>();
        for (var i = 0; i < _site.Alarms.Length; i++)
        {
            if (who(i) && _alarms.Ask(new AlarmCommand(i, what, by), at) == AlarmAnswer.Done)
            {
                done.Add(i);
            }
        }

        Tell(new PanelEvent(act, done.Count > 0 ? PanelOutcome.Done : PanelOutcome.Nothing, by, at.Wall, at.Monotonic)
        {
            Input = press.Input,
            Since = press.Since,
            Alarms = done.ToImmutable(),
        });
    }

    private void Silence(int? annunciator, string by, ClockReading at, ContactChange? press)
    {
        _annunciators.Follow(_told);
        var silenced = _annunciators.Silence(annunciator, at.Monotonic, press?.Since ?? at.Monotonic);
        var outcome = silenced.Stilled.Length > 0 ? PanelOutcome.Done : silenced.Refused.Length > 0 ? PanelOutcome.NotAllowed : PanelOutcome.Nothing;
        Tell(new PanelEvent(PanelAct.Silence, outcome, by, at.Wall, at.Monotonic)
        {
            Input = press?.Input,
            Since = press?.Since,
            Silenced = silenced,
            Until = outcome == PanelOutcome.Done ? at.Wall.Add(AnnunciatorPatterns.LongestSilence) : null,
        });
    }

    /// <summary>As long as one of them is held; one that hangs is held by nobody.</summary>
    private void TestLamps(in ContactChange change, string by, ClockReading at)
    {
        if (change.Act == ContactAct.Press)
        {
            _testing.Add(change.Input);
            Tell(PanelAct.LampTest, by, at, change.Input);
        }
        else if (_testing.Remove(change.Input))
        {
            Tell(PanelAct.LampTestEnd, by, at, change.Input);
        }
    }

    private void BeginMaintenance(MaintenanceOnCommand on, ClockReading at, int? input)
    {
        Expire(at);
        var outcome = _maintenance.Begin(input, at.Monotonic, on.Time, on.By, on.Why);
        Tell(new PanelEvent(PanelAct.Maintenance, outcome, on.By, at.Wall, at.Monotonic)
        {
            Input = input,
            Maintenance = _maintenance.Of(input),
            Until = outcome == PanelOutcome.Done ? at.WallAt(_maintenance.Of(input)!.Until) : null,
        });
    }

    private void EndMaintenance(string by, ClockReading at, int? input)
    {
        Expire(at);
        var ended = _maintenance.End(input, at.Monotonic);
        Tell(new PanelEvent(PanelAct.MaintenanceEnd, ended is null ? PanelOutcome.Nothing : PanelOutcome.Done, by, at.Wall, at.Monotonic)
        {
            Input = input,
            Maintenance = ended,
        });
    }

    private void Expire(ClockReading now)
    {
        while (_maintenance.TryExpire(now.Monotonic, out var over))
        {
            Tell(new PanelEvent(PanelAct.MaintenanceOver, PanelOutcome.Done, "", now.WallAt(over.Until), over.Until) { Maintenance = over });
        }
    }

    private void Tell(PanelAct act, string by, ClockReading at, int input) =>
        Tell(new PanelEvent(act, PanelOutcome.Done, by, at.Wall, at.Monotonic) { Input = input });

    private void Tell(PanelEvent told) => _events.Add(told);
}
