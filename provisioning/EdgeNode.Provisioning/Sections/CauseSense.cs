using System.Collections.Immutable;
using EdgeNode.Core.Model;

namespace EdgeNode.Provisioning.Sections;

/// <summary>
/// Finds causes that can never be true, or are always true: by what each name can be, and by which names exclude each other. It takes every
/// combination of up to <see cref="MostNames"/> names; beyond that it looks at each name alone.
/// </summary>
internal sealed class CauseSense(CauseFacts facts, FaultList faults)
{
    private const int MostNames = 10;

    [Flags]
    private enum Can
    {
        None = 0,
        False = 1,
        True = 2,
        Both = 3,
    }

    /// <summary>Says what is wrong with a cause, at the smallest part that is.</summary>
    /// <returns>Something was said.</returns>
    public bool Check(CauseDraft cause)
    {
        var said = false;
        foreach (var part in cause.Of)
            said |= Check(part);
        if (said)
            return true;
        if (cause.Cause is CauseOf { What: var what })
        {
            if (facts.Constant(what) is not var (always, why))
                return false;
            faults.Add(cause.At, $"{Words.Quoted(cause.Name)} {(always ? "is always true" : "can never be true")}: {why}", "a condition that comes and goes");
            return true;
        }

        var can = Of(cause);
        if (can == Can.Both)
            return false;
        var only = Of(cause, agreeing: false) == can ? "" : " while the members of a group agree";
        faults.Add(
            cause.At, can == Can.True ? $"this is always true{only}, and the trip could never be reset" : $"this can never be true{only}: its causes exclude each other",
            can == Can.True ? "a cause that ends" : "causes that can stand together, or any in place of all");
        return true;
    }

    /// <summary>Can the one be true while the other is false?</summary>
    public bool CanStandWithout(CauseDraft one, CauseDraft other)
    {
        var not = new CauseDraft(new CauseNot(other.Cause), other.At, [other]);
        return Of(new CauseDraft(new CauseAll([one.Cause, not.Cause]), one.At, [one, not])).HasFlag(Can.True);
    }

    /// <summary>What a cause is at last, with the contacts of outputs as they are when a trip has made these safe; null when the process decides.</summary>
    /// <param name="cause">The cause.</param>
    /// <param name="levels">Points of which that is known.</param>
    public bool? WhenSafe(CauseDraft cause, IReadOnlyDictionary<int, bool> levels) =>
        Of(Lasting(cause.Cause), what => facts.At(what, levels) switch { true => Can.True, false => Can.False, null => Can.Both }) switch
        {
            Can.True => true,
            Can.False => false,
            _ => null,
        };

    /// <summary>Without its delays: they are over some time.</summary>
    private static Cause Lasting(Cause cause) => cause switch
    {
        CauseAfter after => Lasting(after.Of),
        CauseNot not => new CauseNot(Lasting(not.Of)),
        CauseAny any => new CauseAny([.. any.Of.Select(Lasting)]),
        CauseAll all => new CauseAll([.. all.Of.Select(Lasting)]),
        CauseVote vote => new CauseVote(vote.Needs, [.. vote.Of.Select(Lasting)]),
        _ => cause,
    };

    private Can Of(CauseDraft cause, bool agreeing = true)
    {
        ImmutableArray<AlarmCause> names = [.. cause.Names.Distinct()];
        if (names.Length > MostNames)
            return Of(cause.Cause, _ => Can.Both);
        var all = Can.None;
        for (var bits = 0; bits < 1 << names.Length && all != Can.Both; bits++)
        {
            if (IsPossible(names, bits, agreeing))
                all |= Of(cause.Cause, what => (bits >> names.IndexOf(what) & 1) != 0 ? Can.True : Can.False);
        }

        return all == Can.None ? Can.Both : all; // nothing is possible: the facts are too crude to judge by
    }

    private bool IsPossible(ImmutableArray<AlarmCause> names, int bits, bool agreeing)
    {
        for (var i = 0; i < names.Length; i++)
        {
            for (var j = 0; j < i; j++)
            {
                if (!facts.Together(names[i], (bits >> i & 1) != 0, names[j], (bits >> j & 1) != 0, agreeing))
                    return false;
            }
        }

        return true;
    }

    private static Can Of(Cause cause, Func<AlarmCause, Can> name) => cause switch
    {
        CauseOf { What: var what } => name(what),
        CauseNot not => Swapped(Of(not.Of, name)),
        CauseAfter after => Of(after.Of, name) | Can.False, // what is true now may have become so just now
        CauseAny any => Votes(1, any.Of, name),
        CauseAll all => Votes(all.Of.Length, all.Of, name),
        CauseVote vote => Votes(vote.Needs, vote.Of, name),
        _ => Can.Both,
    };

    private static Can Swapped(Can can) => (can.HasFlag(Can.True) ? Can.False : 0) | (can.HasFlag(Can.False) ? Can.True : 0);

    private static Can Votes(int needs, ImmutableArray<Cause> of, Func<AlarmCause, Can> name)
    {
        var (most, least) = (0, 0);
        foreach (var cause in of)
        {
            var can = Of(cause, name);
            most += can.HasFlag(Can.True) ? 1 : 0;
            least += can == Can.True ? 1 : 0;
        }

        return (most >= needs ? Can.True : 0) | (least < needs ? Can.False : 0);
    }
}
