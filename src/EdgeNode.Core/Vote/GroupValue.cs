using EdgeNode.Core.Model;

namespace EdgeNode.Core.Vote;

/// <summary>What a group shows of its members' values: it votes on none of this unless its vote is median or average.</summary>
public static class GroupValue
{
    /// <summary>The middle one; of an even number the mean of the middle two. Sorts the values.</summary>
    /// <param name="values">At least one.</param>
    public static double Median(Span<double> values)
    {
        values.Sort();
        var upper = values[values.Length / 2];
        return values.Length % 2 != 0 ? upper : Between(values[(values.Length / 2) - 1], upper);
    }

    /// <summary>The mean. Sorts the values, so that the order of the members does not show in the last digit.</summary>
    /// <param name="values">At least one.</param>
    public static double Mean(Span<double> values)
    {
        values.Sort();
        var mean = 0.0;
        foreach (var value in values)
        {
            // Shares, not a sum: a sum may overflow where the mean does not.
            mean += value / values.Length;
        }

        return mean;
    }

    /// <summary>The value that a vote on values is taken on.</summary>
    internal static double By(VoteKind kind, Span<double> values) => kind == VoteKind.Average ? Mean(values) : Median(values);

    /// <summary>The group's value: mean for a vote by average, else the median of three or more, the preferred one of two or their mean, or the only one.</summary>
    /// <returns>Null when no member votes.</returns>
    public static double? Of(GroupMembers members)
    {
        ArgumentNullException.ThrowIfNull(members);
        Span<double> values = stackalloc double[GroupOptions.MostMembers];
        var count = Values(members, values);
        if (count == 0)
        {
            return null;
        }

        var options = members.Options;
        if (count == 2 && options.Prefer is { } preferred && members.Standing(preferred) == Standing.Votes)
        {
            return members.Value(preferred);
        }

        return By(options.Vote.Kind, values[..count]);
    }

    /// <summary>Largest less smallest value of the members that vote.</summary>
    /// <returns>Null when fewer than two vote: one alone agrees with nobody.</returns>
    public static double? Spread(GroupMembers members)
    {
        ArgumentNullException.ThrowIfNull(members);
        Span<double> values = stackalloc double[GroupOptions.MostMembers];
        var count = Values(members, values);
        values = values[..count];
        values.Sort();
        return count < 2 ? null : values[^1] - values[0];
    }

    /// <summary>
    /// Good only when each member that votes is; else its doubt, or why the members are lost. Of several reasons the one with the lowest number, so that the
    /// order of the members does not show; what was never read says least.
    /// </summary>
    public static Quality QualityOf(GroupMembers members)
    {
        ArgumentNullException.ThrowIfNull(members);
        Quality? doubt = null, bad = null;
        var votes = false;
        var nobody = Reason.NotYetRead;
        for (var i = 0; i < members.Count; i++)
        {
            var quality = members.QualityOf(i);
            if (members.Standing(i) == Standing.Votes)
            {
                votes = true;
                doubt = quality.IsGood || doubt?.Reason < quality.Reason ? doubt : quality;
            }
            else if (quality.IsBad)
            {
                var says = bad is null || bad.Value.Reason == Reason.NotYetRead || (quality.Reason < bad.Value.Reason && quality.Reason != Reason.NotYetRead);
                bad = says ? quality : bad;
            }
            else if (quality.Reason == Reason.Substituted)
            {
                nobody = Reason.TooFewVotes;
            }
        }

        return votes ? doubt ?? Quality.Good : bad ?? Quality.Bad(nobody);
    }

    /// <summary>
    /// Members that lie further than the limit from the median of three or more; of two that lie further than the limit from each other both, because two
    /// cannot say which of them is wrong.
    /// </summary>
    /// <returns>Unknown when fewer than two members vote.</returns>
    public static Condition Deviating(GroupMembers members, double limit, out MemberSet who)
    {
        ArgumentNullException.ThrowIfNull(members);
        who = default;
        Span<double> values = stackalloc double[GroupOptions.MostMembers];
        var count = Values(members, values);
        if (count < 2)
        {
            return Condition.Unknown;
        }

        var both = count == 2 && Math.Abs(values[0] - values[1]) > limit;
        var median = Median(values[..count]);
        for (var i = 0; i < members.Count; i++)
        {
            if (members.Standing(i) == Standing.Votes && (both || (count > 2 && Math.Abs(members.Value(i)!.Value - median) > limit)))
            {
                who = who.With(i);
            }
        }

        return who.Count > 0 ? Condition.True : Condition.False;
    }

    private static int Values(GroupMembers members, Span<double> into)
    {
        var count = 0;
        for (var i = 0; i < members.Count; i++)
        {
            if (members.Standing(i) == Standing.Votes)
            {
                into[count++] = members.Value(i)!.Value;
            }
        }

        return count;
    }

    private static double Between(double a, double b) => (a / 2) + (b / 2);
}
