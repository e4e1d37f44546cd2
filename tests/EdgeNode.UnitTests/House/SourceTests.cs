namespace EdgeNode.UnitTests.House;

public class SourceTests
{
    private static readonly string[] Paths = [.. Repository.Committed.Select(f => f.Path)];

    [Fact]
    public void No_source_file_is_longer_than_400_lines()
    {
        Assert.True(Repository.CSharp.Length > 20, "the search for source files found next to nothing");
        Faults.None(Repository.CSharp.SelectMany(SourceRules.Length));
    }

    [Theory]
    [InlineData(400, 0)]
    [InlineData(401, 1)]
    public void A_file_of_401_lines_is_a_fault(int lines, int faults) =>
        Assert.Equal(faults, SourceRules.Length(new SourceFile("A.cs", string.Concat(Enumerable.Repeat("x\n", lines)))).Count());

    [Fact]
    public void Type_names_say_what_a_thing_is() => Faults.None(Repository.CSharp.SelectMany(SourceRules.Names));

    [Theory]
    [InlineData("class SpoolManager { }")]
    [InlineData("static class TimeUtils { }")]
    [InlineData("record struct FrameProcessor(int A);")]
    [InlineData("abstract class DriverBase { }")]
    public void An_empty_word_in_a_type_name_is_a_fault(string code) => Assert.Single(SourceRules.Names(new SourceFile("A.cs", code)));

    [Fact]
    public void A_word_inside_another_is_no_fault() => Assert.Empty(SourceRules.Names(new SourceFile("A.cs", "class Database { } // class XManager")));

    [Fact]
    public void The_top_level_is_the_owners() => Faults.None(SourceRules.TopLevel(Paths));

    [Theory]
    [InlineData("docs/guide.md")]
    [InlineData("notes.txt")]
    public void A_new_place_at_the_top_is_a_fault(string path) => Assert.Single(SourceRules.TopLevel([path, "src/A.cs", ".ci/run", "README.md"]));

    [Fact]
    public void Each_top_level_folder_has_a_readme() => Faults.None(SourceRules.Readmes(Paths));

    [Fact]
    public void A_folder_without_a_readme_is_a_fault() =>
        Assert.Single(SourceRules.Readmes(["src/README.md", "hardware/README.md", "tests/README.md", "provisioning/README.txt"]));

    [Fact]
    public void No_file_names_a_registry_or_a_path_of_one_machine() => Faults.None(Repository.Committed.SelectMany(SourceRules.ForeignPlaces));

    [Theory]
    [InlineData("https://api.nuget" + ".org/v3/index.json")]
    [InlineData("cd /roo" + "t/edgenode")]
    [InlineData("path: \"/wor" + "k/main/site.yaml\"")]
    public void A_registry_or_a_machine_path_is_a_fault(string text) => Assert.Single(SourceRules.ForeignPlaces(new SourceFile("a.md", text)));

    [Fact]
    public void A_relative_path_with_such_a_folder_is_no_fault() => Assert.Empty(SourceRules.ForeignPlaces(new SourceFile("a.md", "artifacts/arm64/root/lib and ./work/")));

    [Fact]
    public void Package_versions_stand_in_one_place() => Faults.None(SourceRules.Versions(
        Repository.Files.Where(f => f.Path.EndsWith(".csproj", StringComparison.Ordinal) || f.Path == "Directory.Build.props"),
        Repository.File("Directory.Packages.props").Text));

    [Theory]
    [InlineData("<PackageReference Include='A' /><PackageReference Include='B' />", "B has no version")]
    [InlineData("<PackageReference Include='A' Version='1.0' />", "A has a version of its own")]
    [InlineData("", "A has a version, but nothing uses it")]
    public void A_package_with_none_or_two_versions_is_a_fault(string items, string fault) => Assert.Contains(fault, Assert.Single(
        SourceRules.Versions([new SourceFile("P.csproj", $"<Project>{items}</Project>")], "<Project><PackageVersion Include='A' Version='2.0' /></Project>")),
        StringComparison.Ordinal);

    [Fact]
    public void Each_project_is_in_the_solution_and_has_a_lock_file() => Faults.None(SourceRules.ProjectsAtHome(Paths, Repository.File("EdgeNode.sln").Text));

    [Fact]
    public void A_forgotten_project_is_a_fault() =>
        Assert.Equal(2, SourceRules.ProjectsAtHome(["src/A/A.csproj"], "\"src\\B\\B.csproj\"").Count());

    [Fact]
    public void The_ban_list_reaches_every_product_project_and_ships_with_none() =>
        Assert.Contains("Include=\"Microsoft.CodeAnalysis.BannedApiAnalyzers\" PrivateAssets=\"all\"", Repository.File("Directory.Build.props").Text, StringComparison.Ordinal);
}
