using System.Text;
using EdgeNode.Core.Model;
using EdgeNode.Core.Validate;
using EdgeNode.Provisioning.Yaml;

namespace EdgeNode.Provisioning.Values;

/// <summary>Engineering values: a number and its unit, and ranges of them.</summary>
internal static class Amounts
{
    // What people write for units whose symbol is spelled otherwise.
    private static readonly Dictionary<string, string> Habits = new(StringComparer.OrdinalIgnoreCase)
    {
        ["°C"] = "Cel", ["C"] = "Cel", ["deg C"] = "Cel", ["celsius"] = "Cel", ["°F"] = "degF", ["F"] = "degF", ["kelvin"] = "K",
        ["lpm"] = "l/min", ["gpm"] = "gal/min", ["m³"] = "m3", ["m³/h"] = "m3/h", ["m³/s"] = "m3/s", ["m^3"] = "m3", ["m^3/h"] = "m3/h",
        ["rpm"] = "1/min", ["percent"] = "%", ["Ω"] = "Ohm", ["kΩ"] = "kOhm", ["ue"] = "ustrain", ["µε"] = "ustrain", ["µm/m"] = "um/m",
        ["°"] = "deg", ["none"] = "1", ["-"] = "1", ["psig"] = "psi", ["barg"] = "bar",
    };

    /// <summary>A unit's symbol.</summary>
    public static Unit? Unit(YamlNode? node, FaultList faults)
    {
        const string expected = "a unit such as bar, l/min, m3, kW, Cel, % or 1";
        if (Scalars.Read(node, expected, faults) is not { } scalar)
            return null;
        if (UnitTable.TryFind(scalar.Text, out var unit))
            return unit;
        faults.Add(scalar.At, $"{Words.Quoted(scalar.Text)} is not a unit", expected, NearUnit(scalar.Text, null));
        return null;
    }

    /// <summary>A setpoint, in the unit that is due.</summary>
    /// <param name="due">The point and its unit; null when the point is not known, so that only the form is looked at.</param>
    public static double? Setpoint(YamlNode? node, PointUnit? due, FaultList faults) => Read(node, due, isSpan: false, faults);

    /// <summary>A difference (deadband, report change), in the unit that is due: an offset between the units does not count.</summary>
    public static double? Span(YamlNode? node, PointUnit? due, FaultList faults) => Read(node, due, isSpan: true, faults);

    /// <summary>A difference by a time (0.5 bar/min), in the unit that is due by the second.</summary>
    public static double? Rate(YamlNode? node, PointUnit? due, FaultList faults)
    {
        var expected = $"a number with its unit by a time, for example 0.5 {due?.Unit.Symbol ?? "bar"}/min";
        if (Scalars.Read(node, expected, faults) is not { } scalar)
            return null;
        var slash = scalar.Text.LastIndexOf('/');
        var seconds = slash < 0 ? 0 : scalar.Text[(slash + 1)..].Trim() switch { "s" => 1, "min" => 60, "h" => 3600, "d" => 86400, _ => 0 };

        // l/min is a flow and no rate of one, m/s is a rate of a level: the unit before the last stroke is the point's.
        var amount = slash < 0 ? "" : scalar.Text[..slash];
        if (seconds == 0 || (due is not null && UnitTable.TryFind(amount[Numbers.Prefix(amount)..].Trim(), out var unit) && unit.Quantity != due.Unit.Quantity))
        {
            faults.Add(scalar.At, $"{Words.Quoted(scalar.Text)} is not a rate of what {due?.Point ?? "the point"} measures", expected);
            return null;
        }

        return Span(new YamlScalar(scalar.At, amount, scalar.Plain), due, faults) / seconds;
    }

    /// <summary>Two values with one unit, the lower first.</summary>
    public static ValueRange? Range(YamlNode? node, PointUnit? due, FaultList faults) => Range(node, due, faults, out _);

    /// <summary>The same, with the unit that it is written in.</summary>
    public static ValueRange? Range(YamlNode? node, PointUnit? due, FaultList faults, out Unit? written)
    {
        written = null;
        var example = $"0..10 {due?.Unit.Symbol ?? "bar"}";
        var expected = $"two numbers and a unit, for example {example}";
        if (Scalars.Read(node, expected, faults) is not { } scalar)
            return null;

        var text = scalar.Text;
        var low = Numbers.Prefix(text);
        var dots = text.AsSpan(low).TrimStart(' ');
        var rest = dots.StartsWith("..", StringComparison.Ordinal) ? dots[2..].TrimStart(' ') : [];
        var high = Numbers.Prefix(rest);
        if (low == 0 || high == 0)
        {
            faults.Add(scalar.At, $"{Words.Quoted(text)} is not a range", expected, WithDots(text, low));
            return null;
        }

        if (Convert(scalar, rest[high..], due, expected, faults) is not { } unit
            || In(scalar, text.AsSpan(0, low), unit, due, false, faults) is not { } least
            || In(scalar, rest[..high], unit, due, false, faults) is not { } most)
            return null;
        written = unit;
        if (least < most)
            return new ValueRange(least, most);
        faults.Add(scalar.At, $"the range {Words.Quoted(text)} does not go upwards", "the lower end first");
        return null;
    }

    /// <summary>A value of any quantity, with the unit that it is written in.</summary>
    public static (double Value, Unit Unit)? WithUnit(YamlNode? node, FaultList faults) =>
        Read(node, null, isSpan: false, faults, out var unit) is { } value ? (value, unit!) : null;

    private static double? Read(YamlNode? node, PointUnit? due, bool isSpan, FaultList faults) => Read(node, due, isSpan, faults, out _);

    private static double? Read(YamlNode? node, PointUnit? due, bool isSpan, FaultList faults, out Unit? written)
    {
        written = null;
        var expected = $"a number with its unit, for example 6.5 {due?.Unit.Symbol ?? "bar"}";
        if (Scalars.Read(node, expected, faults) is not { } scalar)
            return null;
        var length = Numbers.Prefix(scalar.Text);
        if (length == 0)
        {
            faults.Add(scalar.At, $"{Words.Quoted(scalar.Text)} does not begin with a number", expected);
            return null;
        }

        written = Convert(scalar, scalar.Text.AsSpan(length), due, expected, faults);
        return written is null ? null : In(scalar, scalar.Text.AsSpan(0, length), written, due, isSpan, faults);
    }

    /// <summary>The unit that stands behind the number, if it can become the one that is due.</summary>
    private static Unit? Convert(YamlScalar scalar, ReadOnlySpan<char> behind, PointUnit? due, string expected, FaultList faults)
    {
        var symbol = behind.Trim().ToString();
        if (symbol.Length == 0)
        {
            faults.Add(scalar.At, $"{Words.Quoted(scalar.Text)} has no unit", expected, due is null ? null : $"{scalar.Text.Trim()} {due.Unit.Symbol}");
            return null;
        }

        if (!UnitTable.TryFind(symbol, out var unit))
        {
            if (Numbers.IsComma(behind))
            {
                faults.Add(scalar.At, $"{Words.Quoted(scalar.Text)} has a comma", "a decimal point", scalar.Text.Replace(',', '.'));
                return null;
            }

            var meant = NearUnit(symbol, due?.Unit.Quantity) is { } near ? $"{scalar.Text[..^behind.Length].TrimEnd()} {near}" : null;
            faults.Add(scalar.At, $"{Words.Quoted(symbol)} is not a unit", expected, meant);
            return null;
        }

        if (due is null || due.Unit.Quantity == unit.Quantity)
            return unit;
        faults.Add(
            scalar.At,
            $"{Words.Quoted(scalar.Text)} is of the quantity {Name(unit.Quantity)}, but {due.Point} {due.Verb} {Name(due.Unit.Quantity)}",
            $"{due.Unit.Symbol} or another unit of {Name(due.Unit.Quantity)}");
        return null;
    }

    private static double? In(YamlScalar scalar, ReadOnlySpan<char> number, Unit unit, PointUnit? due, bool isSpan, FaultList faults)
    {
        if (Numbers.TryParse(number, out var value))
        {
            var to = due?.Unit ?? unit;
            var converted = isSpan ? unit.SpanTo(to, value) : unit.To(to, value);
            if (double.IsFinite(converted))
                return converted;
        }

        faults.Add(scalar.At, $"{Words.Quoted(scalar.Text)} is too large for a number", "a value that a sensor can have");
        return null;
    }

    /// <summary>"0-10 bar" and "0 to 10 bar" mean 0..10 bar.</summary>
    private static string? WithDots(string text, int low)
    {
        var behind = text[low..].TrimStart();
        foreach (var between in (ReadOnlySpan<string>)["...", "-", "\u2013", "~", "\u2026", "to "])
        {
            if (low > 0 && behind.StartsWith(between, StringComparison.Ordinal) && Numbers.Prefix(behind[between.Length..].TrimStart()) > 0)
                return $"{text[..low]}..{behind[between.Length..].TrimStart()}";
        }

        return null;
    }

    private static string? NearUnit(string symbol, Quantity? due)
    {
        if (Habits.TryGetValue(symbol, out var habit))
            return habit;
        var near = due is null ? null : Suggest.Nearest(symbol, UnitTable.All.Where(u => u.Quantity == due).Select(u => u.Symbol));
        return near ?? Suggest.Nearest(symbol, UnitTable.All.Select(u => u.Symbol));
    }

    /// <summary>ApparentPower becomes "apparent power".</summary>
    public static string Name(Quantity quantity)
    {
        var name = new StringBuilder();
        foreach (var c in quantity.ToString())
        {
            if (char.IsAsciiLetterUpper(c) && name.Length > 0)
                name.Append(' ');
            name.Append(char.ToLowerInvariant(c));
        }

        return name.ToString();
    }
}

/// <summary>A point and the unit that its setpoints become; or a key of a device and the unit of its value.</summary>
internal sealed record PointUnit(string Point, Unit Unit, string Verb = "measures");
