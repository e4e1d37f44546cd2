namespace EdgeNode.UnitTests.House;

public class DecisionTests
{
    private const string Sound = "# 0001 One\n\nDate: 2026-11-22\nStatus: accepted\n\n## Motivation\n\nx\n\n## Choice\n\ny\n";

    [Fact]
    public void Decision_records_are_complete_and_numbered_without_holes()
    {
        var files = Repository.Files.Where(f => f.Folder == DecisionRules.Folder).ToArray();
        Assert.True(files.Length > 5, "the records were not found");
        Faults.None(DecisionRules.Faults(files));
    }

    [Fact]
    public void A_sound_record_in_the_index_is_no_fault() => Assert.Empty(Found("0001-one.md", Sound));

    [Theory]
    [InlineData("0002-one.md", Sound, "0001 was expected")]
    [InlineData("0001-one.md", "# 0001\n\nDate: soon\nStatus: accepted\n\n## Motivation\n\n## Choice\n", "Date")]
    [InlineData("0001-one.md", "# 0001\n\nDate: 2026-11-22\nStatus: maybe\n\n## Motivation\n\n## Choice\n", "Status")]
    [InlineData("0001-one.md", "# 0001\n\nDate: 2026-11-22\nStatus: accepted\n\n## Choice\n", "## Motivation")]
    public void A_hole_or_a_missing_part_is_a_fault(string name, string text, string fault) =>
        Assert.Contains(fault, Assert.Single(Found(name, text)), StringComparison.Ordinal);

    [Fact]
    public void A_record_missing_in_the_index_is_a_fault() =>
        Assert.Single(DecisionRules.Faults([new SourceFile($"{DecisionRules.Folder}/0001-one.md", Sound), new SourceFile($"{DecisionRules.Folder}/README.md", "")]));

    private static IEnumerable<string> Found(string name, string text) => DecisionRules.Faults(
        [new SourceFile($"{DecisionRules.Folder}/{name}", text), new SourceFile($"{DecisionRules.Folder}/README.md", $"[one]({name})")]);
}
