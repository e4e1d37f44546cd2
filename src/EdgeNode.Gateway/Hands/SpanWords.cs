using System.Globalization;

namespace EdgeNode.Gateway.Hands;

/// <summary>A time as a site file and an option write it, so that what a sentence names may be given back.</summary>
internal static class SpanWords
{
    /// <summary>In the largest unit that needs no fraction: <c>90min</c>, <c>2h</c>.</summary>
    public static string Of(TimeSpan span) =>
        span.Ticks % TimeSpan.TicksPerHour == 0 ? Whole(span.TotalHours, "h")
        : span.Ticks % TimeSpan.TicksPerMinute == 0 ? Whole(span.TotalMinutes, "min")
        : span.Ticks % TimeSpan.TicksPerSecond == 0 ? Whole(span.TotalSeconds, "s")
        : Whole(span.TotalMilliseconds, "ms");

    private static string Whole(double number, string unit) => number.ToString(CultureInfo.InvariantCulture) + unit;
}
