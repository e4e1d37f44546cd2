using EdgeNode.IntegrationTests.Field;
using EdgeNode.IntegrationTests.Peers;
using Xunit;

namespace EdgeNode.IntegrationTests.EndToEnd;

/// <summary>A data directory that cannot be used at the start: measuring does not wait for it.</summary>
public sealed class BlockedDiskTests
{
    [Fact]
    public async Task A_disk_that_cannot_be_used_is_told_once_stops_no_measuring_and_is_taken_up_when_it_is_well()
    {
        using var folder = new TempFolder();
        await using var field = await PymodbusField.StartAsync(new PymodbusFieldOptions(2, 5), folder.File("served"), TestContext.Current.CancellationToken);
        var site = folder.Write("site.yaml", SiteText.Of(field.Ports, FreePort.Next(), units: 2, points: 5));
        var blocked = folder.Write("data", "a file where the directory should be");
        await using var gateway = GatewayProcess.Run(site, blocked);
        await gateway.WaitForLineAsync("Measuring and alarms go on");
        var before = field.Served().Count;
        await Task.Delay(TimeSpan.FromSeconds(5), TestContext.Current.CancellationToken);
        Assert.True(field.Served().Count - before >= 4 * 10, "measuring stopped with the disk");

        File.Delete(blocked);
        await gateway.WaitForLineAsync("Spool: epoch");
        await gateway.StopAsync();
        Assert.Equal(0, gateway.ExitCode);
        Assert.Single(gateway.Output.Split('\n'), l => l.Contains("Measuring and alarms go on", StringComparison.Ordinal));

        // What gathered in the bounded queue meanwhile was recorded.
        var (code, text, error) = await GatewayProcess.VerbAsync("spool", "verify", "--data", blocked, "--json");
        Assert.True(code == 0, text + error);
        using var json = System.Text.Json.JsonDocument.Parse(text);
        Assert.True(json.RootElement.GetProperty("readings").GetInt64() >= field.Served().Count - 10, text);
    }
}
