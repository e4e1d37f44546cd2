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
        Protect(now, now.Monotonic, before: false);
        _trips.LookAtCalendar(now);
        foreach (ref readonly var command in commands)
        {
            _result.TripAnswers.Add(_trips.Ask(command, now));
            UseTrips(now);
            Protect(now, now.Monotonic, before: false);
        }
    }

    /// <summary>A button: all that stand, each by its own rules.</summary>
    private (ImmutableArray<int> Done, ImmutableArray<int> Refused) ResetTrips(ClockReading at, string by)
    {
        // How long their causes have been gone counts up to the button.
        _trips.Touch(at.Monotonic);
        Protect(at, at.Monotonic, before: false);
        var (done, refused) = (ImmutableArray<int>.Empty, ImmutableArray<int>.Empty);
        for (var trip = 0; trip < _trips.Count; trip++)
        {
            if (_trips[trip].Facts.Stands)
            {
                var answer = _trips.Ask(new TripCommand(trip, TripAsk.Reset, by), at);
                done = answer.Outcome == TripOutcome.Done ? done.Add(trip) : done;
                refused = answer.Outcome.IsRefusal() ? refused.Add(trip) : refused;
                UseTrips(at);
                Protect(at, at.Monotonic, before: false);
            }
        }

        return (done, refused);
    }

    /// <summary>
    /// What comes due up to a moment with what trips hang on, in the order of time: first what points and groups have to say, then the delays of the alarms that they read,
    /// then the trips.
    /// </summary>
    /// <param name="now">Both clocks.</param>
    /// <param name="until">Up to when.</param>
    /// <param name="before">A sample of that moment comes next: trips wait for it, since they judge what was so at one moment together.</param>
    private void Protect(ClockReading now, TimeSpan until, bool before)
    {
        if (_groups.Protecting is not { } cluster)
        {
            return;
        }

        while (true)
        {
            var due = Earliest(cluster, until);
            var alarm = -1;
            foreach (var a in cluster.Alarms)
            {
                if (_alarms[a].Deadline is { } at && at <= until && at < due.At)
                {
                    (due, alarm) = (new Due(at, -1, -1), a);
                }
            }

            if (_trips.DueBy(until, before) is { } moment && moment < due.At)
            {
                var then = new ClockReading(moment, now.WallAt(moment));
                _trips.Judge(then);
                UseTrips(then);
                Act(then);
            }
            else if (alarm >= 0)
            {
                _alarms.AdvanceEach([alarm], new ClockReading(due.At, now.WallAt(due.At)));
                _trips.Touch(due.At);
            }
            else if (!Take(due, now))
            {
                return;
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
