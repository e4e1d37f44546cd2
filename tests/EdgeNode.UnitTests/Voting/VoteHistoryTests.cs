using System.Globalization;
using EdgeNode.Core.Model;
using EdgeNode.Core.Vote;
using static EdgeNode.UnitTests.Voting.Bars;

namespace EdgeNode.UnitTests.Voting;

/// <summary>
/// What hangs on what was before: deadband, hold, a member that fails. Every state that a group can be in (each member by what it said last, whether it has a vote, and why not;
/// the condition by what it was last) by everything that can happen to one of its members next: what the code decides and what the oracle says is one, and the document's tables
/// of what was before say the same.
/// </summary>
/// <remarks>A state is made afresh for each case. The order of the members does not matter (<see cref="GroupLaws"/>), so each set of them is made once.</remarks>
public class VoteHistoryTests(ITestOutputHelper output)
{
    private static readonly Tells[] Happens =
    [
        Tells.GoodPast, Tells.GoodWithin, Tells.GoodNot, Tells.OverRange, Tells.UnderRange, Tells.LastWordPast, Tells.LastWordWithin, Tells.LastWordNot, Tells.Bad, Tells.Substituted,
        Tells.Bypassed, Tells.BypassEnds,
    ];

    /// <summary>How a member came to what it said last: nothing, past, past and within the deadband since, not, not and within it since.</summary>
    private static readonly Tells[][] Said =
        [[], [Tells.GoodPast], [Tells.GoodPast, Tells.GoodWithin], [Tells.GoodNot], [Tells.GoodNot, Tells.GoodWithin], [Tells.LastWordNot]];

    /// <summary>How it stands by now.</summary>
    private static readonly Tells[][] Stands = [[], [Tells.Bad], [Tells.Substituted], [Tells.Bypassed], [Tells.Bad, Tells.Bypassed]];

    /// <summary>
    /// Of four: one of each class. Never read; past, past and within the deadband since, not; an uncertain word and none before it; bad after each of the two words; bypassed, and
    /// bad below it. All 30 of each member would take minutes, and they are gone through with one and with two members.
    /// </summary>
    private static readonly Tells[][] OfFour =
    [
        [], [Tells.GoodPast], [Tells.GoodPast, Tells.GoodWithin], [Tells.GoodNot], [Tells.LastWordNot], [Tells.GoodPast, Tells.Bad], [Tells.GoodNot, Tells.Bad],
        [Tells.GoodPast, Tells.Bypassed], [Tells.GoodPast, Tells.Bad, Tells.Bypassed],
    ];

    [Theory]
    [InlineData(1, 30)]
    [InlineData(2, 30)]
    [InlineData(3, 16)]
    [InlineData(4, 9)]
    public void Whatever_was_before_the_vote_says_what_the_oracle_says(int members, int of)
    {
        // Of three: without the deadband, and without the substituted, who is lost as the bad one is.
        Tells[][] states = members == 4 ? OfFour
            : [.. Said.Where(s => members < 3 || s is not [.., Tells.GoodWithin]).SelectMany(s => Stands.Where(t => members < 3 || t is not [Tells.Substituted]).Select(t => (Tells[])[.. s, .. t]))];
        Assert.Equal(of, states.Length);
        var counts = new Counts();
        foreach (var set in Sets(members, states.Length))
        {
            Tells[][] before = [.. set.Select(i => states[i])];
            foreach (var vote in Voters.Votes(members))
                foreach (var degrade in EveryPatternTests.Degrades[members])
                    foreach (var allBad in Enum.GetValues<AllBad>())
                        foreach (var high in members < 3 ? (bool[])[true, false] : [true])
                            foreach (var last in Enum.GetValues<Condition>())
                                Try(before, new Voters(vote, degrade, allBad), high, last, counts);
        }

        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"counted: {members} members: {counts.States:N0} states of the group, {counts.Cases:N0} changes of one member against the oracle; {counts.Held:N0} in which true stays by what a bad or doubtful member said, {counts.Rides:N0} decided by what the condition was before, {counts.Shown:N0} held against the document"));
        Assert.True(counts.Held >= 10 * (members - 1) && counts.Rides >= 10 && counts.Shown > counts.Cases / 4, "nothing hangs on what was before");
    }

    [Fact]
    public void The_document_shows_what_a_member_has_said_as_the_oracle_and_the_code_have_it()
    {
        (string Row, Tells Tells)[] rows =
        [
            ("a value at the setpoint or beyond", Tells.GoodPast), ("a value within the deadband", Tells.GoodWithin), ("a value further back", Tells.GoodNot),
            ("beyond its range, in the direction of the setpoint", Tells.OverRange), ("sensor-failure, spike or function-check, at the setpoint or beyond", Tells.LastWordPast),
            ("sensor-failure, spike or function-check, within the deadband", Tells.LastWordWithin), ("sensor-failure, spike or function-check, further back", Tells.LastWordNot), ("bad, stale too", Tells.Bad),
            ("substituted, put in by hand", Tells.Substituted),
        ];
        Assert.Equal(rows.Select(r => r.Row), VoteDocument.HistoryRows);
        foreach (var (row, tells) in rows)
            foreach (var high in (bool[])[true, false])
                foreach (var first in (Tells[][])[[], [Tells.GoodNot], [Tells.GoodPast]])
                {
                    var now = tells == Tells.OverRange && !high ? Tells.UnderRange : tells;
                    var (group, known) = (Members(Group(1, "1oo1")), default(Known));
                    var setpoint = new GroupVote(group, high, high ? High : Low, VoteOracle.Deadband);
                    foreach (var one in first)
                    {
                        Told.Tell(group, setpoint, 0, one, high);
                        known = VoteOracle.After(known, one, high);
                    }

                    var shown = VoteDocument.Member(row, known.Past);
                    Told.Tell(group, setpoint, 0, now, high);
                    Assert.Equal(shown, VoteOracle.After(known, now, high).Past);
                    Assert.Equal(shown, setpoint.Own(0).Known());
                }
    }

    private static void Try(Tells[][] before, in Voters voters, bool high, Condition last, Counts counts)
    {
        counts.States++;
        var options = Group(before.Length, voters.Vote, voters.Degrade, voters.AllBad);
        Span<Known> members = stackalloc Known[before.Length];
        for (var who = 0; who < before.Length; who++)
        {
            if (who > 0 && ReferenceEquals(before[who], before[who - 1]))
                continue; // the same again

            foreach (var tells in Happens)
            {
                if (Make(before, options, high, last, members) is not { } made)
                {
                    counts.States--;
                    return;
                }

                counts.Cases++;
                var (group, setpoint) = made;
                Told.Tell(group, setpoint, who, tells, high);
                members[who] = VoteOracle.After(members[who], tells, high);
                var (said, expected) = (setpoint.Decide(), VoteOracle.Says(members, voters, high, last));
                if (said != expected)
                    Assert.Fail($"{voters} {(high ? "high" : "low")}, last {last}, {string.Join("; ", before.Select(b => string.Join(" ", b)))}, then member {who} {tells}: {said}, and not {expected}");
                Count(members, voters, high, last, said, counts);
            }
        }
    }

    /// <summary>Holds what was decided against the document, and counts what hung on what was before.</summary>
    private static void Count(ReadOnlySpan<Known> members, in Voters voters, bool high, Condition last, Condition said, Counts counts)
    {
        int past = 0, not = 0, open = 0, lost = 0, unsure = 0;
        foreach (var member in members)
        {
            lost += member.IsLost ? 1 : 0;
            open += member.IsOpen ? 1 : 0;
            past += !member.IsLost && !member.IsOpen && member.Past == true ? 1 : 0;
            not += !member.IsLost && !member.IsOpen && member.Past != true ? 1 : 0;
            unsure += (member.Failed || member.InDoubt) && !member.Bypassed ? 1 : 0;
        }

        counts.Rides += said != VoteOracle.Says(members, voters, high, Condition.Unknown) ? 1 : 0;
        if (VoteDocument.Outcome(past, not, open, lost, voters, last) is not { } now)
            return;
        if (lost == members.Length)
        {
            Assert.Equal(now, said);
            counts.Shown++;
            return;
        }

        // The row of the table says which of the two it is; the oracle has gone through the sets of bad and doubtful members.
        var held = now == Condition.False && last == Condition.True && unsure > 0 && said == Condition.True;
        counts.Held += held ? 1 : 0;
        counts.Shown++;
        if (said != VoteDocument.Becomes(now, held, last))
            Assert.Fail($"{voters} {(high ? "high" : "low")}, last {last}: {past} past, {not} not, {open} open, {lost} lost come to {said}; the document says {VoteDocument.Becomes(now, held, last)}");
    }

    /// <summary>A group in this state; null when none can come to it.</summary>
    private static (GroupMembers, GroupVote)? Make(Tells[][] before, GroupOptions options, bool high, Condition last, Span<Known> members)
    {
        var group = Members(options);
        var setpoint = new GroupVote(group, high, high ? High : Low, VoteOracle.Deadband);
        members.Clear();
        if (last != Condition.Unknown)
        {
            // Who is to have said nothing is set aside so long, so that the others can make it so.
            for (var i = 0; i < before.Length; i++)
                Told.Tell(group, setpoint, i, before[i] is [] or [not (Tells.GoodPast or Tells.GoodNot), ..] ? Tells.Bypassed : last == Condition.True ? Tells.GoodPast : Tells.GoodNot, high);
            if (setpoint.Decide() != last)
                return null;
            for (var i = 0; i < before.Length; i++)
                Told.Tell(group, setpoint, i, Tells.BypassEnds, high);
        }

        for (var i = 0; i < before.Length; i++)
        {
            foreach (var tells in before[i])
            {
                Told.Tell(group, setpoint, i, tells, high);
                members[i] = VoteOracle.After(members[i], tells, high);
            }
        }

        return (group, setpoint);
    }

    /// <summary>Each set of so many, with repetition.</summary>
    private static IEnumerable<int[]> Sets(int members, int of) =>
        members == 0 ? [[]] : Sets(members - 1, of).SelectMany(s => Enumerable.Range(s.LastOrDefault(), of - s.LastOrDefault()).Select(i => (int[])[.. s, i]));

    private sealed class Counts
    {
        public long States { get; set; }

        public long Cases { get; set; }

        public long Held { get; set; }

        public long Rides { get; set; }

        public long Shown { get; set; }
    }
}
