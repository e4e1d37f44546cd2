using EdgeNode.IntegrationTests.Field;
using EdgeNode.IntegrationTests.Peers;
using Xunit;

namespace EdgeNode.IntegrationTests.EndToEnd;

/// <summary>The verbs <c>maintenance</c> and <c>silence</c> against a running gateway, over a restart of it.</summary>
public sealed class MaintenanceTests
{
    [Fact]
    public async Task What_is_measured_in_maintenance_is_marked_over_a_restart_too_and_the_trail_says_who_began_and_ended_it()
    {
        using var folder = new TempFolder();
        await using var field = await PymodbusField.StartAsync(new PymodbusFieldOptions(1, 1), folder.File("served"), TestContext.Current.CancellationToken);
        var site = folder.Write("site.yaml", SiteText.Of(field.Ports, FreePort.Next(), 1, 1, "200ms") + "maintenance: { for: 4h }\n");
        var data = folder.File("data");
        await using (var gateway = GatewayProcess.Run(site, data))
        {
            var on = await UntilAsync(r => r.Code != 69, "maintenance", "on", "--for", "2h", "--why", "new seal", "--data", data);
            Assert.Equal((0, true), (on.Code, on.Out.StartsWith("maintenance: what is measured is marked until ", StringComparison.Ordinal)));
            Assert.Equal((1, "maintenance: the site allows 4h at most (maintenance: for, in the site file).\n"), await DoAsync("maintenance", "on", "--for", "5h", "--why", "w", "--data", data));
            Assert.Equal(64, (await DoAsync("maintenance", "on", "--data", data)).Code); // without a reason
            Assert.Equal((0, "Nothing sounds.\n"), await DoAsync("silence", "--data", data));
            Assert.Equal((1, "SIREN: the site has no annunciators.\n"), await DoAsync("silence", "SIREN", "--data", data));
            await gateway.StopAsync();
        }

        await using (var gateway = GatewayProcess.Run(site, data))
        {
            await gateway.WaitForLineAsync("Maintenance of the run before goes on until");
            var status = await UntilAsync(r => r.Code == 0, "maintenance", "status", "--data", data);
            Assert.EndsWith($"by {Environment.UserName}: new seal.\n", status.Out, StringComparison.Ordinal);
            await UntilAsync(r => r.Out.Contains("uncertain:maintenance", StringComparison.Ordinal), "spool", "export", "--data", data);
            Assert.Equal((0, "maintenance: it has ended.\n"), await DoAsync("maintenance", "off", "--data", data));
            Assert.Equal((0, "There is no maintenance.\n"), await DoAsync("maintenance", "status", "--data", data));
            await gateway.StopAsync();
            Assert.Equal(0, gateway.ExitCode);
        }

        var events = (await DoAsync("spool", "export", "--events", "--format", "jsonl", "--data", data)).Said;
        Assert.Equal(2, events.Split('\n').Count(l => l.Contains("NODE-MAINTENANCE", StringComparison.Ordinal) && l.Contains("raised", StringComparison.Ordinal)));
        var trail = (await DoAsync("audit", "show", "--data", data)).Said;
        Assert.Equal(
            ["maintenance-on done", "maintenance-on refused", "maintenance-off done"],
            trail.Split('\n').Where(l => l.Contains("  maintenance-", StringComparison.Ordinal))
                .Select(l => $"{(l.Contains("maintenance-on", StringComparison.Ordinal) ? "maintenance-on" : "maintenance-off")} {l.Split("\"outcome\":\"")[1].Split('"')[0]}"));
    }

    private static async Task<(int Code, string Said)> DoAsync(params string[] arguments)
    {
        var (code, said, _) = await GatewayProcess.VerbAsync(arguments);
        return (code, said);
    }

    private static async Task<(int Code, string Out, string Error)> UntilAsync(Func<(int Code, string Out, string Error), bool> done, params string[] arguments)
    {
        var until = DateTimeOffset.UtcNow + TimeSpan.FromSeconds(60);
        while (true)
        {
            var result = await GatewayProcess.VerbAsync(arguments);
            if (done(result))
            {
                return result;
            }

            Assert.True(DateTimeOffset.UtcNow < until, "waited 60 s: " + result.Error);
            await Task.Delay(100);
        }
    }
}
