using System.Text;
using System.Text.Json;
using EdgeNode.Core.Model;
using EdgeNode.Hardware.Modbus;
using EdgeNode.Hardware;
using EdgeNode.IntegrationTests.EndToEnd;
using EdgeNode.IntegrationTests.Peers;
using EdgeNode.Provisioning;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace EdgeNode.IntegrationTests.Serial;

/// <summary>Modbus RTU against other people's slaves over a serial line, from the site file onwards (facts/modbus.md section 4, case 84).</summary>
public sealed class SerialTests
{
    private const int Baud = 115200;

    [Fact]
    public async Task Libmodbus_is_read_over_a_serial_line()
    {
        await using var line = await SerialPair.StartAsync();
        await using var slave = await SerialSlave.StartLibmodbusAsync(line.Far, Baud, line.Folder);
        using var bus = Bus($"modbus-rtu: {line.Near}, baud: {Baud}, format: 8N1", 17);
        for (var round = 0; round < 20; round++)
            AssertTruth(Scan(bus, 0), offset: 0);
        Assert.Equal((80, 80, 0, 0), (bus.Health.Requests, bus.Health.Replies, bus.Health.Timeouts, bus.Health.WrongReplies));
    }

    [Fact]
    public async Task Pymodbus_is_read_over_a_serial_line_with_a_dead_unit_beside()
    {
        await using var line = await SerialPair.StartAsync();
        await using var slave = await SerialSlave.StartPymodbusAsync(line.Far, Baud);
        using var bus = Bus($"modbus-rtu: {line.Near}, baud: {Baud}, format: 8N1", 1, 2, 3, 9);
        for (var round = 0; round < 5; round++)
        {
            for (var unit = 1; unit <= 3; unit++)
                AssertTruth(Scan(bus, unit - 1), unit);
            Assert.All(Scan(bus, 3), s => Assert.Contains(s.Quality.Reason, new[] { Reason.Timeout, Reason.DeviceSuspended }));
        }

        Assert.InRange(bus.Health.Timeouts, 1, 3); // passed over while it owes a reply
    }

    [Fact]
    public async Task Libmodbus_is_read_through_a_serial_server()
    {
        await using var server = await SerialPair.StartServerAsync();
        using var bus = Bus($"modbus-rtu-over-tcp: \"{server.Near}\", baud: {Baud}", 17);
        Assert.All(Scan(bus, 0), s => Assert.Equal(Quality.Bad(Reason.Timeout), s.Quality)); // connected, and nobody at the line yet
        await using var slave = await SerialSlave.StartLibmodbusAsync(server.Far, Baud, server.Folder);
        for (var round = 0; round < 20; round++)
            AssertTruth(Scan(bus, 0), offset: 0);
        Assert.Equal((1L, 80L), (bus.Health.Connects, bus.Health.Replies));
    }

    [Fact]
    public async Task The_executable_reads_a_serial_line_once()
    {
        await using var line = await SerialPair.StartAsync();
        await using var slave = await SerialSlave.StartLibmodbusAsync(line.Far, Baud, line.Folder);
        var site = line.Folder.Write("site.yaml", Site($"modbus-rtu: {line.Near}, baud: {Baud}, format: 8E1", "", 17));
        var (code, text, error) = await GatewayProcess.VerbAsync("read", "--site", site, "--json");
        Assert.True(code == 0, error);
        using var json = JsonDocument.Parse(text);
        Assert.Equal(Truth(0), json.RootElement.GetProperty("readings").EnumerateArray().Select(r => r.GetProperty("value").GetDouble()));
    }

    [Fact]
    public async Task A_serial_line_is_delivered_to_the_broker()
    {
        await using var broker = await Mosquitto.StartAsync();
        await using var line = await SerialPair.StartAsync();
        await using var slave = await SerialSlave.StartLibmodbusAsync(line.Far, Baud, line.Folder);
        await using var platform = PeerProcess.Start(
            "mosquitto_sub", Mosquitto.Install, ["-h", "127.0.0.1", "-p", $"{broker.Port}", "-i", "platform", "-q", "1", "-t", SiteText.Topic + "/telemetry"]);
        await broker.Process.WaitForLineAsync("Sending SUBACK to platform");
        var uplink = $"uplink: {{ brokers: [ \"mqtt://127.0.0.1:{broker.Port}\" ], topic: {SiteText.Topic} }}\n";
        var site = line.Folder.Write("site.yaml", Site($"modbus-rtu: {line.Near}, baud: {Baud}, format: 8N1", uplink, 17));
        await using var gateway = GatewayProcess.Run(site, line.Folder.File("data"));

        await platform.WaitForLineAsync("U17.i999");
        using var telemetry = JsonDocument.Parse(platform.Output.Split('\n').First(l => l.Contains("U17.i999", StringComparison.Ordinal)));
        var last = telemetry.RootElement.EnumerateArray().Single(r => r.GetProperty("n").GetString()!.EndsWith("U17.i999", StringComparison.Ordinal));
        Assert.Equal(((11 * 999) + 5, "good"), (last.GetProperty("v").GetInt32(), last.GetProperty("q").GetString()));
        await gateway.StopAsync();
        Assert.Equal(0, gateway.ExitCode);
    }

    /// <summary>Of each unit four blocks of both functions, one of them as long as a request may be.</summary>
    private static IEnumerable<(int Function, int Register)> Registers =>
        [.. Enumerable.Range(0, 125).Select(n => (3, n)), (3, 999), .. Enumerable.Range(500, 3).Select(n => (4, n)), (4, 999)];

    private static IEnumerable<double> Truth(int offset) => Registers.Select(r => (double)((r.Function == 3 ? (7 * r.Register) + 3 : (11 * r.Register) + 5) + offset));

    private static string Site(string bus, string uplink, params int[] units)
    {
        var text = new StringBuilder($"node: {{ id: {SiteText.Node}, site: test }}\n{uplink}buses:\n  rs485: {{ {bus} }}\ndevices:\n");
        foreach (var unit in units)
        {
            text.Append($"  - id: U{unit}\n    bus: rs485\n    address: {unit}\n    every: 1s\n    timeout: 500ms\n    registers:\n");
            foreach (var (function, register) in Registers)
                text.Append($"      - {{ name: {(function == 3 ? 'h' : 'i')}{register}, function: {function}, register: {register}, type: uint16, unit: count }}\n");
        }

        return text.ToString();
    }

    private static ModbusBus Bus(string bus, params int[] units)
    {
        var result = SiteFile.Parse("site.yaml", Encoding.UTF8.GetBytes(Site(bus, "", units)), Path.GetTempPath(), ProfileCatalog.Empty, FieldTimes.Of);
        Assert.Empty(result.Faults);
        return ModbusBus.Create(result.Site!, 0, TimeProvider.System, NullLogger.Instance);
    }

    private static List<RawSample> Scan(ModbusBus bus, int device)
    {
        var samples = new List<RawSample>();
        bus.Scan(device, samples, TestContext.Current.CancellationToken);
        return samples;
    }

    private static void AssertTruth(List<RawSample> samples, int offset)
    {
        Assert.All(samples, s => Assert.Equal(Quality.Good, s.Quality));
        Assert.Equal(Truth(offset), samples.OrderBy(s => s.Point).Select(s => s.Raw)); // a block that was silent once is read last
    }
}
