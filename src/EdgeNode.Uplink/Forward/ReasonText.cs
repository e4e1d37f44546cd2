using System.Globalization;
using System.Text;

namespace EdgeNode.Uplink.Forward;

/// <summary>What a broker says, as it may stand in a log line and on a console.</summary>
internal static class ReasonText
{
    /// <summary>Characters of a broker's free text that are kept.</summary>
    public const int MostAdded = 100;

    /// <summary>Reason codes in words: QuotaExceeded becomes "quota exceeded".</summary>
    internal static string Of(string name) =>
        string.Concat(name.Select((c, i) => char.IsUpper(c) ? (i > 0 ? " " : "") + char.ToLower(c, CultureInfo.InvariantCulture) : c.ToString()));

    /// <summary>
    /// Free text of a stranger: cut, and without what moves a terminal's cursor, breaks a line or turns the direction of writing.
    /// </summary>
    internal static string Clean(string? text, int most = MostAdded)
    {
        if (string.IsNullOrEmpty(text))
        {
            return "";
        }

        var clean = new StringBuilder(Math.Min(text.Length, most));
        foreach (var rune in text.EnumerateRunes())
        {
            if (clean.Length + rune.Utf16SequenceLength > most)
            {
                return clean.Append("...").ToString();
            }

            clean.Append(IsSafe(rune) ? rune.ToString() : " ");
        }

        return clean.ToString().Trim();
    }

    private static bool IsSafe(Rune rune) => Rune.GetUnicodeCategory(rune) is not (
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
        or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned);
}
