using EdgeNode.Hardware;
using EdgeNode.Provisioning;

namespace EdgeNode.UnitTests.Provisioning;

/// <summary>The wrong site files of the folder Faults, each with the exact sentences that a technician reads.</summary>
public sealed class FaultFixtureTests
{
    public static TheoryData<string> Fixtures() => [.. Directory.EnumerateFiles(TestFiles.Faults, "*.yaml").Select(f => Path.GetFileNameWithoutExtension(f)!).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Fixtures))]
    public void A_wrong_site_file_is_answered_with_place_and_reason(string name)
    {
        var file = Path.Combine(TestFiles.Faults, name + ".yaml");

        var result = SiteFile.Parse(name + ".yaml", File.ReadAllBytes(file), TestFiles.Faults, TestFiles.Profiles, FieldTimes.Of);

        Assert.Equal(result.Faults.Any(f => f.StopsRun), result.Site is null);
        Assert.Equal(
            File.ReadAllLines(Path.Combine(TestFiles.Faults, name + ".expected")),
            result.Faults.Select(f => f.ToString()));
    }

    [Fact]
    public void There_are_more_than_thirty_and_each_has_its_answer()
    {
        var files = Directory.EnumerateFiles(TestFiles.Faults, "*.yaml").ToList();
        Assert.True(files.Count >= 32, $"{files.Count} fixtures");
        Assert.All(files, f => Assert.NotEmpty(File.ReadAllText(Path.ChangeExtension(f, ".expected")).Trim()));

        var answers = Directory.EnumerateFiles(TestFiles.Faults, "*.expected").Select(f => Path.ChangeExtension(f, ".yaml"));
        Assert.Empty(answers.Except(files));
    }

    [Fact]
    public void All_faults_of_a_file_come_at_once_and_in_the_order_of_the_file()
    {
        var bytes = File.ReadAllBytes(Path.Combine(TestFiles.Faults, "several-faults.yaml"));

        var faults = SiteFile.Parse("several-faults.yaml", bytes, TestFiles.Faults, TestFiles.Profiles, FieldTimes.Of).Faults;

        Assert.True(faults.Length >= 20, $"{faults.Length} faults");
        Assert.Equal(faults.OrderBy(f => f.Line).ThenBy(f => f.Column), faults);
        Assert.All(faults, f => Assert.InRange(f.Line, 1, 26));
    }

    [Fact]
    public void A_fault_in_one_device_says_nothing_about_what_refers_to_it()
    {
        var spoilt = TestFiles.Small
            .Replace("id: PT-101\n", "id: PT 101\n", StringComparison.Ordinal)
            .Replace("name: pressure", "name: pres.sure", StringComparison.Ordinal);

        var faults = TestFiles.Parse(spoilt).Faults;

        Assert.Equal([(5, 9), (10, 17)], faults.Select(f => (f.Line, f.Column)));
    }
}
