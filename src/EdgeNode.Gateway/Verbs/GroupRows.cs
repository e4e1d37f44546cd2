using System.Globalization;
using System.Text.Json;

namespace EdgeNode.Gateway.Verbs;

/// <summary>What <c>groups list</c> prints.</summary>
internal static class GroupRows
{
    /// <summary>What the table says: a row for each group, and below it one for each member.</summary>
    /// <param name="groups">Those of the gateway's answer.</param>
    public static IEnumerable<(string Id, string Value, string Vote)> Of(IEnumerable<JsonElement> groups)
    {
        foreach (var g in groups)
        {
            var unit = Text(g, "unit");
            var spread = g.TryGetProperty("spread", out var s) ? $"\nspread {Number(s)} {Text(g, "spreadUnit")}" : "";
            yield return (Text(g, "id"), Value(g, unit) + spread, string.Join('\n', [Vote(g), .. g.GetProperty("setpoints").EnumerateArray().Select(p => Setpoint(p, unit))]));
            foreach (var m in g.GetProperty("members").EnumerateArray())
            {
                yield return ("  " + Text(m, "id"), Value(m, unit), Standing(m));
            }
        }
    }

    /// <summary>A member has no vote.</summary>
    public static bool IsDegraded(JsonElement group) => group.GetProperty("members").EnumerateArray().Any(m => Text(m, "standing") is not ("votes" or "not-yet-read"));

    private static string Vote(JsonElement g)
    {
        var (vote, inForce) = (Text(g, "vote"), Text(g, "inForce"));
        if (!IsDegraded(g))
        {
            return vote;
        }

        var repair = g.TryGetProperty("repairLeft", out var left) ? $"; repair overdue {(left.GetDouble() > 0 ? "in" : "for")} {AnswerTimes.Hours(Math.Abs(left.GetDouble()))}" : "";
        return $"{(inForce == "all-bad" ? "all-bad: no member has a vote" : inForce)}, degraded from {vote}{repair}";
    }

    private static string Setpoint(JsonElement p, string unit)
    {
        var needs = p.TryGetProperty("needs", out var n) ? string.Create(CultureInfo.InvariantCulture, $" of {n.GetInt32()} needed") : "";
        return string.Create(CultureInfo.InvariantCulture, $"{Text(p, "id")} ({Text(p, "kind")} {Number(p.GetProperty("setpoint"))} {unit}): {p.GetProperty("past").GetInt32()}{needs} past it; {Text(p, "state")}");
    }

    private static string Standing(JsonElement m)
    {
        var past = string.Join(", ", m.GetProperty("past").EnumerateArray().Select(p => p.GetString()));
        var by = m.TryGetProperty("until", out _)
            ? $" until {AnswerTimes.Moment(m, "until")} UTC ({AnswerTimes.Hours(m.GetProperty("left").GetDouble())} left), by {Text(m, "by")}: {Text(m, "why")}" : "";
        return (Text(m, "standing") switch { "votes" => "votes", "not-yet-read" => "not yet read", var other => "no vote: " + other }) + by
            + (past.Length > 0 ? ", past " + past : "") + (m.GetProperty("deviates").GetBoolean() ? ", deviates" : "");
    }

    private static string Value(JsonElement of, string unit) => (of.TryGetProperty("value", out var v) ? $"{Number(v)} {unit}, " : "") + Text(of, "quality") + AlarmWords.Simulated(of);

    private static string Number(JsonElement value) => value.GetDouble().ToString("G6", CultureInfo.InvariantCulture);

    private static string Text(JsonElement of, string name) => of.GetProperty(name).GetString() ?? "";
}
