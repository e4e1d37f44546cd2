using System.Text.Json;
using EdgeNode.IntegrationTests.Field;
using EdgeNode.IntegrationTests.Peers;
using Xunit;

namespace EdgeNode.IntegrationTests.EndToEnd;

/// <summary>A status word of a real Modbus server: its bits are set and cleared on the wire, and the platform hears what its values are worth.</summary>
public sealed class DeviceStatusTests
{
    // Register 1000 of unit 1 holds 256 at first: bit 8, which has no class.
    private const string Site = """
            status: { function: 3, register: 1000, type: uint16, failure: 0, function-check: 1, out-of-specification: 2, maintenance-required: 3, of: p0 }
        alarms:
          - { id: UA-1, of: U1.p0, when: bad, priority: high }

        """;

    [Fact]
    public async Task A_failed_bit_makes_the_point_bad_with_its_reason_and_a_cleared_one_makes_it_good_again()
    {
        using var folder = new TempFolder();
        var received = folder.File("received");
        await using var broker = await Mosquitto.StartAsync();
        await using var field = await PymodbusField.StartAsync(new PymodbusFieldOptions(1, 2), folder.File("served"), TestContext.Current.CancellationToken);
        var site = folder.Write("site.yaml", SiteText.Of(field.Ports, broker.Port, 1, 2, "200ms") + Site);
        await using var subscriber = PeerProcess.Start("sh", Mosquitto.Install,
            ["-c", $"exec mosquitto_sub -V 5 -h 127.0.0.1 -p {broker.Port} -i platform -q 1 -t '{SiteText.Topic}/#' -F '%t %p' >>'{received}'"]);
        await broker.Process.WaitForLineAsync("Sending SUBACK to platform");
        await using var gateway = GatewayProcess.Run(site, folder.File("data"));
        await UntilAsync(() => Last(received, "p0")?.Quality == "good", gateway);

        Write(field.Port, 0x0101);
        var from = field.Served().Count;
        await UntilAsync(() => Last(received, "p0")?.Quality == "bad:sensor-failure" && Alarm(received, "raised"), gateway);
        Assert.Null(Last(received, "p0")!.Value);
        Assert.Equal("good", Last(received, "p1")!.Quality);
        var (code, text, error) = await GatewayProcess.VerbAsync("read", "--site", site, "--json", "U1.p0");
        Assert.True(code == 0, error);
        using (var json = JsonDocument.Parse(text))
        {
            var reading = json.RootElement.GetProperty("readings")[0];
            Assert.Equal(("bad:sensor-failure", "F"), (reading.GetProperty("quality").GetString(), reading.GetProperty("ne107").GetString()));
        }

        Assert.Contains("says by its status word 0x101 (register 1000, function 3)", error, StringComparison.Ordinal);
        var failed = field.Served().Skip(from).Where(v => v.Point == 0).Select(v => (double?)v.Value).ToHashSet();

        foreach (var (bits, quality) in new[] { (2, "uncertain:function-check"), (4, "uncertain:out-of-specification"), (8, "uncertain:maintenance-required"), (0, "good") })
        {
            Write(field.Port, 0x0100 | bits);
            await UntilAsync(() => Last(received, "p0")?.Quality == quality, gateway);
            Assert.NotNull(Last(received, "p0")!.Value);
        }

        await UntilAsync(() => Alarm(received, "cleared"), gateway);
        await gateway.StopAsync();
        Assert.Equal(0, gateway.ExitCode);

        // Of what was read while the bit stood, one value may have been read behind a word of just before it.
        Assert.NotEmpty(failed);
        Assert.InRange(Platform.Telemetry(received).Count(r => r.Name.EndsWith("U1.p0", StringComparison.Ordinal) && r.Value is { } v && failed.Contains(v)), 0, 1);
        Assert.DoesNotContain(Platform.Telemetry(received), r => r.Name.EndsWith("U1.p1", StringComparison.Ordinal) && r.Quality != "good");
    }

    private static Arrived? Last(string received, string point) =>
        Platform.Telemetry(received).LastOrDefault(r => r.Name.EndsWith("U1." + point, StringComparison.Ordinal));

    private static bool Alarm(string received, string change) =>
        Platform.Events(received, "alarm").Exists(a => a.GetProperty("id").GetString() == "UA-1" && a.GetProperty("change").GetString() == change);

    private static void Write(int port, int bits)
    {
        using var master = new PlainMaster(port);
        Assert.EndsWith($"0603E8{bits:X4}", master.Ask(1, 1, $"06 03E8 {bits:X4}"), StringComparison.Ordinal);
    }

    private static async Task UntilAsync(Func<bool> done, PeerProcess gateway)
    {
        var until = DateTimeOffset.UtcNow + TimeSpan.FromSeconds(60);
        while (!done())
        {
            Assert.True(DateTimeOffset.UtcNow < until, $"waited 60 s; the gateway said:\n{gateway.Output}");
            await Task.Delay(100);
        }
    }
}
