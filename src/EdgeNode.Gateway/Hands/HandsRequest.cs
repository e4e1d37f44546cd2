using System.Text.Json;
using EdgeNode.Core.Model;

namespace EdgeNode.Gateway.Hands;

/// <summary>What requests have in common.</summary>
internal static class HandsRequest
{
    /// <summary>A text of a request; null when it is missing or something else.</summary>
    public static string? Text(JsonElement request, string name) =>
        request.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    /// <summary>The ids of a request, 1 to <see cref="HandsLimits.Alarms"/>; null when they are missing or something else.</summary>
    public static List<string>? Ids(JsonElement request) =>
        request.TryGetProperty("ids", out var ids) && ids.ValueKind == JsonValueKind.Array && ids.GetArrayLength() is > 0 and <= HandsLimits.Alarms
        && ids.EnumerateArray().All(i => i.ValueKind == JsonValueKind.String)
            ? [.. ids.EnumerateArray().Select(i => i.GetString()!)]
            : null;

    /// <summary>How long and why, where a request says it.</summary>
    /// <param name="request">The request.</param>
    /// <param name="span">Null when it says nothing.</param>
    /// <param name="why">Empty when it says nothing.</param>
    /// <returns>What is wrong; null when nothing is.</returns>
    public static string? Terms(JsonElement request, out TimeSpan? span, out string why)
    {
        span = null;
        why = Text(request, "why") ?? "";
        if (why.Length > HandsLimits.WhyLength)
        {
            return $"the reason has {why.Length} characters; expected at most {HandsLimits.WhyLength}";
        }

        if (!request.TryGetProperty("seconds", out var seconds))
        {
            return null;
        }

        if (seconds.ValueKind != JsonValueKind.Number || !seconds.TryGetDouble(out var s) || !(s > 0) || s > 1e9)
        {
            return "'seconds' is no time; expected a number above 0";
        }

        span = TimeSpan.FromSeconds(s);
        return null;
    }

    /// <summary>The other way: why it was refused, for how long it was asked, until when it is so. What is null is left out.</summary>
    public static void WriteTerms(Utf8JsonWriter json, string? reason, TimeSpan? asked, SourceTime? until)
    {
        if (reason is not null)
        {
            json.WriteString("reason", reason);
        }

        if (asked is { } span)
        {
            json.WriteNumber("seconds", span.TotalSeconds);
        }

        if (until is { } end)
        {
            json.WriteNumber("until", end.UnixMicroseconds / 1_000_000m);
        }
    }
}
