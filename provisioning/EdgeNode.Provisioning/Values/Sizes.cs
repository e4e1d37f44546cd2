using EdgeNode.Provisioning.Yaml;

namespace EdgeNode.Provisioning.Values;

/// <summary>Durations and sizes in bytes: a number and its unit, with or without a space between.</summary>
internal static class Sizes
{
    private const string DurationForm = "a duration such as 500ms, 2s, 5min or 1h";
    private const string SizeForm = "a size such as 512MiB or 4GiB";

    private static readonly (string Symbol, double Factor)[] DurationUnits =
        [("ms", TimeSpan.TicksPerMillisecond), ("s", TimeSpan.TicksPerSecond), ("min", TimeSpan.TicksPerMinute), ("h", TimeSpan.TicksPerHour), ("d", TimeSpan.TicksPerDay)];

    private static readonly (string Symbol, double Factor)[] SizeUnits =
        [("B", 1), ("KiB", 1L << 10), ("MiB", 1L << 20), ("GiB", 1L << 30), ("kB", 1e3), ("MB", 1e6), ("GB", 1e9)];

    // Distance alone would not find these.
    private static readonly Dictionary<string, string> Habits = new(StringComparer.Ordinal)
        { ["m"] = "min", ["sec"] = "s", ["secs"] = "s", ["hr"] = "h", ["hrs"] = "h", ["day"] = "d", ["days"] = "d", ["K"] = "KiB", ["M"] = "MiB", ["G"] = "GiB", ["Gi"] = "GiB" };

    public static TimeSpan? Duration(YamlNode? node, SiteLimits.Span bounds, FaultList faults)
    {
        if (Read(node, DurationForm, DurationUnits, faults) is not { } ticks)
            return null;
        if (ticks >= bounds.Least.Ticks && ticks <= bounds.Most.Ticks)
            return TimeSpan.FromTicks((long)ticks);
        faults.Add(node!.At, $"{Shown(node)} is out of bounds", $"a duration from {Words.Duration(bounds.Least)} to {Words.Duration(bounds.Most)}");
        return null;
    }

    /// <summary>A duration outside of a site file, as <see cref="Provisioning.Duration"/> offers it.</summary>
    internal static bool TryDuration(string text, out TimeSpan duration)
    {
        var length = Numbers.Prefix(text);
        var factor = DurationUnits.FirstOrDefault(u => u.Symbol == text[length..].Trim()).Factor;
        if (length == 0 || factor <= 0 || !Numbers.TryParse(text.AsSpan(0, length), out var value) || Math.Abs(value * factor) > TimeSpan.MaxValue.Ticks / 2)
        {
            duration = default;
            return false;
        }

        duration = TimeSpan.FromTicks((long)Math.Round(value * factor));
        return true;
    }

    /// <summary>In bytes.</summary>
    public static long? Bytes(YamlNode? node, long least, long most, FaultList faults)
    {
        if (Read(node, SizeForm, SizeUnits, faults) is not { } bytes)
            return null;
        if (bytes >= least && bytes <= most)
            return (long)bytes;
        faults.Add(node!.At, $"{Shown(node)} is out of bounds", $"a size from {Words.Number(least >> 20)}MiB to {Words.Number(most >> 30)}GiB");
        return null;
    }

    private static double? Read(YamlNode? node, string form, (string Symbol, double Factor)[] units, FaultList faults)
    {
        if (Scalars.Read(node, form, faults) is not { } scalar)
            return null;
        var text = scalar.Text;
        var length = Numbers.Prefix(text);
        var symbol = text[length..].Trim();
        if (length == 0)
        {
            faults.Add(scalar.At, $"{Words.Quoted(text)} does not begin with a number", form);
            return null;
        }

        if (symbol.Length == 0)
        {
            faults.Add(scalar.At, $"{Words.Quoted(text)} has no unit", form, units == DurationUnits ? text + LikelyUnit(text) : null);
            return null;
        }

        foreach (var unit in units)
        {
            if (unit.Symbol == symbol && Numbers.TryParse(text.AsSpan(0, length), out var value))
                return Math.Round(value * unit.Factor);
        }

        var near = Habits.TryGetValue(symbol, out var habit) && units.Any(u => u.Symbol == habit) ? habit : Suggest.Nearest(symbol, units.Select(u => u.Symbol));
        var meant = Numbers.IsComma(text.AsSpan(length)) ? text.Replace(',', '.') : near is null || near == symbol ? null : text[..length] + near;
        faults.Add(scalar.At, $"{Words.Quoted(text)} is not {form[..form.IndexOf(" such", StringComparison.Ordinal)]}", form, meant);
        return null;
    }

    // A scan each 500 s is rare and 5 ms is none: a wrong guess here would be copied.
    private static string LikelyUnit(string number) => Numbers.TryParse(number, out var value) && value >= 50 ? "ms" : "s";

    private static string Shown(YamlNode node) => Words.Quoted(((YamlScalar)node).Text);
}
