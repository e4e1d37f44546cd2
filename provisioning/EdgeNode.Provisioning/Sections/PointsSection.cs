using EdgeNode.Core.Model;
using EdgeNode.Provisioning.Grammar;
using EdgeNode.Provisioning.Values;
using EdgeNode.Provisioning.Yaml;

namespace EdgeNode.Provisioning.Sections;

/// <summary><c>points</c>: what the plant knows of the quantities that the devices give.</summary>
internal static class PointsSection
{
    public static void Read(YamlNode? node, SiteDraft draft)
    {
        if (Scalars.List(node, "points", draft.Faults) is not { } items)
            return;

        var calibrations = new CalibrationSection(draft);
        for (var i = 0; i < items.Length; i++)
        {
            if (i == SiteLimits.Points)
            {
                draft.Faults.Add(items[i].At, $"there are {Words.Number(items.Length)} points", $"at most {SiteLimits.Points}");
                return;
            }

            if (SectionReader.Open(items[i], SiteGrammar.Point, draft.Faults) is { } section)
                Point(section, calibrations, draft);
        }

        calibrations.CheckTemperatures();
    }

    private static void Point(SectionReader section, CalibrationSection calibrations, SiteDraft draft)
    {
        var faults = draft.Faults;
        var point = PointReference.Find(section["id"], draft);

        // First, since they may change the unit. A second mention of the point is a fault of its own, and must not map or calibrate it twice.
        CurrentLoopOptions? loop = null;
        if (point is null or { Line: 0 })
        {
            loop = SignalKeys.Read(section, point, faults);
            calibrations.Read(section["calibration"], point);
        }

        var range = Amounts.Range(section["range"], point?.Due, faults);
        var stale = Sizes.Duration(section["stale"], SiteLimits.Stale, faults);
        if (stale < point?.Every)
        {
            faults.Add(
                section["stale"]!.At,
                $"{Words.Quoted(point.Name)} is read every {Words.Duration(point.Every.Value)} and would be stale before the next value",
                $"at least {Words.Duration(point.Every.Value)}, better three times that");
        }

        var checks = CheckKeys.Read(section, point, range, stale, faults) with { Loop = loop };
        var report = Report(section["report"], point, range, faults);
        var whenFull = Scalars.Choice(section["when-full"], SiteGrammar.PointWhenFull, faults) switch
        {
            "keep" => WhenFull.Keep,
            "thin" => WhenFull.Thin,
            _ => WhenFull.Drop,
        };
        if (point is null)
            return;
        if (point.Line > 0)
        {
            faults.Add(section["id"]!.At, $"the point {Words.Quoted(point.Name)} is already in line {point.Line}", "each point once");
            return;
        }

        (point.Line, point.Range, point.Checks, point.Stale, point.Report, point.WhenFull) = (section["id"]!.At.Line, range, checks, stale, report ?? point.Report, whenFull);
    }

    /// <summary>Report by exception, of a point or of what a group computes.</summary>
    public static ReportOptions? Report(YamlNode? node, PointDraft? point, ValueRange? range, FaultList faults)
    {
        if (node is null || SectionReader.Open(node, SiteGrammar.Report, faults) is not { } section)
            return null;

        var change = Amounts.Span(section["change"], point?.Due, faults);
        var atLeastEvery = Sizes.Duration(section["at-least-every"], SiteLimits.AtLeastEvery, faults);
        Width(section["change"], "the change", change, point, range, faults);
        return change is null || atLeastEvery is null ? null : new ReportOptions(change.Value, atLeastEvery.Value);
    }

    /// <summary>A deadband or report change is not negative and not wider than the range.</summary>
    public static void Width(YamlNode? node, string what, double? width, PointDraft? point, ValueRange? range, FaultList faults)
    {
        if (width < 0)
            faults.Add(node!.At, $"{what} is negative", "0 or more");
        else if (point?.Unit is not null && range is { } r && width > r.High - r.Low)
            faults.Add(node!.At, $"{what} is wider than the range {Shown(r, point)}", $"at most {Words.Number(r.High - r.Low)} {point.Unit.Symbol}");
    }

    public static string Shown(ValueRange range, PointDraft point) =>
        $"{Words.Number(range.Low)}..{Words.Number(range.High)} {point.Unit?.Symbol}".TrimEnd();
}
