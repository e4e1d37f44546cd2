using System.Text.RegularExpressions;

namespace EdgeNode.UnitTests.House;

/// <summary>The table of deaths beside the tests: each row names what shows it, and what it names is there; each test of the folder has a row.</summary>
public partial class DeathTableTests
{
    private const string Folder = "tests/EdgeNode.IntegrationTests/Death";

    private static readonly SourceFile Table = Repository.Files.Single(f => f.Path == Folder + "/Death.md");

    [Fact]
    public void Each_row_names_what_shows_it_and_that_is_there()
    {
        var rows = Rows(Table.Text).ToArray();
        Assert.True(rows.Length >= 40, $"{rows.Length} rows");
        var tests = Repository.Files.Where(f => f.Path.StartsWith("tests/", StringComparison.Ordinal) && f.Path.EndsWith(".cs", StringComparison.Ordinal)).SelectMany(Tests).ToHashSet(StringComparer.Ordinal);
        var bench = Repository.Files.Where(f => f.Path.StartsWith("hardware/bench/", StringComparison.Ordinal) && f.Path.EndsWith(".cs", StringComparison.Ordinal)).ToArray();
        var cases = string.Concat(bench.Select(f => f.Text));
        Faults.None(rows.SelectMany(row => Faulty(row, tests, cases)));
    }

    [Fact]
    public void Each_test_of_the_folder_has_a_row() => Faults.None(
        Repository.Files.Where(f => f.Folder == Folder).SelectMany(Tests).Where(t => !Table.Text.Contains($"`{t}`", StringComparison.Ordinal)).Select(t => $"{Table.Path}: no row names {t}"));

    [Theory]
    [InlineData("| kill -9 | reverts | falls | the kernel | `Nobody.Knows_it` |", "is not there")]
    [InlineData("| kill -9 | reverts | falls | the kernel | `bench: no-such-case` |", "is not there")]
    [InlineData("| kill -9 | reverts | falls | the kernel | believe me |", "names nothing")]
    public void A_row_that_names_nothing_or_what_is_not_there_is_a_fault(string row, string fault) =>
        Assert.Contains(fault, Assert.Single(Faulty(row, [], "")), StringComparison.Ordinal);

    private static IEnumerable<string> Rows(string text)
    {
        var lines = text.Split('\n');
        return lines.Where((line, i) => line.StartsWith("| ", StringComparison.Ordinal) && !(i + 1 < lines.Length && lines[i + 1].StartsWith("|--", StringComparison.Ordinal)));
    }

    private static IEnumerable<string> Faulty(string row, HashSet<string> tests, string bench)
    {
        var shown = Shown().Matches(row.TrimEnd(' ', '|').Split('|')[^1]).Select(m => m.Groups[1].Value).ToArray();
        if (shown.Length == 0)
        {
            yield return $"{Table.Path}: the last cell names nothing that shows it: {row}";
        }

        foreach (var name in shown)
        {
            if (name.StartsWith("bench: ", StringComparison.Ordinal) ? !bench.Contains($"\"{name["bench: ".Length..]}\"", StringComparison.Ordinal) : !tests.Contains(name))
            {
                yield return $"{Table.Path}: {name} is not there: {row}";
            }
        }
    }

    private static IEnumerable<string> Tests(SourceFile file)
    {
        var name = Class().Match(file.Text).Groups[1].Value;
        return Test().Matches(file.Text).Select(m => $"{name}.{m.Groups[1].Value}");
    }

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex Shown();

    [GeneratedRegex(@"public (?:sealed )?(?:partial )?class (\w+)")]
    private static partial Regex Class();

    [GeneratedRegex(@"\[(?:Fact|Theory|Property)[^\n]*\n(?:\s*\[[^\n]*\n)*\s*public (?:static )?(?:async )?[\w<>]+ (\w+)\(")]
    private static partial Regex Test();
}
