using EdgeNode.IntegrationTests.Peers;
using Xunit;

namespace EdgeNode.IntegrationTests.EndToEnd;

/// <summary>What the command line takes for a verb, and what it answers to what is none.</summary>
public class VerbWordsTests
{
    [Theory]
    [InlineData("outputs lsit", "edgenode outputs: 'lsit' is neither a verb nor an option here; expected list, safe, reset.")]
    [InlineData("trips XV-101 --json", "edgenode trips: 'XV-101' is neither a verb nor an option here; expected list, history, report, inhibit, end-inhibit, trip, test, end-test.")]
    [InlineData("emergency", "edgenode emergency: a verb is missing; expected on, off, status.")]
    [InlineData("spool exprt x", "edgenode spool: 'exprt' is neither a verb nor an option here; expected status, verify, export.")]
    [InlineData("allarms", "edgenode: 'allarms' is neither a verb nor an option here; expected demo, run, check,")]
    public async Task What_is_no_verb_is_answered_in_one_sentence_with_the_place_and_with_those_that_there_are(string line, string said)
    {
        var (code, text, error) = await GatewayProcess.VerbAsync(line.Split(' '));
        Assert.Equal((64, ""), (code, text));
        Assert.StartsWith(said, error, StringComparison.Ordinal);
        Assert.Equal(2, error.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length); // and where to look
    }

    [Theory]
    [InlineData("alarms")]
    [InlineData("outputs")]
    [InlineData("trips")]
    [InlineData("groups")]
    [InlineData("bypass")]
    [InlineData("substitute")]
    public async Task A_verb_that_lists_does_so_alone_and_by_either_word(string verb)
    {
        using var folder = new TempFolder();
        var (code, _, error) = await GatewayProcess.VerbAsync(verb, "list", "--data", folder.Path);
        Assert.Contains($"No gateway runs with the data directory {folder.Path}", error, StringComparison.Ordinal);
        string[][] ways = [[verb, "--data", folder.Path], [verb, "show", "--data", folder.Path], [verb, "--data", folder.Path, "list"]];
        foreach (var way in ways)
            Assert.Equal((code, error), await GatewayProcess.VerbAsync(way) is var (c, _, e) ? (c, e) : default);
    }
}
