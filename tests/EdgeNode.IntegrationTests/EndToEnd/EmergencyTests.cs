using System.Text.Json;
using EdgeNode.IntegrationTests.Field;
using EdgeNode.IntegrationTests.Peers;
using Xunit;

namespace EdgeNode.IntegrationTests.EndToEnd;

/// <summary>The emergency mode with the real executable, a real field and a real broker: begun by an alarm, over by its time, and by a person's hand.</summary>
public sealed class EmergencyTests
{
    private const string Site = """
              - { name: level, function: 3, register: 1000, type: uint16, unit: count }
        points:
          - { id: U1.level, report: { change: 100000 count, at-least-every: 1h } }
        alarms:
          - { id: LAHH-1, of: U1.level, high: 300 count, deadband: 1 count, priority: critical }
        emergency: { points: [ U1.level ], every: 100ms, for: 10s }

        """;

    [Fact]
    public async Task An_alarm_makes_its_points_fast_shows_its_evidence_and_ends_and_a_person_may_do_the_same()
    {
        using var folder = new TempFolder();
        var (received, data) = (folder.File("received"), folder.File("data"));
        await using var broker = await Mosquitto.StartAsync();
        await using var field = await PymodbusField.StartAsync(new PymodbusFieldOptions(1, 1), folder.File("served"), TestContext.Current.CancellationToken);
        var site = folder.Write("site.yaml", SiteText.Of(field.Ports, broker.Port, 1, 1, "1s") + Site);
        await using var subscriber = PeerProcess.Start("sh", Mosquitto.Install,
            ["-c", $"exec mosquitto_sub -V 5 -h 127.0.0.1 -p {broker.Port} -i platform -q 1 -t '{SiteText.Topic}/#' -F '%t %p' >>'{received}'"]);
        await broker.Process.WaitForLineAsync("Sending SUBACK to platform");
        Write(field.Port, 256);
        await using var gateway = GatewayProcess.Run(site, data);
        await UntilAsync(() => Times(received).Count == 1, gateway); // one report by its rule, and then silence

        Write(field.Port, 400);
        await UntilAsync(() => Platform.Events(received, "snapshot").Count == 1 && Status(received, emergency: true), gateway);
        var alarm = Platform.Events(received, "alarm").Single(a => a.GetProperty("id").GetString() == "LAHH-1");
        var before = Assert.Single(alarm.GetProperty("before").EnumerateArray());
        Assert.Equal("U1.level", before.GetProperty("point").GetString());
        var last = before.GetProperty("readings").EnumerateArray().Last();
        Assert.Equal((0, 400), (last.GetProperty("dt").GetDouble(), last.GetProperty("v").GetDouble()));
        var snapshot = Assert.Single(Platform.Events(received, "snapshot"));
        Assert.Equal("LAHH-1", snapshot.GetProperty("of").GetString());
        Assert.Equal(8, Assert.Single(snapshot.GetProperty("after").EnumerateArray()).GetProperty("readings").GetArrayLength());

        // 10 s of ten readings a second. A busy machine may skip some; at the usual period there would be ten of them.
        await UntilAsync(() => Platform.Events(received, "emergency").Count == 2, gateway);
        Assert.InRange(Times(received).Distinct().Count(), 14, 110);
        Assert.Equal(["on alarm", "off time"], Modes(received));
        await UntilAsync(() => Status(received, emergency: false), gateway);

        var on = await GatewayProcess.VerbAsync("emergency", "on", "--for", "1h", "--why", "pump test", "--data", data);
        Assert.Equal(0, on.Code);
        Assert.Contains("it is on now, since ", on.Out, StringComparison.Ordinal);
        var status = await GatewayProcess.VerbAsync("emergency", "status", "--json", "--data", data);
        using (var json = JsonDocument.Parse(status.Out))
        {
            Assert.Equal((true, "pump test"), (json.RootElement.GetProperty("on").GetBoolean(), json.RootElement.GetProperty("why").GetString()));
        }

        Assert.Equal((0, "Emergency mode: it is off now.\n"), Said(await GatewayProcess.VerbAsync("emergency", "off", "--data", data)));
        Assert.Equal((0, "Emergency mode: it is off already.\n"), Said(await GatewayProcess.VerbAsync("emergency", "off", "--data", data)));
        await UntilAsync(() => Platform.Events(received, "emergency").Count == 4, gateway);
        Assert.Equal(["on alarm", "off time", "on command", "off command"], Modes(received));
        await gateway.StopAsync();
        Assert.Equal(0, gateway.ExitCode);

        var trail = await GatewayProcess.VerbAsync("audit", "verify", "--data", data);
        Assert.Equal(0, trail.Code);
        Assert.Equal(64, (await GatewayProcess.VerbAsync("emergency", "on", "--for", "25h", "--data", data)).Code);
        Assert.Equal(69, (await GatewayProcess.VerbAsync("emergency", "status", "--data", data)).Code);
    }

    private static (int Code, string Out) Said((int Code, string Out, string Error) verb) => (verb.Code, verb.Out);

    private static void Write(int port, int value)
    {
        using var master = new PlainMaster(port);
        master.Ask(1, 1, $"06 03E8 {value:X4}");
    }

    private static List<double> Times(string received) =>
        [.. Platform.Telemetry(received).Where(r => r.Name.EndsWith(":U1.level", StringComparison.Ordinal)).Select(r => r.Time)];

    private static IEnumerable<string> Modes(string received) =>
        Platform.Events(received, "emergency").Select(e => $"{e.GetProperty("mode").GetString()} {e.GetProperty("why").GetString()}");

    private static bool Status(string received, bool emergency) =>
        Platform.Messages(received).LastOrDefault(m => m.Topic.EndsWith("/status", StringComparison.Ordinal)).Payload?.Contains($"\"emergency\":{(emergency ? "true" : "false")}", StringComparison.Ordinal) == true;

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
