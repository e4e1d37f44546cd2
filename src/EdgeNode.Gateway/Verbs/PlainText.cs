using System.Globalization;

namespace EdgeNode.Gateway.Verbs;

/// <summary>Text that comes from outside, made fit for a terminal: what is in a file or in a message must not move the cursor or hide a line.</summary>
internal static class PlainText
{
    private const char Instead = '\uFFFD';

    /// <summary>The text with a mark in place of each control character, and of those that turn the direction of writing.</summary>
    public static string Of(string text) =>
        text.Any(IsUnfit) ? string.Create(text.Length, text, static (span, from) =>
        {
            for (var i = 0; i < from.Length; i++)
            {
                span[i] = IsUnfit(from[i]) ? Instead : from[i];
            }
        }) : text;

    /// <summary>The same of each line, for a text of several lines that this program has put together.</summary>
    public static string Lines(string text) => string.Join('\n', text.Split('\n').Select(Of));

    private static bool IsUnfit(char c) =>
        char.IsControl(c) || CharUnicodeInfo.GetUnicodeCategory(c) is UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;
}
