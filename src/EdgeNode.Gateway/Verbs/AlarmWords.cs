using System.Globalization;
using System.Text.Json;

namespace EdgeNode.Gateway.Verbs;

/// <summary>How an alarm of <c>alarms list</c> is said: its setpoint with the point's unit, and no unit where a number has none.</summary>
internal static class AlarmWords
{
    /// <summary>Priority, text, point, value, quality and setpoint, in the units of the site file; of a rate in the point's unit a second.</summary>
    public static string What(JsonElement a)
    {
        var text = a.GetProperty("text").TryGetProperty("en", out var en) ? en.GetString() + ". " : "";
        var unit = Text(a, "unit") is { Length: > 0 } symbol and not "1" ? " " + symbol : "";
        var setpoint = a.TryGetProperty("setpoint", out var at) ? $" {Number(at)}{unit}{(Text(a, "kind") == "rate" ? (unit.Length > 0 ? "/s" : " 1/s") : "")}" : "";
        var value = a.TryGetProperty("value", out var v) ? $"{Number(v)}{unit}, {Text(a, "quality")}" : Text(a, "quality");
        var marks = (Flag(a, "firstOut") ? ", first out" : "") + (Flag(a, "chattering") ? ", chattering" : "") + (a.TryGetProperty("by", out var by) ? $", by {by.GetString()}" : "");
        return $"{Text(a, "priority")}: {text}{Text(a, "of")} {value} ({Text(a, "kind")}{setpoint}){marks}";
    }

    private static bool Flag(JsonElement a, string name) => a.GetProperty(name).GetBoolean();

    private static string Text(JsonElement a, string name) => a.TryGetProperty(name, out var value) ? value.GetString() ?? "" : "";

    private static string Number(JsonElement value) => value.GetDouble().ToString("G6", CultureInfo.InvariantCulture);
}
