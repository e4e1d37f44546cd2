using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using EdgeNode.Core.Model;
using EdgeNode.Core.Ports;
using EdgeNode.Engine;
using EdgeNode.IntegrationTests.EndToEnd;
using EdgeNode.IntegrationTests.Peers;
using EdgeNode.Simulation.Modbus;
using EdgeNode.Spool;
using EdgeNode.Spool.Disk;
using EdgeNode.Uplink.Tapping;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace EdgeNode.IntegrationTests.PowerCut;

/// <summary>
/// The native gateway on a disk that goes bad and well again while it runs, one fault after the other on the same node: measuring and alarms
/// go on, the fault is an alarm while it lasts, and in the end every reading has arrived or is named.
/// </summary>
public sealed class BadDiskTests(ITestOutputHelper output)
{
    private const int Points = 20;
    private const int ScansPerSecond = 10;
    private const double MostMegabytes = 200;
    private const string Alarms = "spool: { commit: 1s, limit: 16MiB }\nalarms:\n  - { id: LAH-1, of: U1.p0, high: 300 count, deadband: 1 count, priority: high }\n";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(150);

    private readonly FieldUnit _unit = new(1, new RegisterBank(holding: 2 * Points));
    private string _received = "";
    private PeerProcess? _gateway;

    [Fact]
    public async Task A_disk_that_is_full_hangs_turns_read_only_and_fails_costs_no_scan_and_no_alarm_and_what_it_cost_is_named()
    {
        using var folder = new TempFolder();
        await using var disk = await LoopDisk.MakeOrSkipAsync(folder, "BAD DISKS");
        var bad = await BadDisk.MakeAsync(folder, disk.Folder);
        await using var field = ModbusTcpServer.Start([_unit], TimeProvider.System);
        await using var broker = await Mosquitto.StartAsync();
        await using var subscriber = await SubscribeAsync(folder, broker);
        using var stop = new CancellationTokenSource();
        var tap = new Tap(new TapOptions(new BrokerOptions("127.0.0.1", broker.Port, false), SiteText.Topic), TimeProvider.System, NullLogger<Tap>.Instance);
        var tapping = tap.RunAsync(stop.Token);
        await tap.WaitAsync(r => r.Subscribed, TestContext.Current.CancellationToken);

        // The segment is nearly full, and so is the disk: soon there must be another one, and there is no room.
        var data = Path.Combine(disk.Folder, "data");
        var before = FillSegment(Path.Combine(data, "spool"));
        var foreign = Path.Combine(disk.Folder, "foreign");
        FillDisk(foreign);
        var site = folder.Write("site.yaml", SiteText.Of([field.Port], broker.Port, 1, Points, "100ms") + Alarms);
        await using var gateway = _gateway = GatewayProcess.Run(site, data, bad.Environment);
        await PhaseAsync("full", "NODE-SPOOL-DISK", field, () => { }, () => File.Delete(foreign));
        await PhaseAsync("a flush of 10 s", "NODE-SPOOL-SLOW", field, () => bad.Hang(TimeSpan.FromSeconds(10)), bad.Mend, clears: false);
        await UntilAsync(() => Events().Count == 2, "the events that waited for the flush"); // before the next fault takes them
        await PhaseAsync("read-only", "NODE-SPOOL-DISK", field, () => bad.Refuse(BadDisk.ReadOnly), bad.Mend);
        await PhaseAsync("I/O errors", "NODE-SPOOL-DISK", field, () => bad.Refuse(BadDisk.Failed), bad.Mend);
        await UntilAsync(() => IsActive("NODE-SPOOL-SLOW") == false, "NODE-SPOOL-SLOW to clear");
        foreach (var id in (string[])["NODE-HISTORY", "NODE-STATE", "NODE-AUDIT"])
        {
            await UntilAsync(() => IsActive(id) != true, id + " to clear");
        }

        await UntilAsync(() => Waiting(data) is >= 0 and < 2 * ScansPerSecond * Points, "the backlog to drain");
        await gateway.StopAsync();
        Assert.True(gateway.ExitCode == 0, gateway.Output);
        await Task.Delay(TimeSpan.FromSeconds(1), TestContext.Current.CancellationToken); // mosquitto to the tap
        var report = tap.Report();
        await stop.CancelAsync();
        await tapping;
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{report.Readings} readings ({before} from before), {report.Explained} explained, {report.Missing} missing, {report.Late} late; {Events().Count} of 8 events of LAH-1 arrived"));
        Assert.True(report.Sound, $"{report}\n{string.Join('\n', report.Findings)}\n{gateway.Output}");
        var disks = Statuses().Select(s => s.GetProperty("spool").GetProperty("disk").GetString()).ToHashSet();
        Assert.True(disks.SetEquals(["ok", "full", "failed"]), string.Join(", ", disks));
    }

    [Fact]
    public async Task A_disk_that_is_mounted_read_only_is_taken_up_when_it_is_writable()
    {
        using var folder = new TempFolder();
        await using var disk = await LoopDisk.MakeOrSkipAsync(folder, "A READ-ONLY DISK");
        await using var field = ModbusTcpServer.Start([_unit], TimeProvider.System);
        await using var broker = await Mosquitto.StartAsync();
        var site = folder.Write("site.yaml", SiteText.Of([field.Port], broker.Port, 1, Points, "100ms") + Alarms);
        await disk.RemountAsync(readOnly: true);
        await using var gateway = _gateway = GatewayProcess.Run(site, Path.Combine(disk.Folder, "data"));
        await gateway.WaitForLineAsync("Measuring and alarms go on");
        var scans = field.RequestsOf(1);
        await UntilAsync(() => field.RequestsOf(1) > scans + (2 * ScansPerSecond), "scans");

        await disk.RemountAsync(readOnly: false);
        await gateway.WaitForLineAsync("Spool: epoch");
        await UntilAsync(() => Waiting(Path.Combine(disk.Folder, "data")) >= 0, "the spool to be readable");
        await gateway.StopAsync();
        Assert.True(gateway.ExitCode == 0, gateway.Output);
    }

    /// <summary>The disk goes bad, which is an alarm; the scans go on, an alarm of the site comes and goes; the disk is well again.</summary>
    private async Task PhaseAsync(string name, string alarm, ModbusTcpServer field, Action harm, Action mend, bool clears = true)
    {
        harm();
        await UntilAsync(() => IsActive(alarm) == true, alarm);
        var (scans, watch) = (field.RequestsOf(1), Stopwatch.StartNew());
        foreach (var high in (bool[])[true, false])
        {
            _unit.Bank.SetFloat32(RegisterTable.Holding, 0, high ? 400 : 0, WordOrder.ABCD);
            await UntilAsync(() => IsActive("LAH-1") == high, $"LAH-1 to be {(high ? "raised" : "cleared")}");
        }

        await Task.Delay(TimeSpan.FromSeconds(2), TestContext.Current.CancellationToken);
        var rate = (field.RequestsOf(1) - scans) / watch.Elapsed.TotalSeconds;
        mend();
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name}: {rate:0.0} scans a second, {Megabytes("VmRSS"):0} MB resident, {Megabytes("VmHWM"):0} MB at most"));
        Assert.True(rate > ScansPerSecond / 2.0, $"{name}: {rate:0.0} scans a second and not {ScansPerSecond}");
        Assert.True(Megabytes("VmHWM") < MostMegabytes, $"{name}: {Megabytes("VmHWM"):0} MB resident");
        if (clears)
        {
            await UntilAsync(() => IsActive(alarm) == false, alarm + " to clear");
        }
    }

    /// <summary>Leaves a few seconds' room in the segment.</summary>
    /// <returns>Readings that wait in it.</returns>
    private static long FillSegment(string spool)
    {
        const int Room = 24 * 1024;
        const int Wait = 80_000; // 40 s of backlog: it outlasts the full disk, so that the segment is not done with
        var clock = new SystemClock(TimeProvider.System);
        var options = new SpoolOptions(TimeSpan.FromSeconds(1), 16 << 20);
        var points = Enumerable.Range(0, Points).Select(i => new SpooledPoint($"U1.p{i}", "count", false));
        using var journal = Journal.Open(spool, options, [.. points], clock, new LinuxDisk());
        var readings = 0L;
        for (var written = 0; written < RecordSizes.Segment(options.LimitBytes) - Room; readings += Points)
        {
            var now = clock.Read();
            var scan = Enumerable.Range(0, Points).Select(p => new Reading(p, readings + p, Quality.Good, now.Wall)).ToArray();
            written += RecordSizes.Scan(scan, now);
            Assert.Equal(AppendOutcome.Kept, journal.AppendReadings(scan));
        }

        journal.Outbox(1).Acknowledge(StreamKind.Telemetry, journal.Epoch, 1, (ulong)(readings - Wait));
        Assert.Equal(AppendOutcome.Kept, journal.Commit());
        return Wait;
    }

    private static void FillDisk(string path)
    {
        var block = new byte[4096];
        using var file = File.Create(path, bufferSize: 1);
        try
        {
            while (true)
            {
                file.Write(block);
            }
        }
        catch (IOException)
        {
            // Full: that was the aim.
        }
    }

    private async Task<PeerProcess> SubscribeAsync(TempFolder folder, Mosquitto broker)
    {
        _received = folder.File("received");
        var subscriber = PeerProcess.Start("sh", Mosquitto.Install,
        [
            "-c", string.Create(CultureInfo.InvariantCulture, $"exec mosquitto_sub -V 5 -h 127.0.0.1 -p {broker.Port} -i platform -q 1 -t '{SiteText.Topic}/alarm/+' -t '{SiteText.Topic}/status' -t '{SiteText.Topic}/event' -F '%t %p' >>'{_received}'"),
        ]);
        await broker.Process.WaitForLineAsync("Sending SUBACK to platform");
        return subscriber;
    }

    /// <summary>What the platform was told last of an alarm; null for nothing.</summary>
    private bool? IsActive(string alarm)
    {
        var last = Platform.Messages(_received).LastOrDefault(m => m.Topic.EndsWith("/alarm/" + alarm, StringComparison.Ordinal)).Payload;
        return last is null ? null : JsonDocument.Parse(last).RootElement.GetProperty("active").GetBoolean();
    }

    /// <summary>Of the site's alarm. One that comes while the disk refuses is in no file and so in a gap; the retained state has told it.</summary>
    private List<JsonElement> Events() => [.. Platform.Events(_received, "alarm").Where(a => a.GetProperty("id").GetString() == "LAH-1")];

    private IEnumerable<JsonElement> Statuses() =>
        Platform.Messages(_received).Where(m => m.Topic.EndsWith("/status", StringComparison.Ordinal)).Select(m => JsonDocument.Parse(m.Payload).RootElement);

    private static long Waiting(string data)
    {
        var (code, text, _) = GatewayProcess.VerbAsync("spool", "status", "--data", data, "--json").GetAwaiter().GetResult();
        return code == 0 ? JsonDocument.Parse(text).RootElement.GetProperty("telemetry").GetProperty("waiting").GetInt64() : -1;
    }

    private double Megabytes(string row) => long.Parse(
        File.ReadLines($"/proc/{_gateway!.Id}/status").First(l => l.StartsWith(row, StringComparison.Ordinal)).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)[1],
        CultureInfo.InvariantCulture) / 1024d;

    private async Task UntilAsync(Func<bool> done, string what)
    {
        for (var watch = Stopwatch.StartNew(); !done();)
        {
            if (watch.Elapsed > Patience || _gateway!.HasExited)
            {
                throw new TimeoutException($"Waited {watch.Elapsed.TotalSeconds:0} s for {what}. The gateway said:\n{_gateway!.Output}");
            }

            await Task.Delay(100);
        }
    }
}
