using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace EdgeNode.UnitTests.House;

/// <summary>Rules about the repository as a reader meets it. Each returns its faults, one sentence a fault.</summary>
internal static partial class SourceRules
{
    internal const int MostLines = 400;

    /// <summary>The owner's folders. A new one is the owner's decision, not ours.</summary>
    private static readonly string[] TopFolders = ["src", "hardware", "provisioning", "tests"];

    private static readonly string[] TopFiles =
    [
        "EdgeNode.sln", "README.md", "build.cake", "build.sh", "LICENSE", "global.json",
        "Directory.Build.props", "Directory.Packages.props", "BannedSymbols.txt",
    ];

    // In pieces, so that this file does not break its own rule.
    private static readonly string[] Registries =
        ["nuget" + ".org", "pypi" + ".org", "npm" + "js.", "crates" + ".io", "docker" + ".io", "ghcr" + ".io", "debian" + ".org/debian", "arti" + "factory"];

    internal static IEnumerable<string> Length(SourceFile file) =>
        file.Lines.Length > MostLines + 1 ? [$"{file.Path}: {file.Lines.Length - 1} lines, at most {MostLines}"] : [];

    internal static IEnumerable<string> Names(SourceFile file) =>
        TypeName().Matches(file.Code).Select(m => m.Groups[1].Value)
            .Where(n => EmptySuffix().IsMatch(n)).Select(n => $"{file.Path}: {n} does not say what it is");

    internal static IEnumerable<string> TopLevel(IEnumerable<string> paths) =>
        paths.Where(p => !p.StartsWith('.'))
            .Where(p => p.Contains('/', StringComparison.Ordinal) ? !TopFolders.Contains(p.Split('/')[0]) : !TopFiles.Contains(p))
            .Select(p => $"{p}: not a place of the owner's layout");

    internal static IEnumerable<string> Readmes(IReadOnlyCollection<string> paths) =>
        TopFolders.Where(f => !paths.Contains(f + "/README.md")).Select(f => $"{f}/README.md is missing: what lives here, and what may not");

    internal static IEnumerable<string> ForeignPlaces(SourceFile file) =>
        Registries.Where(r => file.Text.Contains(r, StringComparison.OrdinalIgnoreCase)).Select(r => $"{file.Path}: names the registry {r}")
            .Concat(MachinePath().Matches(file.Text).Select(m => $"{file.Path}: {m.Value} is a path of one machine"));

    /// <summary>Every package has one version, in one place, and every version there is in use.</summary>
    internal static IEnumerable<string> Versions(IEnumerable<SourceFile> projects, string central)
    {
        var versions = XDocument.Parse(central).Descendants("PackageVersion").Select(e => (string)e.Attribute("Include")!).ToHashSet(StringComparer.Ordinal);
        var references = projects.SelectMany(p => XDocument.Parse(p.Text).Descendants("PackageReference").Select(e => (p.Path, Item: e))).ToArray();
        var used = references.Select(r => (string)r.Item.Attribute("Include")!).ToHashSet(StringComparer.Ordinal);
        return references.Where(r => r.Item.Attribute("Version") != null || r.Item.Attribute("VersionOverride") != null)
            .Select(r => $"{r.Path}: {(string)r.Item.Attribute("Include")!} has a version of its own")
            .Concat(used.Except(versions).Select(p => $"{p} has no version in Directory.Packages.props"))
            .Concat(versions.Except(used).Select(p => $"{p} has a version, but nothing uses it"));
    }

    /// <summary>Every project is in the solution and has its lock file.</summary>
    internal static IEnumerable<string> ProjectsAtHome(IReadOnlyCollection<string> paths, string solution) =>
        paths.Where(p => p.EndsWith(".csproj", StringComparison.Ordinal)).SelectMany(p => (string[])
        [
            .. solution.Replace('\\', '/').Contains($"\"{p}\"", StringComparison.Ordinal) ? Array.Empty<string>() : [$"{p} is not in the solution"],
            .. paths.Contains($"{p[..p.LastIndexOf('/')]}/packages.lock.json") ? Array.Empty<string>() : [$"{p} has no packages.lock.json"],
        ]);

    [GeneratedRegex(@"\b(?:class|struct|record|interface|enum)\s+(?:(?:class|struct)\s+)?([A-Z]\w*)")]
    private static partial Regex TypeName();

    [GeneratedRegex("(?:Manager|Helpers?|Utils?|Utility|Utilities|Processor|Base|Common)$")]
    private static partial Regex EmptySuffix();

    [GeneratedRegex(@"(?<![\w.}\-)\]])/(?:wor" + @"k|roo" + @"t|home/\w+|tmp/w" + @"t)/")]
    private static partial Regex MachinePath();
}
