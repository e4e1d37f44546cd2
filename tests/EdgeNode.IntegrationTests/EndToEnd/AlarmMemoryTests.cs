using EdgeNode.IntegrationTests.Field;
using EdgeNode.IntegrationTests.Peers;
using Xunit;

namespace EdgeNode.IntegrationTests.EndToEnd;

/// <summary>An alarm that ends while the gateway is down must not stay raised for the platform.</summary>
public sealed class AlarmMemoryTests
{
    private const string Plain = """
              - { name: level, function: 3, register: 1000, type: uint16, unit: count }
        alarms:
          - { id: LAH-1, of: U1.level, high: 300 count, deadband: 1 count, priority: high, text: { en: Level high } }

        """;

    [Fact]
    public async Task An_alarm_that_ended_while_the_gateway_was_down_is_cleared_after_the_restart_and_the_start_is_counted()
    {
        using var folder = new TempFolder();
        await using var broker = await Mosquitto.StartAsync();
        await using var field = await PymodbusField.StartAsync(new PymodbusFieldOptions(1, 1), folder.File("served"), TestContext.Current.CancellationToken);
        var text = SiteText.Of(field.Ports, broker.Port, 1, 1, "200ms") + Plain;
        var site = folder.Write("site.yaml", text);
        var received = folder.File("received");
        await using var subscriber = PeerProcess.Start("sh", Mosquitto.Install,
            ["-c", $"exec mosquitto_sub -V 5 -h 127.0.0.1 -p {broker.Port} -i platform -q 1 -t '{SiteText.Topic}/#' -F '%t %p' >>'{received}'"]);
        await broker.Process.WaitForLineAsync("Sending SUBACK to platform");

        Write(field.Port, 400);
        await using (var gateway = GatewayProcess.Run(site, folder.File("data")))
        {
            await UntilAsync(() => States(received).SequenceEqual(["raised"]), gateway);
            await Task.Delay(TimeSpan.FromSeconds(2), TestContext.Current.CancellationToken); // the state rides with the next commit
            await gateway.StopAsync(Signal.Kill);
        }

        Write(field.Port, 256);
        folder.Write("site.yaml", text.Replace("Level high", "Level too high", StringComparison.Ordinal));
        await using (var gateway = GatewayProcess.Run(site, folder.File("data")))
        {
            await UntilAsync(() => States(received).SequenceEqual(["raised", "cleared"]), gateway);
            await UntilAsync(() => LastRetained(received).Contains("\"active\":false", StringComparison.Ordinal), gateway);
            await UntilAsync(() => Platform.Events(received, "configuration").Count == 2, gateway);
            await gateway.StopAsync();
            Assert.Equal(0, gateway.ExitCode);
        }

        var starts = Platform.Events(received, "configuration");
        Assert.Equal(["start", "changed"], starts.Select(s => s.GetProperty("reason").GetString()));
        Assert.Equal([1, 2], starts.Select(s => s.GetProperty("starts").GetInt32()));
        Assert.Single(starts.Select(s => s.GetProperty("boot").GetGuid()).Distinct());
    }

    [Fact]
    public async Task An_alarm_that_goes_on_is_not_raised_again_and_keeps_its_time()
    {
        using var folder = new TempFolder();
        await using var broker = await Mosquitto.StartAsync();
        await using var field = await PymodbusField.StartAsync(new PymodbusFieldOptions(1, 1), folder.File("served"), TestContext.Current.CancellationToken);
        var site = folder.Write("site.yaml", SiteText.Of(field.Ports, broker.Port, 1, 1, "200ms") + Plain);
        var received = folder.File("received");
        await using var subscriber = PeerProcess.Start("sh", Mosquitto.Install,
            ["-c", $"exec mosquitto_sub -V 5 -h 127.0.0.1 -p {broker.Port} -i platform -q 1 -t '{SiteText.Topic}/#' -F '%t %p' >>'{received}'"]);
        await broker.Process.WaitForLineAsync("Sending SUBACK to platform");
        Write(field.Port, 400);
        await using (var gateway = GatewayProcess.Run(site, folder.File("data")))
        {
            await UntilAsync(() => LastRetained(received).Contains("\"active\":true", StringComparison.Ordinal), gateway);
            await gateway.StopAsync();
        }

        var before = Since(received);
        Write(field.Port, 401);
        await using (var gateway = GatewayProcess.Run(site, folder.File("data")))
        {
            await UntilAsync(() => LastRetained(received).Contains("\"value\":401", StringComparison.Ordinal) && Since(received) == before, gateway);
            await gateway.StopAsync();
        }

        Assert.Equal(["raised"], States(received));
        Assert.Contains("\"active\":true", LastRetained(received), StringComparison.Ordinal);
    }

    private static void Write(int port, int value)
    {
        using var master = new PlainMaster(port);
        master.Ask(1, 1, $"06 03E8 {value:X4}");
    }

    private static List<string> States(string received) =>
        [.. Platform.Events(received, "alarm").Where(a => a.GetProperty("id").GetString() == "LAH-1").Select(a => a.GetProperty("state").GetString()!)];

    private static string LastRetained(string received) =>
        Platform.Messages(received).LastOrDefault(m => m.Topic.EndsWith("/alarm/LAH-1", StringComparison.Ordinal)).Payload ?? "";

    private static double Since(string received)
    {
        using var json = System.Text.Json.JsonDocument.Parse(LastRetained(received));
        return json.RootElement.GetProperty("since").GetDouble();
    }

    private static async Task UntilAsync(Func<bool> done, PeerProcess gateway)
    {
        var until = DateTimeOffset.UtcNow + TimeSpan.FromSeconds(60);
        while (!done())
        {
            Assert.True(DateTimeOffset.UtcNow < until, "waited 60 s; the gateway said:\n" + gateway.Output);
            await Task.Delay(100);
        }
    }
}
