using EdgeNode.Core.Evaluate;
using EdgeNode.Core.Model;
using EdgeNode.Core.Vote;

namespace EdgeNode.Core.Act;

/// <summary>
/// All trips of a site. Whoever steps it hands in readings, calls <see cref="Judge"/> at each moment at which something may have changed, in the order of
/// time, and takes out what <see cref="Computed"/> holds.
/// </summary>
public sealed class SiteTrips : ICauseSource
{
    /// <summary>
    /// How often trips look at one moment, for each trip and each output, before what still changes stands for good: one that trips and what follows from it take three. Our own figure.
    /// </summary>
    private const int RoundsOfEach = 4;

    private readonly Site _site;
    private readonly SiteAlarms _alarms;
    private readonly TripEvaluator[] _trips;
    private readonly int[][] _ofOutput;
    private readonly bool[] _matters;
    private readonly bool[] _isComputed;
    private readonly bool?[] _points;
    private readonly TripShown[] _shown;
    private readonly TimeSpan _startKnown;
    private readonly int _most;
    private TimeSpan _at;
    private TimeSpan _tellAt;
    private TimeSpan? _seen;
    private int _rounds;

    /// <param name="site">The checked site.</param>
    /// <param name="alarms">Whose conditions causes read.</param>
    /// <param name="protecting">The points that trips hang on; null for a site without trips.</param>
    /// <param name="told">Takes the transitions, in their order.</param>
    /// <param name="start">Monotonic time of the start.</param>
    public SiteTrips(Site site, SiteAlarms alarms, Cluster? protecting, List<TripTransition> told, TimeSpan start)
    {
        ArgumentNullException.ThrowIfNull(site);
        (_site, _alarms, _at, _tellAt, _startKnown) = (site, alarms, start, start, start + ResetUnknown);
        _trips = [.. site.Trips.Select((t, i) => new TripEvaluator(i, t, this, told, start))];
        _ofOutput = [.. site.Outputs.Select((_, o) => Enumerable.Range(0, _trips.Length).Where(t => site.Trips[t].Effect.Contains(o)).ToArray())];
        _points = new bool?[site.Points.Length];
        var leaves = site.Trips.SelectMany(t => t.Cause.Leaves.Concat(t.Permissive?.Leaves ?? []));
        var matter = leaves.SelectMany(l => l.IsAlarm ? [site.Alarms[l.Index].Point, site.Alarms[l.Index].ReferencePoint ?? -1] : new[] { l.Index })
            .Concat(protecting?.Points ?? []).ToHashSet();
        _isComputed = [.. site.Points.Select(p => p.IsComputed)];
        _most = RoundsOfEach * (site.Trips.Length + site.Outputs.Length + 1);
        _matters = [.. site.Points.Select((_, p) => matter.Contains(p))];
        _shown = new TripShown[_trips.Length];
    }

    /// <summary>
    /// Longest time after the start in which TRIP.tripped of an armed trip says nothing, 5 s, our own figure: by then the disk has said whether a reset was kept. With one the trip resumes by
    /// itself and is no alarm; without one its outputs stay safe until a person resets it, and that is.
    /// </summary>
    public static TimeSpan ResetUnknown { get; } = TimeSpan.FromSeconds(5);

    /// <summary>How many there are.</summary>
    public int Count => _trips.Length;

    /// <summary>One trip.</summary>
    public TripEvaluator this[int trip] => _trips[trip];

    /// <summary>Readings of the trips' own points by the last call.</summary>
    public List<Reading> Computed { get; } = [];

    /// <summary>Monotonic time at which something is due by itself; null when nothing is.</summary>
    public TimeSpan? Deadline
    {
        get
        {
            TimeSpan? earliest = _trips.Length > 0 ? _tellAt : null;
            foreach (var trip in _trips)
            {
                earliest = trip.Deadline < earliest ? trip.Deadline : earliest;
            }

            return _startKnown > _at && _startKnown < earliest ? _startKnown : earliest;
        }
    }

    /// <summary>The next moment to <see cref="Judge"/> at: something was seen, or is due by itself; null when there is none by then.</summary>
    /// <param name="until">Up to when.</param>
    /// <param name="before">More may be seen of that moment, so that what was seen of it waits.</param>
    public TimeSpan? DueBy(TimeSpan until, bool before)
    {
        var due = Deadline <= until ? Deadline : null;
        return _seen is { } seen && (before ? seen < until : seen <= until) && !(due <= seen) ? seen : due;
    }

    /// <summary>A trip wants the output's safe state: an armed one that stands, and that neither an inhibit nor a test keeps from it.</summary>
    /// <param name="output">Index into <see cref="Site.Outputs"/>.</param>
    public bool SafeWanted(int output)
    {
        foreach (var trip in _ofOutput[output])
        {
            if (_trips[trip].WantsSafe)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The ids of the trips that have acted on an output, or wait since the start, and have not given it back, with commas; empty for none. What is kept of the output.</summary>
    /// <param name="output">Index into <see cref="Site.Outputs"/>.</param>
    public string KeptBy(int output)
    {
        var ids = "";
        foreach (var trip in _ofOutput[output])
        {
            ids = !_trips[trip].KeepsOutputs ? ids : ids.Length == 0 ? _site.Trips[trip].Id : $"{ids},{_site.Trips[trip].Id}";
        }

        return ids;
    }

    /// <summary>A trip wants it so for what this run has seen: not for a trip that only waits, since the start, for the reset of the run before to count.</summary>
    /// <param name="output">Index into <see cref="Site.Outputs"/>.</param>
    public bool SafeWantedByThisRun(int output)
    {
        foreach (var trip in _ofOutput[output])
        {
            if (_trips[trip] is { WantsSafe: true } its && its.Facts is not { State: TripState.NotReset or TripState.Resuming, Owes: not TripOwes.ByHand })
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Takes a reading; what trips make of it comes with <see cref="Judge"/>.</summary>
    public void Observe(in Reading reading, TimeSpan at)
    {
        if (_matters[reading.Point])
        {
            _points[reading.Point] = reading.IsOn;
            _rounds = _isComputed[reading.Point] ? _rounds : 0;
            Touch(at);
        }
    }

    /// <summary>Something may have changed for them: a condition, for one.</summary>
    public void Touch(TimeSpan at)
    {
        if (_trips.Length > 0 && !(_seen <= at) && !(_rounds > 2 * _most && at <= _at))
        {
            _seen = at;
        }
    }

    /// <summary>Lets all trips look at their causes.</summary>
    /// <param name="at">Both clocks at that moment; it passes no deadline.</param>
    public void Judge(ClockReading at)
    {
        // A sample can be older than what ran out before it arrived: then it counts from now on.
        at = at.Monotonic < _at ? new ClockReading(_at, at.WallAt(_at)) : at;

        // Trips whose causes follow from what they do would never come to rest; the site file refuses them, and a moment has an end even so.
        _rounds = at.Monotonic > _at ? 0 : _rounds + 1;
        (_at, _seen) = (at.Monotonic, null);
        Computed.Clear();
        foreach (var trip in _trips)
        {
            trip.Look(at, restless: _rounds > _most);
        }

        var all = _at >= _tellAt;
        while (_tellAt <= _at)
        {
            _tellAt += Site.StateEvery;
        }

        Show(at, all);
    }

    /// <summary>Whether proof tests are overdue.</summary>
    public void LookAtCalendar(ClockReading now)
    {
        foreach (var trip in _trips)
        {
            trip.LookAtCalendar(now);
        }
    }

    /// <summary>Something is asked of a trip; all have been judged now.</summary>
    public TripAnswer Ask(in TripCommand command, ClockReading now)
    {
        Computed.Clear();
        if ((uint)command.Trip >= (uint)_trips.Length)
        {
            return new TripAnswer(TripOutcome.NoSuchTrip, default);
        }

        _rounds = 0;
        var answer = _trips[command.Trip].Ask(command, now);
        Touch(now.Monotonic); // what has settled already takes a reset of the run before at once
        Show(now, all: false);
        return answer;
    }

    bool? ICauseSource.Read(AlarmCause what) => what.IsAlarm ? _alarms[what.Index].Condition : _points[what.Index];

    bool ICauseSource.IsSaid(AlarmCause what) => !what.IsAlarm || _alarms[what.Index].IsSaid;

    bool? ICauseSource.Pending(AlarmCause what) => what.IsAlarm ? _alarms[what.Index].Pending : null;

    GroupVotes ICauseSource.Votes(AlarmCause what) => what.IsAlarm ? _alarms[what.Index].Votes : default;

    private void Show(ClockReading at, bool all)
    {
        for (var i = 0; i < _trips.Length; i++)
        {
            var (before, points) = (_shown[i], _site.Trips[i].Points);
            var facts = _trips[i].Facts;
            var now = new TripShown(Tripped(_site.Trips[i], _trips[i]), facts.IsInhibited || facts.IsInTest, _trips[i].Cause is null);
            _shown[i] = now;
            if (now.Tripped is { } tripped)
            {
                Put(points.Tripped, tripped, tripped != before.Tripped);
            }

            Put(points.Inhibited, now.Inhibited, now.Inhibited != before.Inhibited);
            Put(points.Blind, now.Blind, now.Blind != before.Blind);
        }

        void Put(int point, bool value, bool changed)
        {
            if (point >= 0 && (all || changed))
            {
                Computed.Add(new Reading(point, value ? 1 : 0, Quality.Good, at.Wall));
            }
        }
    }

    /// <summary>
    /// What TRIP.tripped says: of an armed trip that it stands and waits for its cause or for a person, of a shadow trip that it would have acted. Null: nobody knows yet whether a reset was kept.
    /// </summary>
    private bool? Tripped(TripOptions trip, TripEvaluator its) => its.Facts.State switch
    {
        TripState.Tripped or TripState.Settling => trip.Armed || !its.Facts.Suppressed,
        TripState.NotReset when trip.Armed => _at < _startKnown ? null : true,
        TripState.Resuming when trip.Armed => _at >= _startKnown && its.WaitsForPermissive,
        _ => false,
    };

    private readonly record struct TripShown(bool? Tripped, bool Inhibited, bool Blind);
}
