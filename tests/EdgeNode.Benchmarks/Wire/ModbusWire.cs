using System.Diagnostics;
using System.Globalization;
using System.Numerics;
using System.Text;
using EdgeNode.Core.Model;
using EdgeNode.Hardware.Modbus;
using EdgeNode.Hardware;
using EdgeNode.Provisioning;
using Microsoft.Extensions.Logging.Abstractions;

namespace EdgeNode.Benchmarks.Wire;

/// <summary>
/// Reads of 100 holding registers, one after the other, by EdgeNode's bus and by libmodbus's own C client, in turns of a few milliseconds,
/// each against a libmodbus server of its own: over TCP on loopback, and over a pty without pace, so that software is all that counts.
/// All of them share one core: left to the scheduler, both clients were seen at 17 us a read over TCP in one run and at 71 us in another.
/// Two turns that follow each other meet the same machine, so each round has its own ratio, and the middle one of them is the result.
/// </summary>
internal static class ModbusWire
{
    private const int Registers = 100;
    private const int Unit = 17;
    private const int Baud = 921600;

    /// <summary>Between two reads on a serial line both rest: EdgeNode keeps t3.5 before a request, libmodbus keeps none, and neither is to be measured.</summary>
    private const int SerialPauseMicroseconds = 3000;

    // Many short turns: what else the machine does then falls on both of a round, or on few of the rounds.
    private const int TcpTurns = 10;
    private const int SerialTurns = 2;

    public static int Run(int rounds)
    {
        using var folder = new WorkFolder("modbus");
        var server = Peer.Compile(folder, "tests/EdgeNode.IntegrationTests/Interop/libmodbus_peer.c");
        var client = Peer.Compile(folder, "tests/EdgeNode.Benchmarks/Wire/libmodbus_client.c");
        Console.WriteLine($"100 holding registers, checked; in turns, all on one core; {TcpTurns * rounds} rounds over TCP, {SerialTurns * rounds} over the pty; medians of the rounds");
        using var self = Process.GetCurrentProcess();
        var cores = self.ProcessorAffinity;
        self.ProcessorAffinity = Last(cores); // of this thread, and of all that it starts
        var tcp = Tcp(server, client, TcpTurns * rounds);
        var rtu = Serial(folder, server, client, SerialTurns * rounds);
        self.ProcessorAffinity = cores;
        Console.WriteLine(Text($"TCP reads/s   EdgeNode {tcp.Own.Rate,9:F0}   libmodbus {tcp.Other.Rate,9:F0}   ratio {Figures.Ratio(tcp.Own.Rates, tcp.Other.Rates):F2} (at least 1.0 is wanted)"));
        Console.WriteLine(Text($"TCP p50 us    EdgeNode {tcp.Own.Median / 1000,9:F1}   libmodbus {tcp.Other.Median / 1000,9:F1}   ratio {Figures.Ratio(tcp.Own.Medians, tcp.Other.Medians):F2}"));
        Console.WriteLine(Text($"RTU p50 us    EdgeNode {rtu.Own.Median / 1000,9:F1}   libmodbus {rtu.Other.Median / 1000,9:F1}   ratio {Figures.Ratio(rtu.Own.Medians, rtu.Other.Medians):F2} (at most 1.2 is wanted)"));
        Console.WriteLine(Text($"bytes allocated by {tcp.Own.Reads} reads over TCP: {tcp.Own.Bytes}; by {rtu.Own.Reads} over the pty: {rtu.Own.Bytes}"));
        Console.WriteLine(Text($"bad reads: EdgeNode {tcp.Own.Bad + rtu.Own.Bad}, libmodbus {tcp.Other.Bad + rtu.Other.Bad}"));
        return tcp.Own.Bad + rtu.Own.Bad + tcp.Other.Bad + rtu.Other.Bad == 0 ? 0 : 1;
    }

    private static (Figures Own, Figures Other) Tcp(string server, string client, int rounds)
    {
        using var first = new Peer(server, "tcp");
        using var second = new Peer(server, "tcp");
        var port = second.Line()["ready ".Length..];
        using var bus = Bus($"modbus-tcp: \"127.0.0.1:{first.Line()["ready ".Length..]}\"");
        using var other = new Peer(client, "tcp", port);
        return Turns(bus, other, rounds, reads: 500, pause: 0);
    }

    private static (Figures Own, Figures Other) Serial(WorkFolder folder, string server, string client, int rounds)
    {
        using var firstLine = new Line(folder, "a");
        using var secondLine = new Line(folder, "b");
        using var first = new Peer(server, "rtu", firstLine.Far, Text($"{Baud}"));
        using var second = new Peer(server, "rtu", secondLine.Far, Text($"{Baud}"));
        first.Line();
        second.Line();
        using var bus = Bus($"modbus-rtu: {firstLine.Near}, baud: {Baud}, format: 8N1");
        using var other = new Peer(client, "rtu", secondLine.Near, Text($"{Baud}"));
        return Turns(bus, other, rounds, reads: 30, pause: SerialPauseMicroseconds);
    }

    private static (Figures Own, Figures Other) Turns(ModbusBus bus, Peer other, int rounds, int reads, int pause)
    {
        var (own, others) = (new Figures(), new Figures());
        var samples = new List<RawSample>(Registers);
        var took = new long[reads];
        for (var round = -rounds / 5; round < rounds; round++)
        {
            var isFirst = round % 2 == 0;
            var said = isFirst ? [] : Ask();
            var (bad, sum) = (0, 0L);
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0; i < reads; i++)
            {
                if (pause > 0)
                    Thread.Sleep(pause / 1000);
                samples.Clear();
                var start = Stopwatch.GetTimestamp();
                bus.Scan(0, samples, CancellationToken.None);
                sum += took[i] = Stopwatch.GetTimestamp() - start;
                foreach (var sample in samples)
                    bad += sample.Quality.IsGood && sample.Raw == (7 * sample.Point) + 3 ? 0 : 1;
            }

            var bytes = GC.GetAllocatedBytesForCurrentThread() - before;
            Array.Sort(took);
            if (isFirst)
                said = Ask();
            if (round < 0)
                continue; // to warm up: the code is compiled for good only after some thousand reads
            var tick = 1e9 / Stopwatch.Frequency;
            own.Add(took[reads / 2] * tick, sum * tick, reads, bad, bytes);
            others.Add(said[0], said[1], reads, (int)said[2], 0);
        }

        return (own, others);

        long[] Ask()
        {
            other.Say(Text($"{reads} {pause}"));
            return [.. other.Line().Split(' ').Select(s => long.Parse(s, CultureInfo.InvariantCulture))];
        }
    }

    private static ModbusBus Bus(string bus)
    {
        var rows = Enumerable.Range(0, Registers).Select(n => $"      - {{ name: r{n}, function: 3, register: {n}, type: uint16, unit: \"1\" }}\n");
        var text = $"node: {{ id: bench, site: bench }}\nbuses:\n  field: {{ {bus} }}\ndevices:\n  - id: U\n    bus: field\n    address: {Unit}\n    every: 1s\n    registers:\n{string.Concat(rows)}";
        var result = SiteFile.Parse("bench.yaml", Encoding.UTF8.GetBytes(text), Path.GetTempPath(), ProfileCatalog.Empty, FieldTimes.Of);
        return result.Site is { } site
            ? ModbusBus.Create(site, 0, TimeProvider.System, NullLogger.Instance)
            : throw new InvalidOperationException(string.Join('\n', result.Faults));
    }

    /// <summary>The highest of a set of cores: the first one has most of the interrupts.</summary>
    private static nint Last(nint cores) => (nint)1 << BitOperations.Log2((nuint)cores);

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    /// <summary>What the rounds of one client came to.</summary>
    private sealed class Figures
    {
        public List<double> Medians { get; } = [];

        public List<double> Rates { get; } = [];

        public long Reads { get; private set; }

        public long Bytes { get; private set; }

        public int Bad { get; private set; }

        /// <summary>Nanoseconds of a read.</summary>
        public double Median => Middle(Medians);

        /// <summary>Reads a second, without pauses.</summary>
        public double Rate => Middle(Rates);

        public void Add(double median, double sum, int reads, int bad, long bytes)
        {
            Medians.Add(median);
            Rates.Add(1e9 * reads / sum);
            Reads += reads;
            Bad += bad;
            Bytes += bytes;
        }

        /// <summary>The middle one of the rounds' ratios.</summary>
        public static double Ratio(List<double> own, List<double> others) => Middle([.. own.Zip(others, (a, b) => a / b)]);

        private static double Middle(List<double> of) => of.Order().ElementAt(of.Count / 2);
    }

    /// <summary>Two ends of a serial line without pace.</summary>
    private sealed class Line : IDisposable
    {
        private readonly Process _socat;

        public Line(WorkFolder folder, string name)
        {
            (Near, Far) = (Path.Combine(folder.Path, name + "-near"), Path.Combine(folder.Path, name + "-far"));
            _socat = Process.Start("socat", [$"PTY,rawer,link={Near}", $"PTY,rawer,link={Far}"]);
            while (!_socat.HasExited && !(File.Exists(Near) && File.Exists(Far)))
                Thread.Sleep(10);
        }

        public string Near { get; }

        public string Far { get; }

        public void Dispose()
        {
            _socat.Kill();
            _socat.WaitForExit();
            _socat.Dispose();
        }
    }
}
