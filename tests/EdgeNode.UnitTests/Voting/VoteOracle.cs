using EdgeNode.Core.Model;
using EdgeNode.Core.Vote;

namespace EdgeNode.UnitTests.Voting;

/// <summary>What a member tells.</summary>
internal enum Tells
{
    GoodPast, GoodWithin, GoodNot, OverRange, UnderRange, DoubtPast, DoubtNot, LastWordPast, LastWordWithin, LastWordNot, Bad, Substituted, Bypassed, BypassEnds, NotYetRead,
}

/// <summary>What the oracle knows of a member: whether it votes, what it said last, and the value that a vote on values counts.</summary>
/// <param name="Read">It was read.</param>
/// <param name="Failed">Its last reading is bad, or was put in by hand.</param>
/// <param name="InDoubt">Its last reading need not be the process's: a failing current, an unconfirmed jump, a device that is worked on.</param>
/// <param name="Bypassed">A person has taken its vote.</param>
/// <param name="Past">It said last that it is past the setpoint; null: it never said.</param>
/// <param name="Value">What counts in a vote on values, bar; null: none.</param>
internal readonly record struct Known(bool Read, bool Failed, bool InDoubt, bool Bypassed, bool? Past, double? Value)
{
    /// <summary>It has no vote.</summary>
    public bool IsLost => Bypassed || Failed;

    /// <summary>Its vote could turn out either way.</summary>
    public bool IsOpen => !IsLost && !Read;
}

/// <summary>
/// What a vote comes to, in sentences of its own. It knows neither counts nor the tables of the code: it goes through the ways in which open votes can turn out, and looks for
/// a set of members that is large enough and of one mind.
/// </summary>
internal static class VoteOracle
{
    /// <summary>Bar, beside the setpoints of <see cref="Bars"/>.</summary>
    public const double Deadband = 0.1;

    /// <summary>The number that comes with what is told, bar; of a bypassed member one past the setpoint.</summary>
    public static double Number(Tells tells, bool high) => tells switch
    {
        Tells.GoodPast or Tells.DoubtPast or Tells.LastWordPast or Tells.Bypassed or Tells.Substituted => high ? 7 : 1,
        Tells.GoodWithin or Tells.LastWordWithin => high ? 6.45 : 2.05,
        _ => 4,
    };

    /// <summary>The member after it has told something.</summary>
    public static Known After(Known member, Tells tells, bool high)
    {
        switch (tells)
        {
            case Tells.NotYetRead:
                return member;
            case Tells.Bypassed:
                return member with { Bypassed = true };
            case Tells.BypassEnds:
                return member with { Bypassed = false };
            case Tells.Bad or Tells.Substituted:
                return member with { Read = true, Failed = true, InDoubt = false };
        }

        var number = Number(tells, high);
        var lastWord = tells is Tells.LastWordPast or Tells.LastWordWithin or Tells.LastWordNot;
        var now = member with { Read = true, Failed = false, InDoubt = lastWord };
        var past = IsPast(number, high, member.Past == true) || (tells == Tells.OverRange && high) || (tells == Tells.UnderRange && !high);
        var towards = member.Value is not { } before || (high ? number >= before : number <= before);
        return now with { Past = !past && lastWord ? member.Past : past, Value = lastWord && !towards ? member.Value : number };
    }

    /// <summary>What the condition becomes.</summary>
    /// <param name="members">As they stand now.</param>
    /// <param name="group">How they vote.</param>
    /// <param name="high">The setpoint is a high one.</param>
    /// <param name="last">What the condition was last, other than unknown.</param>
    public static Condition Says(ReadOnlySpan<Known> members, in Voters group, bool high, Condition last)
    {
        int votes = 0, sure = 0;
        for (var i = 0; i < members.Length; i++)
        {
            votes |= members[i].IsLost ? 0 : 1 << i;
            sure |= members[i].IsLost || members[i].InDoubt ? 0 : 1 << i;
        }

        var now = Of(members, votes, group, high, last);
        if (now != Condition.False || last != Condition.True)
            return now;

        // Whoever failed has not taken back what it said, and who is in doubt takes nothing back by having a vote: heard are all who are sure, and any of the others.
        for (var heard = 0; heard < 1 << members.Length; heard++)
        {
            var may = (heard & sure) == sure;
            for (var i = 0; i < members.Length; i++)
                may &= (heard >> i & 1) == 0 || !members[i].Bypassed;
            if (may && Of(members, heard, group, high, last) == Condition.True)
                return Condition.True;
        }

        return Condition.False;
    }

    /// <summary>What it comes to when these are heard, by what they said last, and nobody else.</summary>
    private static Condition Of(ReadOnlySpan<Known> members, int all, in Voters group, bool high, Condition last)
    {
        if (all == 0)
            return group.AllBad == AllBad.Trip ? Condition.True : group.AllBad == AllBad.Hold ? last : Condition.Unknown;
        var lost = members.Length - int.PopCount(all);
        var rule = lost == 0 ? group.Vote : group.Degrade[lost - 1];
        var open = 0;
        for (var i = 0; i < members.Length; i++)
            open |= (all >> i & 1) != 0 && members[i].IsOpen ? 1 << i : 0;
        if (rule is "median" or "average")
            return open != 0 ? Condition.Unknown : OfValues(members, all, rule, high, last);

        var (yes, no) = (false, false);
        for (var turn = 0; turn <= open; turn++)
        {
            if ((turn & ~open) != 0)
                continue;
            var past = turn;
            for (var i = 0; i < members.Length; i++)
                past |= (all >> i & 1) != 0 && (open >> i & 1) == 0 && members[i].Past == true ? 1 << i : 0;
            var agreed = false;
            for (var set = 0; set <= all && !agreed; set++)
                agreed = (set & ~past) == 0 && int.PopCount(set) == rule[0] - '0';
            (yes, no) = (yes || agreed, no || !agreed);
        }

        return yes && no ? Condition.Unknown : yes ? Condition.True : Condition.False;
    }

    private static Condition OfValues(ReadOnlySpan<Known> members, int all, string kind, bool high, Condition last)
    {
        var values = new List<double>(members.Length);
        for (var i = 0; i < members.Length; i++)
        {
            if ((all >> i & 1) != 0 && members[i].Value is { } value)
                values.Add(value);
        }

        if (values.Count == 0)
            return Condition.Unknown;
        values.Sort();
        var value2 = kind == "average" ? values.Average() : (values[(values.Count - 1) / 2] + values[values.Count / 2]) / 2;
        return IsPast(value2, high, last == Condition.True) ? Condition.True : Condition.False;
    }

    private static bool IsPast(double value, bool high, bool before)
    {
        var room = before ? Deadband : 0;
        return high ? value >= Bars.High - room : value <= Bars.Low + room;
    }
}

/// <summary>A group as the site file writes it.</summary>
/// <param name="Vote">With nobody lost.</param>
/// <param name="Degrade">With one lost, with two, and so on.</param>
/// <param name="AllBad">With nobody left.</param>
internal readonly record struct Voters(string Vote, string[] Degrade, AllBad AllBad)
{
    /// <summary>All votes of so many members.</summary>
    public static IEnumerable<string> Votes(int members) => [.. Enumerable.Range(1, members).Select(m => $"{m}oo{members}"), "median", "average"];

    public override string ToString() => $"{Vote} [{string.Join(", ", Degrade)}] {AllBad}";
}
