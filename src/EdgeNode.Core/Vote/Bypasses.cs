using EdgeNode.Core.Model;
using EdgeNode.Core.Validate;

namespace EdgeNode.Core.Vote;

/// <summary>Asks for a bypass of a member, or for its end.</summary>
/// <param name="Group">Index into <see cref="Site.Groups"/>.</param>
/// <param name="Member">Position in the group.</param>
/// <param name="Until">Monotonic time at which it ends by itself; null ends it now. A second bypass of the same member moves the end.</param>
public readonly record struct BypassCommand(int Group, int Member, TimeSpan? Until);

/// <summary>What became of a bypass.</summary>
public enum BypassOutcome : byte
{
    /// <summary>The member has no vote until the time given.</summary>
    Granted,

    /// <summary>A person ended it.</summary>
    Ended,

    /// <summary>Its time was over.</summary>
    Expired,

    /// <summary>Refused: there is no such group or member.</summary>
    NoSuchMember,

    /// <summary>Refused: the end is not in the future.</summary>
    NotInFuture,

    /// <summary>Refused: longer than the group allows.</summary>
    TooLong,

    /// <summary>Refused: as many members as the group allows are bypassed, or have a value by hand.</summary>
    TooMany,

    /// <summary>Refused: no member with a vote would be left.</summary>
    NobodyLeft,

    /// <summary>Refused: there is nothing to end.</summary>
    NotBypassed,
}

/// <summary>The words for what became of a bypass, in events and in the audit trail.</summary>
public static class BypassOutcomes
{
    private static readonly string[] Words = ["granted", "ended", "expired", "no-such-member", "not-in-future", "too-long", "too-many", "nobody-left", "not-bypassed"];

    /// <summary>The word.</summary>
    public static string Text(this BypassOutcome outcome) => Words[(int)outcome];

    /// <summary>It was refused, and has changed nothing.</summary>
    public static bool IsRefusal(this BypassOutcome outcome) => outcome >= BypassOutcome.NoSuchMember;
}

/// <summary>A bypass was granted, refused, or is over.</summary>
/// <param name="Command">What was asked; of one that ran out, what had been.</param>
/// <param name="Outcome">What became of it.</param>
/// <param name="At">Monotonic time.</param>
public readonly record struct BypassEvent(BypassCommand Command, BypassOutcome Outcome, TimeSpan At)
{
    /// <summary>It changed nothing.</summary>
    public bool IsRefusal => Outcome.IsRefusal();
}

/// <summary>The rules of bypassing in one group: limited in number and in time, and over by itself whatever happens.</summary>
/// <param name="members">The members.</param>
/// <param name="substitutions">The values by hand: such a member has no vote either, and counts to the limit; null: there are none.</param>
public sealed class Bypasses(GroupMembers members, Substitutions? substitutions = null)
{
    /// <summary>Members that people keep from voting: bypassed, or with a value by hand.</summary>
    public MemberSet ByHand
    {
        get
        {
            var all = members.Bypassed;
            for (var i = 0; i < members.Count; i++)
            {
                all = substitutions?.End(members.Options.Members[i]) is null ? all : all.With(i);
            }

            return all;
        }
    }

    /// <summary>When the next one ends; null when there is none.</summary>
    public TimeSpan? Deadline
    {
        get
        {
            TimeSpan? earliest = null;
            for (var i = 0; i < members.Count; i++)
            {
                earliest = members.BypassedUntil(i) is { } until && !(until >= earliest) ? until : earliest;
            }

            return earliest;
        }
    }

    /// <summary>One member more may be kept from voting, or this one is already.</summary>
    public bool Allows(int member) => ByHand.Has(member) || ByHand.Count < members.Options.Bypass.AtMost;

    /// <summary>Grants or refuses.</summary>
    public BypassOutcome Take(BypassCommand command, TimeSpan now)
    {
        var outcome = Judge(command, now);
        if (outcome is BypassOutcome.Granted or BypassOutcome.Ended)
        {
            members.Bypass(command.Member, command.Until);
        }

        return outcome;
    }

    /// <summary>
    /// Takes over what the run before had granted. That it leaves somebody a vote was asked when it was granted: a member that has failed since, before the
    /// restart or after, changes nothing about it. What the site file allows by now counts.
    /// </summary>
    /// <param name="member">Position in the group.</param>
    /// <param name="until">Monotonic time at which it ends.</param>
    /// <param name="now">Monotonic time.</param>
    /// <returns>False when it is over, or no longer allowed.</returns>
    public bool Restore(int member, TimeSpan until, TimeSpan now)
    {
        var rules = members.Options.Bypass;
        if ((uint)member >= (uint)members.Count || until <= now || until - now > rules.Longest || !Allows(member))
        {
            return false;
        }

        members.Bypass(member, until);
        return true;
    }

    /// <summary>Ends one whose time is over.</summary>
    /// <param name="now">Monotonic time.</param>
    /// <param name="member">Whose; the first whose time was over.</param>
    /// <returns>False when none is to end.</returns>
    public bool Expire(TimeSpan now, out int member)
    {
        member = -1;
        for (var i = 0; i < members.Count; i++)
        {
            var until = members.BypassedUntil(i);
            if (until <= now && (member < 0 || until < members.BypassedUntil(member)))
            {
                member = i;
            }
        }

        if (member < 0)
        {
            return false;
        }

        members.Bypass(member, null);
        return true;
    }

    private BypassOutcome Judge(BypassCommand command, TimeSpan now)
    {
        var (_, member, until) = command;
        if ((uint)member >= (uint)members.Count)
        {
            return BypassOutcome.NoSuchMember;
        }

        var already = members.BypassedUntil(member) is not null;
        if (until is not { } end)
        {
            return already ? BypassOutcome.Ended : BypassOutcome.NotBypassed;
        }

        var rules = members.Options.Bypass;
        return end <= now ? BypassOutcome.NotInFuture
            : end - now > rules.Longest ? BypassOutcome.TooLong
            : already ? BypassOutcome.Granted
            : !Allows(member) ? BypassOutcome.TooMany
            : members.Lost.With(member).Count == members.Count ? BypassOutcome.NobodyLeft
            : BypassOutcome.Granted;
    }
}
