using EdgeNode.Core.Act;
using EdgeNode.Core.Evaluate;
using EdgeNode.Core.Model;
using EdgeNode.Core.Record;

namespace EdgeNode.Core;

/// <summary>
/// What a step sees to beside judging: evidence before and after alarms that a person must act on soon, and the emergency mode with what it lets
/// through to the spool.
/// </summary>
/// <remarks>
/// Both go by the condition, not by what people and design have made of the alarm: one that is shelved, suppressed or out of service has its evidence
/// and begins the mode all the same, since what was set aside is its announcement and not what happens in the plant. Of the alarm TRIP.tripped it is the trip's
/// own word that begins it: after each start that alarm is up until somebody has reset the trip, and to wait for that is no emergency.
/// </remarks>
public sealed class StationWitness
{
    private readonly Site _site;
    private readonly StepResult _result;
    private readonly Evidence _evidence;
    private readonly int[]?[] _pointsOf;
    private readonly ReportFilter[] _filters;
    private readonly EmergencyMode? _mode;
    private readonly EmergencyReach? _reach;
    private readonly int?[] _alarmOfTrip;
    private int _followed;
    private int _followedTrips;
    private int? _restored;

    internal StationWitness(Site site, StepResult result)
    {
        (_site, _result) = (site, result);
        _evidence = new Evidence(site.Points.Length, result.Snapshots);
        _pointsOf = [.. site.Alarms.Select(a => a.Priority >= AlarmPriority.High ? Evidence.PointsOf(site, a) : null)];
        _filters = [.. site.Points.Select(p => new ReportFilter(p.Report))];
        _alarmOfTrip = [.. site.Trips.Select(t => site.Alarms.Index().Where(a => a.Item.Point == t.Points.Tripped).Select(a => (int?)a.Index).FirstOrDefault())];
        if (site.Emergency is { } options)
        {
            (_mode, _reach) = (new EmergencyMode(options), new EmergencyReach(site));
        }
    }

    /// <summary>Monotonic time at which something is due; null when nothing is.</summary>
    public TimeSpan? Deadline => (_mode?.Until, _evidence.Deadline) switch
    {
        ({ } a, { } b) => a < b ? a : b,
        var (a, b) => a ?? b,
    };

    /// <summary>How the emergency mode stands.</summary>
    public EmergencyStatus Emergency(ClockReading now) => _mode?.Status(now) ?? default;

    /// <summary>The node stops: what is still open is told with what there is.</summary>
    /// <returns>What was open.</returns>
    public IReadOnlyList<LateSnapshot> End()
    {
        _result.Snapshots.Clear();
        _evidence.EndAll();
        return _result.Snapshots;
    }

    /// <summary>An alarm is as the run before left it. One that goes on begins the mode anew: the mode itself ends with the process.</summary>
    internal void Restored(int alarm, bool active) => _restored = active && Begins(alarm) ? alarm : _restored;

    /// <summary>A step begins.</summary>
    internal void Begin(ClockReading now, ReadOnlySpan<EmergencyCommand> commands)
    {
        (_followed, _followedTrips) = (0, 0);
        if (_restored is { } alarm)
        {
            _restored = null;
            Raised(alarm, now);
        }

        foreach (ref readonly var command in commands)
        {
            End(now);
            EmergencyChange? change = null;
            _result.EmergencyAnswers.Add(_mode?.Ask(command, now, out change) ?? EmergencyAnswer.NotInSite);
            Tell(change);
        }
    }

    /// <summary>Takes a reading into account, after what was due before it.</summary>
    /// <returns>True when it is to be recorded.</returns>
    internal bool Take(in Reading reading, ClockReading at)
    {
        Follow();
        _evidence.Observe(reading, at.Monotonic);
        return _filters[reading.Point].Pass(reading, at.Monotonic, _mode?.IsOnAt(at.Monotonic) == true ? _reach!.PaceOf(reading.Point) : default);
    }

    /// <summary>The step is done.</summary>
    internal void Advance(ClockReading now)
    {
        Follow();
        End(now);
        _evidence.Advance(now.Monotonic);
    }

    /// <summary>What has become of alarms since the last look: before the next reading is kept, so that the evidence is of that moment.</summary>
    private void Follow()
    {
        for (; _followed < _result.Alarms.Count; _followed++)
        {
            var t = _result.Alarms[_followed];
            if (t.Input != AlarmInput.Raise)
            {
                continue;
            }

            // One that chatters has shown its evidence three times within a minute.
            var at = new ClockReading(t.At, t.Time);
            if (_pointsOf[t.Alarm] is { } points && !t.Chattering)
            {
                _result.Alarms[_followed] = t with { Before = _evidence.Snapshot(_site.Alarms[t.Alarm].Id, points, at.Monotonic, at.Wall) };
            }

            if (Begins(t.Alarm))
            {
                Raised(t.Alarm, at);
            }
        }

        for (; _followedTrips < _result.Trips.Count; _followedTrips++)
        {
            var t = _result.Trips[_followedTrips];
            if (t.Change == TripChange.Tripped && _alarmOfTrip[t.Trip] is { } alarm && _reach?.Begins(alarm) == true)
            {
                Raised(alarm, new ClockReading(t.At, t.Time));
            }
        }
    }

    /// <summary>Its being up begins the mode; that of a trip's own alarm does not.</summary>
    private bool Begins(int alarm) => _reach?.Begins(alarm) == true && !_alarmOfTrip.Contains(alarm);

    private void Raised(int alarm, ClockReading at)
    {
        End(at);
        Tell(_mode!.Raised(alarm, at));
    }

    private void End(ClockReading at) => Tell(_mode?.Advance(at));

    private void Tell(EmergencyChange? change)
    {
        if (change is { } c)
        {
            _result.Emergencies.Add(c);
        }
    }
}
