using System.Globalization;

namespace EdgeNode.Gateway.Verbs;

/// <summary>Figures with two or three digits: more would claim to know.</summary>
internal static class Figures
{
    public static string Number(double n) => n.ToString(n >= 100 ? "N0" : n >= 10 ? "0.#" : "0.##", CultureInfo.InvariantCulture);

    public static string Percent(double share) => share is > 0 and < 0.001 ? "less than 0.1 %" : $"{Number(share * 100)} %";

    /// <summary>Below a second in milliseconds.</summary>
    public static string Seconds(TimeSpan span) => span.TotalSeconds < 1 ? $"{Number(span.TotalMilliseconds)} ms" : $"{Number(span.TotalSeconds)} s";
}
