using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using EdgeNode.Benchmarks.Whole;

namespace EdgeNode.Benchmarks.Protection;

/// <summary>
/// What the published executable adds between the arrival of a sample and the write of an output, seen from the device that sends the one and
/// gets the other. Beside it, in the same run, a thread that does nothing but wait for a timer: what this machine adds by itself.
/// </summary>
internal static class ProtectionDelay
{
    private const int MostAboveWakeUp = 5; // ms
    private const double MostTimesUnloaded = 1.2;
    private const double LeastServed = 0.99; // of the readings offered
    private const long DiskBytes = 1L << 30;
    private const string Intro = """
        sample arrival to output write, delays in ms
          gateway    the published executable, its data directory (spool, state store, audit trail, history) on an ext4 of its own on a loop device
          measured   by the device, a libmodbus server over TCP on loopback: from the moment before the reply is sent after which two of three transmitters are high, to
                     the moment at which the request that writes the output's coil has come; so both ways through the kernel and the device's own wake-up are in it
          trip       of a group of three transmitters that votes 2oo3, each on a bus of its own and read every 20 ms
          disk hung  fsfreeze: each write of the gateway waits in the kernel for the whole of the time
          broker hung  takes the connection and never says a word
          load       ten devices of 100 float32 ten times a second on a second libmodbus server, each reading recorded; how many they
                     gave in the measured time stands beside, and below 99 % of those offered there are no figures
        """;

    private static readonly Load[] Loads =
    [
        new("unloaded", Offered: false, Hung: false),
        new("10,000 readings/s into the spool, broker hung", Offered: true, Hung: false),
        new("10,000 readings/s, disk hung, broker hung", Offered: true, Hung: true),
    ];

    private static readonly TimeSpan ResetWait = TimeSpan.FromSeconds(30);

    public static async Task<int> RunAsync(TimeSpan each, CancellationToken stop)
    {
        if (WholeProcess.Published() is not { } binary)
        {
            await Console.Error.WriteLineAsync("There is no published executable to measure. Start this through: ./build.sh benchmark -- protection");
            return 1;
        }

        using var folder = new WorkFolder("protection");
        var field = Peer.Compile(folder, "tests/EdgeNode.Benchmarks/Protection/libmodbus_field.c");

        // Not beside the image: the path of a socket has 107 bytes at most.
        var mount = Directory.CreateTempSubdirectory("edgenode-disk-").FullName;
        try
        {
            using var disk = Ext4Disk.Make(Path.Combine(folder.Path, "disk"), DiskBytes, mountPoint: mount);
            Console.WriteLine(Intro);
            Console.WriteLine($"{"",-52}{"count",8}{"p50",9}{"p99",9}{"p99.9",9}{"max",9}");
            var run = new Run(binary, field, folder.Path, disk, each, stop);
            Figures? unloaded = null;
            foreach (var load in Loads)
            {
                var (delay, wake, told) = await run.MeasureAsync(load);
                Print(load.Name, delay);
                Print("  a bare timer wake-up meanwhile", wake);
                Judge("  p99.9 above the wake-up's, ms", delay.P999 - wake.P999, MostAboveWakeUp);
                if (unloaded is not null)
                {
                    Judge("  p99.9 in times the unloaded one", delay.P999 / unloaded.P999, MostTimesUnloaded);
                }

                Console.WriteLine($"  {told}");
                unloaded ??= delay;
            }
        }
        finally
        {
            Directory.Delete(mount);
        }

        return 0;
    }

    private sealed record Load(string Name, bool Offered, bool Hung);

    private sealed class Run(string binary, string field, string folder, Ext4Disk disk, TimeSpan each, CancellationToken stop)
    {
        private const int NsPerMs = 1_000_000;

        /// <summary>The gateway says by it that samples were read and never came to the step.</summary>
        private const string HeldUp = "samples were dropped before it could take them";

        public async Task<(Figures Delay, Figures Wake, string Told)> MeasureAsync(Load load)
        {
            using var broker = new TcpListener(IPAddress.Loopback, 0); // the kernel takes the connection, and nobody reads from it
            broker.Start();
            using var device = new Peer(field);
            using var devices = new Peer(field);
            var port = device.Line()["ready ".Length..];
            var offerPort = devices.Line()["ready ".Length..];
            var site = Path.Combine(folder, "site.yaml");
            await File.WriteAllTextAsync(
                site, ProtectedSite.Text(port, load.Offered ? offerPort : null, load.Offered ? ((IPEndPoint)broker.LocalEndpoint).Port : null), stop);
            var data = Path.Combine(disk.Folder, $"{Array.IndexOf(Loads, load)}");
            await using var gateway = new Child(binary, "run", "--site", site, "--data", data) { Watched = HeldUp };
            try
            {
                await ResetAsync(data, gateway);
                await Task.Delay(TimeSpan.FromSeconds(3), stop);
                if (load.Hung)
                {
                    disk.Freeze();
                }

                await Task.Delay(TimeSpan.FromSeconds(load.Hung ? 8 : 2), stop); // by then the recorder's queue is full
                var written = disk.Written;
                using var timer = new TimerProbe();
                var began = Stopwatch.GetTimestamp();
                device.Say("begin");
                devices.Say("begin");
                await Task.Delay(each, stop);
                var hanging = ProcessFigures.ThreadsThatHang(gateway.Id);
                devices.Say("end");
                device.Say("end");
                var offered = load.Offered ? ProtectedSite.Offered * Stopwatch.GetElapsedTime(began).TotalSeconds : 0;
                var wake = timer.End();
                written = disk.Written - written;
                var delays = Numbers(device).Skip(2).ToArray();
                var served = Numbers(devices)[1];
                if (load.Hung && (hanging == 0 || written > 0))
                {
                    throw new InvalidOperationException($"The disk was to hang: {written} bytes reached it, and {hanging} threads of the gateway wait for it. These are no figures.");
                }

                if (served < LeastServed * offered || gateway.HasSaidWatched)
                {
                    throw new InvalidOperationException(string.Create(
                        CultureInfo.InvariantCulture,
                        $"{load.Name}: of {offered:0} readings offered {served} were read{(gateway.HasSaidWatched ? ", and of those the core did not take all" : "")}. These are no figures.\n{gateway}"));
                }

                var busy = (await File.ReadAllTextAsync("/proc/loadavg", stop)).Split(' ')[0];
                var taken = load.Offered ? string.Create(CultureInfo.InvariantCulture, $"{served} readings, {100 * served / offered:F1} % of those offered, were read and taken by the core; ") : "";
                var told = string.Create(
                    CultureInfo.InvariantCulture,
                    $"in {each.TotalSeconds} s {written / 1024} KiB reached the disk, {hanging} threads of the gateway waited for it at the end; "
                    + $"{taken}load average {busy}");
                return (Figures.Of(delays, NsPerMs), wake, told);
            }
            finally
            {
                disk.Thaw();
            }
        }

        /// <summary>What a field says at the end: the number of delays, of the readings that it gave, and each delay in ns.</summary>
        private static long[] Numbers(Peer field) => [.. field.Line().Split(' ').Select(n => long.Parse(n, CultureInfo.InvariantCulture))];

        /// <summary>The first start takes a person.</summary>
        private async Task ResetAsync(string data, Child gateway)
        {
            var until = DateTimeOffset.UtcNow + ResetWait;
            while (true)
            {
                await using var verb = new Child(binary, "reset", ProtectedSite.Trip, "--data", data, "--why", "benchmark");
                if (await verb.ExitAsync(stop) == 0)
                {
                    return;
                }

                if (DateTimeOffset.UtcNow > until)
                {
                    throw new InvalidOperationException($"The trip does not let itself be reset.\n{verb}\n{gateway}");
                }

                await Task.Delay(200, stop);
            }
        }
    }

    private static void Print(string name, Figures f) => Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture, $"{name,-52}{f.Count,8}{f.P50,9:F3}{f.P99,9:F3}{f.P999,9:F3}{f.Max,9:F3}"));

    private static void Judge(string what, double figure, double most) => Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture, $"{what,-52}{"",26}{figure,9:F2}  at most {most} is wanted: {(figure <= most ? "met" : "not met")}"));
}
