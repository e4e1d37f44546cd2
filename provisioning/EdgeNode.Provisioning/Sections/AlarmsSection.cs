using EdgeNode.Core.Model;
using EdgeNode.Provisioning.Grammar;
using EdgeNode.Provisioning.Values;
using EdgeNode.Provisioning.Yaml;

namespace EdgeNode.Provisioning.Sections;

/// <summary><c>alarms</c>: setpoints that are watched.</summary>
internal static class AlarmsSection
{
    private static readonly LocalText NoText = new("", "", "");

    public static void Read(YamlNode? node, SiteDraft draft)
    {
        if (Scalars.List(node, "alarms", draft.Faults) is not { } items)
            return;

        for (var i = 0; i < items.Length; i++)
        {
            if (i == SiteLimits.Alarms)
            {
                draft.Faults.Add(items[i].At, $"there are {Words.Number(items.Length)} alarms", $"at most {SiteLimits.Alarms}");
                return;
            }

            if (SectionReader.Open(items[i], SiteGrammar.Alarm, draft.Faults) is { } section)
                draft.Alarms.Add(Alarm(section, draft));
        }
    }

    private static AlarmOptions Alarm(SectionReader section, SiteDraft draft)
    {
        var faults = draft.Faults;
        var id = Scalars.Id(section["id"], faults);
        if (id is not null)
            draft.ClaimTag(id, "an alarm", section["id"]!.At);

        var group = section["of"] is YamlScalar of && draft.GroupIds.Contains(of.Text) ? draft.GroupById.GetValueOrDefault(of.Text) : null;
        var point = group is null ? Of(section["of"], draft) : group.AsPoint(group.Options?.Points.Value ?? -1);
        var high = Amounts.Setpoint(section["high"], point?.Due, faults);
        var low = Amounts.Setpoint(section["low"], point?.Due, faults);
        var deadband = Amounts.Span(section["deadband"], point?.Due, faults);
        CheckSetpoints(section, high, low, deadband, point, faults);
        foreach (var member in group?.Members.Where(m => m.Range is not null) ?? [])
            Reaches(section["high"] ?? section["low"], high ?? low, member, point!, faults);

        var onDelay = Sizes.Duration(section["on-delay"], SiteLimits.Delay, faults) ?? TimeSpan.Zero;
        var offDelay = Sizes.Duration(section["off-delay"], SiteLimits.Delay, faults) ?? TimeSpan.Zero;
        var priority = Scalars.Choice(section["priority"], SiteGrammar.Priority, faults) is { } word
            ? Enum.Parse<AlarmPriority>(word, ignoreCase: true)
            : AlarmPriority.Low;
        var kind = section["high"] is null ? AlarmKind.Low : AlarmKind.High;
        return new AlarmOptions(
            id ?? "", point?.Index ?? -1, kind, high ?? low ?? 0, deadband ?? 0, onDelay, offDelay, priority, Text(section["text"], faults)) { Group = group?.Index };
    }

    private static PointDraft? Of(YamlNode? node, SiteDraft draft)
    {
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

    private static void CheckSetpoints(SectionReader section, double? high, double? low, double? deadband, PointDraft? point, FaultList faults)
    {
        if (section["high"] is not null && section["low"] is not null)
            faults.Add(section.PlaceOf("low"), "the alarm has both 'high' and 'low'", "one of them; make two alarms");
        else if (section["high"] is null && section["low"] is null && !section.HasUnknown)
            faults.Add(section.At, "the alarm has neither 'high' nor 'low'", "a setpoint, for example high: 6.5 " + (point?.Unit?.Symbol ?? "bar"));

        if (point is { IsComputed: false })
        {
            Inside(section["high"], high, point, faults);
            Inside(section["low"], low, point, faults);
        }

        PointsSection.Width(section["deadband"], "the deadband", deadband, point, point?.Range, faults);
    }

    /// <summary>A setpoint that the sensor cannot reach is an alarm that never comes.</summary>
    private static void Inside(YamlNode? node, double? setpoint, PointDraft? point, FaultList faults)
    {
        if (point is { Unit: { } unit, Range: { } range } && (setpoint < range.Low || setpoint > range.High))
        {
            faults.Add(
                node!.At,
                $"the setpoint {Words.Number(setpoint.Value)} {unit.Symbol} is outside of the range of {Words.Quoted(point.Name)}",
                PointsSection.Shown(range, point));
        }
    }

    /// <summary>A member that cannot reach the setpoint never votes for it.</summary>
    private static void Reaches(YamlNode? node, double? setpoint, PointDraft member, PointDraft group, FaultList faults)
    {
        if (group.Unit is not { } unit || member.Unit?.Quantity != unit.Quantity)
            return;
        var range = GroupDraft.In(member, unit);
        if (setpoint < range.Low || setpoint > range.High)
        {
            faults.Add(
                node!.At, $"the setpoint {Words.Number(setpoint.Value)} {unit.Symbol} is outside of the range of the member {Words.Quoted(member.Name)}",
                PointsSection.Shown(range, group));
        }
    }

    /// <summary>One language, or several by name.</summary>
    private static LocalText Text(YamlNode? node, FaultList faults)
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
