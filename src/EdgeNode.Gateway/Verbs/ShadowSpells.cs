using System.Globalization;
using System.Text.Json;
using EdgeNode.Core.Model;

namespace EdgeNode.Gateway.Verbs;

/// <summary>One time that a trip in shadow mode would have acted.</summary>
/// <param name="Trip">The trip.</param>
/// <param name="From">When it would have tripped.</param>
/// <param name="Gone">When its cause had gone, or it was reset; null where the history has no end of it.</param>
/// <param name="By">What spoke for it, the first one first; who, when it was by hand.</param>
/// <param name="Effect">The outputs that would have gone to their safe state.</param>
internal sealed record ShadowSpell(string Trip, SourceTime From, SourceTime? Gone, IReadOnlyList<string> By, IReadOnlyList<string> Effect)
{
    public TimeSpan? Length => Gone is { } gone ? TimeSpan.FromMicroseconds(Math.Max(0, gone.UnixMicroseconds - From.UnixMicroseconds)) : null;
}

/// <summary>What trips in shadow mode would have done, from the events of trips.</summary>
internal static class ShadowSpells
{
    /// <summary>Counts from the events of trips, oldest first. What came up in an inhibit or a test would have moved nothing and is left out.</summary>
    public static List<ShadowSpell> Of(IEnumerable<(SourceTime Time, JsonElement Body)> events)
    {
        var (spells, last) = (new List<ShadowSpell>(), new Dictionary<string, int>(StringComparer.Ordinal));
        foreach (var (time, body) in events)
        {
            var (id, change) = (Text(body, "id"), Text(body, "change"));
            var open = last.TryGetValue(id, out var i) && spells[i].Gone is null;
            if (change == "tripped" && Text(body, "mode") == "shadow" && Text(body, "suppressedBy").Length == 0)
            {
                // By its cause it comes up once in a run: if the last one has no end, the run ended before it.
                if (!open || Text(body, "by").Length == 0)
                {
                    last[id] = spells.Count;
                    spells.Add(new ShadowSpell(id, time, null, By(body), [.. body.GetProperty("effect").EnumerateArray().Select(e => e.GetString()!)]));
                }
            }
            else if (change == "cause-unknown" && last.ContainsKey(id) && Text(body, "suppressedBy").Length == 0)
            {
                spells[i] = spells[i] with { Gone = null }; // an armed one would stand still
            }
            else if (open && change is "cause-gone" or "reset" or "reset-itself" or "released")
            {
                spells[i] = spells[i] with { Gone = time };
            }
        }

        return spells;
    }

    /// <summary>One line for each trip, in the order of their ids.</summary>
    public static IEnumerable<string> Sums(List<ShadowSpell> spells) =>
        from trip in spells.GroupBy(s => s.Trip, StringComparer.Ordinal)
        orderby trip.Key
        let effect = string.Join(", ", trip.SelectMany(s => s.Effect).Distinct())
        let times = trip.Count() == 1 ? "1 time" : string.Create(CultureInfo.InvariantCulture, $"{trip.Count()} times")
        select $"{trip.Key}: {times}, {Long(Sum(trip))} in all, {Long(Longest(trip))} at most; {effect} would have moved.";

    /// <summary>All of them together, as far as their ends are known.</summary>
    public static TimeSpan Sum(IEnumerable<ShadowSpell> spells) => spells.Aggregate(TimeSpan.Zero, (sum, s) => sum + (s.Length ?? TimeSpan.Zero));

    /// <summary>The longest, as far as their ends are known.</summary>
    public static TimeSpan Longest(IEnumerable<ShadowSpell> spells) => spells.Max(s => s.Length ?? TimeSpan.Zero);

    /// <summary>In words; ? where there is no end.</summary>
    public static string Long(TimeSpan? length) => length is { } l
        ? l < TimeSpan.FromMinutes(2) ? string.Create(CultureInfo.InvariantCulture, $"{l.TotalSeconds:0.0} s") : string.Create(CultureInfo.InvariantCulture, $"{(int)l.TotalHours}:{l:mm\\:ss} h")
        : "?";

    private static List<string> By(JsonElement body)
    {
        var parts = body.GetProperty("cause").EnumerateArray().Select(c => Text(c, "of") + (Text(c, "is") == "true" ? "" : $" ({Text(c, "is")})") + (c.TryGetProperty("sim", out _) ? " (simulated)" : "")).ToList();
        return Text(body, "by") is { Length: > 0 } by ? ["by hand, " + by] : parts;
    }

    private static string Text(JsonElement body, string name) =>
        body.ValueKind == JsonValueKind.Object && body.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : "";
}
