using EdgeNode.Core.Model;
using EdgeNode.Provisioning.Grammar;
using EdgeNode.Provisioning.Values;
using EdgeNode.Provisioning.Yaml;

namespace EdgeNode.Provisioning.Sections;

/// <summary><c>alarms</c>: conditions that are watched, and how they are announced.</summary>
internal static class AlarmsSection
{
    private static readonly LocalText NoText = new("", "", "");

    public static void Read(YamlNode? node, SiteDraft draft)
    {
        if (Scalars.List(node, "alarms", draft.Faults) is not { } items)
            return;

        var reaction = new AlarmReaction(draft);
        for (var i = 0; i < items.Length; i++)
        {
            if (i == SiteLimits.Alarms)
            {
                draft.Faults.Add(items[i].At, $"there are {Words.Number(items.Length)} alarms", $"at most {SiteLimits.Alarms}");
                return;
            }

            if (SectionReader.Open(items[i], SiteGrammar.Alarm, draft.Faults) is { } section)
                draft.Alarms.Add(reaction.Read(section, Alarm(section, draft)));
            else
                draft.AlarmsAreUnclear = true;
        }

        reaction.Resolve();
    }

    private static AlarmOptions Alarm(SectionReader section, SiteDraft draft)
    {
        var faults = draft.Faults;
        var id = Scalars.Id(section["id"], faults);
        draft.AlarmsAreUnclear |= id is null;
        if (id is not null)
            draft.ClaimTag(id, "an alarm", section["id"]!.At);

        var group = section["of"] is YamlScalar of && draft.GroupIds.Contains(of.Text) ? draft.GroupById.GetValueOrDefault(of.Text) : null;
        var point = group is null ? Of(section["of"], draft) : group.AsPoint(group.Options?.Points.Value ?? -1);
        var onDelay = Sizes.Duration(section["on-delay"], SiteLimits.Delay, faults) ?? TimeSpan.Zero;
        var offDelay = Sizes.Duration(section["off-delay"], SiteLimits.Delay, faults) ?? TimeSpan.Zero;
        var priority = Scalars.Choice(section["priority"], SiteGrammar.Priority, faults) is { } word
            ? Enum.Parse<AlarmPriority>(word, ignoreCase: true)
            : AlarmPriority.Low;
        var alarm = new AlarmOptions(id ?? "", point?.Index ?? -1, default, 0, 0, onDelay, offDelay, priority, Text(section["text"], faults)) { Group = group?.Index };
        alarm = AlarmCondition.Read(section, alarm, point, draft);
        if (group is not null)
            AlarmCondition.CheckGroup(section, alarm, group, point!, faults);
        return alarm;
    }

    private static PointDraft? Of(YamlNode? node, SiteDraft draft)
    {
        if (node is YamlScalar named && draft.InputIds.Contains(named.Text) && !draft.PointByName.ContainsKey(named.Text))
            return draft.InputById.GetValueOrDefault(named.Text);

        // Of a group that could not be read nothing more is to be said.
        if (node is not YamlScalar scalar || draft.GroupIds.Count == 0 || scalar.Text.Contains('.', StringComparison.Ordinal) || draft.DeviceById.ContainsKey(scalar.Text))
            return PointReference.Find(node, draft);
        if (!draft.GroupIds.Contains(scalar.Text))
        {
            draft.Faults.Add(
                scalar.At, $"{Words.Quoted(scalar.Text)} is neither a point nor a group", "a point such as PT-101.pressure, or the id of a group",
                Suggest.Nearest(scalar.Text, draft.GroupIds.Concat(draft.PointByName.Keys)));
        }

        return null;
    }

    /// <summary>One language, or several by name.</summary>
    public static LocalText Text(YamlNode? node, FaultList faults)
    {
        if (node is not YamlMapping)
            return Scalars.Text(node, faults) is { } text ? NoText with { En = text } : NoText;
        if (SectionReader.Open(node, SiteGrammar.Text, faults) is not { } section)
            return NoText;
        if (!section.HasUnknown && SiteGrammar.Text.Supported.All(k => section[k] is null))
            faults.Add(section.At, "the text has no language", Words.Or([.. SiteGrammar.Text.Supported]));
        return new LocalText(
            Scalars.Text(section["en"], faults) ?? "", Scalars.Text(section["zh-Hant"], faults) ?? "", Scalars.Text(section["zh-Hans"], faults) ?? "");
    }
}
