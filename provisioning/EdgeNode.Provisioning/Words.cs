using System.Globalization;
using System.Text;

namespace EdgeNode.Provisioning;

/// <summary>How the loader's sentences write what they found.</summary>
internal static class Words
{
    private const int MostQuoted = 60;

    /// <summary>In single quotes, shortened, and without anything that would disturb a terminal or break the line.</summary>
    public static string Quoted(string text)
    {
        var shown = new StringBuilder("'", MostQuoted + 5);
        foreach (var rune in text.EnumerateRunes())
        {
            if (shown.Length > MostQuoted)
            {
                shown.Append("...");
                break;
            }

            shown.Append(IsPrintable(rune) ? rune.ToString() : "?");
        }

        return shown.Append('\'').ToString();
    }

    /// <summary><c>a, b or c</c>.</summary>
    public static string Or(IReadOnlyList<string> items) => items.Count switch
    {
        0 => "nothing",
        1 => items[0],
        _ => $"{string.Join(", ", items.Take(items.Count - 1))} or {items[^1]}",
    };

    /// <summary>An engineering value, short.</summary>
    public static string Number(double value) => value.ToString("G6", CultureInfo.InvariantCulture);

    public static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);

    /// <summary>A sum of durations, to the millisecond.</summary>
    public static string Seconds(TimeSpan span) => span.TotalSeconds.ToString("0.###", CultureInfo.InvariantCulture) + "s";

    /// <summary>As a site file writes it: in the largest unit that needs no fraction.</summary>
    public static string Duration(TimeSpan span) =>
        span == TimeSpan.Zero ? "0s"
        : span.Ticks % TimeSpan.TicksPerDay == 0 && span.TotalDays >= 30 ? Number(span.Ticks / TimeSpan.TicksPerDay) + "d"
        : span.Ticks % TimeSpan.TicksPerHour == 0 ? Number(span.Ticks / TimeSpan.TicksPerHour) + "h"
        : span.Ticks % TimeSpan.TicksPerMinute == 0 ? Number(span.Ticks / TimeSpan.TicksPerMinute) + "min"
        : span.Ticks % TimeSpan.TicksPerSecond == 0 ? Number(span.Ticks / TimeSpan.TicksPerSecond) + "s"
        : span.TotalMilliseconds.ToString(CultureInfo.InvariantCulture) + "ms";

    private static bool IsPrintable(Rune rune) => Rune.GetUnicodeCategory(rune)
        is not (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
            or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned);
}
