using EdgeNode.Core.Model;
using EdgeNode.Provisioning.Grammar;
using EdgeNode.Provisioning.Values;
using EdgeNode.Provisioning.Yaml;

namespace EdgeNode.Provisioning.Sections;

/// <summary>A line of a GPIO chip and what belongs to it: <c>line</c>, <c>active</c>, <c>pull</c>, <c>debounce</c>.</summary>
internal static class LineKeys
{
    public const string Form = "the number of a line on the chip, such as 17, or its name";

    private const int MostLine = 1023;
    private const int LongestName = 31; // GPIO_MAX_NAME_SIZE with its end

    /// <param name="section">Whose grammar has active and pull; debounce where it is an input.</param>
    /// <param name="key">Of the line itself.</param>
    /// <param name="debounce">Where none is written.</param>
    /// <param name="faults">Where they go.</param>
    /// <returns>Null when no line is written, or a wrong one.</returns>
    public static LineOptions? Read(SectionReader section, string key, TimeSpan? debounce, FaultList faults)
    {
        var activeLow = Scalars.Choice(section["active"], SiteGrammar.Active, faults) == "low";
        var pull = Scalars.Choice(section["pull"], SiteGrammar.Pull, faults) switch
        {
            "up" => LinePull.Up,
            "down" => LinePull.Down,
            "none" => LinePull.Off,
            _ => LinePull.AsIs,
        };
        var bounce = debounce is { } still ? Sizes.Duration(section["debounce"], SiteLimits.Debounce, faults) ?? still : TimeSpan.Zero;
        return Line(section[key], new LineOptions(-1, null, activeLow, pull, bounce), faults);
    }

    /// <summary>A number of a line on the chip, or the name that device tree gave it.</summary>
    public static LineOptions? Line(YamlNode? node, LineOptions line, FaultList faults)
    {
        if (Scalars.Read(node, Form, faults) is not { } scalar || Scalars.Text(node, faults) is not { } text)
            return null;
        if (Numbers.TryWhole(text, out var number))
        {
            if (number is >= 0 and <= MostLine)
                return line with { Number = (int)number };
            faults.Add(scalar.At, $"{Words.Quoted(text)} is not a line", $"a whole number from 0 to {MostLine}, or a name");
            return null;
        }

        if (text.Length <= LongestName)
            return line with { Name = text };
        faults.Add(scalar.At, $"the name {Words.Quoted(text)} has {Words.Number(text.Length)} characters", $"at most {LongestName}");
        return null;
    }
}
