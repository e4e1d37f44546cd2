using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using EdgeNode.Core.Model;
using EdgeNode.Simulation.Modbus;

namespace EdgeNode.Benchmarks.Whole;

/// <summary>
/// The published executable against ten simulated units of twenty float32 points each a second and a real mosquitto:
/// size, cold start, memory, CPU, delay from reading to PUBACK, bytes written.
/// </summary>
internal static class WholeProcess
{
    private const int Units = 10;
    private const int Points = 20;
    private const int ColdStarts = 5;

    public static async Task<int> RunAsync(TimeSpan duration)
    {
        var binary = Environment.GetEnvironmentVariable("EDGENODE_BINARY");
        if (binary is null || !File.Exists(binary))
        {
            await Console.Error.WriteLineAsync("EDGENODE_BINARY does not name the published executable. Start this through: ./build.sh bench");
            return 1;
        }

        var folder = Directory.CreateTempSubdirectory("edgenode-bench-");
        try
        {
            await using var field = Field();
            using var mosquitto = await StartMosquittoAsync(folder.FullName);
            var listener = SubscriberOf(mosquitto.Port);
            using var watch = new PubackWatch(mosquitto.Port);
            var site = Path.Combine(folder.FullName, "site.yaml");
            await File.WriteAllTextAsync(site, SiteText(field.Port, watch.Port));

            Print("executable, linux-x64", string.Create(CultureInfo.InvariantCulture, $"{new FileInfo(binary).Length / 1e6:0.0} MB"));
            var starts = new List<double>();
            for (var i = 0; i < ColdStarts; i++)
            {
                starts.Add(await ColdStartAsync(binary, site, Path.Combine(folder.FullName, "start" + i), mosquitto.Port, field.Port, folder.FullName));
            }

            Print("start of the process to the first PUBACK of a reading", string.Create(CultureInfo.InvariantCulture, $"{Percentile(starts, 50):0} ms (median of {ColdStarts}, {starts.Min():0} to {starts.Max():0})"));
            await SteadyAsync(binary, site, Path.Combine(folder.FullName, "steady"), watch, duration);
            listener.Kill();
            return 0;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task<double> ColdStartAsync(string binary, string site, string data, int brokerPort, int fieldPort, string folder)
    {
        using var watch = new PubackWatch(brokerPort);
        var own = Path.Combine(folder, "cold.yaml");
        await File.WriteAllTextAsync(own, SiteText(fieldPort, watch.Port));
        var begun = DateTimeOffset.UtcNow;
        using var gateway = Start(binary, ["run", "--site", own, "--data", data]);
        try
        {
            return (await watch.First.WaitAsync(TimeSpan.FromSeconds(30)) - begun).TotalMilliseconds;
        }
        finally
        {
            await StopAsync(gateway);
        }
    }

    private static async Task SteadyAsync(string binary, string site, string data, PubackWatch watch, TimeSpan duration)
    {
        using var gateway = Start(binary, ["run", "--site", site, "--data", data]);
        try
        {
            await watch.First.WaitAsync(TimeSpan.FromSeconds(30));
            await Task.Delay(TimeSpan.FromSeconds(5)); // past the start
            watch.Take();
            var cpu = ProcessFigures.CpuSeconds(gateway.Id);
            var written = ProcessFigures.WrittenBytes(gateway.Id);
            var clock = Stopwatch.StartNew();
            await Task.Delay(duration);
            var elapsed = clock.Elapsed.TotalSeconds;
            var latencies = watch.Take().ToList();
            cpu = ProcessFigures.CpuSeconds(gateway.Id) - cpu;
            written = ProcessFigures.WrittenBytes(gateway.Id) - written;

            Print("readings acknowledged", string.Create(CultureInfo.InvariantCulture, $"{latencies.Count} in {elapsed:0.0} s, {latencies.Count / elapsed:0.0} a second"));
            Print("from reading to PUBACK", string.Create(CultureInfo.InvariantCulture, $"p50 {Percentile(latencies, 50):0.0} ms, p99 {Percentile(latencies, 99):0.0} ms, worst {latencies.Max():0.0} ms"));
            Print("memory resident / anonymous / highest", string.Create(
                CultureInfo.InvariantCulture,
                $"{ProcessFigures.StatusKib(gateway.Id, "VmRSS") / 1024.0:0.0} / {ProcessFigures.StatusKib(gateway.Id, "RssAnon") / 1024.0:0.0} / {ProcessFigures.StatusKib(gateway.Id, "VmHWM") / 1024.0:0.0} MiB"));
            Print("CPU", string.Create(CultureInfo.InvariantCulture, $"{100 * cpu / elapsed:0.0} % of one core"));
            Print("written to storage", string.Create(CultureInfo.InvariantCulture, $"{written / 1024.0 / elapsed:0.0} KiB a second, {(double)written / Math.Max(1, latencies.Count):0} bytes a reading"));
        }
        finally
        {
            await StopAsync(gateway);
        }
    }

    private static ModbusTcpServer Field()
    {
        var units = Enumerable.Range(1, Units).Select(unit =>
        {
            var bank = new RegisterBank(holding: Points * 2);
            for (var p = 0; p < Points; p++)
            {
                bank.SetFloat32(RegisterTable.Holding, p * 2, unit + (p / 100f), WordOrder.ABCD);
            }

            return new FieldUnit((byte)unit, bank);
        });
        return ModbusTcpServer.Start(units, TimeProvider.System);
    }

    private static string SiteText(int fieldPort, int mqttPort)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"node: {{ id: en-bench, site: bench }}\nuplink:\n  brokers: [ mqtt://127.0.0.1:{mqttPort} ]\n  topic: bench/{{node}}\n");
        text.Append(CultureInfo.InvariantCulture, $"buses:\n  field: {{ modbus-tcp: \"127.0.0.1:{fieldPort}\" }}\ndevices:\n");
        for (var unit = 1; unit <= Units; unit++)
        {
            text.Append(CultureInfo.InvariantCulture, $"  - id: U{unit}\n    bus: field\n    address: {unit}\n    every: 1s\n    registers:\n");
            for (var p = 0; p < Points; p++)
            {
                text.Append(CultureInfo.InvariantCulture, $"      - {{ name: p{p}, function: 3, register: {p * 2}, type: float32, order: ABCD, unit: bar }}\n");
            }
        }

        return text.ToString();
    }

    private static async Task<Broker> StartMosquittoAsync(string folder)
    {
        var port = FreePort();
        var config = Path.Combine(folder, "mosquitto.conf");
        await File.WriteAllTextAsync(config, $"listener {port} 127.0.0.1\nallow_anonymous true\npersistence false\n");
        var broker = new Broker(Start("/usr/sbin/mosquitto", ["-c", config]), port);
        for (var i = 0; i < 100; i++)
        {
            try
            {
                using var probe = new TcpClient();
                await probe.ConnectAsync(IPAddress.Loopback, port);
                return broker;
            }
            catch (SocketException)
            {
                await Task.Delay(50);
            }
        }

        throw new InvalidOperationException("mosquitto did not start.");
    }

    private static Process SubscriberOf(int port) => Start("/usr/bin/mosquitto_sub", ["-V", "5", "-p", port.ToString(CultureInfo.InvariantCulture), "-t", "bench/#", "-q", "1", "-F", "%l"]);

    private static Process Start(string program, string[] arguments)
    {
        var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;
    }

    private static async Task StopAsync(Process process)
    {
        using (Process.Start("/bin/kill", ["-TERM", process.Id.ToString(CultureInfo.InvariantCulture)]))
        {
            await process.WaitForExitAsync();
        }
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

    private static void Print(string what, string figure) => Console.WriteLine($"{what,-56}{figure}");

    /// <summary>A broker that ends with its owner.</summary>
    private sealed record Broker(Process Process, int Port) : IDisposable
    {
        public void Dispose()
        {
            Process.Kill();
            Process.Dispose();
        }
    }
}
