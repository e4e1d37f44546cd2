using System.Text.Json;
using EdgeNode.IntegrationTests.Peers;
using Xunit;

namespace EdgeNode.IntegrationTests.EndToEnd;

/// <summary>What <c>check</c> says of a good site file.</summary>
public sealed class CheckTests
{
    private static readonly string Examples = Path.Combine(CommandLineTests.Repository(), "provisioning", "examples");

    [Fact]
    public async Task The_examples_are_good()
    {
        foreach (var example in Directory.EnumerateFiles(Examples, "*.yaml"))
        {
            var (code, text, error) = await GatewayProcess.VerbAsync("check", "--site", example);
            Assert.True(code == 0, text + error);
        }
    }

    [Fact]
    public async Task What_check_hints_at_is_in_its_json_too()
    {
        using var folder = new TempFolder();
        var inlet = await File.ReadAllLinesAsync(Path.Combine(Examples, "protected-inlet.yaml"), TestContext.Current.CancellationToken);
        var site = folder.Write("site.yaml", string.Join('\n', inlet.Where(l => !l.Contains("proof: {", StringComparison.Ordinal))));
        var (code, text, error) = await GatewayProcess.VerbAsync("check", "--site", site, "--json");
        Assert.True(code == 0, text + error);
        var (_, _, hints) = await GatewayProcess.VerbAsync("check", "--site", site);
        var told = JsonDocument.Parse(text).RootElement.GetProperty("hints").EnumerateArray()
            .Select(h => (h.TryGetProperty("line", out var line) ? $"{h.GetProperty("file")}:{line}:{h.GetProperty("column")}: " : "") + h.GetProperty("message")).ToList();
        Assert.Equal(hints.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => l["hint: ".Length..]), told);
        Assert.Contains(told, h => h.StartsWith(site, StringComparison.Ordinal) && h.Contains("XV-101", StringComparison.Ordinal));
    }
}
