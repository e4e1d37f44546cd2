using System.Collections.Immutable;
using EdgeNode.Core.Model;
using EdgeNode.Core.Validate;

namespace EdgeNode.Core.Act;

/// <summary>One trip: its cause, the times behind it, and the states that <see cref="TripMachine"/> makes of them.</summary>
public sealed class TripEvaluator
{
    /// <summary>Why a trip does not reset itself any more.</summary>
    public const string Restless = "it does not come to rest, because its cause follows from its own effect; it stays tripped until a person resets it";

    private readonly int _trip;
    private readonly TripOptions _options;
    private readonly ICauseSource _source;
    private readonly List<TripTransition> _told;
    private readonly CauseTree _cause;
    private readonly CauseTree? _permissive;
    private readonly DueDate? _proofTest;
    private TripFacts _facts = TripFacts.AtStart;
    private TimeSpan _since;
    private TimeSpan? _quietSince;
    private TimeSpan _at;
    private bool _permitted;

    /// <param name="trip">Index of the trip.</param>
    /// <param name="options">The trip.</param>
    /// <param name="source">What its leaves stand for.</param>
    /// <param name="told">Takes its transitions.</param>
    /// <param name="start">Monotonic time of the start: the cause is unknown since then.</param>
    public TripEvaluator(int trip, TripOptions options, ICauseSource source, List<TripTransition> told, TimeSpan start)
    {
        ArgumentNullException.ThrowIfNull(options);
        (_trip, _options, _source, _told, _since, _at) = (trip, options, source, told, start, start);
        _cause = new CauseTree(options.Cause);
        _permissive = options.Permissive is { } permissive ? new CauseTree(permissive, feared: false) : null;
        _proofTest = options.ProofTestDue is { } due ? new DueDate(due) : null;
    }

    /// <summary>All that it knows beside its cause.</summary>
    public TripFacts Facts => _facts;

    /// <summary>The cause: true, false, or null for unknown.</summary>
    public bool? Cause { get; private set; }

    /// <summary>Monotonic time since when the cause is so.</summary>
    public TimeSpan CauseSince => _since;

    /// <summary>The cause is false, and a delay or an <c>after</c> runs that may bring it: it does not settle.</summary>
    public bool IsPending => Cause == false && _quietSince is null;

    /// <summary>The cause with its leaves as they are.</summary>
    public CauseTree Tree => _cause;

    /// <summary>While it settles or resumes: monotonic time from which on it may be reset, or resets itself. Null otherwise, and while something is pending.</summary>
    public TimeSpan? SettledAt => _facts.State is TripState.NotReset or TripState.Settling or TripState.Resuming ? _quietSince + _options.Settle : null;

    /// <summary>It is armed, stands, and nothing keeps it from its outputs.</summary>
    public bool WantsSafe => _options.Armed && _facts.Stands && !_facts.Suppressed;

    /// <summary>It is armed, stands and has acted, or waits since the start: also while a person has released it under an inhibit. Its outputs are its to give back, by a reset or by itself.</summary>
    public bool KeepsOutputs => _options.Armed && _facts.Stands && (!_facts.Suppressed || _facts.Released);

    /// <summary>A reset counts and its cause has been gone for long enough, and still it does not resume: it is not permitted, for who knows how long.</summary>
    public bool WaitsForPermissive => _facts.State == TripState.Resuming && HasSettled && !_permitted;

    /// <summary>The date by which it was to be proved has passed, by a synchronised clock.</summary>
    public bool IsProofTestDue { get; private set; }

    /// <summary>Monotonic time at which something is due; null when nothing is.</summary>
    public TimeSpan? Deadline
    {
        get
        {
            var earliest = Earlier(Earlier(_cause.Deadline, _permissive?.Deadline), Earlier(_facts.InhibitedUntil, _facts.TestUntil));
            if (Cause is null && _options.OnBad.Kind == OnBadKind.TripAfter && !_facts.Stands)
            {
                earliest = Earlier(earliest, _since + _options.OnBad.After);
            }

            // What has settled and is not permitted waits for its permissive, not for a time.
            var settles = _facts.State is TripState.Settling or TripState.Resuming ? _quietSince + _options.Settle : null;
            return settles > _at ? Earlier(earliest, settles) : earliest;
        }
    }

    /// <summary>Looks at the cause, and lets what is due by then happen.</summary>
    /// <param name="at">Both clocks at that moment; monotonic time never goes back from call to call, and passes no deadline.</param>
    /// <param name="restless">The trips of the site do not come to rest at this moment: one that stands while its cause changes still waits for a person.</param>
    public void Look(ClockReading at, bool restless = false)
    {
        _at = at.Monotonic;
        var before = Cause;
        Cause = _cause.Look(_at, _source);
        _quietSince = _cause.Soon == false ? _quietSince ?? _at : null;
        _permissive?.Look(_at, _source);
        _permitted = _permissive is null || _permissive.Soon == true;
        if (Cause != before)
        {
            _since = _at;
            Happen(Cause is { } known ? known ? TripInput.CauseTrue : TripInput.CauseFalse : TripInput.CauseUnknown, at);
            if (restless)
            {
                Stay(at);
            }
        }

        if (Cause is null && _options.OnBad.Kind == OnBadKind.TripAfter && _at - _since >= _options.OnBad.After)
        {
            Happen(TripInput.UnknownTooLong, at);
        }

        if (HasSettled && _permitted)
        {
            Happen(_options.ManualReset || _facts.Owes != TripOwes.Nobody ? TripInput.Settled : TripInput.SettledAutomatic, at);
        }

        if (_facts.InhibitedUntil <= _at)
        {
            End(TripChange.InhibitEnded, at, null, "");
        }

        if (_facts.TestUntil <= _at)
        {
            End(TripChange.TestEnded, at, null, "");
        }
    }

    /// <summary>Whether its proof test is overdue. The one thing here that goes by the calendar, and nothing depends on it.</summary>
    public void LookAtCalendar(ClockReading now) => IsProofTestDue = _proofTest?.HasPassed(now.Monotonic, now) == true;

    /// <summary>Something is asked of it.</summary>
    /// <param name="command">What.</param>
    /// <param name="now">Now; the cause has been looked at.</param>
    public TripAnswer Ask(in TripCommand command, ClockReading now)
    {
        var (by, why) = (command.By, command.Why ?? "");
        switch (command.Ask)
        {
            case TripAsk.Reset:
                return Reset(now, by, why, command.OfAll);
            case TripAsk.Trip:
                return Trip(now, by, why);
            case TripAsk.Keep:
                return Answer(Happen(TripInput.Kept, now, by.Length > 0 ? by : null) ? TripOutcome.Done : TripOutcome.Nothing);
            case TripAsk.KeepNone when _facts.Owes == TripOwes.SinceStart:
                _facts = _facts with { Owes = TripOwes.ByHand };
                return Answer(TripOutcome.Done);
            case TripAsk.KeepNone:
                return Answer(TripOutcome.Nothing);
            case TripAsk.Inhibit:
                return Begin(TripChange.Inhibited, command.Time, _options.InhibitAtMost, now, by, why);
            case TripAsk.Test when _facts.Stands && !_facts.IsInTest:
                return Answer(TripOutcome.Stands);
            case TripAsk.Test:
                return Begin(TripChange.TestBegun, command.Time, _options.TestAtMost, now, by, why);
            case TripAsk.EndInhibit when !_facts.IsInhibited:
                return Answer(TripOutcome.NotInhibited);
            case TripAsk.EndTest when !_facts.IsInTest:
                return Answer(TripOutcome.NotInTest);
            default:
                End(command.Ask == TripAsk.EndTest ? TripChange.TestEnded : TripChange.InhibitEnded, now, by, why);
                return Answer(TripOutcome.Done);
        }
    }

    /// <summary>Its cause follows from what it does, so that it would trip and reset itself without an end: it stays tripped until a person resets it.</summary>
    private void Stay(ClockReading at)
    {
        if (_facts is { Stands: true, Owes: not TripOwes.ByHand })
        {
            _facts = _facts with { Owes = TripOwes.ByHand };
            Tell(TripChange.Tripped, at, null, Restless);
        }
    }

    /// <summary>By the last moment at which nothing ran that may bring the cause: else it would settle while an on-delay runs, with the value past the setpoint.</summary>
    private bool HasSettled => _at - _quietSince >= _options.Settle;

    private static TimeSpan? Earlier(TimeSpan? a, TimeSpan? b) => a is null || b < a ? b : a;

    private TripAnswer Answer(TripOutcome outcome) => new(outcome, _facts.State);

    private TripAnswer Reset(ClockReading now, string by, string why, bool ofAll)
    {
        var settled = HasSettled;
        if (TripTable.Move(_facts.State, TripInput.EarlyReset) == TripMove.Stay)
        {
            return Answer(TripOutcome.Nothing);
        }

        if (!settled && (ofAll || !_facts.IsInhibited))
        {
            return Cause is not { } known ? Answer(TripOutcome.CauseUnknown)
                : known ? Answer(TripOutcome.CauseStands)
                : _quietSince is not { } since ? Answer(TripOutcome.CausePending)
                : Answer(TripOutcome.NotSettled) with { Left = since + _options.Settle - _at };
        }

        if (!_permitted)
        {
            return Answer(TripOutcome.NotPermitted);
        }

        var done = Happen(settled ? TripInput.Reset : TripInput.Release, now, by, why);
        return Answer(done ? TripOutcome.Done : TripOutcome.Nothing) with { UnderInhibit = !settled };
    }

    private TripAnswer Trip(ClockReading now, string by, string why)
    {
        var tested = _facts.IsInTest;
        var done = Happen(TripInput.Trip, now, by, why);
        if (tested)
        {
            Tell(TripChange.TestEnded, now, by, why);
        }

        return Answer(done ? TripOutcome.Done : TripOutcome.Nothing) with { EndedTest = tested };
    }

    private TripAnswer Begin(TripChange change, TimeSpan? asked, TimeSpan most, ClockReading now, string by, string why)
    {
        var time = asked ?? most;
        if (time <= TimeSpan.Zero || time > most)
        {
            return Answer(most <= TimeSpan.Zero ? TripOutcome.NotAllowed : time <= TimeSpan.Zero ? TripOutcome.NoTime : TripOutcome.TooLong);
        }

        var end = now.Monotonic + time;
        _facts = change == TripChange.Inhibited ? _facts with { InhibitedUntil = end } : _facts with { TestUntil = end };
        var until = now.WallAt(end);
        Tell(change, now, by, why, until);
        return Answer(TripOutcome.Done) with { Until = until };
    }

    private void End(TripChange change, ClockReading at, string? by, string why)
    {
        _facts = change == TripChange.InhibitEnded ? _facts with { InhibitedUntil = null } : _facts with { TestUntil = null };
        var acts = _facts is { Suppressed: true, IsInhibited: false, IsInTest: false };
        _facts = acts ? TripMachine.Next(_facts, _facts.Released && !HasSettled ? TripInput.ReleaseEnds : TripInput.Unsuppress, Cause) : _facts;
        Tell(change, at, by, why);
        if (acts && _facts.Stands)
        {
            Tell(TripChange.Tripped, at, null, "");
        }
    }

    private bool Happen(TripInput input, ClockReading at, string? by = null, string why = "")
    {
        var before = _facts;
        _facts = TripMachine.Next(before, input, Cause);
        if (_facts == before)
        {
            return false;
        }

        if (input != TripInput.Kept || _facts.State != before.State)
        {
            Tell(ChangeOf(input, before.State), at, by, why);
        }

        return true;
    }

    private static TripChange ChangeOf(TripInput input, TripState before) => input switch
    {
        TripInput.CauseFalse => TripChange.CauseGone,
        TripInput.CauseUnknown => TripChange.CauseUnknown,
        TripInput.Settled or TripInput.SettledAutomatic => before == TripState.Resuming ? TripChange.Resumed : TripChange.ResetItself,
        TripInput.Reset => TripChange.Reset,
        TripInput.Release => TripChange.Released,
        TripInput.Kept => TripChange.ResetKept,
        _ => TripChange.Tripped,
    };

    private void Tell(TripChange change, ClockReading at, string? by, string why, SourceTime? until = null) =>
        _told.Add(new TripTransition(_trip, change, _facts.State, at.Wall)
        {
            At = at.Monotonic,
            By = by,
            Why = why,
            Cause = change == TripChange.Tripped ? Evidence(at) : [],
            SuppressedBy = !(_facts.Stands && _facts.Suppressed) ? TripSuppression.None : _facts.IsInTest ? TripSuppression.Test : TripSuppression.Inhibit,
            Until = until,
        });

    private ImmutableArray<TripEvidence> Evidence(ClockReading at) => Cause == false
        ? []
        : [
            .. _cause.Leaves.Where(l => l.Speaks || (Cause is null && l.Value is null)).OrderBy(l => l.Since)
                .Select(l => new TripEvidence(l, at.WallAt(l.Since), _source.Votes(l.What))),
        ];
}
