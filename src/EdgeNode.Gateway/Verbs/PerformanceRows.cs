using System.Globalization;
using EdgeNode.Core.Evaluate;

namespace EdgeNode.Gateway.Verbs;

/// <summary>The figures of a site's alarms beside those of the standard.</summary>
internal static class PerformanceRows
{
    /// <summary>Each figure, what it is here, and what ISA-18.2-2016 clause 16 says of it; empty where it gives no figure.</summary>
    public static IEnumerable<(string Figure, string Here, string Standard)> Of(AlarmPerformance f)
    {
        yield return ("alarms announced", f.Announced.ToString(CultureInfo.InvariantCulture), "");
        yield return ("on average in 10 min", f.PerTenMinutes.ToString("0.00", CultureInfo.InvariantCulture), "1, at most 2");
        yield return ("most in 10 min", f.Peak.ToString(CultureInfo.InvariantCulture), $"at most {AlarmFigures.FloodBegins}");
        yield return ("time in flood", f.FloodShare.ToString("0.00 %", CultureInfo.InvariantCulture), "under 1 %");
        yield return ($"chattering ({AlarmFigures.ChatterBegins} in 1 min)", Named(f.Chattering), "none");
        yield return ("fleeting (under 10 s)", f.Fleeting.ToString(CultureInfo.InvariantCulture), "");
        yield return ("stale (over 24 h)", Named(f.Stale), "fewer than 5");
        foreach (var (priority, share) in new[] { ("critical", ""), ("high", "about 5 %"), ("medium", "about 15 %"), ("low", "about 80 %") })
        {
            var count = f.Priorities.GetValueOrDefault(priority);
            yield return (priority, f.Announced == 0 ? "0" : string.Create(CultureInfo.InvariantCulture, $"{count}, {count * 100.0 / f.Announced:0} %"), share);
        }
    }

    private static string Named(IReadOnlyList<string> ids) =>
        ids.Count == 0 ? "0" : string.Create(CultureInfo.InvariantCulture, $"{ids.Count}: {string.Join(", ", ids.Take(10))}{(ids.Count > 10 ? ", ..." : "")}");
}
