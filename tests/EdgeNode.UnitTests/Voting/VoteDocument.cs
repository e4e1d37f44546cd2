using System.Collections.Concurrent;
using System.Globalization;
using EdgeNode.Core.Model;
using EdgeNode.Core.Vote;
using EdgeNode.UnitTests.House;

namespace EdgeNode.UnitTests.Voting;

/// <summary>What src/EdgeNode.Core/Vote/README.md says, and nothing else: its tables are read here, and what they leave to a sentence is written beside it.</summary>
internal static class VoteDocument
{
    private static readonly string[] Lines = File.ReadAllLines(Path.Combine(Repository.Root, "src/EdgeNode.Core/Vote/README.md"));

    private static readonly Dictionary<string, string[]> Members = Rows("members").ToDictionary(r => r[0], StringComparer.Ordinal);

    private static readonly Dictionary<(int Members, int Past, int Lost), string[]> VotesOf =
        Rows("votes").ToDictionary(r => (Int(r[0]), Int(r[1]), Int(r[3])), r => r[4..]);

    private static readonly Dictionary<string, string[]> AllBads = Rows("all-bad").ToDictionary(r => r[0], r => r[1..], StringComparer.Ordinal);

    private static readonly Dictionary<string, string[]> TakesBack = Rows("takes-back").ToDictionary(r => r[0], r => r[1..], StringComparer.Ordinal);

    private static readonly Dictionary<string, string[]> Histories = Rows("history").ToDictionary(r => r[0], r => r[1..], StringComparer.Ordinal);

    private static readonly ConcurrentDictionary<(Tells Tells, bool High), (char Does, bool Past)> Kinds = new();

    /// <summary>The rows of one of its tables, cell by cell.</summary>
    public static IEnumerable<string[]> Rows(string name) =>
        Lines.SkipWhile(l => l != $"<!-- {name} -->").Skip(3).TakeWhile(l => l != "<!-- end -->").Select(l => l.Split('|')[1..^1].Select(c => c.Trim()).ToArray());

    /// <summary>What a vote on conditions comes to with nothing before it. Null: the vote in force is on values, which the table leaves to a sentence.</summary>
    public static Condition? Says(ReadOnlySpan<Tells> pattern, in Voters group, bool high)
    {
        int past = 0, not = 0, open = 0, lost = 0;
        foreach (var tells in pattern)
        {
            var (does, isPast) = Kind(tells, high);
            past += does == 'v' && isPast ? 1 : 0;
            not += does == 'v' && !isPast ? 1 : 0;
            open += does == 'o' ? 1 : 0;
            lost += does == 'l' ? 1 : 0;
        }

        return Outcome(past, not, open, lost, group, Condition.Unknown);
    }

    /// <summary>What so many members come to.</summary>
    /// <param name="past">Members that vote and are past the setpoint.</param>
    /// <param name="not">Members that vote and are not.</param>
    /// <param name="open">Members whose vote could turn out either way.</param>
    /// <param name="lost">Members without a vote.</param>
    /// <param name="group">How they vote.</param>
    /// <param name="last">What the condition was last, other than unknown.</param>
    public static Condition? Outcome(int past, int not, int open, int lost, in Voters group, Condition last)
    {
        var members = past + not + open + lost;
        if (lost == members)
            return AllBad(group.AllBad, last);
        var inForce = lost == 0 ? group.Vote : group.Degrade[lost - 1];
        if (inForce is "median" or "average")
            return null;

        // "Open members: true when those past are enough without them, false when not even all of them would be enough, else unknown."
        var (least, most) = (Cell(past, not + open), Cell(past + open, not));
        var said = least == most ? least : Condition.Unknown;

        // "Any other degrade reads like a smaller group": the default one has a row of its own, which must say the same.
        if (lost > 0 && group.Vote is not ("median" or "average") && inForce == $"{Math.Max(1, group.Vote[0] - '0' - lost)}oo{members - lost}")
        {
            var row = VotesOf[(members, past + open, lost)][group.Vote[0] - '1'];
            Assert.Equal($"{Word(most)}, {inForce}", row);
        }

        return said;

        Condition Cell(int yes, int no)
        {
            var cell = VotesOf[(yes + no, yes, 0)][inForce[0] - '1'];
            Assert.EndsWith(", " + inForce, cell, StringComparison.Ordinal);
            return Said(cell.Split(',')[0]);
        }
    }

    /// <summary>What is said when nobody has a vote.</summary>
    public static Condition AllBad(AllBad rule, Condition last) =>
        Said(AllBads[rule switch { Core.Model.AllBad.Trip => "trip", Core.Model.AllBad.Hold => "hold", _ => "alarm-only" }][Column(last)]);

    /// <summary>What the condition becomes.</summary>
    /// <param name="now">What the vote in force says.</param>
    /// <param name="withBad">It is true with some bad or doubtful members counted, and the others left out.</param>
    /// <param name="last">What the condition was last, other than unknown.</param>
    public static Condition Becomes(Condition now, bool withBad, Condition last) =>
        Said(TakesBack[now != Condition.False ? Word(now) : withBad ? "false, and true with some bad or doubtful members counted" : "false, and with no bad or doubtful members counted true"][Column(last)]);

    /// <summary>What a member has said after it told something; null: it never said.</summary>
    /// <param name="row">First words of the row.</param>
    /// <param name="past">What it said before.</param>
    public static bool? Member(string row, bool? past) =>
        Histories[row][past is { } was ? was ? 0 : 1 : 2] switch { "past" => true, "not" => false, "never said" => null, var other => throw new InvalidDataException(other) };

    /// <summary>The rows of the table of what members tell, in its order.</summary>
    public static IEnumerable<string> HistoryRows => Histories.Keys;

    private static (char Does, bool Past) Kind(Tells tells, bool high) => Kinds.GetOrAdd((tells, high), static of =>
    {
        var row = Members[of.Tells switch
        {
            Tells.NotYetRead => "not yet read",
            Tells.OverRange => "uncertain:over-range",
            Tells.UnderRange => "uncertain:under-range",
            Tells.LastWordPast or Tells.LastWordWithin or Tells.LastWordNot => "uncertain:sensor-failure, uncertain:spike, uncertain:function-check",
            Tells.DoubtPast or Tells.DoubtNot => "uncertain otherwise",
            Tells.Bad => "bad, stale too",
            Tells.Bypassed => "bypassed, whatever it reads",
            Tells.Substituted => "uncertain:substituted, put in by hand",
            Tells.GoodPast or Tells.GoodWithin or Tells.GoodNot => "good",
            var other => throw new InvalidDataException($"no row for {other}"),
        }];
        var number = VoteOracle.Number(of.Tells, of.High);
        var past = row[of.High ? 2 : 3] == "past, whatever the number" || (of.High ? number >= Bars.High : number <= Bars.Low);
        return (row[1] switch { "votes" => 'v', "is lost" => 'l', "is open: its vote could turn out either way" => 'o', var other => throw new InvalidDataException(other) }, past);
    });

    private static int Column(Condition last) => last == Condition.True ? 0 : last == Condition.False ? 1 : 2;

    private static Condition Said(string word) => word switch
    {
        "true" => Condition.True,
        "false" => Condition.False,
        "unknown" => Condition.Unknown,
        _ => throw new InvalidDataException(word),
    };

    private static string Word(Condition said) => said switch { Condition.True => "true", Condition.False => "false", _ => "unknown" };

    private static int Int(string text) => int.Parse(text, CultureInfo.InvariantCulture);
}
