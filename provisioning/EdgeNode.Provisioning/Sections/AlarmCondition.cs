using EdgeNode.Core.Model;
using EdgeNode.Provisioning.Grammar;
using EdgeNode.Provisioning.Values;
using EdgeNode.Provisioning.Yaml;

namespace EdgeNode.Provisioning.Sections;

/// <summary>What an alarm watches: one of a setpoint, a rate, a deviation, or a state of the point, with what belongs to it.</summary>
internal static class AlarmCondition
{
    private const string From = "a point such as PT-101.pressure, or a value with its unit";

    /// <summary>Stretch of a rate where none is written: long enough for the noise of a sensor, short enough for a burst pipe. Our own figure.</summary>
    private static readonly TimeSpan OverDefault = TimeSpan.FromMinutes(1);

    /// <summary>The keys of which each alarm has one, in the order of the grammar.</summary>
    private static readonly string[] Kinds = ["high-high", "high", "low", "low-low", "rate", "deviation", "when"];

    public static AlarmOptions Read(SectionReader section, AlarmOptions alarm, PointDraft? point, SiteDraft draft)
    {
        var faults = draft.Faults;
        var written = Kinds.Where(k => section[k] is not null).ToList();
        foreach (var second in written.Skip(1))
            faults.Add(section.PlaceOf(second), $"the alarm has both {Words.Quoted(written[0])} and {Words.Quoted(second)}", "one of them; make two alarms");
        if (written.Count == 0 && !section.HasUnknown)
            faults.Add(section.At, "the alarm does not say what it watches", $"{Words.Or(Kinds)}, for example high: 6.5 {point?.Unit?.Symbol ?? "bar"}");

        foreach (var key in written)
            alarm = Of(key, section, alarm, point, draft);
        if (written.Count > 0)
            Belongs(section, written, faults);
        return alarm;
    }

    /// <summary>A group votes on setpoints, and each member must be able to reach them; all else is of its value, which is a point.</summary>
    public static void CheckGroup(SectionReader section, AlarmOptions alarm, GroupDraft group, PointDraft point, FaultList faults)
    {
        foreach (var key in Kinds.Where(k => section[k] is not null))
        {
            if (key is "rate" or "deviation" or "when")
                faults.Add(section.PlaceOf(key), $"a group votes on setpoints, not on {Words.Quoted(key)}", $"of: {point.Name}.value, the group's value");
            else
                foreach (var member in group.Members.Where(m => m.Range is not null))
                    Reaches(section[key]!, alarm.Setpoint, member, point, faults);
        }
    }

    /// <summary>A member that cannot reach the setpoint never votes for it.</summary>
    private static void Reaches(YamlNode node, double setpoint, PointDraft member, PointDraft group, FaultList faults)
    {
        if (group.Unit is not { } unit || member.Unit?.Quantity != unit.Quantity)
            return;
        var range = GroupDraft.In(member, unit);
        if (setpoint < range.Low || setpoint > range.High)
        {
            faults.Add(
                node.At, $"the setpoint {Words.Number(setpoint)} {unit.Symbol} is outside of the range of the member {Words.Quoted(member.Name)}",
                PointsSection.Shown(range, group));
        }
    }

    private static AlarmOptions Of(string key, SectionReader section, AlarmOptions alarm, PointDraft? point, SiteDraft draft)
    {
        var (node, faults) = (section[key], draft.Faults);
        switch (key)
        {
            case "rate":
                return Rate(section, alarm, point, faults);
            case "deviation":
                return Deviation(section, alarm, point, draft);
            case "when":
                return When(node!, alarm, point, faults);
            default:
                var setpoint = Amounts.Setpoint(node, point?.Due, faults);
                Inside(node, setpoint, point, faults);
                var kind = key switch { "high-high" => AlarmKind.HighHigh, "high" => AlarmKind.High, "low" => AlarmKind.Low, _ => AlarmKind.LowLow };
                var deadband = Deadband(section, point, faults);
                Clears(section, setpoint, deadband, kind.IsHigh(), point, faults);
                return alarm with { Kind = kind, Setpoint = setpoint ?? double.NaN, Deadband = deadband }; // one that could not be read is no 0, or more would be said of it
        }
    }

    private static AlarmOptions Rate(SectionReader section, AlarmOptions alarm, PointDraft? point, FaultList faults)
    {
        var rate = Amounts.Rate(section["rate"], point?.Due, faults);
        Above("the rate", section["rate"], rate, faults);
        var deadband = Amounts.Rate(section["deadband"], point?.Due, faults);
        if (deadband < 0 || (deadband > 0 && deadband >= rate))
            faults.Add(section["deadband"]!.At, $"the deadband is {(deadband < 0 ? "negative" : "not less than the rate, and the alarm would never clear")}", "0 or more, and less than the rate");
        var over = Sizes.Duration(section["over"], SiteLimits.RateOver, faults);
        if (point?.Every is { } every && (over ?? OverDefault) < 2 * every)
        {
            faults.Add(
                section.PlaceOf("over"), $"{Words.Quoted(point.Name)} is read every {Words.Duration(every)}, and a rate needs more than one value",
                $"over: {Words.Duration(2 * every)} or more");
        }

        return alarm with { Kind = AlarmKind.Rate, Setpoint = rate ?? 0, Deadband = deadband ?? 0, RateOver = over ?? OverDefault };
    }

    private static AlarmOptions Deviation(SectionReader section, AlarmOptions alarm, PointDraft? point, SiteDraft draft)
    {
        var faults = draft.Faults;
        var limit = Amounts.Span(section["deviation"], point?.Due, faults);
        Above("the deviation", section["deviation"], limit, faults);
        alarm = alarm with { Kind = AlarmKind.Deviation, Setpoint = limit ?? 0, Deadband = Deadband(section, point, faults) };
        if (alarm.Deadband > 0 && alarm.Deadband >= limit && limit > 0)
            faults.Add(section["deadband"]!.At, "the deadband is not less than the deviation, and the alarm would never clear", "less than the deviation");
        if (section["from"] is not { } from)
        {
            if (!section.HasUnknown)
                faults.Add(section.PlaceOf("deviation"), "the deviation does not say from what", "from: " + From);
            return alarm;
        }

        if (Scalars.Read(from, From, faults) is not { } scalar)
            return alarm;
        if (!draft.PointByName.ContainsKey(scalar.Text) && Numbers.Prefix(scalar.Text) > 0)
        {
            var value = Amounts.Setpoint(from, point?.Due, faults);
            Inside(from, value, point, faults);
            return alarm with { Reference = value ?? 0 };
        }

        if (PointReference.Find(from, draft) is not { } other || point is null)
            return alarm;
        if (other == point)
            faults.Add(from.At, $"{Words.Quoted(other.Name)} does not deviate from itself", "another point");
        if (other.Unit is { } its && point.Unit is { } unit)
        {
            if (its.Quantity == unit.Quantity)
                return alarm with { ReferencePoint = other.Index, ReferenceFactor = its.SpanTo(unit, 1), ReferenceOffset = its.To(unit, 0) };
            faults.Add(
                from.At, $"{Words.Quoted(other.Name)} measures {Amounts.Name(its.Quantity)}, and {Words.Quoted(point.Name)} measures {Amounts.Name(unit.Quantity)}",
                "a point of the same quantity");
        }

        return alarm;
    }

    private static AlarmOptions When(YamlNode node, AlarmOptions alarm, PointDraft? point, FaultList faults)
    {
        if (Scalars.Choice(node, SiteGrammar.AlarmWhen, faults) is not { } word)
            return alarm;
        if (word is "active" or "inactive" && point?.Unit is { Symbol: not "1" } unit)
            faults.Add(node.At, $"{Words.Quoted(point.Name)} measures {Amounts.Name(unit.Quantity)} in {unit.Symbol} and is no switch", "a point with unit 1, or high and low");
        return alarm with
        {
            Kind = word switch { "bad" => AlarmKind.Bad, "stale" => AlarmKind.Stale, "active" => AlarmKind.Active, _ => AlarmKind.Inactive },
        };
    }

    private static double Deadband(SectionReader section, PointDraft? point, FaultList faults)
    {
        var deadband = Amounts.Span(section["deadband"], point?.Due, faults);
        PointsSection.Width(section["deadband"], "the deadband", deadband, point, point?.Range, faults);
        return deadband ?? 0;
    }

    /// <summary>Where the range ends before the deadband does, the alarm stands for ever.</summary>
    private static void Clears(SectionReader section, double? setpoint, double deadband, bool high, PointDraft? point, FaultList faults)
    {
        if (deadband > 0 && setpoint is { } s && point is { Unit: { } unit, Range: { } range } && s >= range.Low && s <= range.High
            && deadband <= range.High - range.Low && (high ? s > range.Low && s - deadband <= range.Low : s < range.High && s + deadband >= range.High))
        {
            faults.Add(
                section["deadband"]!.At, $"the alarm would never clear: its setpoint and its deadband leave nothing of the range {PointsSection.Shown(range, point)}",
                $"less than {Words.Number(high ? s - range.Low : range.High - s)} {unit.Symbol}");
        }
    }

    /// <summary>Keys without the one that they belong to do nothing, and whoever wrote them expects something.</summary>
    private static void Belongs(SectionReader section, List<string> written, FaultList faults)
    {
        Needs("over", "rate");
        Needs("from", "deviation");
        if (section["deadband"] is { } deadband && written is ["when"])
            faults.Add(deadband.At, "'when' has no deadband", "an on-delay or off-delay, or no deadband");

        void Needs(string key, string of)
        {
            if (section[key] is { } node && !written.Contains(of))
                faults.Add(node.At, $"{Words.Quoted(key)} belongs to {Words.Quoted(of)}, which the alarm does not have", $"{Words.Quoted(of)}, or no {Words.Quoted(key)}");
        }
    }

    private static void Above(string what, YamlNode? node, double? value, FaultList faults)
    {
        if (value <= 0)
            faults.Add(node!.At, $"{what} is not above 0", "a value above 0; it counts upwards and downwards alike");
    }

    /// <summary>A setpoint that the sensor cannot reach is an alarm that never comes.</summary>
    private static void Inside(YamlNode? node, double? setpoint, PointDraft? point, FaultList faults)
    {
        if (point is { IsComputed: false, Unit: { } unit, Range: { } range } && (setpoint < range.Low || setpoint > range.High))
        {
            faults.Add(
                node!.At,
                $"the setpoint {Words.Number(setpoint.Value)} {unit.Symbol} is outside of the range of {Words.Quoted(point.Name)}",
                PointsSection.Shown(range, point));
        }
    }
}
