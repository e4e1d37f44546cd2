using System.Globalization;
using System.Net;
using System.Net.Sockets;
using EdgeNode.Core.Act;
using EdgeNode.Core.Ports;
using EdgeNode.Engine;
using EdgeNode.Spool;
using EdgeNode.Spool.Disk;
using EdgeNode.Uplink;
using Microsoft.Extensions.Logging.Abstractions;

namespace EdgeNode.Benchmarks.Protection;

/// <summary>
/// What the gateway adds between the arrival of a sample and the write of an output, through the engine's own threads: bus, station, writer.
/// Beside it, in the same run, a thread that does nothing but wait for a timer: what this machine adds by itself.
/// </summary>
internal static class ProtectionDelay
{
    private const double Setpoint = 5;

    public static int Run(TimeSpan each, CancellationToken stop)
    {
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"sample arrival to output write, {each.TotalSeconds} s each; delays in ms"));
        Console.WriteLine($"{"",-58}{"trips",8}{"p50",9}{"p99",9}{"p99.9",9}{"max",9}");
        Figures? unloaded = null;
        foreach (var load in Loads)
        {
            stop.ThrowIfCancellationRequested();
            var (delay, wake) = Measure(load, each, stop);
            Print(load.Name, delay);
            Print("  a bare timer wake-up meanwhile", wake);
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"  p99.9 is {delay.P999 - wake.P999:F2} ms above the wake-up (at most 5 is wanted){(unloaded is { } idle ? $", {delay.P999 / idle.P999:F2} times the unloaded one (at most 1.2 is wanted)" : "")}"));
            unloaded ??= delay;
        }

        return 0;
    }

    private static readonly Load[] Loads =
    [
        new("unloaded", Offered: false, Hung: false),
        new("10,000 readings/s into the spool, broker hung", Offered: true, Hung: false),
        new("10,000 readings/s, disk hung, broker hung", Offered: true, Hung: true),
    ];

    private sealed record Load(string Name, bool Offered, bool Hung);

    private static (Figures Delay, Figures Wake) Measure(Load load, TimeSpan each, CancellationToken stop)
    {
        using var folder = new WorkFolder("protection");
        using var broker = new TcpListener(IPAddress.Loopback, 0); // takes connections and never says a word
        broker.Start();
        var site = ProtectedSite.Of(load.Offered, ((IPEndPoint)broker.LocalEndpoint).Port);
        var time = TimeProvider.System;
        var clock = new SystemClock(time, 0);
        var queue = new RecorderQueue();
        var board = new NodeAlarmBoard(queue, clock, NullLogger.Instance);
        using var journal = Journal.Open(
            Path.Combine(folder.Path, "spool"), site.Spool, [.. site.Points.Select(p => new SpooledPoint(p.Name, p.Unit.Symbol, p.Simulated))], clock, new LinuxDisk());
        using var recorder = new HangingRecorder(journal);
        var probe = new ProbeBus(Setpoint);
        IFieldBus[] buses = load.Offered ? [probe, new OfferingBus(site)] : [probe];
        Exception? died = null;
        using var engine = new GatewayEngine(
            site, buses, queue, board, recorder, clock, time, "bench", e => died = e, NullLogger.Instance, ports: new DrivenPorts([new ProbePort(probe)], [], null));
        var uplink = new UplinkService(site, journal.Outbox(1), engine, board, clock, time, NullLogger<UplinkService>.Instance, "bench");
        using var stopUplink = CancellationTokenSource.CreateLinkedTokenSource(stop);
        using var timer = new TimerProbe();
        try
        {
            engine.Start();
            var delivery = Task.Run(() => uplink.RunAsync(stopUplink.Token), CancellationToken.None);
            stop.WaitHandle.WaitOne(TimeSpan.FromSeconds(2));
            engine.Commands.Post(new TripCommand(0, TripAsk.Reset, "bench")); // the first start takes a person
            stop.WaitHandle.WaitOne(TimeSpan.FromSeconds(3)); // compiled by then
            recorder.Hangs = load.Hung;
            stop.WaitHandle.WaitOne(TimeSpan.FromSeconds(load.Hung ? 8 : 2)); // the queue is full by then
            probe.Begin();
            timer.Begin();
            stop.WaitHandle.WaitOne(each);
            var figures = (probe.End(), timer.End());
            recorder.Hangs = false;
            stopUplink.Cancel();
            delivery.Wait(TimeSpan.FromSeconds(10), CancellationToken.None);
            return died is null ? figures : throw new InvalidOperationException("a thread of the engine died", died);
        }
        finally
        {
            recorder.Hangs = false;
            engine.Stop();
        }
    }

    private static void Print(string name, Figures f) => Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture, $"{name,-58}{f.Count,8}{f.P50,9:F3}{f.P99,9:F3}{f.P999,9:F3}{f.Max,9:F3}"));
}
