using System.Globalization;
using EdgeNode.IntegrationTests.EndToEnd;
using EdgeNode.IntegrationTests.Field;
using EdgeNode.IntegrationTests.Peers;
using EdgeNode.Spool;
using EdgeNode.Spool.Disk;
using Xunit;

namespace EdgeNode.IntegrationTests.PowerCut;

/// <summary>
/// Field, broker and platform that live on while the gateway dies again and again. The field has a bus for each unit and gives each
/// value once; the broker keeps its sessions over its own restarts.
/// </summary>
internal sealed class CrashBench : IAsyncDisposable
{
    public const int Units = 5;
    public const int Points = 20;

    /// <summary>Of the site file below.</summary>
    public static readonly TimeSpan Commit = TimeSpan.FromSeconds(1);

    /// <summary>From scan to scan, of the site file below.</summary>
    public static readonly TimeSpan Every = TimeSpan.FromMilliseconds(100);

    private const string Spool = "spool: { commit: 1s, limit: 16MiB }\n";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    private readonly Mosquitto _broker;
    private readonly string _data;
    private PymodbusField? _field;
    private PeerProcess? _platform;
    private bool _brokerUp = true;
    private bool _opened;
    private long _started;

    private CrashBench(TempFolder folder, Mosquitto broker, string data)
    {
        (Folder, _broker, _data) = (folder, broker, data);
        Site = Received = "";
    }

    public TempFolder Folder { get; }

    /// <summary>The site file.</summary>
    public string Site { get; private set; }

    public PeerProcess? Gateway { get; private set; }

    /// <summary>The gateway's spool.</summary>
    public string SpoolFolder => Path.Combine(_data, "spool");

    private string Received { get; set; }

    public static long Now => (DateTimeOffset.UtcNow.UtcTicks - DateTime.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond;

    /// <summary>Starts all but the gateway.</summary>
    /// <param name="folder">For all files but the gateway's own.</param>
    /// <param name="data">The gateway's folder.</param>
    public static async Task<CrashBench> StartAsync(TempFolder folder, string data)
    {
        var kept = Directory.CreateDirectory(folder.File("broker")).FullName;
        var broker = await Mosquitto.StartAsync(
            null, "user root", "persistence true", $"persistence_location {kept}/", "max_queued_messages 0", "max_inflight_messages 0");
        var bench = new CrashBench(folder, broker, data);
        try
        {
            var field = new PymodbusFieldOptions(Units, Points) { PortPerUnit = true };
            bench._field = await PymodbusField.StartAsync(field, folder.File("served"), TestContext.Current.CancellationToken);
            bench.Site = folder.Write("site.yaml", SiteText.Of(bench._field.Ports, broker.Port, Units, Points, "100ms", Spool));
            bench.Received = folder.File("received");
            bench._platform = PeerProcess.Start("sh", Mosquitto.Install,
            [
                "-c", string.Create(CultureInfo.InvariantCulture, $"exec mosquitto_sub -V 5 -h 127.0.0.1 -p {broker.Port} -i platform -c -x 7200 -q 1 -t '{SiteText.Topic}/#' -F '%t %p' >>'{bench.Received}'"),
            ]);
            await broker.Process.WaitForLineAsync("Sending SUBACK to platform");
            return bench;
        }
        catch
        {
            await bench.DisposeAsync();
            throw;
        }
    }

    /// <summary>Lets the broker run, or not.</summary>
    public async Task SetBrokerAsync(bool up)
    {
        if (up && !_brokerUp)
        {
            await _broker.StartAgainAsync();
        }
        else if (!up && _brokerUp)
        {
            await _broker.StopAsync();
        }

        _brokerUp = up;
    }

    /// <summary>Starts the gateway, behind another program if one is given.</summary>
    public void StartGateway(params string[] behind)
    {
        string[] line = [.. behind, GatewayProcess.Binary, "run", "--site", Site, "--data", _data];
        _started = Now;
        Gateway = PeerProcess.Start(line[0], "apt-get install util-linux", line[1..]);
    }

    /// <summary>The gateway must still run: one that refuses to start has ended by itself.</summary>
    public void AssertRuns() => Assert.False(Gateway!.HasExited, $"the gateway ended by itself and said:\n{Gateway.Output}");

    /// <summary>Kills it. Nothing of it runs on afterwards.</summary>
    public async Task KillGatewayAsync()
    {
        await Gateway!.StopAsync(Signal.Kill);
        _opened = Gateway.Output.Contains("Spool: epoch", StringComparison.Ordinal);
        await Gateway.DisposeAsync();
        Gateway = null;
    }

    /// <summary>What the spool holds now that nobody runs on it.</summary>
    /// <param name="ended">When the gateway's life ended, Unix microseconds.</param>
    public Cycle Look(long ended)
    {
        if (!Directory.Exists(SpoolFolder))
        {
            return new Cycle(_brokerUp, _started, ended, null, _opened, []);
        }

        var verdict = SpoolInspector.Verify(SpoolFolder, new LinuxDisk());
        string[] unsound =
        [
            .. verdict.Damages.Select(d => string.Create(CultureInfo.InvariantCulture, $"{d.File} at {d.Offset}, {d.Bytes} bytes: {d.What}")),
            .. verdict.Missing > 0 ? [$"{verdict.Missing} missing"] : Array.Empty<string>(),
        ];
        return new Cycle(_brokerUp, _started, ended, SpoolInspector.Status(SpoolFolder, new LinuxDisk()).LastEpoch, _opened, unsound);
    }

    /// <summary>Stops the field, waits until all that the spool holds has arrived, stops the gateway in order, and closes the account.</summary>
    public async Task<CrashAccount> SettleAsync(IReadOnlyList<Cycle> cycles, TimeSpan margin)
    {
        var served = _field!;
        await served.DisposeAsync();
        _field = null;
        await Task.Delay(TimeSpan.FromSeconds(1.5)); // the step, the recorder and the commit run on
        var until = DateTimeOffset.UtcNow + Patience;
        while (true)
        {
            AssertRuns();
            var status = SpoolInspector.Status(SpoolFolder, new LinuxDisk());
            if (status.Telemetry.Waiting == 0 && status.Event.Waiting == 0)
            {
                break;
            }

            Assert.True(DateTimeOffset.UtcNow < until, $"{status.Telemetry.Waiting} readings and {status.Event.Waiting} events still wait. The gateway said:\n{Gateway!.Output}");
            await Task.Delay(100);
        }

        await Gateway!.StopAsync();
        Assert.Equal(0, Gateway.ExitCode);
        await Task.Delay(TimeSpan.FromSeconds(1)); // mosquitto to mosquitto_sub to the file
        var quarantine = Path.Combine(SpoolFolder, "quarantine");
        var unreadable = Directory.Exists(quarantine) ? Directory.GetFiles(quarantine).Length : 0;
        return new CrashAccount(served.Served(), Received, cycles, _started, Commit + margin, unreadable);
    }

    public async ValueTask DisposeAsync()
    {
        if (Gateway is not null)
        {
            await Gateway.DisposeAsync();
        }

        if (_platform is not null)
        {
            await _platform.DisposeAsync();
        }

        if (_field is not null)
        {
            await _field.DisposeAsync();
        }

        await _broker.DisposeAsync();
    }
}
