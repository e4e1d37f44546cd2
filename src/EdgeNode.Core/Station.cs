using EdgeNode.Core.Act;
using EdgeNode.Core.Act.FrontPanel;
using EdgeNode.Core.Evaluate;
using EdgeNode.Core.Model;
using EdgeNode.Core.Validate;
using EdgeNode.Core.Vote;

namespace EdgeNode.Core;

/// <summary>
/// The pure middle of the house: <see cref="Step"/> turns raw samples into readings, conditions and transitions.
/// It has no clock, no input or output and no thread: the same inputs give the same outputs, always.
/// </summary>
/// <remarks>Validate, then vote, then evaluate, then act, then choose what to record.</remarks>
public sealed partial class Station
{
    private readonly ValidatedPoints _points;
    private readonly SiteAlarms _alarms;
    private readonly SiteGroups _groups;
    private readonly SiteTrips _trips;
    private readonly SiteOutputs _outputs;
    private readonly Substitutions _substitutions;
    private readonly Reading[] _computed;
    private readonly SitePanel _panel;
    private readonly int _measured;
    private readonly StepResult _result = new();
    private TimeSpan _actedUntil;
    private readonly StationWitness _witness;
    private readonly DueQueue _due = new();
    private readonly bool[] _readByTrips;
    private readonly int?[] _groupOf;
    private readonly StandingAlarms _callsAgain;

    /// <param name="site">The checked site.</param>
    /// <param name="start">Monotonic time of the start.</param>
    public Station(Site site, TimeSpan start)
    {
        _points = new ValidatedPoints(site, start);
        _alarms = new SiteAlarms(site, _result.Alarms);
        _substitutions = new Substitutions(site);
        _groups = new SiteGroups(site, _substitutions);
        _trips = new SiteTrips(site, _alarms, _groups.Protecting, _result.Trips, start);
        _outputs = new SiteOutputs(site, _trips.SafeWanted, start, _result.Outputs, _result.OutputEvents) { SafeByThisRun = _trips.SafeWantedByThisRun };
        _panel = new SitePanel(site, _alarms, _result.Alarms, _result.Panel);
        _measured = site.Points.Where((p, i) => !p.IsComputed || site.GroupOf(i) is not null).Count();
        _groupOf = [.. site.Points.Select((_, i) => site.GroupOf(i))];
        _callsAgain = new StandingAlarms(site);
        _computed = [.. site.Points.Select((_, p) => new Reading(p, 0, Quality.Bad(Reason.NotYetRead), default)).Skip(_points.All.Length)];
        _witness = new StationWitness(site, _result);
        _readByTrips = [.. site.Alarms.Select((_, a) => _groups.Protecting?.Alarms.Contains(a) == true)];
    }

    /// <summary>The latest reading of a point.</summary>
    public Reading Last(int point) => point < _points.All.Length ? _substitutions.Shown(_points[point].Last) : _computed[point - _points.All.Length];

    /// <summary>How the members of a group stand.</summary>
    public GroupMembers Members(int group) => _groups[group];

    /// <summary>The evidence for alarms and trips, and the emergency mode.</summary>
    public StationWitness Witness => _witness;

    /// <summary>The groups with their bypasses.</summary>
    public SiteGroups Groups => _groups;

    /// <summary>The values that people have put in place of readings.</summary>
    public Substitutions Substitutions => _substitutions;

    /// <summary>The alarms as they are.</summary>
    public SiteAlarms Alarms => _alarms;

    /// <summary>The trips as they are, and what they want of the outputs.</summary>
    public SiteTrips Trips => _trips;

    /// <summary>The outputs as they are.</summary>
    public SiteOutputs Outputs => _outputs;

    /// <summary>The front panel: buttons, lamps, sirens, maintenance.</summary>
    public SitePanel Panel => _panel;

    /// <summary>A reading that was told before it was known that there is a maintenance, as it is to be told; of its moment only the stamp is left.</summary>
    public Reading Mark(in Reading told, ClockReading now) =>
        told.Point < _measured ? _panel.Mark(told, now.Monotonic - TimeSpan.FromMicroseconds(now.Wall.UnixMicroseconds - told.Time.UnixMicroseconds)) : told;

    /// <summary>The present state of an alarm.</summary>
    public AlarmEvaluator Alarm(int alarm) => _alarms[alarm];

    /// <summary>Takes over the state in which the run before left an alarm; see <see cref="AlarmEvaluator.Restore"/>.</summary>
    public IReadOnlyList<AlarmTransition>? Restore(int alarm, in AlarmFacts kept, TimeSpan at)
    {
        var undecided = !_alarms[alarm].IsDecided;
        var told = _alarms[alarm].Restore(kept, at);
        if (told is not null && undecided && kept.Active && _groups.RestoreTrue(alarm))
        {
            _alarms[alarm].Hold();
        }

        _witness.Restored(alarm, told is not null && _alarms[alarm].Active);
        return told;
    }

    /// <summary>Monotonic time by which <see cref="Step"/> must run even without samples; null when nothing is due.</summary>
    public TimeSpan? Deadline()
    {
        TimeSpan? earliest = null;
        foreach (var point in _points.All)
        {
            Take(point.Deadline);
        }

        Take(_alarms.Deadline);
        Take(_trips.Deadline);
        Take(_outputs.Deadline);
        Take(_panel.Deadline);
        Take(_witness.Deadline);
        Take(_substitutions.Deadline);

        for (var group = 0; group < _groups.Count; group++)
        {
            Take(_groups.BypassEnd(group));
        }

        return earliest;

        void Take(TimeSpan? deadline)
        {
            if (deadline is { } d && (earliest is not { } e || d < e))
            {
                earliest = d;
            }
        }
    }

    /// <summary>One step: takes the samples in the order given, then lets the delays and stale times run up to now.</summary>
    /// <param name="now">Both clocks; monotonic time never goes back from step to step.</param>
    /// <param name="samples">Raw samples since the last step, in the order in which they were taken: members of a group may be of different buses.</param>
    /// <param name="bypasses">What people ask of members of groups; taken after the samples.</param>
    /// <param name="commands">What people ask of alarms. They come first: nobody has seen yet what this step brings.</param>
    /// <param name="panel">What people ask of the front panel from elsewhere; taken with <paramref name="commands"/>.</param>
    /// <param name="reports">What became of driving outputs.</param>
    /// <param name="asks">What is asked of outputs by hand; they come first as well.</param>
    /// <param name="substitutes">What people want put in place of readings; taken last.</param>
    /// <param name="trips">What is asked of trips. It comes last: no reset is taken by a cause that has come back meanwhile.</param>
    /// <param name="emergencies">What people ask of the emergency mode; taken with the commands.</param>
    /// <returns>The result, valid until the next step.</returns>
    public StepResult Step(
        ClockReading now, ReadOnlySpan<RawSample> samples, ReadOnlySpan<BypassCommand> bypasses = default, ReadOnlySpan<AlarmCommand> commands = default,
        ReadOnlySpan<PanelCommand> panel = default, ReadOnlySpan<OutputReport> reports = default, ReadOnlySpan<OutputAsk> asks = default,
        ReadOnlySpan<SubstituteCommand> substitutes = default, ReadOnlySpan<TripCommand> trips = default,
        ReadOnlySpan<EmergencyCommand> emergencies = default)
    {
        _result.Clear();
        _panel.Begin();
        _due.Forget();
        _witness.Begin(now, emergencies);
        foreach (ref readonly var report in reports)
        {
            _outputs.Take(report);
        }

        foreach (ref readonly var ask in asks)
        {
            _result.OutputAnswers.Add(_outputs.Ask(ask, now));
        }

        foreach (ref readonly var command in commands)
        {
            _result.Answers.Add(_alarms.Ask(command, now));
        }

        foreach (var command in panel)
        {
            _result.PanelAnswers.Add(_panel.Ask(command, now));
        }

        foreach (ref readonly var sample in samples)
        {
            // What ran out before this sample was taken comes first, so that batching changes no outcome.
            RunTo(now, sample.TakenAt, before: true);
            Act(new ClockReading(sample.TakenAt, now.WallAt(sample.TakenAt)));
            _panel.Note(sample);
            foreach (ref readonly var reading in _points.Accept(sample, now))
            {
                Use(reading, new ClockReading(sample.TakenAt, now.WallAt(sample.TakenAt)));
            }

            _due.Note(_points[sample.Point].Deadline);
            _panel.Advance(sample.TakenAt);
            FollowPanel(now);
            Act(new ClockReading(sample.TakenAt, now.WallAt(sample.TakenAt)));
        }

        RunTo(now, now.Monotonic, before: false);
        foreach (var command in bypasses)
        {
            // The delays before it ran on what was so before it.
            _alarms.Advance(now);
            var told = _groups.Take(command, now);
            _result.Bypasses.Add(told);
            UseGroups(now);
            CallAgain(told.Outcome == BypassOutcome.Granted ? _callsAgain.OfGroup(command.Group) : [], now);
        }

        foreach (var command in substitutes)
        {
            _alarms.Advance(now);
            Substitute(command, now);
        }

        _due.Forget();
        Ask(trips, now);
        _alarms.Advance(now);
        _panel.Advance(now.Monotonic);
        FollowPanel(now);
        Act(now);
        RunTo(now, now.Monotonic, before: false); // what an output has just said of itself may be a cause
        _witness.Advance(now);
        _panel.Decide(now, _result.Annunciators);
        return _result;
    }

    /// <summary>What follows for the outputs from what is known at a moment. Their own points may raise alarms, and those are looked at in turn.</summary>
    private void Act(ClockReading at)
    {
        // A moment that has been is not gone back to: a sample may be older than the step before.
        at = at.Monotonic < _actedUntil ? new ClockReading(_actedUntil, at.WallAt(_actedUntil)) : at;
        _actedUntil = at.Monotonic;
        _outputs.Advance(at);
        foreach (var reading in _outputs.Computed)
        {
            _alarms.AdvanceOf(reading.Point, at);
            Use(reading, at);
            _alarms.AdvanceOf(reading.Point, at); // an alarm without a delay is of this step
        }
    }

    /// <summary>What buttons and keys do, each at its own moment: what was due by then comes first.</summary>
    private void FollowPanel(ClockReading now)
    {
        while (_panel.TryNext(out var change, out var ofAlarms))
        {
            var at = new ClockReading(change.At, now.WallAt(change.At));
            if (ofAlarms)
            {
                RunTo(now, change.At, before: false);
                _alarms.Advance(at);
            }

            _panel.Do(change, at);
            if (_panel.Resets(change) is { } by)
            {
                var (done, refused) = ResetTrips(at, by);
                _panel.Reset(done, refused);
            }
        }
    }

    private void Use(in Reading made, ClockReading at)
    {
        // What is told carries the mark of a maintenance; what protects goes by the reading itself.
        var reading = _substitutions.Shown(made);
        var told = reading.Point < _measured ? _panel.Mark(reading, at.Monotonic) : reading;
        _result.Readings.Add(told);
        var recorded = _witness.Take(told, at);
        _alarms.Observe(reading, at, IsStale(reading.Point));
        _trips.Observe(reading, at.Monotonic);
        _outputs.Observe(reading, at.Monotonic);
        _panel.Observe(reading, at.Monotonic);
        if (recorded)
        {
            _result.Recorded.Add(told);
        }

        if (reading.Point < _points.All.Length)
        {
            _groups.Observe(reading, at.Monotonic);
            UseGroups(at);
        }
        else
        {
            _computed[reading.Point - _points.All.Length] = reading;
        }
    }

    /// <summary>No value has come for the stale time of a point; of a group's point: of none of the members that people have not set aside.</summary>
    private bool IsStale(int point)
    {
        if (_groupOf[point] is not { } group)
        {
            return point < _points.All.Length && _points[point].IsStale;
        }

        var (members, counted) = (_groups[group], 0);
        for (var m = 0; m < members.Count; m++)
        {
            if (members.State(m) is MemberState.Bypassed or MemberState.Substituted)
            {
                continue;
            }

            counted++;
            if (!_points[members.Options.Members[m]].IsStale)
            {
                return false;
            }
        }

        return counted > 0;
    }

    /// <summary>What the groups have said and computed since they were asked last. Their own points are members of none, so this ends.</summary>
    private void UseGroups(ClockReading at)
    {
        foreach (var (alarm, report) in _groups.Said)
        {
            _alarms.Observe(alarm, report);
        }

        foreach (var reading in _groups.Computed)
        {
            _alarms.AdvanceOf(reading.Point, at);
            Use(reading, at);
        }
    }
}
