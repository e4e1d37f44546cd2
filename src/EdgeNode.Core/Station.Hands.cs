using EdgeNode.Core.Model;
using EdgeNode.Core.Validate;

namespace EdgeNode.Core;

/// <summary>The step's way through values by hand, and through what people ask for again.</summary>
public sealed partial class Station
{
    private void Substitute(SubstituteCommand command, ClockReading now)
    {
        var outcome = _substitutions.Take(command, now.Monotonic, _groups.LeavesAVote(command.Point), _groups.AllowsByHand(command.Point));
        _result.Substitutions.Add(new SubstituteEvent(command, outcome, now.Monotonic));
        if (outcome == SubstituteOutcome.Granted)
        {
            Use(new Reading(command.Point, command.Value, Quality.Uncertain(Reason.Substituted), now.Wall), now);
            foreach (var group in _groups.Of(command.Point))
            {
                CallAgain(_callsAgain.OfGroup(group), now);
            }
        }
        else if (outcome == SubstituteOutcome.Ended)
        {
            UseMeasured(command.Point, now);
        }
    }

    /// <summary>A substitution is over. A point that is good will be read again or go stale; one that is bad says nothing by itself for a minute.</summary>
    private void UseMeasured(int point, ClockReading at)
    {
        if (_points[point].Last.Quality is { IsBad: true } bad)
        {
            Use(new Reading(point, 0, bad, at.Wall), at);
        }
    }

    /// <summary>Who knows of a bypass or an inhibit does not know yet that it was granted once more, for longer or for another reason.</summary>
    private void CallAgain(int[] alarms, ClockReading at)
    {
        foreach (var alarm in alarms)
        {
            _alarms.CallAgain(alarm, at);
        }
    }
}
