using System.Collections.Immutable;
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
            var answer = _trips.Ask(command, now);
            _result.TripAnswers.Add(answer);
            UseTrips(now);
            RunTo(now, now.Monotonic, before: false);
            CallAgain(answer.Outcome == TripOutcome.Done && command.Ask is TripAsk.Inhibit or TripAsk.Test ? _callsAgain.OfTrip(command.Trip) : [], now);
        }
    }

    /// <summary>A button: all that stand, each by its own rules.</summary>
    private (ImmutableArray<int> Done, ImmutableArray<int> Refused) ResetTrips(ClockReading at, string by)
    {
        // How long their causes have been gone counts up to the button.
        _trips.Touch(at.Monotonic);
        RunTo(at, at.Monotonic, before: false);
        var (done, refused) = (ImmutableArray<int>.Empty, ImmutableArray<int>.Empty);
        for (var trip = 0; trip < _trips.Count; trip++)
        {
            if (_trips[trip].Facts.Stands)
            {
                var answer = _trips.Ask(new TripCommand(trip, TripAsk.Reset, by) { OfAll = true }, at);
                done = answer.Outcome == TripOutcome.Done ? done.Add(trip) : done;
                refused = answer.Outcome.IsRefusal() ? refused.Add(trip) : refused;
                UseTrips(at);
                RunTo(at, at.Monotonic, before: false);
            }
        }

        return (done, refused);
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
