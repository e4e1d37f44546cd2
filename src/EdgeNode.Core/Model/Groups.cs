using System.Collections.Immutable;
using System.Globalization;
using System.Numerics;

namespace EdgeNode.Core.Model;

/// <summary>Points that measure the same thing and vote on it.</summary>
/// <param name="Id">Tag name, unique.</param>
/// <param name="Members">Indexes into <see cref="Site.Points"/>, each once; 1 to <see cref="MostMembers"/>, all of one quantity.</param>
/// <param name="Unit">Unit of the group's value and of its setpoints; the members' values are converted.</param>
/// <param name="Vote">How the members vote while none is lost.</param>
/// <param name="Degrade">How they vote with one member lost, with two, and so on: one entry fewer than there are members.</param>
public sealed record GroupOptions(string Id, ImmutableArray<int> Members, Unit Unit, VoteRule Vote, ImmutableArray<VoteRule> Degrade)
{
    /// <summary>Most members of a group.</summary>
    public const int MostMembers = 8;

    /// <summary>What the setpoints of the group say when no member has a vote.</summary>
    public AllBad AllBad { get; init; } = AllBad.AlarmOnly;

    /// <summary>How far members may lie apart; null when that is not watched.</summary>
    public DeviationOptions? Deviation { get; init; }

    /// <summary>Position in <see cref="Members"/> of the one whose value is the group's while two have one; null: their mean.</summary>
    public int? Prefer { get; init; }

    /// <summary>How long a group may be degraded; then an alarm of its own says that the repair is overdue. Default 72 h, a common repair time of 61511 designs and not of the standard.</summary>
    public TimeSpan RepairWithin { get; init; } = TimeSpan.FromHours(72);

    /// <summary>
    /// How long members must be lost before the alarms degraded and all-bad say so, and be back before they clear. The vote knows it at once.
    /// Default 4 s, about the time after which a signal by NAMUR NE 43 counts as failed; an assumption.
    /// </summary>
    public TimeSpan FailureDelay { get; init; } = TimeSpan.FromSeconds(4);

    /// <summary>What may be bypassed.</summary>
    public BypassOptions Bypass { get; init; } = new(Members.Length - 1, TimeSpan.FromHours(8));

    /// <summary>Where the group's value, spread and number of voting members stand among <see cref="Site.Points"/>.</summary>
    public GroupPoints Points { get; init; } = new(-1, -1, -1);

    /// <summary>The points of some members, as they are named to people and to the platform.</summary>
    /// <param name="site">The site of the group.</param>
    /// <param name="set">Which.</param>
    public IEnumerable<string> Names(Site site, MemberSet set) => Members.Where((_, i) => set.Has(i)).Select(p => site.Points[p].Name);

    /// <summary>The vote in force with so many members lost; null when none is left.</summary>
    public VoteRule? InForce(int lost) => lost == 0 ? Vote : lost < Members.Length ? Degrade[lost - 1] : null;
}

/// <summary>What votes.</summary>
public enum VoteKind : byte
{
    /// <summary>Conditions: so many of so many members must be past the setpoint.</summary>
    Count,

    /// <summary>Values: the median is compared with the setpoint; of an even number the mean of the middle two.</summary>
    Median,

    /// <summary>Values: the mean is compared with the setpoint.</summary>
    Average,
}

/// <summary>One way to vote.</summary>
/// <param name="Kind">What votes.</param>
/// <param name="Needs">For <see cref="VoteKind.Count"/>: votes needed, 1 to <paramref name="Of"/>; else 0.</param>
/// <param name="Of">For <see cref="VoteKind.Count"/>: members that vote; else 0.</param>
public readonly record struct VoteRule(VoteKind Kind, int Needs, int Of)
{
    /// <summary>The median of the values.</summary>
    public static VoteRule Median => new(VoteKind.Median, 0, 0);

    /// <summary>The mean of the values.</summary>
    public static VoteRule Average => new(VoteKind.Average, 0, 0);

    /// <summary>MooN: so many of so many.</summary>
    public static VoteRule Count(int needs, int of) => new(VoteKind.Count, needs, of);

    /// <summary>
    /// What degrades a vote when the site file does not say it: each lost member counts as a vote for it, and at least one of those left must vote
    /// (2oo3, 1oo2, 1oo1: the safer of the two ways that IEC 61511 designs take). Votes on values go on with the values left.
    /// </summary>
    public static ImmutableArray<VoteRule> DefaultDegrade(VoteRule vote, int members) =>
    [
        .. Enumerable.Range(1, Math.Max(0, members - 1)).Select(lost =>
            vote.Kind == VoteKind.Count ? Count(Math.Max(1, vote.Needs - lost), members - lost) : vote),
    ];

    /// <summary>As the site file writes it: <c>2oo3</c>, <c>median</c>, <c>average</c>.</summary>
    public override string ToString() => Kind switch
    {
        VoteKind.Count => string.Create(CultureInfo.InvariantCulture, $"{Needs}oo{Of}"),
        VoteKind.Median => "median",
        _ => "average",
    };
}

/// <summary>What the setpoints of a group say when no member has a vote.</summary>
public enum AllBad : byte
{
    /// <summary>Unknown: alarms keep their state, a trip does what it does with an unknown cause. The alarm all-bad says why.</summary>
    AlarmOnly,

    /// <summary>What they said last.</summary>
    Hold,

    /// <summary>True.</summary>
    Trip,
}

/// <summary>How far the members of a group may lie apart.</summary>
/// <param name="Limit">In the group's unit, above 0: from the median of three or more, or of two from each other.</param>
/// <param name="OnDelay">How long before the alarm is raised, and as long before it clears.</param>
public sealed record DeviationOptions(double Limit, TimeSpan OnDelay);

/// <summary>What may be bypassed in a group.</summary>
/// <param name="AtMost">Members at one time, 0 to one fewer than there are.</param>
/// <param name="Longest">A bypass ends by itself after at most this time; default 8 h, one shift, an assumption.</param>
public sealed record BypassOptions(int AtMost, TimeSpan Longest);

/// <summary>Indexes into <see cref="Site.Points"/> of what a group computes.</summary>
/// <param name="Value">GROUP.value, in the group's unit.</param>
/// <param name="Spread">GROUP.spread, the largest less the smallest value of the members that vote.</param>
/// <param name="Voting">GROUP.voting, how many members have a vote.</param>
public readonly record struct GroupPoints(int Value, int Spread, int Voting);

/// <summary>What a group watches of itself; each is an alarm of its own.</summary>
public enum GroupFault : byte
{
    /// <summary>A member is bad or bypassed.</summary>
    Degraded,

    /// <summary>A member has been bad or bypassed for longer than a repair may take.</summary>
    RepairOverdue,

    /// <summary>No member has a vote.</summary>
    AllBad,

    /// <summary>A member lies further from the others than the limit.</summary>
    Deviation,
}

/// <summary>How a member of a group stands.</summary>
public enum MemberState : byte
{
    /// <summary>Nothing was read since the start, and its stale time is not over.</summary>
    NotYetRead,

    /// <summary>Its last reading is good.</summary>
    Good,

    /// <summary>Its last reading is uncertain.</summary>
    Uncertain,

    /// <summary>Its last reading is bad, or stale.</summary>
    Bad,

    /// <summary>A person has taken it out of the vote, for a limited time.</summary>
    Bypassed,

    /// <summary>A person has put a value in place of its readings. As a failure it takes nothing back; who wants that bypasses it.</summary>
    Substituted,
}

/// <summary>Some members of a group, by their position in it.</summary>
/// <param name="Bits">Bit 0 is the first member.</param>
public readonly record struct MemberSet(byte Bits)
{
    /// <summary>How many.</summary>
    public int Count => BitOperations.PopCount(Bits);

    /// <summary>Is this one among them?</summary>
    public bool Has(int member) => (Bits >> member & 1) != 0;

    /// <summary>These and one more.</summary>
    public MemberSet With(int member) => new((byte)(Bits | 1 << member));
}

/// <summary>Who a condition of a group is about.</summary>
/// <param name="About">Members past the setpoint; of the group's own alarms those that are lost or deviate.</param>
/// <param name="Lost">Members without a vote.</param>
public readonly record struct GroupVotes(MemberSet About, MemberSet Lost);
