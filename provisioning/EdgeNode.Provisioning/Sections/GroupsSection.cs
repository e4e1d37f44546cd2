using System.Collections.Immutable;
using EdgeNode.Core.Model;
using EdgeNode.Provisioning.Grammar;
using EdgeNode.Provisioning.Values;
using EdgeNode.Provisioning.Yaml;

namespace EdgeNode.Provisioning.Sections;

/// <summary><c>groups</c>: points that measure the same thing and vote on it.</summary>
internal sealed class GroupsSection(SiteDraft draft)
{
    private FaultList Faults => draft.Faults;

    public static void Read(YamlNode? node, SiteDraft draft)
    {
        if (Scalars.List(node, "groups", draft.Faults) is not { } items)
            return;

        for (var i = 0; i < items.Length; i++)
        {
            if (i == SiteLimits.Groups)
            {
                draft.Faults.Add(items[i].At, $"there are {Words.Number(items.Length)} groups", $"at most {SiteLimits.Groups}");
                return;
            }

            if (SectionReader.Open(items[i], SiteGrammar.Group, draft.Faults) is { } section)
                new GroupsSection(draft).Group(section);
        }
    }

    /// <summary>After all alarms and causes: nobody but the site file can say what a critical alarm or a trip does when it has nothing left to go by.</summary>
    public static void CheckAllBad(SiteDraft draft)
    {
        foreach (var group in draft.Groups.Where(g => !g.SaysAllBad))
        {
            if (draft.Alarms.Find(a => a.Group == group.Index && a.Priority == AlarmPriority.Critical) is { } critical)
            {
                draft.Faults.Add(
                    group.At, $"the critical alarm {Words.Quoted(critical.Id)} is of this group, and 'all-bad' is missing",
                    "all-bad: trip, hold or alarm-only: what the alarm says when no member has a vote");
            }
            else if (draft.Trips.Find(t => t.Cause?.Names.Any(n => n is { IsAlarm: true } && n.Index < draft.Alarms.Count && draft.Alarms[n.Index].Group == group.Index) == true) is { } trip)
            {
                draft.Faults.Add(
                    group.At, $"the trip {Words.Quoted(trip.Id)} depends on this group, and 'all-bad' is missing",
                    "all-bad: trip, hold or alarm-only: what the group's setpoints say when no member has a vote");
            }
        }
    }

    private void Group(SectionReader section)
    {
        var id = Scalars.Id(section["id"], Faults);
        if (id is not null)
            draft.ClaimTag(id, "a group", section["id"]!.At);

        var members = Members(section["members"], out var clear);
        var unit = Unit(section["unit"], members);
        Count(section["members"], ref clear, members.Count);
        var votes = new VoteReader(Faults, clear ? members.Count : null);
        var vote = votes.Rule(section["vote"], lost: 0);
        var degrade = votes.Degrade(section["degrade"], vote);
        var allBad = Scalars.Choice(section["all-bad"], SiteGrammar.AllBad, Faults);

        var value = new GroupDraft(id ?? "", section.At, draft.Groups.Count, members, unit) { SaysAllBad = section["all-bad"] is not null };
        var due = unit is null ? null : new PointUnit(id ?? "the group", unit);
        var deviation = Deviation(section["deviation"], due, value, clear);
        var report = PointsSection.Report(section["report"], value.AsPoint(-1), value.Range, Faults);
        var prefer = Prefer(section["prefer"], members);
        var repair = Sizes.Duration(section["repair-within"], SiteLimits.RepairWithin, Faults);
        var failure = Sizes.Duration(section["failure-delay"], SiteLimits.Delay, Faults);
        var bypass = Bypass(section["bypass"], clear ? members.Count : null);
        if (id is null || !draft.GroupById.TryAdd(id, value))
            return;

        draft.Groups.Add(value);
        if (unit is null || vote is null)
            return;

        value.Options = new GroupOptions(id, [.. members.Select(m => m.Index)], unit, vote.Value, degrade)
        {
            AllBad = allBad switch { "trip" => AllBad.Trip, "hold" => AllBad.Hold, _ => AllBad.AlarmOnly },
            Deviation = deviation,
            Prefer = prefer,
        };
        value.Options = value.Options with
        {
            RepairWithin = repair ?? value.Options.RepairWithin,
            FailureDelay = failure ?? value.Options.FailureDelay,
            Bypass = new BypassOptions(bypass.AtMost ?? value.Options.Bypass.AtMost, bypass.Longest ?? value.Options.Bypass.Longest),
        };
        GroupPointsDraft.Add(value, report, section.At, draft);
    }

    private List<PointDraft> Members(YamlNode? node, out bool clear)
    {
        var members = new List<PointDraft>();
        clear = node is YamlSequence;
        foreach (var item in Scalars.List(node, "points", Faults) ?? [])
        {
            var point = PointReference.Find(item, draft);
            var wrong = point is null || members.Contains(point) || point.IsComputed;
            clear &= !wrong;
            if (!wrong)
                members.Add(point!);
            else if (point is not null)
                Faults.Add(item.At, $"{Words.Quoted(point.Name)} is {(point.IsComputed ? "computed by a group" : "already a member")}", point.IsComputed ? "a point of a device" : "each point once");
        }

        foreach (var member in members.Skip(1))
        {
            if (member.Unit is { } its && members[0].Unit is { } first && its.Quantity != first.Quantity)
            {
                Faults.Add(
                    node!.At, $"{Words.Quoted(member.Name)} measures {Amounts.Name(its.Quantity)}, and {Words.Quoted(members[0].Name)} {Amounts.Name(first.Quantity)}",
                    "members that measure the same");
                clear = false;
                break;
            }
        }

        return members;
    }

    private void Count(YamlNode? node, ref bool clear, int members)
    {
        if (!clear || members is >= 1 and <= GroupOptions.MostMembers)
            return;
        Faults.Add(node!.At, $"there are {Words.Number(members)} members", $"1 to {GroupOptions.MostMembers} points");
        clear = false;
    }

    private Unit? Unit(YamlNode? node, List<PointDraft> members)
    {
        var first = members.Count == 0 ? null : members[0].Unit;
        if (Amounts.Unit(node, Faults) is not { } written)
            return first;
        if (first is null || first.Quantity == written.Quantity)
            return written;
        Faults.Add(node!.At, $"{written.Symbol} is a unit of {Amounts.Name(written.Quantity)}, and {Words.Quoted(members[0].Name)} measures {Amounts.Name(first.Quantity)}", $"a unit such as {first.Symbol}");
        return first;
    }

    private DeviationOptions? Deviation(YamlNode? node, PointUnit? due, GroupDraft group, bool clear)
    {
        if (node is null || SectionReader.Open(node, SiteGrammar.GroupDeviation, Faults) is not { } section)
            return null;
        var limit = Amounts.Span(section["limit"], due, Faults);
        var onDelay = Sizes.Duration(section["on-delay"], SiteLimits.Delay, Faults) ?? TimeSpan.Zero;
        if (clear && group.Members.Count < 2)
            Faults.Add(section.At, "the group has one member, which deviates from nobody", "no 'deviation', or a second member");
        if (limit <= 0)
            Faults.Add(section["limit"]!.At, "the limit is not above 0", "how far members may lie apart");
        else if (group.Range is not null)
            PointsSection.Width(section["limit"], "the limit", limit, group.AsPoint(-1), group.Range, Faults);
        return limit is null ? null : new DeviationOptions(limit.Value, onDelay);
    }

    private int? Prefer(YamlNode? node, List<PointDraft> members)
    {
        if (node is null || PointReference.Find(node, draft) is not { } point)
            return null;
        if (members.IndexOf(point) is >= 0 and var place)
            return place;
        Faults.Add(node.At, $"{Words.Quoted(point.Name)} is not a member of the group", Words.Or([.. members.Select(m => m.Name)]));
        return null;
    }

    private (int? AtMost, TimeSpan? Longest) Bypass(YamlNode? node, int? members)
    {
        if (node is null || SectionReader.Open(node, SiteGrammar.Bypass, Faults) is not { } section)
            return default;
        return (
            Numbers.Whole(section["at-most"], "a number of members", 0, (members ?? GroupOptions.MostMembers) - 1, Faults),
            Sizes.Duration(section["for"], SiteLimits.BypassFor, Faults));
    }
}

/// <summary><c>vote</c> and <c>degrade</c> of a group.</summary>
/// <param name="members">How many the group has; null when that is not clear, and then it is not held against it.</param>
internal sealed class VoteReader(FaultList faults, int? members)
{
    private string Example => members is { } n ? n == 1 ? "1oo1" : $"{(n == 3 ? 2 : 1)}oo{n}" : "2oo3";

    /// <summary>How those vote that are left with so many lost.</summary>
    public VoteRule? Rule(YamlNode? node, int lost)
    {
        var expected = $"MooN such as {Example}, median or average";
        if (Scalars.Read(node, expected, faults) is not { } scalar)
            return null;

        var text = scalar.Text;
        if (text is "median" or "average")
            return text == "median" ? VoteRule.Median : VoteRule.Average;
        var middle = text.IndexOf("oo", StringComparison.Ordinal);
        if (middle < 1 || !int.TryParse(text.AsSpan(0, middle), System.Globalization.NumberStyles.None, null, out var needs)
            || !int.TryParse(text.AsSpan(middle + 2), System.Globalization.NumberStyles.None, null, out var of))
        {
            // 2003 and 2OO3: what the letters o of 2oo3 are often read as.
            var letters = text.Length == 4 && text[1] is '0' or 'O' && text[2] is '0' or 'O' ? $"{text[0]}oo{text[3]}" : null;
            faults.Add(scalar.At, $"{Words.Quoted(text)} is not a vote", expected, letters ?? Suggest.Nearest(text, ["median", "average"]));
            return null;
        }

        var left = members - lost;
        if (left is { } voting && of != voting)
        {
            faults.Add(
                scalar.At,
                lost == 0 ? $"{text} is a vote of {Words.Number(of)}, and the group has {Words.Number(voting)} {(voting == 1 ? "member" : "members")}"
                    : $"{text} is a vote of {Words.Number(of)}, and with {Words.Number(lost)} lost {Words.Number(voting)} {(voting == 1 ? "is" : "are")} left",
                $"a vote of {Words.Number(voting)}, such as {(voting == 1 ? "1oo1" : $"1oo{voting}")}");
            return null;
        }

        if (needs >= 1 && needs <= of && of <= GroupOptions.MostMembers)
            return VoteRule.Count(needs, of);
        faults.Add(scalar.At, $"{text} cannot be: so many of so many", expected);
        return null;
    }

    /// <summary>One entry for each number of members lost but the last, which is all-bad.</summary>
    public ImmutableArray<VoteRule> Degrade(YamlNode? node, VoteRule? vote)
    {
        if (node is null)
            return vote is { } rule && members is { } n ? VoteRule.DefaultDegrade(rule, n) : [];
        if (Scalars.List(node, "votes", faults) is not { } items)
            return [];
        if (members is { } count && items.Length != count - 1)
        {
            faults.Add(
                node.At, $"'degrade' has {Words.Number(items.Length)} {(items.Length == 1 ? "vote" : "votes")}, and the group {Words.Number(count)} {(count == 1 ? "member" : "members")}",
                count == 1 ? "no 'degrade': with its only member lost the group is all-bad"
                    : $"{Words.Number(count - 1)}: with one member lost{(count > 2 ? ", with two, and so on" : "")}; with all lost it is all-bad");
            return [];
        }

        return [.. items.Select((item, i) => Rule(item, i + 1) ?? VoteRule.Median)];
    }
}
