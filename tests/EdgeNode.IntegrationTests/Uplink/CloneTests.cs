using EdgeNode.IntegrationTests.EndToEnd;
using EdgeNode.IntegrationTests.Field;
using EdgeNode.IntegrationTests.Peers;
using Xunit;

namespace EdgeNode.IntegrationTests.Uplink;

/// <summary>Two native gateways of one identifier on mosquitto, which closes a session that was taken over without a word.</summary>
public sealed class CloneTests
{
    private const string Raised = "Alarm NODE-TAKEN-OVER raised";

    [Fact]
    public async Task A_copied_card_is_told_by_both_nodes_which_then_wait_and_a_restart_is_no_copy()
    {
        using var folder = new TempFolder();
        await using var broker = await Mosquitto.StartAsync();
        await using var field = await PymodbusField.StartAsync(new PymodbusFieldOptions(1, 2), folder.File("served"), TestContext.Current.CancellationToken);
        var site = folder.Write("site.yaml", SiteText.Of(field.Ports, broker.Port, units: 1, points: 2));
        var (original, copy) = (folder.File("original"), folder.File("copy"));
        foreach (var end in (Signal[])[Signal.Terminate, Signal.Kill, Signal.Kill])
        {
            await using var one = GatewayProcess.Run(site, original);
            await one.WaitForLineAsync("Connected to broker");
            await Task.Delay(TimeSpan.FromSeconds(2), TestContext.Current.CancellationToken);
            await one.StopAsync(end);
            Assert.DoesNotContain(Raised, one.Output, StringComparison.Ordinal);
        }

        await using (var copier = PeerProcess.Start("cp", "apt-get install coreutils", ["-a", original, copy]))
        {
            Assert.Equal(0, await copier.WaitForExitAsync());
        }

        await using var first = GatewayProcess.Run(site, original);
        await first.WaitForLineAsync("Connected to broker");
        await Task.Delay(TimeSpan.FromSeconds(2), TestContext.Current.CancellationToken);
        Assert.DoesNotContain(Raised, first.Output, StringComparison.Ordinal);
        await using var second = GatewayProcess.Run(site, copy);
        await Task.WhenAll(first.WaitForLineAsync(Raised), second.WaitForLineAsync(Raised));

        // Each of them waits 15 s at least once it has been put out again; before that it may come back once.
        int Connects() => broker.Process.Output.Split('\n').Count(l => l.Contains("New client connected", StringComparison.Ordinal));
        var before = Connects();
        await Task.Delay(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
        Assert.InRange(Connects() - before, 0, 3);
    }
}
