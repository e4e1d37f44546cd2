using EdgeNode.Core.Model;

namespace EdgeNode.Core.Vote;

/// <summary>Whether something is so. Unknown is neither: an alarm keeps its state by it, a trip does what its site file says.</summary>
public enum Condition : byte
{
    /// <summary>Nobody who could say it can be asked.</summary>
    Unknown,

    /// <summary>It is not so.</summary>
    False,

    /// <summary>It is so.</summary>
    True,
}

/// <summary>What is asked of a condition.</summary>
public static class Conditions
{
    /// <summary>True, false, or null for unknown.</summary>
    public static bool? Known(this Condition condition) => condition == Condition.Unknown ? null : condition == Condition.True;
}

/// <summary>A condition and what it stands on; what alarms and trips read.</summary>
/// <param name="Condition">True, false or unknown.</param>
/// <param name="Since">Monotonic time since when; delays count from here.</param>
/// <param name="Value">The value that decided, in the unit of the point or group; the last one known when the quality is bad.</param>
/// <param name="Quality">Quality of that value now.</param>
public readonly record struct ConditionReport(Condition Condition, TimeSpan Since, double Value, Quality Quality)
{
    /// <summary>Of a group: who it is about.</summary>
    public GroupVotes Votes { get; init; }
}
