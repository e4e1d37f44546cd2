using EdgeNode.Core.Act;
using EdgeNode.Core.Model;

namespace EdgeNode.Core;

/// <summary>The step's way through the trips.</summary>
public sealed partial class Station
{
    private void Ask(ReadOnlySpan<TripCommand> commands, ClockReading now)
    {
        _trips.Touch(now.Monotonic);
        RunTo(now, now.Monotonic, before: false);
        _trips.LookAtCalendar(now);
        foreach (ref readonly var command in commands)
        {
            _result.TripAnswers.Add(_trips.Ask(command, now));
            UseTrips(now);
            RunTo(now, now.Monotonic, before: false);
        }
    }

    /// <summary>A button: all that stand, each by its own rules.</summary>
    private void ResetTrips(ClockReading at, string by)
    {
        for (var trip = 0; trip < _trips.Count; trip++)
        {
            if (_trips[trip].Facts.Stands)
            {
                _trips.Ask(new TripCommand(trip, TripAsk.Reset, by), at);
                UseTrips(at);
                RunTo(at, at.Monotonic, before: false);
            }
        }
    }

    /// <summary>What the trips tell of themselves in points of their own.</summary>
    private void UseTrips(ClockReading at)
    {
        foreach (var reading in _trips.Computed)
        {
            _alarms.AdvanceOf(reading.Point, at);
            Use(reading, at);
        }
    }
}
