using EdgeNode.Core.Model;

namespace EdgeNode.Core.Validate;

/// <summary>Asks for a value in place of a point's readings, or for its end.</summary>
/// <param name="Point">Index into <see cref="Site.Points"/>; a point that a device measures.</param>
/// <param name="Value">In the point's unit; of an end it means nothing.</param>
/// <param name="Until">Monotonic time at which it ends by itself; null ends it now. A second one for the same point replaces the first.</param>
public readonly record struct SubstituteCommand(int Point, double Value, TimeSpan? Until);

/// <summary>What became of a substitution.</summary>
public enum SubstituteOutcome : byte
{
    /// <summary>The readings have this value until the time given.</summary>
    Granted,

    /// <summary>A person ended it.</summary>
    Ended,

    /// <summary>Its time was over.</summary>
    Expired,

    /// <summary>Refused: there is no such point, or a group computes it.</summary>
    NoSuchPoint,

    /// <summary>Refused: the end is not in the future.</summary>
    NotInFuture,

    /// <summary>Refused: longer than <see cref="Substitutions.Longest"/>.</summary>
    TooLong,

    /// <summary>Refused: outside of the point's range, or not a number.</summary>
    OutOfRange,

    /// <summary>Refused: a group that the point is a member of would have no member with a vote left.</summary>
    NobodyLeft,

    /// <summary>Refused: there is nothing to end.</summary>
    NotSubstituted,

    /// <summary>Refused: in a group that the point is a member of as many members as it allows are bypassed, or have a value by hand.</summary>
    TooMany,
}

/// <summary>The words for what became of a substitution, in events and in the audit trail.</summary>
public static class SubstituteOutcomes
{
    private static readonly string[] Words = ["granted", "ended", "expired", "no-such-point", "not-in-future", "too-long", "out-of-range", "nobody-left", "not-substituted", "too-many"];

    /// <summary>The word.</summary>
    public static string Text(this SubstituteOutcome outcome) => Words[(int)outcome];

    /// <summary>It was refused, and has changed nothing.</summary>
    public static bool IsRefusal(this SubstituteOutcome outcome) => outcome >= SubstituteOutcome.NoSuchPoint;
}

/// <summary>A substitution was granted, refused, or is over.</summary>
/// <param name="Command">What was asked; of one that ran out, what had been.</param>
/// <param name="Outcome">What became of it.</param>
/// <param name="At">Monotonic time.</param>
public readonly record struct SubstituteEvent(SubstituteCommand Command, SubstituteOutcome Outcome, TimeSpan At);

/// <summary>
/// Values that people have put in place of readings. They come when the point's own readings would, with their stamps, as <c>uncertain:substituted</c>. What is measured
/// meanwhile is validated as ever, so that the point is itself again at once when it ends; as the temperature of another point's correction it goes on.
/// </summary>
/// <param name="site">The checked site.</param>
public sealed class Substitutions(Site site)
{
    /// <summary>How long without a word about it; an assumption, as long as a call at one sensor.</summary>
    public static readonly TimeSpan Default = TimeSpan.FromHours(1);

    /// <summary>The longest; an assumption, one shift.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromHours(8);

    private readonly (double Value, TimeSpan Until)?[] _present = new (double, TimeSpan)?[site.Points.Count(p => !p.IsComputed)];

    /// <summary>When the next one ends; null when there is none.</summary>
    public TimeSpan? Deadline
    {
        get
        {
            TimeSpan? earliest = null;
            foreach (var one in _present)
            {
                earliest = one is { Until: var until } && !(until >= earliest) ? until : earliest;
            }

            return earliest;
        }
    }

    /// <summary>When the one of a point ends; null when it has none.</summary>
    public TimeSpan? End(int point) => _present[point]?.Until;

    /// <summary>A point's reading as everybody else sees it.</summary>
    public Reading Shown(in Reading reading) =>
        reading.Point < _present.Length && _present[reading.Point] is { Value: var value } ? reading with { Value = value, Quality = Quality.Uncertain(Reason.Substituted) } : reading;

    /// <summary>Grants or refuses.</summary>
    /// <param name="command">What is asked.</param>
    /// <param name="now">Monotonic time.</param>
    /// <param name="leavesAVote">Each group of the point would have a member with a vote left.</param>
    /// <param name="allowed">Each group of the point allows it: it counts as a bypass there.</param>
    public SubstituteOutcome Take(SubstituteCommand command, TimeSpan now, bool leavesAVote, bool allowed = true)
    {
        var outcome = Judge(command, now, leavesAVote, allowed);
        if (!outcome.IsRefusal())
        {
            _present[command.Point] = command.Until is { } until ? (command.Value, until) : null;
        }

        return outcome;
    }

    /// <summary>Ends the one of a point; its time is over.</summary>
    public SubstituteEvent Expire(int point)
    {
        var (value, until) = _present[point]!.Value;
        _present[point] = null;
        return new SubstituteEvent(new SubstituteCommand(point, value, until), SubstituteOutcome.Expired, until);
    }

    /// <summary>Takes over what the run before had granted.</summary>
    /// <param name="kept">What was granted.</param>
    /// <param name="now">Monotonic time.</param>
    /// <param name="allowed">Each group of the point allows it by now.</param>
    /// <returns>False when it is over, or the site file no longer allows it.</returns>
    public bool Restore(SubstituteCommand kept, TimeSpan now, bool allowed = true) => Take(kept, now, leavesAVote: true, allowed) == SubstituteOutcome.Granted;

    private SubstituteOutcome Judge(SubstituteCommand command, TimeSpan now, bool leavesAVote, bool allowed)
    {
        if ((uint)command.Point >= (uint)_present.Length)
        {
            return SubstituteOutcome.NoSuchPoint;
        }

        if (command.Until is not { } until)
        {
            return _present[command.Point] is null ? SubstituteOutcome.NotSubstituted : SubstituteOutcome.Ended;
        }

        var point = site.Points[command.Point];
        var fits = double.IsFinite(command.Value) && double.IsFinite(point.Unit.ToSenml(command.Value))
            && (point.Range is not { } range || (command.Value >= range.Low && command.Value <= range.High));
        return until <= now ? SubstituteOutcome.NotInFuture
            : until - now > Longest ? SubstituteOutcome.TooLong
            : !fits ? SubstituteOutcome.OutOfRange
            : !allowed ? SubstituteOutcome.TooMany
            : !leavesAVote ? SubstituteOutcome.NobodyLeft
            : SubstituteOutcome.Granted;
    }
}
