using System.Collections.Immutable;
using EdgeNode.Core.Evaluate;
using EdgeNode.Core.Model;

namespace EdgeNode.Core.Act.FrontPanel;

/// <summary>What a silence came to.</summary>
/// <param name="Stilled">Annunciators that sounded, and of which what was announced is still now; one goes on where something has come up since.</param>
/// <param name="Refused">Those that sound, or are named, and may not be silenced.</param>
public readonly record struct Silenced(ImmutableArray<int> Stilled, ImmutableArray<int> Refused);

/// <summary>
/// All lamps and sirens of a site, by <see cref="AnnunciatorTable"/> and <see cref="AnnunciatorPatterns"/>. What they are at a moment follows from
/// the alarms' transitions and that moment alone: steps in between change nothing.
/// </summary>
public sealed class SiteAnnunciators
{
    private static readonly TimeSpan Never = TimeSpan.MinValue;

    private readonly Site _site;
    private readonly SiteAlarms _alarms;
    private readonly ImmutableArray<AnnunciatorOptions> _annunciators;
    private readonly AlarmState[] _states;
    private readonly TimeSpan[] _cameUp;
    private readonly TimeSpan[][] _silentUntil;
    private readonly bool[] _present;
    private readonly Indication[] _lamps = new Indication[(int)AlarmPriority.Critical + 1];
    private readonly List<int> _calling = [];
    private int _followed;
    private bool _any;

    /// <param name="site">The checked site.</param>
    /// <param name="alarms">Its alarms.</param>
    public SiteAnnunciators(Site site, SiteAlarms alarms)
    {
        ArgumentNullException.ThrowIfNull(site);
        (_site, _alarms, _annunciators) = (site, alarms, site.Annunciators);
        _states = new AlarmState[site.Alarms.Length];
        _cameUp = new TimeSpan[site.Alarms.Length];
        _present = new bool[_annunciators.Length];
        _silentUntil = [.. _annunciators.Select(_ => Enumerable.Repeat(Never, site.Alarms.Length).ToArray())];
    }

    /// <summary>The button of the lamp test is held: everything is lit and sounds.</summary>
    public bool LampTest { get; set; }

    /// <summary>
    /// One of them cannot be driven: lamps that announce the priority of <see cref="NodeAlarm.Annunciator"/> are lit at least. No siren sounds for it, since nobody could acknowledge that.
    /// </summary>
    public bool AnyFault { get; set; }

    /// <summary>Monotonic time at which a lamp or siren changes by itself, as of the last <see cref="Decide"/>; null: none does.</summary>
    public TimeSpan? Deadline { get; private set; }

    /// <summary>Lit or sounding, as of the last <see cref="Decide"/>.</summary>
    public bool IsActive(int annunciator) => _present[annunciator];

    /// <summary>A new step begins, with a new list of transitions.</summary>
    public void Begin() => _followed = 0;

    /// <summary>Takes what has happened to alarms since the last call, in its order.</summary>
    /// <param name="told">The transitions of this step so far.</param>
    public void Follow(List<AlarmTransition> told)
    {
        ArgumentNullException.ThrowIfNull(told);
        for (; _followed < told.Count; _followed++)
        {
            var t = told[_followed];
            Enter(t.Alarm, t.State, t.At, again: t.Input == AlarmInput.Raise);
        }
    }

    /// <summary>Monotonic time at which an alarm came up last, as far as it was told to <see cref="Follow"/>.</summary>
    public TimeSpan CameUp(int alarm) => _cameUp[alarm];

    /// <summary>Stills the sirens that sound. What called by the moment of the press is covered; what comes later sounds.</summary>
    /// <param name="annunciator">Only this one; null: all.</param>
    /// <param name="at">Monotonic time.</param>
    /// <param name="since">What called by this moment is meant; not after <paramref name="at"/>.</param>
    public Silenced Silence(int? annunciator, TimeSpan at, TimeSpan since)
    {
        Survey(at);
        var (stilled, refused) = (ImmutableArray.CreateBuilder<int>(), ImmutableArray.CreateBuilder<int>());
        for (var a = 0; a < _annunciators.Length; a++)
        {
            var options = _annunciators[a];
            if (annunciator is not null && annunciator != a)
            {
                continue;
            }

            if (!options.SilenceAllowed && (annunciator is not null || Sounds(a, at)))
            {
                refused.Add(a);
            }
            else if (options.SilenceAllowed && Sounds(a, at))
            {
                var any = false;
                foreach (var alarm in _calling)
                {
                    if (_alarms.CallsFrom(alarm, _cameUp[alarm]) <= since)
                    {
                        any |= options.Sounds.Contains(_site.Alarms[alarm].Priority);
                        _silentUntil[a][alarm] = at + AnnunciatorPatterns.LongestSilence;
                    }
                }

                if (any)
                {
                    stilled.Add(a);
                }
            }
        }

        return new Silenced(stilled.ToImmutable(), refused.ToImmutable());
    }

    /// <summary>What each is to do from now on.</summary>
    /// <param name="now">Monotonic time.</param>
    /// <param name="into">Takes those that change, and in the first step all.</param>
    public void Decide(TimeSpan now, List<AnnunciatorCommand> into)
    {
        ArgumentNullException.ThrowIfNull(into);
        if (_annunciators.Length == 0)
        {
            return;
        }

        Survey(now);
        Deadline = null;
        for (var a = 0; a < _annunciators.Length; a++)
        {
            var (on, next) = _annunciators[a].IsLamp ? Lamp(a, now) : Siren(a, now) is var call ? (call.On, call.Next) : default;
            on |= LampTest;
            Deadline = next is { } at && !(Deadline <= at) ? at : Deadline;
            if (!_any || on != _present[a])
            {
                _present[a] = on;
                into.Add(new AnnunciatorCommand(a, on));
            }
        }

        _any = true;
    }

    /// <summary>How the alarms stand: of each priority what a lamp shows, and which alarms call.</summary>
    private void Survey(TimeSpan now)
    {
        _calling.Clear();
        Array.Clear(_lamps);
        _lamps[(int)NodeAlarm.Annunciator.Priority()] = AnyFault ? Indication.Steady : Indication.Off;
        for (var i = 0; i < _states.Length; i++)
        {
            if (_alarms[i].State is var state && state != _states[i])
            {
                Enter(i, state, now, again: false); // taken over from the run before, without a transition
            }

            var (muted, priority) = (_alarms.IsMuted(i), _site.Alarms[i].Priority);
            if (AnnunciatorTable.Lamp(state, muted) is var lamp && lamp > _lamps[(int)priority])
            {
                _lamps[(int)priority] = lamp;
            }

            if (AnnunciatorTable.Siren(state, muted, silenced: false) == Indication.Calling)
            {
                _calling.Add(i);
            }
        }
    }

    /// <summary>Each time that an alarm begins to call is a new one, whatever was silenced before.</summary>
    private void Enter(int alarm, AlarmState state, TimeSpan at, bool again)
    {
        if (Calls(state) && (again || !Calls(_states[alarm])))
        {
            _cameUp[alarm] = at;
            foreach (var until in _silentUntil)
            {
                until[alarm] = Never;
            }
        }

        _states[alarm] = state;

        static bool Calls(AlarmState state) => AnnunciatorTable.Siren(state, muted: false, silenced: false) == Indication.Calling;
    }

    /// <summary>A siren that calls, be it between two pulses.</summary>
    private bool Sounds(int annunciator, TimeSpan at) =>
        !_annunciators[annunciator].IsLamp && Siren(annunciator, at) is var call && (call.On || call.Priority >= AlarmPriority.High);

    private (bool On, TimeSpan? Next) Lamp(int annunciator, TimeSpan now)
    {
        var (shown, critical) = (Indication.Off, false);
        foreach (var priority in _annunciators[annunciator].Sounds)
        {
            var of = _lamps[(int)priority];
            shown = of > shown ? of : shown;
            critical |= of == Indication.Flashing && priority == AlarmPriority.Critical;
        }

        return AnnunciatorPatterns.Lamp(shown, critical, now);
    }

    private (bool On, TimeSpan? Next, AlarmPriority? Priority) Siren(int annunciator, TimeSpan now)
    {
        var (sounds, until) = (_annunciators[annunciator].Sounds, _silentUntil[annunciator]);
        var (urgent, latest, ends) = ((AlarmPriority?)null, Never, (TimeSpan?)null);
        foreach (var alarm in _calling)
        {
            var priority = _site.Alarms[alarm].Priority;
            if (!sounds.Contains(priority))
            {
                continue;
            }

            if (until[alarm] > now)
            {
                ends = ends <= until[alarm] ? ends : until[alarm];
                continue;
            }

            // Medium and low sound alike, so the latest of both counts.
            priority = priority < AlarmPriority.Medium ? AlarmPriority.Medium : priority;
            var from = _alarms.CallsFrom(alarm, _cameUp[alarm]);
            if (urgent is null || priority > urgent)
            {
                (urgent, latest) = (priority, from);
            }
            else if (priority == urgent && from > latest)
            {
                latest = from;
            }
        }

        if (urgent is not { } most)
        {
            return (false, ends, null);
        }

        var (on, next) = AnnunciatorPatterns.Siren(most, now > latest ? now - latest : TimeSpan.Zero);
        var change = next is { } after ? latest + after : (TimeSpan?)null;
        return (on, change is null || ends < change ? ends : change, most);
    }
}
