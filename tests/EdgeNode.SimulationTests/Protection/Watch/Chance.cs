namespace EdgeNode.SimulationTests.Protection.Watch;

/// <summary>What may hang on a moment within the node.</summary>
internal enum ChanceKind
{
    /// <summary>The step stood still for about as long as its writers wait for a sign of life, and one of them drove this output safe.</summary>
    TakenOver,

    /// <summary>An output left its safe state because the disk had just said that this run has begun.</summary>
    DiskSaid,
}

/// <summary>
/// A moment at which what the node asks for hangs on when one of its own threads came round: a writer that looks for the step's sign of life at least once a second, the recorder that
/// commits once a second and after each event. What people do to alarms moves both, by a lamp that blinks or an event that is written. It may move nothing else.
/// </summary>
/// <param name="At">True time.</param>
/// <param name="Output">The output.</param>
/// <param name="Kind">What it was.</param>
internal readonly record struct Chance(TimeSpan At, int Output, ChanceKind Kind)
{
    /// <summary>A writer sees the last sign up to one look late, and the end of its patience up to one look late; and a second for a look that takes its time.</summary>
    public static readonly TimeSpan Looks = TimeSpan.FromSeconds(3);

    /// <summary>A round of a thread that waits for nothing else, and a tick of the step.</summary>
    public static readonly TimeSpan Round = TimeSpan.FromSeconds(1.25);

    /// <summary>Up to when two worlds must ask for the same: up to the first chance that fell otherwise in the other one.</summary>
    /// <param name="one">Of one world.</param>
    /// <param name="other">Of the other.</param>
    /// <param name="until">When the comparison ends at the latest.</param>
    public static TimeSpan Comparable(IReadOnlyList<Chance> one, IReadOnlyList<Chance> other, TimeSpan until)
    {
        // What differs after that says nothing: the two are not in one state any more.
        var first = one.Except(other).Concat(other.Except(one)).OrderBy(c => c.At).FirstOrDefault(new Chance(until, 0, default));
        if (first.At >= until)
        {
            return until;
        }

        // A writer may have had patience or not; the disk has its say in both, at most a commit and a round apart.
        var theirs = one.Contains(first) ? other : one;
        return first.Kind == ChanceKind.TakenOver || theirs.Any(c => c.Kind == first.Kind && c.Output == first.Output && (c.At - first.At).Duration() <= 2 * Round) ? first.At : until;
    }
}
