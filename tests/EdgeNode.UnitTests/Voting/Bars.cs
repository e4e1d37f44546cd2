using EdgeNode.Core.Model;
using EdgeNode.Core.Validate;
using EdgeNode.Core.Vote;

namespace EdgeNode.UnitTests.Voting;

/// <summary>Groups for tests, in bar, and readings of their members.</summary>
internal static class Bars
{
    public const double High = 6.5;
    public const double Low = 2;

    public static readonly Unit Bar = UnitTable.Get("bar");

    public static VoteRule Rule(string text) => text switch
    {
        "median" => VoteRule.Median,
        "average" => VoteRule.Average,
        _ => VoteRule.Count(text[0] - '0', text[3] - '0'),
    };

    public static GroupOptions Group(int members, string vote, string[]? degrade = null, AllBad allBad = AllBad.AlarmOnly)
    {
        var rule = Rule(vote);
        return new GroupOptions(
            "P-101", [.. Enumerable.Range(0, members)], Bar, rule, degrade is null ? VoteRule.DefaultDegrade(rule, members) : [.. degrade.Select(Rule)])
        {
            AllBad = allBad,
        };
    }

    public static GroupMembers Members(GroupOptions group) => new(group, group.Members.Select(_ => Bar));

    public static Reading Read(double value, Quality quality = default) => new(0, quality.IsBad ? 0 : value, quality, default);
}
