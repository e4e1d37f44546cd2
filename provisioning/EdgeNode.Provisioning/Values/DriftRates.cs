using EdgeNode.Core.Model;
using EdgeNode.Core.Validate;
using EdgeNode.Provisioning.Yaml;

namespace EdgeNode.Provisioning.Values;

/// <summary>How fast a value of any quantity drifts: a number, a unit, a slash and a time.</summary>
internal static class DriftRates
{
    private const string Form = "a number with its unit and a time, for example 0.05 bar/s or -2 Cel/min";

    private static readonly (string Symbol, double Seconds)[] Times = [("s", 1), ("min", 60), ("h", 3600)];

    /// <summary>A second's worth, in the unit.</summary>
    public static (double PerSecond, Unit Unit)? Read(YamlNode? node, FaultList faults)
    {
        if (Scalars.Read(node, Form, faults) is not { } scalar)
            return null;
        var text = scalar.Text.AsSpan().Trim();
        var length = Numbers.Prefix(text);
        if (length == 0)
        {
            faults.Add(scalar.At, $"{Words.Quoted(scalar.Text)} does not begin with a number", Form);
            return null;
        }

        // A unit may have a slash of its own: the last one is that of the time.
        var behind = text[length..].Trim();
        var slash = behind.LastIndexOf('/');
        var symbol = (slash < 0 ? behind : behind[..slash]).Trim().ToString();
        var time = slash < 0 ? "" : behind[(slash + 1)..].Trim().ToString();
        foreach (var (name, seconds) in Times)
        {
            if (name == time && UnitTable.TryFind(symbol, out var unit) && Numbers.TryParse(text[..length], out var value) && value != 0)
                return (value / seconds, unit);
        }

        var wrong = Numbers.TryParse(text[..length], out var number) && number == 0 ? "a rate of 0 is no drift" : $"{Words.Quoted(scalar.Text)} is not a rate";
        var meant = UnitTable.TryFind(behind.ToString(), out _) ? $"{scalar.Text.Trim()}/s"
            : Suggest.Nearest(symbol, UnitTable.All.Select(u => u.Symbol)) is { } near && Times.Any(t => t.Symbol == time) && near != symbol ? $"{text[..length]} {near}/{time}"
            : null;
        faults.Add(scalar.At, wrong, Form, meant);
        return null;
    }
}
