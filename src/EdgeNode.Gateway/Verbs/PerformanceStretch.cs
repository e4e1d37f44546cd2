using System.Globalization;
using EdgeNode.Core.Evaluate;
using EdgeNode.Core.Model;

namespace EdgeNode.Gateway.Verbs;

/// <summary>The stretch of time that the figures of alarms are of: no more than the history covers, since hours of which nothing was kept would make them look good.</summary>
internal static class PerformanceStretch
{
    /// <summary>What the history covers of the stretch that was asked for, Unix microseconds; null when nothing.</summary>
    /// <param name="record">What was kept.</param>
    /// <param name="written">When the node has written something last; null when that is not known.</param>
    /// <param name="now">Now.</param>
    /// <param name="asked">How far back was asked for.</param>
    public static (long From, long To)? Covered(AlarmRecord record, long? written, long now, TimeSpan asked)
    {
        if (record.Since is not { } since)
        {
            return null;
        }

        var last = record.Occurrences.Select(o => o.Last.UnixMicroseconds).Append(written ?? now).Max();
        var (from, to) = (Math.Max(since, now - (asked.Ticks / TimeSpan.TicksPerMicrosecond)), Math.Min(last, now));
        return from < to ? (from, to) : null;
    }

    /// <summary>The figures over a stretch, without the node's own faults.</summary>
    public static AlarmPerformance Of(AlarmRecord record, long from, long to) => AlarmPerformance.Of(
        record.Occurrences.Where(o => o.Raised is not null && IsOfSite(o.Id)).Select(o => new AlarmSpell(o.Id, o.Raised!.Value.UnixMicroseconds, o.Cleared?.UnixMicroseconds, o.IsUp && !o.SetAside)),
        record.Calls.Where(c => IsOfSite(c.Id)).Select(c => c.Call), from, to);

    /// <summary>What the figures are of, in a sentence.</summary>
    public static string Said(TimeSpan asked, long from, long to) => string.Create(
        CultureInfo.InvariantCulture,
        $"Of {Utc(from)} to {Utc(to)} (UTC), {Hours(from, to):0.##} h: what the history covers of the last {asked.TotalHours:0.##} h.");

    /// <summary>How long it is.</summary>
    public static double Hours(long from, long to) => TimeSpan.FromMicroseconds(to - from).TotalHours;

    private static bool IsOfSite(string id) => !id.StartsWith(NodeAlarmIds.Prefix, StringComparison.Ordinal);

    private static string Utc(long microseconds) => DateTime.UnixEpoch.AddMicroseconds(microseconds).ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);
}
