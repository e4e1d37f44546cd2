using EdgeNode.Core.Model;

namespace EdgeNode.Core;

/// <summary>The step's way through what comes due by itself.</summary>
public sealed partial class Station
{
    /// <summary>
    /// What comes due by itself up to a moment, all of the site in the order of time: at one moment first what points and groups have to say, then the delays of alarms, then the trips. So the
    /// first of a group is the one that was first, and trips see what was so at their moment, however late the step and however many samples it brings.
    /// </summary>
    /// <param name="now">Both clocks.</param>
    /// <param name="until">Up to when.</param>
    /// <param name="before">A sample of that moment comes next: trips wait for it, since they judge what was so at one moment together.</param>
    private void RunTo(ClockReading now, TimeSpan until, bool before)
    {
        NoteAlarms(until);
        if (!_due.IsQuiet(until))
        {
            Gather(until);
        }

        while (true)
        {
            var any = Next(out var due);
            if (_trips.DueBy(until, before) is { } moment && !(any && due.At <= moment))
            {
                var then = new ClockReading(moment, now.WallAt(moment));
                _trips.Judge(then);
                UseTrips(then);
                Act(then);
            }
            else if (any)
            {
                _due.Remove();
                Take(due, now);
                _due.Add(DeadlineOf(due.Kind, due.Index), due.Kind, due.Index, until);
            }
            else
            {
                return;
            }

            NoteAlarms(until);
        }
    }

    private void Gather(TimeSpan until)
    {
        _due.Clear();
        for (var p = 0; p < _points.All.Length; p++)
        {
            Add(DueKind.Point, p);
            Add(DueKind.Substitution, p);
        }

        for (var g = 0; g < _groups.Count; g++)
        {
            Add(DueKind.Bypass, g);
        }

        for (var a = 0; a < _readByTrips.Length; a++)
        {
            Add(DueKind.Alarm, a);
        }

        void Add(DueKind kind, int index) => _due.Add(DeadlineOf(kind, index), kind, index, until);
    }

    private void NoteAlarms(TimeSpan until)
    {
        foreach (var alarm in _alarms.Changed)
        {
            _due.Add(_alarms[alarm].Deadline, DueKind.Alarm, alarm, until);
        }

        _alarms.Changed.Clear();
    }

    /// <summary>The next one that is due still: what has happened meanwhile may have put it off.</summary>
    private bool Next(out Due due)
    {
        while (_due.TryPeek(out due))
        {
            if (DeadlineOf(due.Kind, due.Index) == due.At)
            {
                return true;
            }

            _due.Remove();
        }

        return false;
    }

    private TimeSpan? DeadlineOf(DueKind kind, int index) => kind switch
    {
        DueKind.Point => _points[index].Deadline,
        DueKind.Substitution => _substitutions.End(index),
        DueKind.Bypass => _groups.BypassEnd(index),
        _ => _alarms[index].Deadline,
    };

    private void Take(Due due, ClockReading now)
    {
        var then = new ClockReading(due.At, now.WallAt(due.At));
        switch (due.Kind)
        {
            case DueKind.Point:
                AdvanceAlarmsOf(due.Index, then);
                if (_points[due.Index].TryDue(due.At, now, out var reading, out _))
                {
                    Use(reading, then);
                }

                break;
            case DueKind.Substitution:
                AdvanceAlarmsOf(due.Index, then);
                _result.Substitutions.Add(_substitutions.Expire(due.Index));
                UseMeasured(due.Index, then);
                break;
            case DueKind.Bypass:
                _alarms.AdvanceEach(_groups.AlarmsOfGroup(due.Index), then);
                _result.Bypasses.Add(_groups.Expire(due.Index, now));
                UseGroups(then);
                break;
            default:
                _alarms.AdvanceEach([due.Index], then);
                break;
        }

        // Others may have come with it: alarms that hang together go in the order of time.
        foreach (var alarm in _alarms.Changed)
        {
            if (_readByTrips[alarm])
            {
                _trips.Touch(due.At);
                break;
            }
        }
    }

    /// <summary>The delays of all alarms that a reading of the point has a say in: what ends at the moment of the reading ends before it.</summary>
    private void AdvanceAlarmsOf(int point, ClockReading then)
    {
        _alarms.AdvanceOf(point, then);
        _alarms.AdvanceEach(_groups.AlarmsOf(point), then);
    }
}
