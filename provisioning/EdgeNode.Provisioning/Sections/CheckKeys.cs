using EdgeNode.Core.Model;
using EdgeNode.Provisioning.Grammar;
using EdgeNode.Provisioning.Values;
using EdgeNode.Provisioning.Yaml;

namespace EdgeNode.Provisioning.Sections;

/// <summary><c>rate</c>, <c>spike</c> and <c>stuck</c> of a point: what its values are held against besides range and age.</summary>
internal static class CheckKeys
{
    /// <summary>Two equal samples are no proof; this many periods are the least time.</summary>
    private const int StuckPeriods = 3;

    /// <summary>The sample before a jump must not be stale when the one after it comes, and one period is for what a busy bus is late.</summary>
    private const int SpikePeriods = 3;

    public static PointChecks Read(SectionReader section, PointDraft? point, ValueRange? range, TimeSpan? stale, FaultList faults) => PointChecks.None with
    {
        RatePerSecond = Positive(section["rate"], "the rate", "the fastest change that the process can make", Rates.PerSecond(section["rate"], point?.Due, faults), faults),
        Spike = Spike(section, point, range, stale, faults),
        Stuck = Stuck(section["stuck"], point, range, faults),
    };

    private static double? Spike(SectionReader section, PointDraft? point, ValueRange? range, TimeSpan? stale, FaultList faults)
    {
        var node = section["spike"];
        var spike = Amounts.Span(node, point?.Due, faults);
        if (spike > 0)
            PointsSection.Width(node, "the spike", spike, point, range, faults);
        if (spike is not null && point?.Every is { } every && stale < SpikePeriods * every)
        {
            faults.Add(
                section["stale"]!.At,
                $"a jump waits for the next sample, and {Words.Quoted(point.Name)}, read every {Words.Duration(every)}, may be stale by then",
                $"at least {Words.Duration(SpikePeriods * every)}");
        }

        return Positive(node, "the spike", "the largest jump that is believed at once", spike, faults);
    }

    /// <summary>A time, or a time and how far the value may move within it.</summary>
    private static StuckOptions? Stuck(YamlNode? node, PointDraft? point, ValueRange? range, FaultList faults)
    {
        if (node is not YamlMapping)
            return Time(node, point, faults) is { } time ? new StuckOptions(time, 0) : null;
        if (SectionReader.Open(node, SiteGrammar.Stuck, faults) is not { } section)
            return null;
        var within = Amounts.Span(section["within"], point?.Due, faults);
        if (within > 0)
            PointsSection.Width(section["within"], "the movement", within, point, range, faults);
        within = Positive(section["within"], "the movement", "the width of the noise; where any change is movement, the time alone: stuck: 10min", within, faults);
        return Time(section["for"], point, faults) is { } span && within is not null ? new StuckOptions(span, within.Value) : null;
    }

    private static TimeSpan? Time(YamlNode? node, PointDraft? point, FaultList faults)
    {
        var time = Sizes.Duration(node, SiteLimits.Stuck, faults);
        if (point?.Every is { } every && time < StuckPeriods * every)
        {
            faults.Add(
                node!.At,
                $"{Words.Quoted(point.Name)} is read every {Words.Duration(every)}, and a few equal values are no sign of a stuck sensor",
                $"at least {Words.Duration(StuckPeriods * every)}, better longer than the plant ever rests");
        }

        return time;
    }

    private static double? Positive(YamlNode? node, string what, string expected, double? value, FaultList faults)
    {
        if (value is > 0 or null)
            return value;
        faults.Add(node!.At, $"{what} is not above 0", expected);
        return null;
    }
}
