using System.Globalization;
using EdgeNode.Core.Model;
using EdgeNode.Core.Vote;
using static EdgeNode.UnitTests.Voting.Bars;

namespace EdgeNode.UnitTests.Voting;

/// <summary>
/// Every vote against every pattern of members, up to four of them, at a high and a low setpoint: what the code decides, what the oracle says (<see cref="VoteOracle"/>) and what
/// the tables of the document say (<see cref="VoteDocument"/>) is one.
/// </summary>
/// <remarks>What a member told before it told this is <see cref="VoteHistoryTests"/>' concern: here nothing was before, but for a member that was read and is bypassed.</remarks>
public class EveryPatternTests(ITestOutputHelper output)
{
    /// <summary>A member by what it tells, past the setpoint or not; two of them tell one thing by their number and the other by their quality.</summary>
    private static readonly Tells[] Kinds =
    [
        Tells.GoodPast, Tells.GoodNot, Tells.OverRange, Tells.UnderRange, Tells.DoubtPast, Tells.DoubtNot, Tells.Bad, Tells.Bypassed, Tells.NotYetRead, Tells.Substituted,
        Tells.LastWordPast, Tells.LastWordWithin, Tells.LastWordNot, // sensor-failure, function-check, spike
    ];

    /// <summary>What degrades a vote of so many members, written out.</summary>
    internal static readonly Dictionary<int, string[][]> Degrades = new()
    {
        [1] = [[]],
        [2] = [["1oo1"]],
        [3] = [["1oo2", "1oo1"], ["2oo2", "1oo1"]],
        [4] = [["1oo3", "1oo2", "1oo1"], ["2oo3", "1oo2", "1oo1"], ["2oo3", "2oo2", "1oo1"], ["3oo3", "1oo2", "1oo1"], ["3oo3", "2oo2", "1oo1"], ["median", "average", "1oo1"]],
    };

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Every_vote_says_in_every_pattern_what_its_members_say_and_what_the_document_shows(int members)
    {
        long cases = 0, patterns = 0, shown = 0;
        foreach (var pattern in Patterns(members))
        {
            patterns++;
            foreach (var vote in Voters.Votes(members))
                foreach (var degrade in Degrades[members])
                    foreach (var allBad in Enum.GetValues<AllBad>())
                        foreach (var high in (bool[])[true, false])
                        {
                            cases++;
                            var voters = new Voters(vote, degrade, allBad);
                            var said = Decide(Members(Group(members, vote, degrade, allBad)), pattern, high);
                            var expected = Oracle(pattern, voters, high);
                            var document = VoteDocument.Says(pattern, voters, high);
                            shown += document is null ? 0 : 1;
                            if (said != expected || (document ?? expected) != expected)
                                Assert.Fail($"{voters} {(high ? "high" : "low")} of {string.Join(" ", pattern)}: the code says {said}, the oracle {expected}, the document {document}");
                        }
        }

        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"counted: {members} members: {patterns:N0} patterns, {cases:N0} votes against the oracle, {shown:N0} of them by the tables of the document too (the others vote on values)"));
        Assert.Equal((long)Math.Pow(Kinds.Length, members), patterns);
        Assert.True(shown >= cases / 3);
    }

    [Theory]
    [InlineData(1, 20)]
    [InlineData(2, 500)]
    [InlineData(3, 29_000)]
    [InlineData(4, 850_000)]
    public void A_member_that_fails_takes_nothing_back_in_any_pattern(int members, int atLeast) => TakesNothingBack(members, atLeast, Quality.Bad(Reason.Timeout));

    [Theory]
    [InlineData(1, 30)]
    [InlineData(2, 800)]
    [InlineData(3, 30_000)]
    public void A_member_that_reads_in_doubt_takes_nothing_back_in_any_pattern_whether_it_had_a_vote_or_not(int members, int atLeast) =>
        TakesNothingBack(members, atLeast, Quality.Uncertain(Reason.SensorFailure));

    /// <summary>Whatever was true stays so when some members, whichever they are, bring a reading of this quality.</summary>
    private void TakesNothingBack(int members, int atLeast, Quality quality)
    {
        long cases = 0, held = 0;
        foreach (var pattern in Patterns(members).Where(IsInOrder))
            foreach (var vote in Voters.Votes(members))
                foreach (var degrade in Degrades[members])
                    foreach (var allBad in Enum.GetValues<AllBad>())
                        for (var which = 1; which < 1 << members; which++)
                        {
                            var group = Members(Group(members, vote, degrade, allBad));
                            var setpoint = new GroupVote(group, high: true, High, 0.1);
                            var before = Decide(group, setpoint, pattern, high: true);
                            for (var i = 0; i < members; i++)
                            {
                                if ((which >> i & 1) != 0)
                                    Feed(group, setpoint, i, Read(0, quality));
                            }

                            cases++;
                            var after = setpoint.Decide();
                            if (before == Condition.True && after == Condition.False)
                                Assert.Fail($"{vote} [{string.Join(", ", degrade)}] {allBad} of {string.Join(" ", pattern)}: members {which:b4} are {quality}, and true becomes false");
                            held += before == Condition.True && after == Condition.True ? 1 : 0;
                        }

        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"counted: {members} members: {cases:N0} times that some are {quality}, {held:N0} of a condition that stayed true"));
        Assert.True(held >= atLeast);
    }

    private static IEnumerable<Tells[]> Patterns(int members)
    {
        for (var n = 0; n < (int)Math.Pow(Kinds.Length, members); n++)
        {
            var rest = n;
            yield return [.. Enumerable.Range(0, members).Select(_ => { var kind = Kinds[rest % Kinds.Length]; rest /= Kinds.Length; return kind; })];
        }
    }

    /// <summary>Of the patterns that differ in the order of their members it is the one; each set of members that fail comes with each of them.</summary>
    private static bool IsInOrder(Tells[] pattern) => pattern.Zip(pattern.Skip(1)).All(p => p.First <= p.Second);

    private static Condition Oracle(Tells[] pattern, in Voters voters, bool high)
    {
        Span<Known> members = stackalloc Known[pattern.Length];
        for (var i = 0; i < pattern.Length; i++)
            members[i] = VoteOracle.After(default, pattern[i], high);
        return VoteOracle.Says(members, voters, high, Condition.Unknown);
    }

    private static Condition Decide(GroupMembers group, Tells[] pattern, bool high) =>
        Decide(group, new GroupVote(group, high, high ? High : Low, VoteOracle.Deadband), pattern, high);

    private static Condition Decide(GroupMembers group, GroupVote setpoint, Tells[] pattern, bool high)
    {
        for (var i = 0; i < pattern.Length; i++)
        {
            Told.Tell(group, setpoint, i, pattern[i] == Tells.Bypassed ? Tells.GoodPast : pattern[i], high);
            Told.Tell(group, setpoint, i, pattern[i] == Tells.Bypassed ? Tells.Bypassed : Tells.NotYetRead, high);
        }

        return setpoint.Decide();
    }

    private static void Feed(GroupMembers group, GroupVote setpoint, int member, Reading reading)
    {
        group.Observe(member, reading);
        setpoint.Observe(member);
    }
}
