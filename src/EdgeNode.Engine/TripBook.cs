using System.Collections.Immutable;
using EdgeNode.Core;
using EdgeNode.Core.Act;
using EdgeNode.Core.Model;
using EdgeNode.Core.Ports;
using EdgeNode.Core.Record;
using Microsoft.Extensions.Logging;

namespace EdgeNode.Engine;

/// <summary>
/// The trips as those see them who look from another thread, the way of what happens with them to the recorder, and of their resets into the state store and back.
/// The station's loop writes it.
/// </summary>
internal sealed class TripBook
{
    private readonly Site _site;
    private readonly Station _station;
    private readonly RecorderQueue _queue;
    private readonly NodeAlarmBoard _board;
    private readonly IStationClock _clock;
    private readonly ILogger _log;
    private readonly IStateStore? _state;
    private readonly IAudit? _audit;
    private readonly TripMemory? _memory;
    private readonly Lock _look = new();
    private readonly TripStatus[] _present;
    private readonly List<TripCommand> _commands = [];
    private string?[]? _kept;
    private bool _restored;
    private int _keeping;
    private string _overdue = "";

    /// <param name="site">The checked site.</param>
    /// <param name="station">Whose trips they are.</param>
    /// <param name="queue">Where events go.</param>
    /// <param name="board">Where overdue proof tests are told.</param>
    /// <param name="clock">Both clocks.</param>
    /// <param name="log">Where trips are told.</param>
    /// <param name="state">What keeps resets across a restart; null: nothing does.</param>
    /// <param name="audit">Where the end of an inhibit or a test by its time is entered; null: nowhere.</param>
    /// <param name="mark">How the run before ended; null without a store.</param>
    public TripBook(Site site, Station station, RecorderQueue queue, NodeAlarmBoard board, IStationClock clock, ILogger log, IStateStore? state, IAudit? audit, RunMark? mark)
    {
        (_site, _station, _queue, _board, _clock, _log, _state, _audit) = (site, station, queue, board, clock, log, state, audit);
        _memory = state is null || site.Trips.IsEmpty ? null : new TripMemory(site, state, mark!);
        _restored = _memory is null;
        var start = clock.Read().Wall;
        _present = [.. site.Trips.Select(t => new TripStatus(TripState.NotReset, start) { CauseSince = start, Acts = t.Armed, Leaves = [.. t.Cause.Leaves.Select(_ => (bool?)null)], Pending = [.. t.Cause.Leaves.Select(_ => false)] })];
    }

    /// <summary>Present state of each.</summary>
    public void Copy(Span<TripStatus> into)
    {
        lock (_look)
        {
            _present.CopyTo(into);
        }

        foreach (ref var status in into[.._present.Length])
        {
            status = status with
            {
                Since = _clock.Correct(status.Since),
                CauseSince = _clock.Correct(status.CauseSince),
                SettledAt = Correct(status.SettledAt),
                InhibitedUntil = Correct(status.InhibitedUntil),
                TestUntil = Correct(status.TestUntil),
            };
        }
    }

    /// <summary>Finds out which resets of the run before count, once that is known, and lets them count once it is durable that this run has begun.</summary>
    public void Restore()
    {
        if (_restored || !_state!.IsLoaded)
        {
            return;
        }

        if (_kept is null)
        {
            _kept = _memory!.Begin(out var inOrder, out var changed);
            var refused = 0;
            for (var trip = 0; trip < _kept.Length; trip++)
            {
                if (_present[trip].State == TripState.Ready)
                {
                    _kept[trip] = null; // a person has reset it in the meantime: the record is of this run
                }
                else if (_kept[trip] is not null && !inOrder && !_site.Trips[trip].ResumeAfterCrash)
                {
                    _kept[trip] = null;
                    _memory.Forget(trip);
                    refused++;
                }
            }

            if (refused > 0)
            {
                _log.TripsNeedReset(refused);
            }

            if (changed.Count > 0)
            {
                _log.TripsChanged(string.Join(", ", changed));
            }
        }

        _restored = _memory!.IsBegun;
    }

    /// <summary>What people ask, as the step takes it; behind it which resets count.</summary>
    public List<TripCommand> Commands(Asked<TripCommand, TripAnswer> asked)
    {
        _commands.Clear();
        _commands.AddRange(asked.Commands);
        if (_restored && _kept is { } kept)
        {
            _commands.AddRange(kept.Select((by, trip) => new TripCommand(trip, by is null ? TripAsk.KeepNone : TripAsk.Keep, by ?? "")));
            _kept = null;
        }

        _keeping = _commands.Count - asked.Commands.Count;
        return _commands;
    }

    /// <summary>Takes what a step came to, and replies to those who asked.</summary>
    public void Take(List<TripTransition> transitions, List<TripAnswer> answers, Asked<TripCommand, TripAnswer> asked, ClockReading now)
    {
        foreach (var t in transitions)
        {
            _queue.Put(EventBody.Trip(_site, t));
            Keep(t);
            Tell(t);
            if (t.By is null && t.Change is TripChange.InhibitEnded or TripChange.TestEnded)
            {
                Audit(t);
            }
        }

        Show(transitions, now);
        TellOverdue();
        for (var i = 0; i < answers.Count - _keeping; i++)
        {
            asked.Reply(i, answers[i]);
        }
    }

    /// <summary>
    /// The reset is kept, not the trip. One that has not acted leaves it as it is; one that resets itself keeps it, until a hand trips it: its next reset is not a person's either.
    /// </summary>
    private void Keep(TripTransition t)
    {
        if (t.State == TripState.Ready && t.Change is not (TripChange.Inhibited or TripChange.TestBegun))
        {
            _memory?.Keep(t.Trip, t.By);
        }
        else if (t.Change == TripChange.Tripped && t.SuppressedBy == TripSuppression.None && (_site.Trips[t.Trip].ManualReset || t.By is not null || t.Why == TripEvaluator.Restless))
        {
            _memory?.Forget(t.Trip);
        }
    }

    private void Show(List<TripTransition> transitions, ClockReading now)
    {
        lock (_look)
        {
            foreach (var t in transitions)
            {
                _present[t.Trip] = _present[t.Trip] with { Since = t.State == _present[t.Trip].State ? _present[t.Trip].Since : t.Time, State = t.State, ChangedBy = t.By };
            }

            for (var i = 0; i < _present.Length; i++)
            {
                var trip = _station.Trips[i];
                var (before, facts) = (_present[i], trip.Facts);
                _present[i] = before with
                {
                    Acts = trip.WantsSafe,
                    Suppressed = facts.Suppressed,
                    Cause = trip.Cause,
                    CauseSince = now.WallAt(trip.CauseSince),
                    Leaves = Leaves(before.Leaves, trip.Tree, static (tree, n) => tree[n]),
                    Pending = Leaves(before.Pending, trip.Tree, static (tree, n) => tree.IsPending(n)),
                    IsPending = trip.IsPending,
                    SettledAt = At(trip.SettledAt),
                    InhibitedUntil = At(facts.InhibitedUntil),
                    TestUntil = At(facts.TestUntil),
                    ProofTestDue = trip.IsProofTestDue,
                };
            }
        }

        SourceTime? At(TimeSpan? moment) => moment is { } m ? now.WallAt(m) : null;
    }

    private static ImmutableArray<T> Leaves<T>(ImmutableArray<T> before, CauseTree tree, Func<CauseTree, int, T> now)
    {
        for (var i = 0; i < before.Length; i++)
        {
            if (!EqualityComparer<T>.Default.Equals(before[i], now(tree, i)))
            {
                return [.. Enumerable.Range(0, before.Length).Select(n => now(tree, n))];
            }
        }

        return before;
    }

    private void TellOverdue()
    {
        var any = false;
        for (var i = 0; i < _present.Length; i++)
        {
            any |= _present[i].ProofTestDue;
        }

        if (!any && _overdue.Length == 0)
        {
            return;
        }

        var overdue = string.Join(", ", _site.Trips.Where((_, i) => _present[i].ProofTestDue).Select(t => $"{t.Id} ({t.ProofTestDue:yyyy-MM-dd})"));
        if (overdue != _overdue)
        {
            _overdue = overdue;
            _board.Set(NodeAlarm.ProofTestDue, false);
            _board.Set(NodeAlarm.ProofTestDue, any, any ? $"The proof test is overdue of {overdue}. Prove it, and write the next day under proof-test-due." : "");
        }
    }

    private SourceTime? Correct(SourceTime? stamp) => stamp is { } s ? _clock.Correct(s) : null;

    private void Tell(TripTransition t)
    {
        var trip = _site.Trips[t.Trip];
        if (t.Change == TripChange.Tripped)
        {
            var cause = t.By ?? (t.Cause.IsEmpty ? "the end of what kept it from its outputs" : string.Join(", ", t.Cause.Select(Name)));
            var effect = string.Join(", ", trip.Effect.Select(o => _site.Outputs[o].Id));
            _log.TripTripped(trip.Id, cause, t.Acts(trip) ? $"{effect} safe."
                : !trip.Armed ? $"in shadow mode, {effect} would have gone safe."
                : $"{effect} left alone, by {(t.SuppressedBy == TripSuppression.Test ? "a test" : "an inhibit")}.");
        }
        else if (t.Until is { } until)
        {
            _log.TripSuppressed(trip.Id, t.Change.Text(), until.ToDateTimeOffset(), t.By!, t.Why);
        }
        else
        {
            _log.TripChanged(trip.Id, t.Change.Text(), t.By ?? "the gateway", t.State.Text());
        }
    }

    private string Name(TripEvidence evidence)
    {
        var (what, value, _, _) = evidence.Leaf;
        return (what.IsAlarm ? _site.Alarms[what.Index].Id : _site.Points[what.Index].Name)
            + value switch { true => AlarmSentence.AsCause(_site, what, evidence.Votes), false => " (false)", null => " (unknown)" };
    }

    private void Audit(TripTransition t) => _audit?.Add(AuditWho.System, AuditKind.Trip + t.Change.Text(), json =>
    {
        json.WriteString("trip", _site.Trips[t.Trip].Id);
        EventBody.WriteTrip(json, _site, t);
    });
}
