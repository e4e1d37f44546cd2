using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using EdgeNode.Simulation.Modbus;

namespace EdgeNode.Benchmarks.Whole;

/// <summary>
/// The published executable against ten simulated units of twenty float32 points each a second and a real mosquitto:
/// size, cold start, memory, CPU, delay from reading to PUBACK, bytes written. It prints figures and judges none.
/// </summary>
internal sealed class WholeProcess
{
    private const string Mosquitto = "/usr/sbin/mosquitto";
    private const string MosquittoSub = "/usr/bin/mosquitto_sub";
    private const int ColdStarts = 7;
    private static readonly TimeSpan PastTheStart = TimeSpan.FromSeconds(6); // the alarm sweep after connecting included

    private readonly string _binary;
    private readonly string _folder;
    private readonly ModbusTcpServer _field;
    private readonly int _broker;
    private readonly CancellationToken _stop;

    private WholeProcess(string binary, string folder, ModbusTcpServer field, int broker, CancellationToken stop) =>
        (_binary, _folder, _field, _broker, _stop) = (binary, folder, field, broker, stop);

    /// <returns>The process's exit code.</returns>
    public static async Task<int> RunAsync(TimeSpan duration, CancellationToken stop)
    {
        if (Published() is not { } binary)
        {
            await Console.Error.WriteLineAsync("There is no published executable to measure. Start this through: ./build.sh benchmark");
            return 1;
        }

        if (!File.Exists(Mosquitto) || !File.Exists(MosquittoSub))
        {
            await Console.Error.WriteLineAsync("mosquitto and mosquitto-clients are needed and not installed.");
            return 1;
        }

        using var folder = new WorkFolder("whole");
        await using var field = BenchSite.StartField();
        var port = FreePort();
        var config = Path.Combine(folder.Path, "mosquitto.conf");

        // Without nodelay the broker holds back every second small answer for the 40 ms of a delayed acknowledgement: its figure, not ours.
        await File.WriteAllTextAsync(config, $"listener {port} 127.0.0.1\nallow_anonymous true\npersistence false\nset_tcp_nodelay true\n", stop);
        await using var broker = new Child(Mosquitto, "-c", config);
        await broker.WaitForPortAsync(port, stop);

        // Somebody must listen, or an MQTT 5 broker says so and the gateway waits.
        await using var platform = new Child(MosquittoSub, "-V", "5", "-p", port.ToString(CultureInfo.InvariantCulture), "-t", "bench/#", "-q", "1", "-F", "%l");
        var run = new WholeProcess(binary, folder.Path, field, port, stop);
        Print("executable, linux-x64", $"{new FileInfo(binary).Length / 1e6:0.0} MB");
        await run.StartColdAsync();
        await run.RunSteadilyAsync(duration);
        return 0;
    }

    private async Task StartColdAsync()
    {
        List<double> readings = [], pubacks = [];
        for (var i = 0; i < ColdStarts; i++)
        {
            await using var watch = new PubackWatch(_broker);
            var site = await WriteSiteAsync(watch.Port);
            var begun = DateTimeOffset.UtcNow;
            await using var gateway = new Child(_binary, "run", "--site", site, "--data", Path.Combine(_folder, "start" + i));
            var first = await gateway.WaitForAsync(watch.First, _stop);
            readings.Add((first.Read - begun).TotalMilliseconds);
            pubacks.Add((first.Acknowledged - begun).TotalMilliseconds);
        }

        Print("start of the process to its first reading", Spread(readings));
        Print("start of the process to the first PUBACK of a reading", Spread(pubacks));
    }

    private async Task RunSteadilyAsync(TimeSpan duration)
    {
        await using var watch = new PubackWatch(_broker);
        var site = await WriteSiteAsync(watch.Port);
        await using var gateway = new Child(_binary, "run", "--site", site, "--data", Path.Combine(_folder, "steady"));
        await gateway.WaitForAsync(watch.First, _stop);
        await Task.Delay(PastTheStart, _stop);
        watch.Take();
        var cpu = ProcessFigures.CpuSeconds(gateway.Id);
        var written = ProcessFigures.WrittenBytes(gateway.Id);
        var clock = Stopwatch.StartNew();
        await Task.Delay(duration, _stop);
        var latencies = watch.Take();
        var elapsed = clock.Elapsed.TotalSeconds;
        if (latencies.Count < elapsed * BenchSite.Units * BenchSite.PointsPerUnit / 2)
        {
            throw new InvalidOperationException($"{latencies.Count} readings acknowledged in {elapsed:0} s: something of the arrangement has failed, and these are no figures. {gateway}");
        }

        cpu = ProcessFigures.CpuSeconds(gateway.Id) - cpu;
        written = ProcessFigures.WrittenBytes(gateway.Id) - written;

        Print("readings acknowledged", $"{latencies.Count} in {elapsed:0.0} s, {latencies.Count / elapsed:0.0} a second");
        Print("from reading to PUBACK", $"p50 {Percentile(latencies, 50):0.0} ms, p99 {Percentile(latencies, 99):0.0} ms, worst {Percentile(latencies, 100):0.0} ms");
        Print("memory resident / anonymous / highest", $"{Mebibytes("VmRSS"):0.0} / {Mebibytes("RssAnon"):0.0} / {Mebibytes("VmHWM"):0.0} MiB");
        Print("CPU", $"{100 * cpu / elapsed:0.0} % of one core");
        Print("written to storage", $"{written / 1024.0 / elapsed:0.0} KiB a second, {(double)written / latencies.Count:0} bytes a reading");

        double Mebibytes(string name) => ProcessFigures.StatusKib(gateway.Id, name) / 1024.0;
    }

    private async Task<string> WriteSiteAsync(int brokerPort)
    {
        var site = Path.Combine(_folder, "site.yaml");
        await File.WriteAllTextAsync(site, BenchSite.Text(_field.Port, brokerPort), _stop);
        return site;
    }

    /// <summary>What the build published, or what the environment names instead.</summary>
    internal static string? Published()
    {
        if (Environment.GetEnvironmentVariable("EDGENODE_BINARY") is { Length: > 0 } named)
        {
            return File.Exists(named) ? named : null;
        }

        for (var at = new DirectoryInfo(AppContext.BaseDirectory); at is not null; at = at.Parent)
        {
            var published = Path.Combine(at.FullName, "artifacts", "publish", "linux-x64", "edgenode");
            if (File.Exists(published))
            {
                return published;
            }
        }

        return null;
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static double Percentile(List<double> values, double percent)
    {
        var sorted = values.Order().ToList();
        return sorted[(int)Math.Clamp(Math.Ceiling(percent / 100 * sorted.Count) - 1, 0, sorted.Count - 1)];
    }

    private static string Spread(List<double> ms) =>
        string.Create(CultureInfo.InvariantCulture, $"{Percentile(ms, 50):0} ms (median of {ms.Count}, {ms.Min():0} to {ms.Max():0})");

    private static void Print(string what, FormattableString figure) => Print(what, FormattableString.Invariant(figure));

    private static void Print(string what, string figure) => Console.WriteLine($"{what,-56}{figure}");
}
