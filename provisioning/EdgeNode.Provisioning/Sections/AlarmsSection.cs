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

        var point = Of(section["of"], draft);
        var high = Amounts.Setpoint(section["high"], point?.Due, faults);
        var low = Amounts.Setpoint(section["low"], point?.Due, faults);
        var deadband = Amounts.Span(section["deadband"], point?.Due, faults);
        CheckSetpoints(section, high, low, deadband, point, faults);

        var onDelay = Sizes.Duration(section["on-delay"], SiteLimits.Delay, faults) ?? TimeSpan.Zero;
        var offDelay = Sizes.Duration(section["off-delay"], SiteLimits.Delay, faults) ?? TimeSpan.Zero;
        var priority = Scalars.Choice(section["priority"], SiteGrammar.Priority, faults) is { } word
            ? Enum.Parse<AlarmPriority>(word, ignoreCase: true)
            : AlarmPriority.Low;
        var kind = section["high"] is null ? AlarmKind.Low : AlarmKind.High;
        return new AlarmOptions(
            id ?? "", point?.Index ?? -1, kind, high ?? low ?? 0, deadband ?? 0, onDelay, offDelay, priority, Text(section["text"], faults));
    }

    private static PointDraft? Of(YamlNode? node, SiteDraft draft)
    {
        if (node is not YamlScalar scalar || !draft.GroupIds.Contains(scalar.Text))
            return PointReference.Find(node, draft);
        draft.Faults.NotYet(scalar.At, $"an alarm of the group {Words.Quoted(scalar.Text)}");
        return null;
    }

    private static void CheckSetpoints(SectionReader section, double? high, double? low, double? deadband, PointDraft? point, FaultList faults)
    {
        if (section["high"] is not null && section["low"] is not null)
            faults.Add(section.PlaceOf("low"), "the alarm has both 'high' and 'low'", "one of them; make two alarms");
        else if (section["high"] is null && section["low"] is null && !section.HasUnknown)
            faults.Add(section.At, "the alarm has neither 'high' nor 'low'", "a setpoint, for example high: 6.5 " + (point?.Unit?.Symbol ?? "bar"));

        Inside(section["high"], high, point, faults);
        Inside(section["low"], low, point, faults);
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
