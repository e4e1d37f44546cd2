using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using EdgeNode.IntegrationTests.EndToEnd;
using EdgeNode.IntegrationTests.Field;
using EdgeNode.IntegrationTests.Peers;
using EdgeNode.IntegrationTests.Serial;
using Xunit;

namespace EdgeNode.IntegrationTests.Scan;

/// <summary>The native executable scans lines with independent peers on them.</summary>
public sealed class ScanTests
{
    private static readonly string Peer = Path.Combine(Path.GetDirectoryName(Path.GetDirectoryName(PymodbusField.Script))!, "Interop", "pymodbus_peer.py");

    [Fact]
    public async Task A_device_over_TCP_is_found_and_recognised_and_its_draft_passes_the_check()
    {
        using var folder = new TempFolder();
        await using var device = await StartAsync("tcp", "", "0", "Schneider Electric", "A9MEM3155");
        var address = "127.0.0.1:" + device.Output.Split("ready ")[1].Split('\n')[0].Trim();
        var draft = folder.File("draft.yaml");

        var (code, text, error) = await GatewayProcess.VerbAsync("scan", "modbus", "--tcp", address, "--addresses", "16,17", "--timeout", "4s", "--write-site", draft, "--json");

        Assert.True(code == 0, text + error);
        using var json = JsonDocument.Parse(text);
        var unit = Assert.Single(json.RootElement.GetProperty("units").EnumerateArray());
        Assert.Equal((17, "good", "A9MEM3155", "device identification"), (
            unit.GetProperty("address").GetInt32(), unit.GetProperty("answer").GetString(), unit.GetProperty("identification").GetProperty("1").GetString(), unit.GetProperty("recognisedBy").GetString()));
        Assert.Equal("schneider-iem3000", Assert.Single(unit.GetProperty("profiles").EnumerateArray()).GetString());
        Assert.True(json.RootElement.GetProperty("complete").GetBoolean());

        (code, text, error) = await GatewayProcess.VerbAsync("check", "--site", draft);
        Assert.True(code == 0, text + error + await File.ReadAllTextAsync(draft, TestContext.Current.CancellationToken));

        // What is there already stays, and nobody is asked.
        await File.AppendAllTextAsync(draft, "# mine\n", TestContext.Current.CancellationToken);
        (code, _, error) = await GatewayProcess.VerbAsync("scan", "modbus", "--tcp", address, "--addresses", "17", "--write-site", draft);
        Assert.Equal(1, code);
        Assert.Contains("exists already", error, StringComparison.Ordinal);
        Assert.EndsWith("# mine\n", await File.ReadAllTextAsync(draft, TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Units_on_a_serial_line_are_found_and_a_port_in_use_is_said_so()
    {
        await using var line = await SerialPair.StartAsync();
        await using var slave = await SerialSlave.StartPymodbusAsync(line.Far, 9600);
        var draft = line.Folder.File("draft.yaml");

        var (code, text, error) = await GatewayProcess.VerbAsync("scan", "modbus", "--port", line.Near, "--addresses", "1..4", "--timeout", "3s", "--write-site", draft, "--json");

        Assert.True(code == 0, text + error);
        using (var json = JsonDocument.Parse(text))
        {
            var units = json.RootElement.GetProperty("units").EnumerateArray().ToList();
            Assert.Equal([1, 2, 3], units.Select(u => u.GetProperty("address").GetInt32()));
            Assert.All(units, u => Assert.Equal((9600, "8N1", 0), (u.GetProperty("baud").GetInt32(), u.GetProperty("format").GetString(), u.GetProperty("profiles").GetArrayLength())));
        }

        // Nobody knows these: the check names their three places, all of them marked.
        var rows = await File.ReadAllLinesAsync(draft, TestContext.Current.CancellationToken);
        (code, text, _) = await GatewayProcess.VerbAsync("check", "--site", draft, "--json");
        Assert.Equal(78, code);
        using (var json = JsonDocument.Parse(text))
        {
            var faulty = json.RootElement.GetProperty("faults").EnumerateArray().Select(f => rows[f.GetProperty("line").GetInt32() - 1]).ToList();
            Assert.Equal(3, faulty.Count);
            Assert.All(faulty, row => Assert.Contains("FILL-IN", row, StringComparison.Ordinal));
        }

        var site = line.Folder.Write("site.yaml", $$"""
            node: { id: en-1, site: s }
            buses:
              rs485: { modbus-rtu: "{{line.Near}}", baud: 9600, format: 8N1 }
            devices:
              - { id: U1, bus: rs485, address: 1, every: 1s, registers: [ { name: r, function: 3, register: 0, type: uint16, unit: count } ] }

            """);
        await using var gateway = GatewayProcess.Run(site, line.Folder.File("data"));
        await gateway.WaitForLineAsync("Bus rs485:");
        (code, _, error) = await GatewayProcess.VerbAsync("scan", "modbus", "--port", line.Near, "--addresses", "1..4");
        Assert.Equal(69, code);
        Assert.Contains($"{line.Near}: another program uses the port. A gateway that runs, as a rule", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task On_a_terminal_a_bar_shows_how_far_it_is_and_then_the_units()
    {
        using var folder = new TempFolder();
        await using var device = await StartAsync("tcp", "", "0", "Schneider Electric", "A9MEM3155");
        var port = device.Output.Split("ready ")[1].Split('\n')[0].Trim();
        var scan = $"TERM=xterm '{GatewayProcess.Binary}' scan modbus --tcp 127.0.0.1:{port} --addresses 16,17 --timeout 4s";

        var (code, text, error) = await GatewayProcess.EndAsync("script", "--quiet", "--return", "--command", scan, folder.File("typescript"));

        Assert.True(code == 0, text + error);
        Assert.Contains("unit 17, 1 found", text, StringComparison.Ordinal);
        Assert.Contains("127.0.0.1:" + port + ": 1 unit answers, 1 recognised", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ctrl_C_ends_a_scan_with_what_was_found()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;

        // A build that runs in the background ignores Ctrl-C, and what it starts inherits that.
        await using var scan = PeerProcess.Start(
            "env", "coreutils",
            ["--default-signal=INT", GatewayProcess.Binary, "scan", "modbus", "--tcp", string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{port}"), "--addresses", "1..247", "--timeout", "10min", "--json"]);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromSeconds(60));
        using var client = await listener.AcceptTcpClientAsync(limit.Token);
        var stream = client.GetStream();

        // Unit 1 refuses each of its questions; unit 2 is silent, and then somebody has seen enough.
        var head = new byte[7];
        for (byte unit = 1; unit == 1;)
        {
            await stream.ReadExactlyAsync(head, limit.Token);
            var pdu = new byte[head[5] - 1];
            await stream.ReadExactlyAsync(pdu, limit.Token);
            unit = head[6];
            if (unit == 1)
                await stream.WriteAsync(new byte[] { head[0], head[1], 0, 0, 0, 3, 1, (byte)(pdu[0] | 0x80), 1 }, limit.Token);
        }

        scan.Send(Signal.Interrupt);
        Assert.Equal(0, await scan.WaitForExitAsync());
        using var json = JsonDocument.Parse(scan.Output);
        Assert.False(json.RootElement.GetProperty("complete").GetBoolean());
        Assert.Equal("bad:illegal-function", Assert.Single(json.RootElement.GetProperty("units").EnumerateArray()).GetProperty("answer").GetString());
        Assert.Contains(json.RootElement.GetProperty("notes").EnumerateArray(), n => n.GetString() == "Ended early: not every address was asked.");
    }

    [Fact]
    public async Task What_this_machine_does_not_have_is_answered_with_a_sentence()
    {
        var (code, text, error) = await GatewayProcess.VerbAsync("scan", "modbus", "--port", "/dev/nowhere", "--addresses", "1");
        Assert.Equal(69, code);
        Assert.Contains("/dev/nowhere: No such file or directory. `edgenode scan serial` lists the ports that there are.", error, StringComparison.Ordinal);

        (code, text, error) = await GatewayProcess.VerbAsync("scan", "modbus", "--tcp", $"127.0.0.1:{FreePort.Next()}", "--addresses", "1");
        Assert.True(code == 69 && error.Contains("127.0.0.1:", StringComparison.Ordinal), text + error);
        (code, text, error) = await GatewayProcess.VerbAsync("scan", "i2c", "--bus", "987");
        Assert.True(code == 69 && error.Contains("There is no /dev/i2c-987.", StringComparison.Ordinal), text + error);

        // Whatever the machine has: one object, and a code that says whether there was anything.
        foreach (var (verb, list) in ((string, string)[])[("gpio", "chips"), ("serial", "ports")])
        {
            (code, text, error) = await GatewayProcess.VerbAsync("scan", verb, "--json");
            using var json = JsonDocument.Parse(text);
            Assert.True(code == (json.RootElement.GetProperty(list).GetArrayLength() > 0 ? 0 : 69), text + error);
        }
    }

    private static async Task<PeerProcess> StartAsync(params string[] how)
    {
        var process = PeerProcess.Start(PymodbusField.Python, "apt-get install python3-pymodbus python3-serial python3-serial-asyncio", [Peer, .. how]);
        await process.WaitForLineAsync("ready ");
        return process;
    }
}
