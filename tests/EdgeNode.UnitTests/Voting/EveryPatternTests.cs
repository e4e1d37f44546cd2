using System.Globalization;
using EdgeNode.Core.Model;
using EdgeNode.Core.Vote;
using static EdgeNode.UnitTests.Voting.Bars;

namespace EdgeNode.UnitTests.Voting;

/// <summary>
/// Every vote against every pattern of members, up to four of them, at a high and a low setpoint. The oracle knows neither counts nor the table of the code:
/// it goes through the ways in which open votes can turn out, and looks for a set of members that is large enough and of one mind.
/// </summary>
public class EveryPatternTests(ITestOutputHelper output)
{
    /// <summary>A member by what it tells, past the setpoint or not; two of them tell one thing by their number and the other by their quality.</summary>
    private enum Tells
    {
        GoodPast, GoodNot, OverRange, UnderRange, DoubtPast, DoubtNot, Bad, Bypassed, NotYetRead,
    }

    /// <summary>What degrades a vote of so many members, written out.</summary>
    private static readonly Dictionary<int, string[][]> Degrades = new()
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
    public void Every_vote_says_in_every_pattern_what_its_members_say(int members)
    {
        long cases = 0, patterns = 0;
        foreach (var pattern in Patterns(members))
        {
            patterns++;
            foreach (var vote in Votes(members))
                foreach (var degrade in Degrades[members])
                    foreach (var allBad in Enum.GetValues<AllBad>())
                        foreach (var high in (bool[])[true, false])
                        {
                            cases++;
                            var group = Members(Group(members, vote, degrade, allBad));
                            var said = Decide(group, pattern, high);
                            var expected = Oracle(pattern, vote, degrade, allBad, high);
                            if (said != expected)
                                Assert.Fail($"{vote} [{string.Join(", ", degrade)}] {allBad} {(high ? "high" : "low")} of {string.Join(" ", pattern)}: {said}, and not {expected}");
                        }
        }

        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{members} members: {patterns} patterns, {cases} cases"));
        Assert.Equal((long)Math.Pow(9, members), patterns);
    }

    [Theory]
    [InlineData(1, 20)]
    [InlineData(2, 500)]
    [InlineData(3, 30_000)]
    [InlineData(4, 1_000_000)]
    public void A_member_that_fails_takes_nothing_back_in_any_pattern(int members, int atLeast)
    {
        long cases = 0, held = 0;
        foreach (var pattern in Patterns(members).Where(p => !p.Contains(Tells.UnderRange) && !p.Contains(Tells.DoubtNot)))
            foreach (var vote in Votes(members))
                foreach (var degrade in Degrades[members])
                    foreach (var allBad in Enum.GetValues<AllBad>())
                        for (var failing = 1; failing < 1 << members; failing++)
                        {
                            var group = Members(Group(members, vote, degrade, allBad));
                            var setpoint = new GroupVote(group, high: true, High, 0.1);
                            var before = Decide(group, setpoint, pattern, high: true);
                            for (var i = 0; i < members; i++)
                            {
                                if ((failing >> i & 1) != 0)
                                    Feed(group, setpoint, i, Read(0, Quality.Bad(Reason.Timeout)));
                            }

                            cases++;
                            var after = setpoint.Decide();
                            if (before == Condition.True && after == Condition.False)
                                Assert.Fail($"{vote} [{string.Join(", ", degrade)}] {allBad} of {string.Join(" ", pattern)}: members {failing:b4} fail, and true becomes false");
                            held += before == Condition.True && after == Condition.True ? 1 : 0;
                        }

        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{members} members: {cases} failures, {held} of a condition that stayed true"));
        Assert.True(held >= atLeast);
    }

    private static IEnumerable<Tells[]> Patterns(int members)
    {
        var kinds = Enum.GetValues<Tells>();
        for (var n = 0; n < (int)Math.Pow(kinds.Length, members); n++)
        {
            var rest = n;
            yield return [.. Enumerable.Range(0, members).Select(_ => { var kind = kinds[rest % kinds.Length]; rest /= kinds.Length; return kind; })];
        }
    }

    private static IEnumerable<string> Votes(int members) =>
        [.. Enumerable.Range(1, members).Select(m => $"{m}oo{members}"), "median", "average"];

    private static Condition Decide(GroupMembers group, Tells[] pattern, bool high) =>
        Decide(group, new GroupVote(group, high, high ? High : Low, 0.1), pattern, high);

    private static Condition Decide(GroupMembers group, GroupVote setpoint, Tells[] pattern, bool high)
    {
        for (var i = 0; i < pattern.Length; i++)
        {
            if (pattern[i] != Tells.NotYetRead)
                Feed(group, setpoint, i, Read(Number(pattern[i], high), QualityOf(pattern[i])));
            if (pattern[i] == Tells.Bypassed)
                group.Bypass(i, TimeSpan.FromHours(1));
        }

        return setpoint.Decide();
    }

    private static void Feed(GroupMembers group, GroupVote setpoint, int member, Reading reading)
    {
        group.Observe(member, reading);
        setpoint.Observe(member);
    }

    private static double Number(Tells tells, bool high) => (tells, high) switch
    {
        (Tells.GoodPast or Tells.DoubtPast or Tells.Bypassed, true) => 7,
        (Tells.GoodPast or Tells.DoubtPast or Tells.Bypassed, false) => 1,
        _ => 4,
    };

    private static Quality QualityOf(Tells tells) => tells switch
    {
        Tells.OverRange => Quality.Uncertain(Reason.OverRange),
        Tells.UnderRange => Quality.Uncertain(Reason.UnderRange),
        Tells.DoubtPast or Tells.DoubtNot => Quality.Uncertain(Reason.Uncompensated),
        Tells.Bad => Quality.Bad(Reason.Timeout),
        _ => Quality.Good,
    };

    private static Condition Oracle(Tells[] pattern, string vote, string[] degrade, AllBad allBad, bool high)
    {
        var left = pattern.Where(t => t is not (Tells.Bad or Tells.Bypassed)).ToArray();
        if (left.Length == 0)
            return allBad == AllBad.Trip ? Condition.True : Condition.Unknown; // nothing was said before that could be held
        var inForce = left.Length == pattern.Length ? vote : degrade[pattern.Length - left.Length - 1];
        if (inForce is "median" or "average")
            return left.Contains(Tells.NotYetRead) ? Condition.Unknown : OfValues([.. left.Select(t => Number(t, high))], inForce, high);

        var needed = inForce[0] - '0';
        var open = Enumerable.Range(0, left.Length).Where(i => left[i] == Tells.NotYetRead).ToArray();
        var outcomes = new HashSet<bool>();
        for (var turn = 0; turn < 1 << open.Length; turn++)
        {
            var past = left.Select((t, i) => Array.IndexOf(open, i) is >= 0 and var o ? (turn >> o & 1) != 0 : Past(t, high)).ToArray();
            outcomes.Add(Enumerable.Range(0, 1 << left.Length).Any(set =>
                int.PopCount(set) == needed && Enumerable.Range(0, left.Length).All(i => (set >> i & 1) == 0 || past[i])));
        }

        return outcomes.Count > 1 ? Condition.Unknown : outcomes.Single() ? Condition.True : Condition.False;
    }

    private static bool Past(Tells tells, bool high) =>
        tells is Tells.GoodPast or Tells.DoubtPast || (tells == Tells.OverRange && high) || (tells == Tells.UnderRange && !high);

    private static Condition OfValues(double[] values, string kind, bool high)
    {
        var ordered = values.Order().ToArray();
        var middle = ordered.Skip((ordered.Length - 1) / 2).Take(2 - (ordered.Length % 2)).Average();
        var value = kind == "median" ? middle : values.Average();
        return (high ? value >= High : value <= Low) ? Condition.True : Condition.False;
    }
}
