using System.Globalization;
using System.Text.Json;
using EdgeNode.IntegrationTests.Peers;
using EdgeNode.Simulation.Modbus;
using Xunit;

namespace EdgeNode.IntegrationTests.EndToEnd;

/// <summary>An output on a coil, through the lives and deaths of a real gateway.</summary>
public sealed class OutputTests : IAsyncLifetime
{
    private const int Coil = 12;
    private readonly RegisterBank _bank = new(holding: 10, coils: 20);
    private readonly TempFolder _folder = new();
    private ModbusTcpServer _server = null!;
    private string _site = "";
    private string _data = "";

    public ValueTask InitializeAsync()
    {
        _server = ModbusTcpServer.Start([new FieldUnit(1, _bank)], TimeProvider.System);
        _site = _folder.Write("site.yaml", Text());
        _data = _folder.File("data");
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task An_output_is_reset_shown_and_held_stays_on_after_a_kill_and_outputs_safe_ends_that_also_with_a_broken_site_file()
    {
        await using (var gateway = GatewayProcess.Run(_site, _data))
        {
            var shown = await ShownAsync(o => o.GetProperty("driven").ValueKind == JsonValueKind.True && Held(o).StartsWith("start: it was never", StringComparison.Ordinal));
            Assert.Equal(("P-101", "stopped", "stopped"), (Word(shown, "id"), Word(shown, "position"), Word(shown, "readBack")));
            Assert.False(_bank.Coil(Coil));

            Assert.Equal(0, (await GatewayProcess.VerbAsync("outputs", "reset", "P-101", "--data", _data)).Code);
            await UntilAsync(() => Task.FromResult(_bank.Coil(Coil)));

            // While a gateway runs, the verb for ExecStopPost speaks with it: the line is the gateway's.
            var (code, said, _) = await GatewayProcess.VerbAsync("outputs", "safe", "P-101", "--site", _site, "--data", _data, "--why", "test");
            Assert.Equal((0, $"P-101: stopped is asked for (safe, held by {Environment.UserName}); the line or the device has taken it.\n"), (code, said));
            Assert.False(_bank.Coil(Coil));
            Assert.Equal(0, (await GatewayProcess.VerbAsync("outputs", "reset", "P-101", "--data", _data)).Code);
            await UntilAsync(() => Task.FromResult(_bank.Coil(Coil) && File.Exists(Path.Combine(_data, "site.last.yaml"))));
            await gateway.StopAsync(Signal.Kill);
        }

        Assert.True(_bank.Coil(Coil)); // nothing else makes it safe: this device has no watchdog
        await File.AppendAllTextAsync(_site, "alarms: [ { id: PAH-101, of: NOTHING } ]\n", TestContext.Current.CancellationToken);
        var (safe, told, error) = await GatewayProcess.VerbAsync("outputs", "safe", "--site", _site, "--data", _data);
        Assert.Equal((0, "P-101: stopped, its safe state; it reads back stopped.\n"), (safe, told));
        Assert.Contains("is wrong: going by", error, StringComparison.Ordinal);
        Assert.False(_bank.Coil(Coil));
    }

    [Fact]
    public async Task An_orderly_stop_makes_the_output_safe_the_next_start_takes_the_reset_and_a_crash_does_not_count()
    {
        await using (var gateway = GatewayProcess.Run(_site, _data))
        {
            await ShownAsync(o => Held(o).StartsWith("start: it was never", StringComparison.Ordinal));
            Assert.Equal(0, (await GatewayProcess.VerbAsync("outputs", "reset", "P-101", "--data", _data)).Code);
            await UntilAsync(() => Task.FromResult(_bank.Coil(Coil)));
            await gateway.StopAsync();
            Assert.Equal(0, gateway.ExitCode);
            Assert.False(_bank.Coil(Coil));
        }

        await using (var gateway = GatewayProcess.Run(_site, _data))
        {
            await ShownAsync(o => Word(o, "state") == "normal");
            await UntilAsync(() => Task.FromResult(_bank.Coil(Coil)));
            await gateway.StopAsync(Signal.Kill);
        }

        await using (var gateway = GatewayProcess.Run(_site, _data))
        {
            await ShownAsync(o => Held(o) == "start: the run before did not end in order");
            await UntilAsync(() => Task.FromResult(!_bank.Coil(Coil)));
            await gateway.StopAsync();
        }
    }

    [Fact]
    public async Task A_trip_that_stood_at_the_stop_and_is_gone_from_the_site_file_still_holds_its_output()
    {
        const string Trip = """
            alarms: [ { id: SAH-1, of: VSD-1.speed, high: 50 Hz, priority: high } ]
            trips: [ { id: stop-pump, cause: SAH-1, effect: P-101, on-bad: hold, process-safety-time: 120s, settle: 1s } ]

            """;
        var guarded = Text().Replace("backstop: hard-wired", "device-watchdog: 60s, backstop: device-watchdog", StringComparison.Ordinal);
        var (with, without) = (_folder.Write("with.yaml", guarded + Trip), _folder.Write("without.yaml", guarded));
        await using (var gateway = GatewayProcess.Run(with, _data))
        {
            await UntilAsync(async () => (await GatewayProcess.VerbAsync("reset", "stop-pump", "--data", _data)).Code == 0);
            await UntilAsync(() => Task.FromResult(_bank.Coil(Coil)));
            Assert.Equal(0, (await GatewayProcess.VerbAsync("trips", "trip", "stop-pump", "--why", "test", "--data", _data)).Code);
            await UntilAsync(() => Task.FromResult(!_bank.Coil(Coil)));
            await gateway.StopAsync();
            Assert.Equal(0, gateway.ExitCode);
        }

        await using (var gateway = GatewayProcess.Run(without, _data))
        {
            await ShownAsync(o => Held(o).StartsWith("trip stop-pump: tripped when the run before ended", StringComparison.Ordinal));
            Assert.False(_bank.Coil(Coil));
            Assert.Equal(0, (await GatewayProcess.VerbAsync("outputs", "reset", "P-101", "--data", _data)).Code);
            await UntilAsync(() => Task.FromResult(_bank.Coil(Coil)));
            await gateway.StopAsync();
        }
    }

    [Fact]
    public async Task What_outputs_safe_did_without_a_gateway_stands_in_the_trail_of_the_next_run()
    {
        Directory.CreateDirectory(_data);
        await UntilAsync(async () =>
        {
            var (code, _, error) = await GatewayProcess.VerbAsync("outputs", "safe", "--site", _site, "--data", _data, "--why", "smell of gas");
            Assert.Equal(0, code);
            return !error.Contains("will not stand in the audit trail", StringComparison.Ordinal); // so says a disk that was busy for long
        });
        await using (var gateway = GatewayProcess.Run(_site, _data))
        {
            await UntilAsync(() => Task.FromResult(Directory.Exists(Path.Combine(_data, "audit")) && Directory.GetFiles(_data, "outputs-safe.*").Length == 0));
            await gateway.StopAsync();
        }

        var (shown, trail, _) = await GatewayProcess.VerbAsync("audit", "show", "--json", "--data", _data);
        Assert.Equal(0, shown);
        var entry = JsonElement.Parse(trail).GetProperty("entries").EnumerateArray().First(e => Word(e, "what") == "output-safe");
        var body = entry.GetProperty("body");
        Assert.Equal((Environment.UserName, "P-101", "done", "smell of gas", true), (Word(entry, "who"), Word(body, "id"), Word(body, "outcome"), Word(body, "why"), body.GetProperty("alone").GetBoolean()));
        Assert.True(body.GetProperty("at").GetDouble() <= entry.GetProperty("time").GetDateTimeOffset().ToUnixTimeMilliseconds() / 1e3);
    }

    [Fact]
    public async Task Without_a_device_outputs_safe_says_so_within_its_deadline_and_without_any_site_it_is_a_fault_of_the_site_file()
    {
        await _server.DisposeAsync();
        var (code, said, _) = await GatewayProcess.VerbAsync("outputs", "safe", "--site", _site, "--data", _data);
        Assert.Equal(69, code);
        Assert.StartsWith("P-101: could not be driven to stopped: VSD-1: there is no link to", said, StringComparison.Ordinal);
        Assert.Equal(78, (await GatewayProcess.VerbAsync("outputs", "safe", "--site", _folder.Write("broken.yaml", "node: 7\n"), "--data", _data)).Code);
        Assert.Equal(64, (await GatewayProcess.VerbAsync("outputs", "safe", "--data", _data)).Code);
        Assert.Equal(69, (await GatewayProcess.VerbAsync("outputs", "show", "--data", _data)).Code);
    }

    private static string Word(JsonElement output, string name) => output.TryGetProperty(name, out var value) ? value.GetString() ?? "" : "";

    private static string Held(JsonElement output) => Word(output, "heldBy");

    private async Task<JsonElement> ShownAsync(Func<JsonElement, bool> done)
    {
        JsonElement output = default;
        await UntilAsync(async () =>
        {
            var (code, text, _) = await GatewayProcess.VerbAsync("outputs", "show", "--json", "--data", _data);
            if (code != 0)
            {
                return false;
            }

            output = JsonElement.Parse(text).GetProperty("outputs")[0];
            return done(output);
        });
        return output;
    }

    private static async Task UntilAsync(Func<Task<bool>> done)
    {
        var until = DateTimeOffset.UtcNow + TimeSpan.FromSeconds(60);
        while (!await done())
        {
            Assert.True(DateTimeOffset.UtcNow < until, "waited 60 s");
            await Task.Delay(50, TestContext.Current.CancellationToken);
        }
    }

    private string Text() => string.Create(CultureInfo.InvariantCulture, $$"""
        node: { id: en-1, site: test }
        buses: { field: { modbus-tcp: "127.0.0.1:{{_server.Port}}" } }
        devices:
          - { id: VSD-1, bus: field, address: 1, every: 200ms, registers: [ { name: speed, function: 3, register: 0, type: uint16, unit: Hz } ] }
        outputs:
          - { id: P-101, device: VSD-1, coil: {{Coil}}, energised: run, de-energised: stopped, normal: run, safe: stopped, backstop: hard-wired }

        """);
}
