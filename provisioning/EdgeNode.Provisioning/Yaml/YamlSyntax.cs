using YamlDotNet.Core;

namespace EdgeNode.Provisioning.Yaml;

/// <summary>Says in a technician's words why a text is not YAML. The parser's own words speak of tokens and scalars.</summary>
internal static class YamlSyntax
{
    private static readonly (string Part, string Wrong, string Expected)[] Anywhere =
    [
        ("cannot start any token", "a value cannot begin with {char}", "the value in quotes"),
        ("invalid mapping", "a second ': ' stands here", "one 'key: value' to a line; lines of one section at the same indentation, and quotes round a value that contains ': '"),
        ("quoted scalar, found unexpected", "the quote that opens here is never closed", "a closing quote"),
        ("quoted scalar, found wrong indentation", "the quote that opens here is not closed in its line", "a closing quote"),
        ("unknown escape", "this escape is unknown", "\\\\ for a backslash in double quotes, or single quotes"),
        ("surrogates", "an escape stands for no character", "a character of Unicode"),
        ("valid UTF32", "an escape stands for no character", "a character of Unicode"),
        ("invalid tab", "a tab stands in the indentation", "spaces"),
        ("a block scalar", "a value cannot begin with {char} here", "the value in quotes"),
        ("a directive", "a line cannot begin with %", "'key: value', or the value in quotes"),
        ("a tag", "a value cannot begin with {char}: tags are not allowed in {kind}", "the value in quotes"),
        ("anchor or alias", "a value cannot begin with {char}: anchors and aliases are not allowed in {kind}", "the value in quotes"),
    ];

    // Inside brackets these are all the same mistake: the bracket.
    private static readonly (string Part, string Wrong, string Expected)[] OutsideOfBrackets =
    [
        ("expected '-' indicator", "this line stands between the items of a list", "another '- ' item at the same indentation, or a key further left"),
        ("did not find expected key", "this does not fit", "a 'key: value' at the indentation of the lines above"),
        ("could not find expected ':'", "a key without ':' begins here", "'key: value'"),
        ("expected node content", "a value is missing here", "a value, or no ',' or closing bracket"),
        ("Mapping values are not allowed", "a ':' stands here", "one 'key: value' to a line, and quotes round a value that contains ': '"),
        ("Block sequence entries are not allowed", "a '- ' item stands here", "each item on a line of its own, at the same indentation"),
        ("document end", "this stands after the end of the file's content", "a 'key: value' at the indentation of the lines above"),
    ];

    /// <param name="broken">What the parser threw.</param>
    /// <param name="bracket">The innermost bracket that is open.</param>
    /// <param name="last">The place of the last sound piece.</param>
    /// <param name="text">The file.</param>
    /// <param name="faults">Takes the fault.</param>
    public static void Explain(Exception broken, Place? bracket, Place last, string text, FaultList faults)
    {
        var mark = broken as YamlException;
        var at = mark is null || mark.Start.Line < 1 ? last : new Place((int)mark.Start.Line, (int)mark.Start.Column);
        if (Find(Anywhere, broken) is { } known)
        {
            faults.Add(at, Said(known.Wrong), known.Expected);
            return;
        }

        string Said(string wrong) => wrong
            .Replace("{char}", Words.Quoted(CharacterAt(mark, text)), StringComparison.Ordinal)
            .Replace("{kind}", faults.Kind, StringComparison.Ordinal);

        // The parser has no words, only an InvalidOperationException, for a bracket at whose depth the next line begins a key.
        if ((bracket ?? (mark is null ? NextBracket(text, last) : null)) is { } open)
        {
            const string expected = "',' between the items and the closing bracket at the end";
            if (mark is null || at.CompareTo(open) <= 0)
                faults.Add(open, "the bracket that opens here is not closed", expected);
            else
                faults.Add(at, $"this does not fit into the bracket that opens in line {open.Line}, column {open.Column}", expected);
            return;
        }

        if (CharacterAt(mark, text) is "}" or "]")
        {
            faults.Add(at, "a closing bracket stands here, and none is open", "as many closing brackets as opening ones");
            return;
        }

        var (_, wrong, form) = Find(OutsideOfBrackets, broken) ?? ("", "this is not YAML (" + broken.Message.TrimEnd('.') + ")", "'key: value'");
        faults.Add(at, wrong, form);
    }

    private static (string Part, string Wrong, string Expected)? Find((string Part, string Wrong, string Expected)[] table, Exception broken)
    {
        foreach (var row in table)
        {
            if (broken.Message.Contains(row.Part, StringComparison.Ordinal))
                return row;
        }

        return null;
    }

    private static Place? NextBracket(string text, Place after)
    {
        var line = 0;
        foreach (var content in text.AsSpan().EnumerateLines())
        {
            if (++line < after.Line)
                continue;
            var from = line == after.Line ? Math.Min(after.Column - 1, content.Length) : 0;
            if (content[from..].IndexOfAny('[', '{') is >= 0 and var column)
                return new Place(line, from + column + 1);
        }

        return null;
    }

    private static string CharacterAt(YamlException? mark, string text) =>
        mark is not null && mark.Start.Index >= 0 && mark.Start.Index < text.Length ? text[(int)mark.Start.Index].ToString() : "this";
}
