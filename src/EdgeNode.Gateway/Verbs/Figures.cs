using System.Globalization;
using EdgeNode.Core.Model;

namespace EdgeNode.Gateway.Verbs;

/// <summary>Figures with two or three digits: more would claim to know.</summary>
internal static class Figures
{
    public static string Number(double n) => n.ToString(n >= 100 ? "N0" : n >= 10 ? "0.#" : "0.##", CultureInfo.InvariantCulture);

    /// <summary>"1 bus", "2 buses".</summary>
    public static string Count(long count, string one, string? many = null) =>
        count.ToString("N0", CultureInfo.InvariantCulture) + " " + (count == 1 ? one : many ?? one + "s");

    /// <summary>How many of each the site file has; alarms always, the rest where there is one. A person who forgot a section sees it here.</summary>
    public static string Contents(Site site) => string.Join(", ", new[]
    {
        (site.Groups.Length, "group"), (site.Alarms.Length, "alarm"), (site.Inputs.Length, "input"), (site.Outputs.Length, "output"),
        (site.Annunciators.Length, "annunciator"), (site.Trips.Length, "trip"),
    }.Where(p => p.Length > 0 || p.Item2 == "alarm").Select(p => Count(p.Length, p.Item2)));

    public static string Percent(double share) => share is > 0 and < 0.001 ? "less than 0.1 %" : $"{Number(share * 100)} %";

    /// <summary>Below a second in milliseconds.</summary>
    public static string Seconds(TimeSpan span) => span.TotalSeconds < 1 ? $"{Number(span.TotalMilliseconds)} ms" : $"{Number(span.TotalSeconds)} s";
}
