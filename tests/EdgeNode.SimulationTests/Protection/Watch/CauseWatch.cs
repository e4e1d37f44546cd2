using System.Collections.Immutable;
using EdgeNode.Core.Model;
using EdgeNode.Core.Ports;

namespace EdgeNode.SimulationTests.Protection.Watch;

/// <summary>
/// Whether a trip's cause is what its names say, and its state what its cause says. The names are held against what was measured (<see cref="AlarmWatch"/>, and the last sample of a
/// contact); what they come to is written here once more, as a sentence in plain logic, and an unknown name is tried both ways.
/// </summary>
internal sealed class CauseWatch
{
    /// <summary>From a moment to the step that shows it.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(0.5);

    private readonly Site _site;
    private readonly Action<string> _find;
    private readonly Func<int, TimeSpan, bool> _isPast;
    private readonly (Func<bool[], bool> Holds, TimeSpan After)[] _rules;
    private readonly ImmutableArray<AlarmCause>[] _leaves;
    private readonly Since[] _since;
    private readonly TripStatus[] _before;
    private readonly int _lowLevel;
    private readonly int _stopped;
    private (bool? Is, TimeSpan At) _contact;
    private bool _lowBefore;
    private bool _fallingBefore;
    private bool _known;

    /// <param name="site">The site.</param>
    /// <param name="dryAfter">How long the pump may run without flow, beside the alarm's on-delay.</param>
    /// <param name="signs">Signs of three that it needs to stop a pump that nobody sees.</param>
    /// <param name="isPast">Whether the value of an alarm is past its setpoint by now, whatever its delays say.</param>
    /// <param name="find">Takes what is wrong.</param>
    public CauseWatch(Site site, TimeSpan dryAfter, int signs, Func<int, TimeSpan, bool> isPast, Action<string> find)
    {
        (_site, _isPast, _find) = (site, isPast, find);
        var rules = new Dictionary<string, (Func<bool[], bool>, TimeSpan)>(StringComparer.Ordinal)
        {
            ["close-inlet"] = (static n => n[0] || n[1], TimeSpan.Zero),
            ["stop-pump"] = (static n => n[0], TimeSpan.Zero),
            ["look-twice"] = (static n => n[0], TimeSpan.Zero),
            ["dry-run"] = (static n => n[0] && !n[1], dryAfter),
            ["unseen"] = (n => n.Count(x => x) >= signs, TimeSpan.Zero),
        };
        _rules = [.. site.Trips.Select(t => rules[t.Id])];
        _leaves = [.. site.Trips.Select(t => t.Cause.Leaves.ToImmutableArray())];
        _since = new Since[site.Trips.Length];
        _before = new TripStatus[site.Trips.Length];
        _lowLevel = site.Alarms.IndexOf(site.Alarms.First(a => a.Id == "LALL-100"));
        _stopped = site.Points.IndexOf(site.Points.First(p => p.Name == "MCC-101.stopped"));
    }

    /// <summary>Times that a trip left a state in which it was ready, and came to one.</summary>
    public int Judged { get; private set; }

    /// <summary>Steps in which an <c>after</c> counted.</summary>
    public int Counted { get; private set; }

    public void Delivered(in RawSample sample, TimeSpan now)
    {
        if (sample.Point == _stopped)
        {
            _contact = (sample.Quality.IsBad ? null : sample.Raw != 0, now);
        }
    }

    /// <summary>Another life.</summary>
    public void Forget()
    {
        _known = false;
        Array.Clear(_since);
    }

    /// <summary>It has stood still, and takes up what came in between in one step: how long an <c>after</c> has counted is not known any more.</summary>
    public void Pause()
    {
        _known = false;
        for (var trip = 0; trip < _since.Length; trip++)
        {
            (_since[trip].TrueFor, _since[trip].Stood) = (null, true);
        }
    }

    /// <summary>After each step.</summary>
    public void Look(ReadOnlySpan<TripStatus> trips, ReadOnlySpan<AlarmStatus> alarms, TimeSpan now, TimeSpan gap)
    {
        for (var trip = 0; trip < trips.Length; trip++)
        {
            ref readonly var status = ref trips[trip];
            LookAtNames(trip, status, alarms, now);
            LookAtCause(trip, status, now, gap);
            LookAtQuiet(trip, status, now, gap);
            LookAtChange(trip, status, alarms, now, gap);
            LookAtState(trip, status);
            _before[trip] = status;
        }

        (_known, _lowBefore, _fallingBefore) = (true, alarms[_lowLevel].Active, _isPast(_lowLevel, now));
    }

    private void LookAtNames(int trip, in TripStatus status, ReadOnlySpan<AlarmStatus> alarms, TimeSpan now)
    {
        for (var n = 0; n < _leaves[trip].Length; n++)
        {
            var (leaf, value) = (_leaves[trip][n], status.Leaves[n]);
            if (leaf.IsAlarm ? alarms[leaf.Index].Active != (value == true) : _known && now - _contact.At is var age && age < TimeSpan.FromSeconds(2) && value != _contact.Is)
            {
                Find(trip, $"takes {(leaf.IsAlarm ? _site.Alarms[leaf.Index].Id : _site.Points[leaf.Index].Name)} for {Word(value)}, and it is not so");
            }
        }
    }

    private void LookAtCause(int trip, in TripStatus status, TimeSpan now, TimeSpan gap)
    {
        var (holds, after) = _rules[trip];
        var said = Worlds(status.Leaves, holds);
        ref var since = ref _since[trip];
        since.TrueFor = said != true ? null : since.TrueFor ?? (now, gap);
        since.Stood = said is null || (since.Stood && said == true); // what is unknown stands still, with what it has counted
        var expected = said;
        if (after > TimeSpan.Zero && said == true)
        {
            Counted++;
            var counted = now - since.TrueFor!.Value.At;
            if (counted < after + Patience && (since.Stood || counted + since.TrueFor.Value.Gap >= after))
            {
                expected = status.Cause; // it may be either
            }
            else
            {
                expected = counted >= after;
            }
        }

        if (status.Cause != expected)
        {
            Find(trip, $"has the cause {Word(status.Cause)}, and its names ({string.Join(", ", status.Leaves.Select(Word))}) come to {Word(expected)}");
        }

        // What ended within this step counts up to its end: what came due before it was done before it.
        since.FalseUpToNow = since.FalseFor;
        since.UnknownUpToNow = since.UnknownFor;
        since.FalseFor = status.Cause != false ? null : since.FalseFor ?? (now, gap);
        since.UnknownFor = status.Cause is not null ? null : since.UnknownFor ?? (now, gap);
    }

    /// <summary>
    /// Since when the cause has been gone and nothing has been on its way to it: a name whose value is past its setpoint counts as true though its on-delay runs, and what must last for a
    /// while counts from its beginning. No name of the site stands below a <c>not</c> with an off-delay.
    /// </summary>
    private void LookAtQuiet(int trip, in TripStatus status, TimeSpan now, TimeSpan gap)
    {
        var names = status.Leaves;
        for (var n = 0; n < names.Length; n++)
        {
            names = _leaves[trip][n].IsAlarm && _isPast(_leaves[trip][n].Index, now) ? names.SetItem(n, true) : names;
        }

        ref var since = ref _since[trip];
        since.QuietUpToNow = since.QuietFor;
        since.QuietFor = Worlds(names, _rules[trip].Holds) != false ? null : since.QuietFor ?? (now, gap);
    }

    private void LookAtState(int trip, in TripStatus status)
    {
        if (status.Cause == true && status.State != TripState.Tripped)
        {
            Find(trip, $"has a cause that is true, and is {status.State}");
        }

        if (status.State == TripState.Tripped && status.Cause == false)
        {
            Find(trip, "is tripped, and its cause is false");
        }
    }

    private void LookAtChange(int trip, in TripStatus status, ReadOnlySpan<AlarmStatus> alarms, TimeSpan now, TimeSpan gap)
    {
        var options = _site.Trips[trip];
        if (!_known || status.State == _before[trip].State)
        {
            return;
        }

        if (status.State == TripState.Ready)
        {
            // What stood suppressed has not acted: when the inhibit ends it is ready without a reset.
            Judged++;
            if (!_before[trip].Suppressed && !((_since[trip].FalseFor ?? _since[trip].FalseUpToNow) is { } since && now - since.At >= options.Settle - gap - since.Gap))
            {
                Find(trip, "(2)", $"is ready, and its cause has not been gone for {options.Settle.TotalSeconds} s: a reset was taken while it stood, or before it had settled");
            }

            if (!_before[trip].Suppressed && !((_since[trip].QuietFor ?? _since[trip].QuietUpToNow) is { } quiet && now - quiet.At >= options.Settle - gap - quiet.Gap))
            {
                Find(trip, "(2)", $"is ready, and its cause has not been gone for {options.Settle.TotalSeconds} s with nothing on its way to it: a delay ran meanwhile");
            }

            if (!_before[trip].Suppressed && options.Permissive is not null
                && ((_lowBefore && alarms[_lowLevel].Active) || (_fallingBefore && gap < Patience && _isPast(_lowLevel, now))))
            {
                Find(trip, "(2)", "is ready, and its permissive is not true, or about to go: the level is too low");
            }
        }
        else if (_before[trip].State == TripState.Ready && status.Cause != true && status.ChangedBy is null)
        {
            Judged++;
            var unknown = options.OnBad.Kind == OnBadKind.TripAfter && (_since[trip].UnknownFor ?? _since[trip].UnknownUpToNow) is { } since && now - since.At >= options.OnBad.After - gap - since.Gap;

            // What came and went within one step has tripped it as well.
            if (!unknown && gap < Patience && status.CauseSince == _before[trip].CauseSince)
            {
                Find(trip, $"has tripped by itself, and its cause is {Word(status.Cause)}");
            }
        }
    }

    private void Find(int trip, string words) => Find(trip, "(9)", words);

    private void Find(int trip, string number, string words) => _find($"{number} {_site.Trips[trip].Id} {words}");

    /// <summary>True or false when it is so in each world that the unknown names leave open.</summary>
    private static bool? Worlds(ImmutableArray<bool?> names, Func<bool[], bool> holds)
    {
        var (any, all) = (false, true);
        for (var world = 0; world < 1 << names.Length; world++)
        {
            var possible = true;
            var values = new bool[names.Length];
            for (var n = 0; n < names.Length; n++)
            {
                values[n] = (world >> n & 1) != 0;
                possible &= names[n] is not { } known || known == values[n];
            }

            if (possible)
            {
                var so = holds(values);
                (any, all) = (any || so, all && so);
            }
        }

        return all ? true : any ? null : false;
    }

    private static string Word(bool? value) => value is { } known ? known ? "true" : "false" : "unknown";

    private struct Since
    {
        public (TimeSpan At, TimeSpan Gap)? TrueFor;
        public (TimeSpan At, TimeSpan Gap)? FalseFor;
        public (TimeSpan At, TimeSpan Gap)? UnknownFor;
        public (TimeSpan At, TimeSpan Gap)? FalseUpToNow;
        public (TimeSpan At, TimeSpan Gap)? QuietFor;
        public (TimeSpan At, TimeSpan Gap)? QuietUpToNow;
        public (TimeSpan At, TimeSpan Gap)? UnknownUpToNow;
        public bool Stood;
    }
}
