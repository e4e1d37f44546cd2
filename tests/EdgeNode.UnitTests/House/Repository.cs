using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace EdgeNode.UnitTests.House;

/// <summary>A file of the repository: its path from the top, with slashes, and its text.</summary>
internal sealed record SourceFile(string Path, string Text)
{
    internal string[] Lines => Text.Split('\n');

    internal string Folder => Path.Contains('/', StringComparison.Ordinal) ? Path[..Path.LastIndexOf('/')] : "";

    /// <summary>The code alone: a rule about code must not trip over a comment or a string that speaks of it.</summary>
    internal string Code => CSharpText.WithoutCommentsAndStrings(Text);
}

/// <summary>A project file: what it references.</summary>
internal sealed record ProjectFile(string Path, string Name, string[] Projects, string[] Packages)
{
    internal bool IsProduct => !Path.StartsWith("tests/", StringComparison.Ordinal);

    internal static ProjectFile Parse(string path, string xml)
    {
        var items = XDocument.Parse(xml).Descendants();
        string[] Includes(string element) => [.. items.Where(e => e.Name.LocalName == element).Select(e => (string?)e.Attribute("Include") ?? "")];
        return new ProjectFile(path, System.IO.Path.GetFileNameWithoutExtension(path),
            [.. Includes("ProjectReference").Select(r => System.IO.Path.GetFileNameWithoutExtension(r))], Includes("PackageReference"));
    }
}

/// <summary>The repository that these tests were built from, without what .gitignore leaves out.</summary>
internal static class Repository
{
    private static readonly string[] BinaryEndings = [".png", ".jpg", ".gif", ".ico", ".bin", ".woff2", ".pdf"];

    internal static string Root { get; } = FindRoot();

    private static readonly Lazy<SourceFile[]> AllFiles = new(() => [.. Walk(Root)]);

    /// <summary>Every text file.</summary>
    internal static SourceFile[] Files => AllFiles.Value;

    /// <summary>The files that a clone has, without what somebody left lying here; all of them where git does not answer.</summary>
    internal static SourceFile[] Committed => AskGit() is { } tracked ? [.. Files.Where(f => tracked.Contains(f.Path))] : Files;

    internal static SourceFile[] CSharp => [.. Files.Where(f => f.Path.EndsWith(".cs", StringComparison.Ordinal))];

    internal static SourceFile[] Product => [.. CSharp.Where(f => !f.Path.StartsWith("tests/", StringComparison.Ordinal))];

    internal static SourceFile[] Core => [.. CSharp.Where(f => f.Path.StartsWith("src/EdgeNode.Core/", StringComparison.Ordinal))];

    internal static ProjectFile[] Projects =>
        [.. Files.Where(f => f.Path.EndsWith(".csproj", StringComparison.Ordinal)).Select(f => ProjectFile.Parse(f.Path, f.Text))];

    internal static SourceFile File(string path) => Files.Single(f => f.Path == path);

    private static string FindRoot()
    {
        for (var at = new DirectoryInfo(AppContext.BaseDirectory); at != null; at = at.Parent)
        {
            if (System.IO.File.Exists(Path.Combine(at.FullName, "EdgeNode.sln")))
                return at.FullName;
        }

        throw new InvalidOperationException("These tests read the repository: run them from a checkout.");
    }

    private static HashSet<string>? AskGit()
    {
        try
        {
            using var git = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo("git", ["ls-files", "-z"])
            {
                WorkingDirectory = Root, RedirectStandardOutput = true, RedirectStandardError = true,
            })!;
            var paths = git.StandardOutput.ReadToEnd().Split('\0', StringSplitOptions.RemoveEmptyEntries).ToHashSet(StringComparer.Ordinal);
            git.WaitForExit();
            return git.ExitCode == 0 ? paths : null;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null; // no git here
        }
    }

    private static IEnumerable<SourceFile> Walk(string folder)
    {
        var ignored = System.IO.File.ReadAllLines(Path.Combine(Root, ".gitignore"))
            .Where(l => l.EndsWith('/')).Select(l => l.Trim('/')).Append(".git").ToHashSet(StringComparer.Ordinal);
        return Below(folder);

        IEnumerable<SourceFile> Below(string at) =>
            Directory.EnumerateFiles(at)
                .Where(f => Path.GetFileName(f) != ".git" && !BinaryEndings.Contains(Path.GetExtension(f)))
                .Select(f => new SourceFile(Path.GetRelativePath(Root, f).Replace('\\', '/'), System.IO.File.ReadAllText(f)))
                .Concat(Directory.EnumerateDirectories(at).Where(d => !ignored.Contains(Path.GetFileName(d))).SelectMany(Below));
    }
}

internal static class Faults
{
    /// <summary>Passes when there are none; otherwise names each in full, one a line.</summary>
    internal static void None(IEnumerable<string> faults)
    {
        var all = faults.ToArray();
        Assert.True(all.Length == 0, string.Join('\n', all));
    }
}

internal static partial class CSharpText
{
    internal static string WithoutCommentsAndStrings(string text) => Skipped().Replace(text, m => m.Value[0] == '/' ? " " : "\"\"");

    /// <summary>Comments, then the string forms: raw, verbatim, plain; then characters.</summary>
    [GeneratedRegex("""
        //[^\n]*|/\*.*?\*/|\${0,2}"{3,}.*?"{3,}|\$?@\$?"(?:[^"]|"")*"|\$?"(?:\\.|[^"\\\n])*"|'(?:\\.[^']*|[^'\\])'
        """, RegexOptions.Singleline)]
    private static partial Regex Skipped();
}
