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

/// <summary>Some members of a group, by their position in it.</summary>
/// <param name="Bits">Bit 0 is the first member.</param>
public readonly record struct MemberSet(byte Bits)
{
    /// <summary>How many.</summary>
    public int Count => System.Numerics.BitOperations.PopCount(Bits);

    /// <summary>Is this one among them?</summary>
    public bool Has(int member) => (Bits >> member & 1) != 0;

    /// <summary>These and one more.</summary>
    public MemberSet With(int member) => new((byte)(Bits | 1 << member));
}

/// <summary>Who a condition of a group is about.</summary>
/// <param name="About">Members past the setpoint; of the group's own alarms those that are lost or deviate.</param>
/// <param name="Lost">Members without a vote.</param>
public readonly record struct GroupVotes(MemberSet About, MemberSet Lost);
