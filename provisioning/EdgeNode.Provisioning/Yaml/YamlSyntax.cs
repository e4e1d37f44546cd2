using System.Globalization;
using YamlDotNet.Core;

namespace EdgeNode.Provisioning.Yaml;

/// <summary>Says in a technician's words why a text is not YAML. The parser's own words speak of tokens and scalars.</summary>
internal static class YamlSyntax
{
    private static readonly (string Part, string Wrong, string Expected)[] Table =
    [
        ("cannot start any token", "a value cannot begin with {char}", "the value in quotes"),
        ("invalid mapping", "a second ': ' stands here", "one 'key: value' to a line; lines of one section at the same indentation, and quotes round a value that contains ': '"),
        ("quoted scalar, found unexpected end", "the quote that opens here is never closed", "a closing quote"),
        ("quoted scalar, found unexpected document", "the quote that opens here is never closed", "a closing quote"),
        ("unknown escape", "this escape is unknown", "\\\\ for a backslash in double quotes, or single quotes"),
        ("surrogates", "this escape is no character", "a character of Unicode"),
        ("expected '-' indicator", "this line stands between the items of a list", "another '- ' item at the same indentation, or a key further left"),
        ("did not find expected key", "this does not fit", "a 'key: value' at the indentation of the lines above"),
        ("invalid tab", "a tab stands in the indentation", "spaces"),
        ("anchor or alias", "a value cannot begin with {char}: anchors and aliases are not allowed in a site file", "the value in quotes"),
        ("could not find expected ':'", "a key without ':' begins here", "'key: value'"),
        ("document end", "this stands after the end of the file's content", "a 'key: value' at the indentation of the lines above"),
    ];

    /// <param name="broken">What the parser threw.</param>
    /// <param name="bracket">The innermost bracket that is open, and whether it is a brace.</param>
    /// <param name="last">The place of the last sound piece.</param>
    /// <param name="text">The file.</param>
    /// <param name="faults">Takes the fault.</param>
    public static void Explain(Exception broken, (Place At, bool IsBrace)? bracket, Place last, string text, FaultList faults)
    {
        var mark = broken as YamlException;
        var at = mark is null || mark.Start.Line < 1 ? last : new Place((int)mark.Start.Line, (int)mark.Start.Column);

        foreach (var (part, wrong, expected) in Table)
        {
            // Inside brackets the parser's 'expected key' and the like are all the same mistake: the bracket.
            if (broken.Message.Contains(part, StringComparison.Ordinal) && (bracket is null || !part.Contains("expected", StringComparison.Ordinal)))
            {
                faults.Add(at, wrong.Replace("{char}", Words.Quoted(CharacterAt(mark, text)), StringComparison.Ordinal), expected);
                return;
            }
        }

        if (bracket is { } open)
        {
            var (left, right) = open.IsBrace ? ('{', '}') : ('[', ']');
            faults.Add(
                mark is null ? open.At : at,
                string.Create(CultureInfo.InvariantCulture, $"the '{left}' of line {open.At.Line}, column {open.At.Column} is not closed before this"),
                $"',' between the items and '{right}' at the end");
            return;
        }

        faults.Add(at, "this is not YAML (" + broken.Message.TrimEnd('.') + ")", "'key: value'");
    }

    private static string CharacterAt(YamlException? mark, string text) =>
        mark is not null && mark.Start.Index >= 0 && mark.Start.Index < text.Length ? text[(int)mark.Start.Index].ToString() : "this";
}
