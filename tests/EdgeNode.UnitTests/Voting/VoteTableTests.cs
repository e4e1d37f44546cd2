using System.Globalization;
using EdgeNode.Core.Model;
using EdgeNode.Core.Vote;
using static EdgeNode.UnitTests.Voting.Bars;

namespace EdgeNode.UnitTests.Voting;

/// <summary>The tables of src/EdgeNode.Core/Vote/README.md say what the code does, row by row.</summary>
public class VoteTableTests
{
    [Fact]
    public void The_document_shows_every_pattern_as_the_code_decides_it()
    {
        var shown = VoteDocument.Rows("votes").ToArray();
        Assert.Equal(Patterns().Select(p => string.Join(" | ", p)), shown.Select(r => string.Join(" | ", r.Take(4))));
        foreach (var row in shown)
        {
            int members = Number(row[0]), past = Number(row[1]), not = Number(row[2]), lost = Number(row[3]);
            for (var needs = 1; needs <= 4; needs++)
            {
                var cell = row[3 + needs];
                if (needs > members)
                    Assert.Equal("", cell);
                else
                    Assert.Equal(Outcome(members, past, lost, needs), cell);
            }

            Assert.Equal(members, past + not + lost);
        }
    }

    [Fact]
    public void The_document_shows_every_kind_of_member_as_the_code_takes_it()
    {
        Quality?[] qualities =
        [
            null, Quality.Good, Quality.Uncertain(Reason.OverRange), Quality.Uncertain(Reason.UnderRange),
            Quality.Uncertain(Reason.SensorFailure), Quality.Uncertain(Reason.Rounded), Quality.Bad(Reason.Stale), Quality.Good,
            Quality.Uncertain(Reason.Substituted),
        ];
        var rows = VoteDocument.Rows("members").ToArray();
        Assert.Equal(qualities.Length, rows.Length);
        for (var i = 0; i < rows.Length; i++)
        {
            var group = Members(Group(1, "1oo1"));
            if (qualities[i] is { } quality)
                group.Observe(0, Read(4, quality));
            if (rows[i][0].StartsWith("bypassed", StringComparison.Ordinal))
                group.Bypass(0, TimeSpan.FromHours(1));
            Assert.Equal(rows[i][1], group.Standing(0) switch { Standing.Votes => "votes", Standing.Lost => "is lost", _ => "is open: its vote could turn out either way" });
            if (group.Standing(0) == Standing.Votes)
                Assert.Equal((rows[i][2], rows[i][3]), (Direction(true, qualities[i]!.Value), Direction(false, qualities[i]!.Value)));
            else
                Assert.Equal(("", ""), (rows[i][2], rows[i][3]));
        }
    }

    [Theory]
    [InlineData(AllBad.Trip, Condition.False, Condition.True)]
    [InlineData(AllBad.Trip, Condition.True, Condition.True)]
    [InlineData(AllBad.Trip, Condition.Unknown, Condition.True)]
    [InlineData(AllBad.Hold, Condition.False, Condition.False)]
    [InlineData(AllBad.Hold, Condition.True, Condition.True)]
    [InlineData(AllBad.Hold, Condition.Unknown, Condition.Unknown)]
    [InlineData(AllBad.AlarmOnly, Condition.False, Condition.Unknown)]
    [InlineData(AllBad.AlarmOnly, Condition.True, Condition.Unknown)]
    [InlineData(AllBad.AlarmOnly, Condition.Unknown, Condition.Unknown)]
    public void When_nobody_has_a_vote_the_site_file_decides_as_the_document_shows(AllBad rule, Condition before, Condition after)
    {
        Assert.Equal(after, VoteDocument.AllBad(rule, before));
        var group = Members(Group(2, "1oo2", allBad: rule));
        var setpoint = new GroupVote(group, high: true, High, 0.1);
        if (before != Condition.Unknown)
        {
            foreach (var member in (int[])[0, 1])
            {
                group.Observe(member, Read(before == Condition.True ? 7 : 4));
                setpoint.Observe(member);
            }

            Assert.Equal(before, setpoint.Decide());
        }

        foreach (var member in (int[])[0, 1])
            group.Observe(member, Read(0, Quality.Bad(Reason.LinkDown)));
        Assert.Equal(after, setpoint.Decide());
    }

    private static string Outcome(int members, int past, int lost, int needs)
    {
        var group = Members(Group(members, $"{needs}oo{members}"));
        var setpoint = new GroupVote(group, high: true, High, 0.1);
        for (var i = 0; i < members; i++)
        {
            group.Observe(i, i < lost ? Read(0, Quality.Bad(Reason.Timeout)) : Read(i < lost + past ? 7 : 4));
            setpoint.Observe(i);
        }

        var said = setpoint.Decide();
        return group.Options.InForce(group.Lost.Count) is { } rule ? $"{(said == Condition.True ? "true" : said == Condition.False ? "false" : "unknown")}, {rule}" : "all-bad";
    }

    private static string Direction(bool high, Quality quality)
    {
        // 4 bar is on neither side of the setpoints.
        var condition = new SetpointCondition(high, high ? High : Low, 0);
        if (condition.Judge(4, quality) == Condition.True)
            return "past, whatever the number";
        condition.Judge(high ? 7 : 1, Quality.Good);
        condition.Judge(4, quality);
        return condition.Last == Condition.True ? "its value, which takes nothing back" : "its value";
    }

    private static IEnumerable<int[]> Patterns() =>
        from members in Enumerable.Range(1, 4)
        from lost in Enumerable.Range(0, members + 1)
        from not in Enumerable.Range(0, members - lost + 1)
        select (int[])[members, members - lost - not, not, lost];

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
}
