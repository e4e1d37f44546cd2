using EdgeNode.Core.Validate;
using EdgeNode.Provisioning.Yaml;

namespace EdgeNode.Provisioning.Values;

/// <summary>Rates of change: a value with its unit, a slash, and the time in which it changes so far.</summary>
internal static class Rates
{
    private static readonly (string Symbol, double Seconds)[] Times = [("s", 1), ("min", 60), ("h", 3600)];

    /// <summary>In the unit that is due, a second.</summary>
    /// <param name="due">The point and its unit; null when the point is not known, so that only the form is looked at.</param>
    public static double? PerSecond(YamlNode? node, PointUnit? due, FaultList faults)
    {
        var example = $"a change in a time, for example 2 {due?.Unit.Symbol ?? "bar"}/s";
        if (Scalars.Read(node, example, faults) is not { } scalar)
            return null;
        var text = scalar.Text.TrimEnd();
        var slash = text.LastIndexOf('/');
        var seconds = slash < 0 ? 0 : Times.FirstOrDefault(t => t.Symbol == text[(slash + 1)..].Trim()).Seconds;

        // For a flow, l/min is a value and no change of one.
        if (seconds <= 0 || IsWhole(text, due))
        {
            faults.Add(scalar.At, $"{Words.Quoted(text)} does not say in what time", $"{example}, /min or /h", Meant(text, slash, due));
            return null;
        }

        return Amounts.Span(new YamlScalar(scalar.At, text[..slash].TrimEnd(), scalar.Plain), due, faults) / seconds;
    }

    private static string? Meant(string text, int slash, PointUnit? due) => text[(slash + 1)..].Trim() switch
    {
        _ when IsWhole(text, due) => text + "/s",
        "m" or "mins" when slash > 0 => text[..(slash + 1)] + "min",
        "sec" or "secs" when slash > 0 => text[..(slash + 1)] + "s",
        "hr" or "hour" when slash > 0 => text[..(slash + 1)] + "h",
        _ => null,
    };

    private static bool IsWhole(string text, PointUnit? due) =>
        due is not null && UnitTable.TryFind(text[Numbers.Prefix(text)..].Trim(), out var unit) && unit.Quantity == due.Unit.Quantity;
}
