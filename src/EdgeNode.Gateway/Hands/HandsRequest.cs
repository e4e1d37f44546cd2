using System.Text.Json;

namespace EdgeNode.Gateway.Hands;

/// <summary>What requests have in common.</summary>
internal static class HandsRequest
{
    /// <summary>A text of a request; null when it is missing or something else.</summary>
    public static string? Text(JsonElement request, string name) =>
        request.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

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
}
