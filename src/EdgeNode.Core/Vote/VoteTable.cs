using EdgeNode.Core.Model;

namespace EdgeNode.Core.Vote;

/// <summary>What a member does in a vote.</summary>
public enum Standing : byte
{
    /// <summary>It votes by its value.</summary>
    Votes,

    /// <summary>Its vote is not known yet: it could turn out either way.</summary>
    Open,

    /// <summary>It has no vote, and the vote in force is that for one member fewer.</summary>
    Lost,
}

/// <summary>
/// The one table of votes: README.md of this folder shows it, and a test holds the two against each other.
/// What stands here is all there is; a case without a line does not exist.
/// </summary>
public static class VoteTable
{
    private static readonly Standing[] Standings = [Standing.Open, Standing.Votes, Standing.Votes, Standing.Lost, Standing.Lost, Standing.Lost];

    private static readonly Condition?[] WithoutVote = [Condition.Unknown, null, Condition.True];

    /// <summary>What a member in this state does.</summary>
    public static Standing Of(MemberState state) => Standings[(int)state];

    /// <summary>What a count of conditions comes to.</summary>
    /// <param name="needs">Votes needed.</param>
    /// <param name="yes">Members past the setpoint.</param>
    /// <param name="open">Members whose vote is not known yet.</param>
    /// <returns>True with enough votes; false when not even the open ones would be enough; else unknown.</returns>
    public static Condition Count(int needs, int yes, int open) =>
        yes >= needs ? Condition.True : yes + open < needs ? Condition.False : Condition.Unknown;

    /// <summary>What is said when no member has a vote.</summary>
    /// <param name="rule">Of the group.</param>
    /// <param name="last">What was said last, other than unknown; unknown when nothing was.</param>
    public static Condition WhenAllBad(AllBad rule, Condition last) => WithoutVote[(int)rule] ?? last;
}
