using System.Text.Json;
using EdgeNode.IntegrationTests.Field;
using EdgeNode.IntegrationTests.Peers;
using Xunit;

namespace EdgeNode.IntegrationTests.EndToEnd;

/// <summary>The verbs <c>bypass</c> and <c>groups</c> against a running gateway, over a restart of it.</summary>
public sealed class BypassTests
{
    private const string Group = """
        groups:
          - { id: G-1, members: [ U1.p0, U2.p0, U3.p0 ], vote: 2oo3, bypass: { at-most: 1, for: 8h } }

        """;

    [Fact]
    public async Task A_member_is_bypassed_from_the_command_line_and_still_after_a_restart_and_the_trail_says_so()
    {
        using var folder = new TempFolder();
        await using var field = await PymodbusField.StartAsync(new PymodbusFieldOptions(3, 1), folder.File("served"), TestContext.Current.CancellationToken);
        var site = folder.Write("site.yaml", SiteText.Of(field.Ports, FreePort.Next(), 3, 1, "200ms") + Group);
        var data = folder.File("data");
        double until;
        await using (var gateway = GatewayProcess.Run(site, data))
        {
            Assert.Equal(0, (await UntilAsync(r => r.Code != 69, "bypass", "set", "G-1", "U1.p0", "--for", "2h", "--why", "calibration", "--data", data)).Code);
            var (code, said, _) = await GatewayProcess.VerbAsync("bypass", "set", "G-1", "U2.p0", "--why", "another", "--data", data);
            Assert.Equal((1, "U2.p0: G-1 allows 1 at a time (bypass: at-most, in the site file), and U1.p0 is bypassed; end one first.\n"), (code, said));
            Assert.Equal(64, (await GatewayProcess.VerbAsync("bypass", "set", "G-1", "U2.p0", "--data", data)).Code);
            until = Until(await ListAsync(data));
            await GroupIsShownAsync(data);
            await gateway.WaitForLineAsync("Bypass: U1.p0 has no vote in G-1 until");
            await gateway.StopAsync();
        }

        await using (var gateway = GatewayProcess.Run(site, data))
        {
            await gateway.WaitForLineAsync("Bypass of the run before goes on: U1.p0 has no vote in G-1");
            await UntilAsync(r => r.Code == 0, "bypass", "list", "--data", data);
            Assert.InRange(Until(await ListAsync(data)), until - 1, until + 1);
            Assert.Equal((0, "U1.p0: its bypass in G-1 has ended.\n"), await DoAsync("bypass", "end", "G-1", "U1.p0", "--data", data));
            Assert.Equal((0, "No member is bypassed.\n"), await DoAsync("bypass", "list", "--data", data));
            await gateway.StopAsync();
            Assert.Equal(0, gateway.ExitCode);
        }

        var (_, trail) = await DoAsync("audit", "show", "--data", data);
        Assert.Equal(["done", "refused", "done"], trail.Split('\n').Where(l => l.Contains("  bypass-", StringComparison.Ordinal)).Select(l => l.Split("\"outcome\":\"")[1].Split('"')[0]));
    }

    private static async Task GroupIsShownAsync(string data)
    {
        var (_, text, _) = await UntilAsync(r => r.Code == 0 && r.Out.Contains("\"spread\"", StringComparison.Ordinal), "groups", "list", "G-1", "--json", "--data", data);
        var group = Assert.Single(JsonElement.Parse(text).GetProperty("groups").EnumerateArray());
        Assert.Equal(("G-1", "2oo3", "1oo2"), (group.GetProperty("id").GetString(), group.GetProperty("vote").GetString(), group.GetProperty("inForce").GetString()));
        Assert.Equal(["bypassed", "votes", "votes"], group.GetProperty("members").EnumerateArray().Select(m => m.GetProperty("standing").GetString()));
        var (code, table) = await DoAsync("groups", "--data", data);
        Assert.Equal(0, code);
        Assert.Contains("degraded from 2oo3", table, StringComparison.Ordinal);
        Assert.Equal((64, "", "G-2 is not a voting group of the site; expected G-1.\n"), await GatewayProcess.VerbAsync("groups", "show", "G-2", "--data", data));
    }

    private static double Until(JsonElement list)
    {
        var bypass = Assert.Single(list.GetProperty("bypasses").EnumerateArray());
        Assert.Equal(("U1.p0", "calibration", Environment.UserName), (bypass.GetProperty("member").GetString(), bypass.GetProperty("why").GetString(), bypass.GetProperty("by").GetString()));
        return bypass.GetProperty("until").GetDouble();
    }

    private static async Task<JsonElement> ListAsync(string data)
    {
        var (code, text, error) = await GatewayProcess.VerbAsync("bypass", "list", "--json", "--data", data);
        Assert.True(code == 0, error);
        return JsonElement.Parse(text);
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
