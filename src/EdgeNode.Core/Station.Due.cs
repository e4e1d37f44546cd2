using EdgeNode.Core.Model;
using EdgeNode.Core.Vote;

namespace EdgeNode.Core;

/// <summary>The step's way through what comes due by itself.</summary>
public sealed partial class Station
{
    /// <summary>What came due by itself up to a moment: what points have to say, bypasses and substitutions whose time is over. Each at its own moment, in the order of time.</summary>
    private void TakeDue(Cluster cluster, ClockReading now, TimeSpan until)
    {
        while (Take(Earliest(cluster, until), now))
        {
        }
    }

    private Due Earliest(Cluster cluster, TimeSpan until)
    {
        var earliest = new Due(TimeSpan.MaxValue, -1, -1);
        foreach (var p in cluster.Points)
        {
            if (_points[p].Deadline is { } due && due <= until && due < earliest.At)
            {
                earliest = new Due(due, p, -1);
            }

            if (_substitutions.End(p) is { } last && last <= until && last < earliest.At)
            {
                earliest = new Due(last, p, -1) { EndsSubstitution = true };
            }
        }

        foreach (var g in cluster.Groups)
        {
            if (_groups.BypassEnd(g) is { } end && end <= until && end < earliest.At)
            {
                earliest = new Due(end, -1, g);
            }
        }

        return earliest;
    }

    /// <returns>False when there was nothing.</returns>
    private bool Take(Due due, ClockReading now)
    {
        if (due.Point < 0 && due.Group < 0)
        {
            return false;
        }

        var then = new ClockReading(due.At, now.WallAt(due.At));
        if (due.Point >= 0)
        {
            AdvanceAlarmsOf(due.Point, now, due.At);
            if (due.EndsSubstitution)
            {
                _result.Substitutions.Add(_substitutions.Expire(due.Point));
                UseMeasured(due.Point, then);
            }
            else if (_points[due.Point].TryDue(due.At, now, out var reading, out _))
            {
                Use(reading, then);
            }
        }
        else
        {
            _alarms.AdvanceEach(_groups.AlarmsOfGroup(due.Group), then);
            _result.Bypasses.Add(_groups.Expire(due.Group, now));
            UseGroups(then);
        }

        return true;
    }

    /// <summary>Whether the emergency mode was on at a moment is known only when what begins it has run up to that moment.</summary>
    private void TakeTriggers(ClockReading now, TimeSpan until)
    {
        foreach (var cluster in _triggers)
        {
            TakeDue(cluster, now, until);
        }

        _alarms.AdvanceEach(_witness.Triggers, new ClockReading(until, now.WallAt(until)));
    }

    /// <summary>The delays of all alarms that a reading of the point has a say in.</summary>
    private void AdvanceAlarmsOf(int point, ClockReading now, TimeSpan until)
    {
        var then = new ClockReading(until, now.WallAt(until));
        _alarms.AdvanceOf(point, then);
        _alarms.AdvanceEach(_groups.AlarmsOf(point), then);
    }

    /// <summary>What comes due first: of a point, or of a group.</summary>
    private readonly record struct Due(TimeSpan At, int Point, int Group)
    {
        /// <summary>Of the point it is the end of a value that stood in place of its readings.</summary>
        public bool EndsSubstitution { get; init; }
    }
}
