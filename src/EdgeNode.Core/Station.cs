using EdgeNode.Core.Evaluate;
using EdgeNode.Core.Model;
using EdgeNode.Core.Record;
using EdgeNode.Core.Validate;
using EdgeNode.Core.Vote;

namespace EdgeNode.Core;

/// <summary>What one step came to; the lists are reused by the next step.</summary>
public sealed class StepResult
{
    /// <summary>Every reading of this step, in the order in which it was made.</summary>
    public List<Reading> Readings { get; } = [];

    /// <summary>Those that report by exception lets through to the spool.</summary>
    public List<Reading> Recorded { get; } = [];

    /// <summary>Alarms that went up or came down.</summary>
    public List<AlarmTransition> Alarms { get; } = [];

    /// <summary>Bypasses that were granted or refused, or are over.</summary>
    public List<BypassEvent> Bypasses { get; } = [];

    internal void Clear()
    {
        Bypasses.Clear();
        Readings.Clear();
        Recorded.Clear();
        Alarms.Clear();
    }
}

/// <summary>
/// The pure middle of the house: <see cref="Step"/> turns raw samples into readings, conditions and transitions.
/// It has no clock, no input or output and no thread: the same inputs give the same outputs, always.
/// </summary>
/// <remarks>Validate, then vote, then evaluate, then choose what to record.</remarks>
public sealed class Station
{
    private readonly ValidatedPoints _points;
    private readonly AlarmEvaluator[] _alarms;
    private readonly int[][] _alarmsOfPoint;
    private readonly ReportFilter[] _filters;
    private readonly SiteGroups _groups;
    private readonly Reading[] _computed;
    private readonly StepResult _result = new();

    /// <param name="site">The checked site.</param>
    /// <param name="start">Monotonic time of the start.</param>
    public Station(Site site, TimeSpan start)
    {
        _points = new ValidatedPoints(site, start);
        _alarms = [.. site.Alarms.Select((a, i) => new AlarmEvaluator(i, a))];
        _filters = [.. site.Points.Select(p => new ReportFilter(p.Report))];
        _groups = new SiteGroups(site);
        _computed = [.. site.Points.Select((_, p) => new Reading(p, 0, Quality.Bad(Reason.NotYetRead), default)).Skip(_points.All.Length)];
        _alarmsOfPoint = [.. site.Points.Select((_, p) => site.Alarms.Select((a, i) => (a, i)).Where(x => x.a.Point == p && x.a.Group is null).Select(x => x.i).ToArray())];
    }

    /// <summary>The latest reading of a point.</summary>
    public Reading Last(int point) => point < _points.All.Length ? _points[point].Last : _computed[point - _points.All.Length];

    /// <summary>How the members of a group stand.</summary>
    public GroupMembers Members(int group) => _groups[group];

    /// <summary>The present state of an alarm.</summary>
    public AlarmEvaluator Alarm(int alarm) => _alarms[alarm];

    /// <summary>Takes over the state in which the run before left an alarm; see <see cref="AlarmEvaluator.Restore"/>.</summary>
    public bool Restore(int alarm, bool active)
    {
        if (!_alarms[alarm].Restore(active))
        {
            return false;
        }

        if (active)
        {
            _groups.RestoreTrue(alarm);
        }

        return true;
    }

    /// <summary>Monotonic time by which <see cref="Step"/> must run even without samples; null when nothing is due.</summary>
    public TimeSpan? Deadline()
    {
        TimeSpan? earliest = null;
        foreach (var point in _points.All)
        {
            Take(point.Deadline);
        }

        foreach (var alarm in _alarms)
        {
            Take(alarm.Deadline);
        }

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
    /// <returns>The result, valid until the next step.</returns>
    public StepResult Step(ClockReading now, ReadOnlySpan<RawSample> samples, ReadOnlySpan<BypassCommand> bypasses = default)
    {
        _result.Clear();
        foreach (ref readonly var sample in samples)
        {
            // What ran out before this sample was taken comes first, so that batching changes no outcome.
            TakeDue(_groups.ClusterOf(sample.Point), now, sample.TakenAt);
            AdvanceAlarmsOf(sample.Point, now, sample.TakenAt);
            foreach (ref readonly var reading in _points.Accept(sample, now))
            {
                Use(reading, sample.TakenAt);
            }
        }

        foreach (var cluster in _groups.Clusters)
        {
            TakeDue(cluster, now, now.Monotonic);
        }

        foreach (var command in bypasses)
        {
            // The delays before it ran on what was so before it.
            AdvanceAll(now);
            _result.Bypasses.Add(_groups.Take(command, now));
            UseGroups(now.Monotonic);
        }

        AdvanceAll(now);
        return _result;
    }

    private void Use(in Reading reading, TimeSpan takenAt)
    {
        _result.Readings.Add(reading);
        foreach (var alarm in _alarmsOfPoint[reading.Point])
        {
            _alarms[alarm].Observe(reading, takenAt);
        }

        if (_filters[reading.Point].Pass(reading, takenAt))
        {
            _result.Recorded.Add(reading);
        }

        if (reading.Point < _points.All.Length)
        {
            _groups.Observe(reading, takenAt);
            UseGroups(takenAt);
        }
        else
        {
            _computed[reading.Point - _points.All.Length] = reading;
        }
    }

    /// <summary>What the groups have said and computed since they were asked last. Their own points are members of none, so this ends.</summary>
    private void UseGroups(TimeSpan at)
    {
        foreach (var (alarm, report) in _groups.Said)
        {
            _alarms[alarm].Observe(report);
        }

        foreach (var reading in _groups.Computed)
        {
            Use(reading, at);
        }
    }

    /// <summary>What came due by itself up to a moment: what points have to say, bypasses whose time is over. Each at its own moment, in the order of time.</summary>
    private void TakeDue(Cluster cluster, ClockReading now, TimeSpan until)
    {
        while (true)
        {
            var (at, point, group) = (TimeSpan.MaxValue, -1, -1);
            foreach (var p in cluster.Points)
            {
                if (_points[p].Deadline is { } due && due <= until && due < at)
                {
                    (at, point) = (due, p);
                }
            }

            foreach (var g in cluster.Groups)
            {
                if (_groups.BypassEnd(g) is { } end && end <= until && end < at)
                {
                    (at, point, group) = (end, -1, g);
                }
            }

            if (point >= 0)
            {
                AdvanceAlarmsOf(point, now, at);
                if (_points[point].TryDue(at, now, out var reading, out _))
                {
                    Use(reading, at);
                }
            }
            else if (group >= 0)
            {
                AdvanceAlarms(_groups.AlarmsOfGroup(group), now, at);
                _result.Bypasses.Add(_groups.Expire(group, now));
                UseGroups(at);
            }
            else
            {
                return;
            }
        }
    }

    /// <summary>The delays of all alarms that a reading of the point has a say in.</summary>
    private void AdvanceAlarmsOf(int point, ClockReading now, TimeSpan until)
    {
        AdvanceAlarms(_alarmsOfPoint[point], now, until);
        AdvanceAlarms(_groups.AlarmsOf(point), now, until);
    }

    private void AdvanceAll(ClockReading now)
    {
        for (var i = 0; i < _alarms.Length; i++)
        {
            AdvanceAlarm(i, now);
        }
    }

    private void AdvanceAlarms(ReadOnlySpan<int> alarms, ClockReading now, TimeSpan until)
    {
        foreach (var alarm in alarms)
        {
            AdvanceAlarm(alarm, new ClockReading(until, now.WallAt(until)));
        }
    }

    private void AdvanceAlarm(int alarm, ClockReading now)
    {
        if (_alarms[alarm].Advance(now, out var transition))
        {
            _result.Alarms.Add(transition);
        }
    }
}
