using EdgeNode.Core.Model;
using EdgeNode.Core.Vote;
using static EdgeNode.UnitTests.Voting.Bars;

namespace EdgeNode.UnitTests.Voting;

/// <summary>What a member tells, told to the product.</summary>
internal static class Told
{
    /// <summary>Gives it to the group and to one of its setpoints.</summary>
    public static void Tell(GroupMembers group, GroupVote setpoint, int member, Tells tells, bool high)
    {
        switch (tells)
        {
            case Tells.NotYetRead:
                return;
            case Tells.BypassEnds:
                group.Bypass(member, null);
                return;
            case Tells.Bypassed:
                group.Bypass(member, TimeSpan.FromHours(1));
                return;
        }

        group.Observe(member, Read(VoteOracle.Number(tells, high), QualityOf(tells)));
        setpoint.Observe(member);
    }

    private static Quality QualityOf(Tells tells) => tells switch
    {
        Tells.OverRange => Quality.Uncertain(Reason.OverRange),
        Tells.UnderRange => Quality.Uncertain(Reason.UnderRange),
        Tells.DoubtPast or Tells.DoubtNot => Quality.Uncertain(Reason.Uncompensated),
        Tells.LastWordPast => Quality.Uncertain(Reason.SensorFailure),
        Tells.LastWordWithin => Quality.Uncertain(Reason.FunctionCheck),
        Tells.LastWordNot => Quality.Uncertain(Reason.Spike),
        Tells.Substituted => Quality.Uncertain(Reason.Substituted),
        Tells.Bad => Quality.Bad(Reason.Timeout),
        _ => Quality.Good,
    };
}
