using System.Collections.Immutable;
using System.Text;
using EdgeNode.Provisioning.Grammar;
using EdgeNode.Provisioning.Yaml;

namespace EdgeNode.Provisioning.Values;

/// <summary>
/// Single values: texts, ids, words, true and false. Like every reader of values: an absent node gives null without a fault
/// (that a key is required is the section's business), a wrong one gives null and one fault.
/// </summary>
internal static class Scalars
{
    /// <summary>A single value of any form, but not nothing, and not one of the four words of which other YAML readers make a boolean.</summary>
    /// <param name="expected">In a sentence: "a duration such as 5s".</param>
    public static YamlScalar? Read(YamlNode? node, string expected, FaultList faults)
    {
        if (node is null)
            return null;
        if (node is not YamlScalar { IsNothing: false } scalar)
        {
            faults.Add(node.At, $"{node.Kind} stands here", expected);
            return null;
        }

        if (scalar.Plain && Boolean(scalar.Text) is { } boolean)
        {
            faults.Add(scalar.At, $"{Words.Quoted(scalar.Text)} is never a value here, because other YAML readers make {boolean} of it", expected);
            return null;
        }

        return scalar;
    }

    /// <summary>A text of one line.</summary>
    public static string? Text(YamlNode? node, FaultList faults)
    {
        const string expected = "a text; words such as on, off, yes and no need quotes";
        if (Read(node, expected, faults) is not { } scalar)
            return null;

        var text = scalar.Text;
        if (text.Trim().Length == 0)
        {
            faults.Add(scalar.At, "the text is empty", "a text");
            return null;
        }

        if (text.Length > SiteLimits.TextLength)
        {
            faults.Add(scalar.At, $"the text has {Words.Number(text.Length)} characters", $"at most {SiteLimits.TextLength}");
            return null;
        }

        foreach (var rune in text.EnumerateRunes())
        {
            // EnumerateRunes shows half a character as U+FFFD.
            if (Rune.IsControl(rune) || rune == Rune.ReplacementChar)
            {
                faults.Add(scalar.At, $"{Words.Quoted(text)} has a line break or a character that cannot be shown", "a text of one line");
                return null;
            }
        }

        return text;
    }

    /// <summary>A tag name.</summary>
    public static string? Id(YamlNode? node, FaultList faults)
    {
        const string expected = "an id such as PT-101: letters A-Z a-z, digits, - and _, a letter or digit first";
        if (Read(node, expected, faults) is not { } scalar)
            return null;
        if (scalar.Text.Length > SiteLimits.IdLength)
        {
            faults.Add(scalar.At, $"the id {Words.Quoted(scalar.Text)} has {Words.Number(scalar.Text.Length)} characters", $"at most {SiteLimits.IdLength}");
            return null;
        }

        if (IsId(scalar.Text))
            return scalar.Text;
        faults.Add(scalar.At, $"{Words.Quoted(scalar.Text)} is not an id", expected);
        return null;
    }

    /// <summary>true or false.</summary>
    public static bool? Flag(YamlNode? node, FaultList faults)
    {
        if (Read(node, "true or false", faults) is not { } scalar)
            return null;
        if (scalar.Text is "true" or "false")
            return scalar.Text == "true";
        faults.Add(scalar.At, $"{Words.Quoted(scalar.Text)} is not true or false", "true or false", Suggest.Nearest(scalar.Text, ["true", "false"]));
        return null;
    }

    /// <summary>One of a few words.</summary>
    public static string? Choice(YamlNode? node, Choice choice, FaultList faults)
    {
        var expected = Words.Or(choice.Values);
        if (Read(node, expected, faults) is not { } scalar)
            return null;
        if (choice.Values.Contains(scalar.Text))
            return scalar.Text;
        if (choice.NotYet.Contains(scalar.Text))
            faults.NotYet(scalar.At, $"{choice.Name} {Words.Quoted(scalar.Text)}");
        else
            faults.Add(scalar.At, $"{Words.Quoted(scalar.Text)} is not {choice.What}", expected, scalar.Text.Length > (char.IsAsciiDigit(scalar.Text[0]) ? 2 : 1) ? Suggest.Nearest(scalar.Text, choice.Values) : null);
        return null;
    }

    /// <summary>The items of a list, or null with a fault.</summary>
    public static ImmutableArray<YamlNode>? List(YamlNode? node, string expected, FaultList faults)
    {
        if (node is null)
            return null;
        if (node is YamlSequence list)
            return list.Items;
        faults.Add(node.At, $"{node.Kind} stands here", $"a list of {expected}");
        return null;
    }

    /// <summary>The items of a list, where a single value may stand for a list of one.</summary>
    public static ImmutableArray<YamlNode> OneOrMore(YamlNode? node, string expected, FaultList faults)
    {
        ImmutableArray<YamlNode> items = node switch { null => [], YamlSequence list => list.Items, _ => [node] };
        if (items.Length <= SiteLimits.ListItems)
            return items;
        faults.Add(items[SiteLimits.ListItems].At, $"there are {Words.Number(items.Length)} {expected}", $"at most {SiteLimits.ListItems}");
        return [];
    }

    public static bool IsId(string text) =>
        text.Length > 0 && char.IsAsciiLetterOrDigit(text[0]) && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_');

    /// <summary>What YAML 1.1 makes of on, off, yes and no.</summary>
    private static string? Boolean(string text) => text.ToUpperInvariant() switch
    {
        "ON" or "YES" => "true",
        "OFF" or "NO" => "false",
        _ => null,
    };
}
