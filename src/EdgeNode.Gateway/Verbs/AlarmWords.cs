using System.Globalization;
using System.Text.Json;
using EdgeNode.Core.Model;

namespace EdgeNode.Gateway.Verbs;

/// <summary>How an alarm of <c>alarms list</c> is said: its setpoint with the point's unit, and no unit where a number has none.</summary>
internal static class AlarmWords
{
    /// <summary>Priority, text, point, value, quality and setpoint, in the units of the site file; of a rate in the point's unit a second.</summary>
    public static string What(JsonElement a)
    {
        var text = a.GetProperty("text").EnumerateObject() is var words && words.MoveNext() ? words.Current.Value.GetString() + ". " : ""; // English is the first that is written
        var unit = Text(a, "unit") is { Length: > 0 } symbol and not "1" ? " " + symbol : "";
        var setpoint = a.TryGetProperty("setpoint", out var at) ? $" {Number(at)}{unit}{(Text(a, "kind") == "rate" ? (unit.Length > 0 ? "/s" : " 1/s") : "")}" : "";
        var value = (a.TryGetProperty("value", out var v) ? $"{Number(v)}{unit}, " : "") + Text(a, "quality") + Simulated(a);
        var marks = (Flag(a, "firstOut") ? ", first out" : "") + (Flag(a, "chattering") ? ", chattering" : "") + (a.TryGetProperty("by", out var by) ? $", by {by.GetString()}" : "");
        return $"{Text(a, "priority")}: {text}{Text(a, "of")} {value} ({Text(a, "kind")}{setpoint}){Members(a, unit)}{marks}";
    }

    /// <summary>An alarm's event of the history: in the point's unit where the site says it, else in that of the event.</summary>
    /// <param name="body">The event.</param>
    /// <param name="site">The site that the gateway ran with last; null when that is not known.</param>
    public static string Said(JsonElement body, Site? site)
    {
        if (Text(body, "detail") is { Length: > 0 } detail)
        {
            return detail;
        }

        var senml = Text(body, "u");
        var unit = site?.Points.FirstOrDefault(p => p.Name == Text(body, "point"))?.Unit is { } its && its.Senml == senml ? its : null;
        var symbol = (unit?.Symbol ?? senml) is { Length: > 0 } s and not ("/" or "1") ? " " + s : "";
        var kind = Text(body, "kind");
        var value = body.TryGetProperty("v", out var v) ? $" {Number(unit?.FromSenml(v.GetDouble()) ?? v.GetDouble())}{symbol}" : "";

        // A rate and a deviation are differences: the factor without the offset.
        var setpoint = body.TryGetProperty("setpoint", out var at)
            ? $", setpoint {Number(unit is null ? at.GetDouble() : kind is "rate" or "deviation" ? at.GetDouble() / unit.ToSenmlFactor : unit.FromSenml(at.GetDouble()))}{symbol}{(kind == "rate" ? "/s" : "")}" : "";
        return $"{Text(body, "priority")}: {Text(body, "point")}{value} ({kind}{setpoint}), {Text(body, "q")}{Simulated(body)}{Members(body, symbol)}";
    }

    /// <summary>The mark of what comes from a simulated device.</summary>
    public static string Simulated(JsonElement of) => of.TryGetProperty("sim", out _) ? ", simulated" : "";

    /// <summary>Of a group: who made the condition. Its value may lie on the other side of the setpoint.</summary>
    private static string Members(JsonElement a, string unit)
    {
        if (!a.TryGetProperty("members", out var members))
        {
            return "";
        }

        if (Text(a, "vote") == "all-bad")
        {
            return $"; no member of {Text(a, "group")} has a vote";
        }

        var values = a.TryGetProperty("memberValues", out var v) ? v.EnumerateArray().ToList() : [];
        var names = members.EnumerateArray().Select((m, i) => m.GetString() + (i < values.Count && values[i].ValueKind == JsonValueKind.Number ? $" {Number(values[i])}{unit}" : "")).ToList();
        return names.Count == 0 ? "" : $"; {(a.TryGetProperty("setpoint", out _) && Text(a, "kind") != "deviation" ? "past it: " : "")}{string.Join(", ", names)}";
    }

    private static bool Flag(JsonElement a, string name) => a.GetProperty(name).GetBoolean();

    private static string Text(JsonElement a, string name) => a.TryGetProperty(name, out var value) ? value.GetString() ?? "" : "";

    private static string Number(JsonElement value) => Number(value.GetDouble());

    private static string Number(double value) => value.ToString("G6", CultureInfo.InvariantCulture);
}
