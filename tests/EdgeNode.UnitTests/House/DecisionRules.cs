using System.Globalization;
using System.Text.RegularExpressions;

namespace EdgeNode.UnitTests.House;

/// <summary>Decision records: numbered without holes, each with date, status, motivation and choice, all in the index.</summary>
internal static partial class DecisionRules
{
    internal const string Folder = "src/decisions";

    internal static IEnumerable<string> Faults(IEnumerable<SourceFile> files)
    {
        var all = files.ToArray();
        var index = all.SingleOrDefault(f => f.Path == $"{Folder}/README.md")?.Text ?? "";
        var records = all.Where(f => f.Path != $"{Folder}/README.md").OrderBy(f => f.Path, StringComparer.Ordinal).ToArray();
        for (var i = 0; i < records.Length; i++)
        {
            var (path, text) = records[i];
            var name = path[(Folder.Length + 1)..];
            var number = (i + 1).ToString("D4", CultureInfo.InvariantCulture);
            if (!Regex.IsMatch(name, $"^{number}-[a-z0-9-]+\\.md$"))
                yield return $"{name}: record {number} was expected here, as {number}-words.md";
            if (!index.Contains($"({name})", StringComparison.Ordinal))
                yield return $"{name} is not in the index";
            if (!Date().IsMatch(text))
                yield return $"{name}: no line `Date: YYYY-MM-DD`";
            if (!Status().IsMatch(text))
                yield return $"{name}: no line `Status:` with accepted, superseded by NNNN or withdrawn";
            foreach (var heading in (string[])["## Motivation", "## Choice"])
            {
                if (!text.Contains($"\n{heading}\n", StringComparison.Ordinal))
                    yield return $"{name}: no heading `{heading}`";
            }
        }
    }

    [GeneratedRegex(@"^Date: \d{4}-\d{2}-\d{2}$", RegexOptions.Multiline)]
    private static partial Regex Date();

    [GeneratedRegex(@"^Status: (?:accepted|superseded by \d{4}|withdrawn)$", RegexOptions.Multiline)]
    private static partial Regex Status();
}
