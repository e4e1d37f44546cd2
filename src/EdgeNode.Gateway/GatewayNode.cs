using EdgeNode.Core.Model;
using EdgeNode.Core.Ports;
using EdgeNode.Engine;
using EdgeNode.Hardware.Modbus;
using EdgeNode.Spool;
using EdgeNode.Uplink;
using Microsoft.Extensions.Logging;

namespace EdgeNode.Gateway;

/// <summary>The composition: one site's buses, engine, spool and uplink, started and stopped in order.</summary>
internal sealed class GatewayNode : IAsyncDisposable
{
    private readonly CancellationTokenSource _stopUplink = new();
    private Task _uplink = Task.CompletedTask;
    private bool _stopped;

    private GatewayNode(Journal journal, GatewayEngine engine, UplinkService? uplink)
    {
        Journal = journal;
        Engine = engine;
        Uplink = uplink;
    }

    public Journal Journal { get; }

    public GatewayEngine Engine { get; }

    public UplinkService? Uplink { get; }

    /// <summary>Opens the spool and makes the rest; nothing runs yet.</summary>
    /// <param name="site">The checked site.</param>
    /// <param name="data">Directory of all that the node keeps.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logs">Where the parts log.</param>
    /// <param name="died">Called when a thread ends by a programming error.</param>
    /// <exception cref="SpoolException">The spool's directory cannot be used at all; the message says why.</exception>
    public static GatewayNode Open(Site site, string data, TimeProvider time, ILoggerFactory logs, Action<Exception> died)
    {
        var clock = new SystemClock(time);
        var log = logs.CreateLogger("spool");
        var journal = Journal.Open(
            Path.Combine(data, "spool"), site.Spool, [.. site.Points.Select(p => new SpooledPoint(p.Name, p.Unit.Symbol, p.Simulated))], clock, new LinuxDisk(), out var recovery);
        Log.SpoolOpened(log, recovery.ToString());
        var busLog = logs.CreateLogger("bus");
        var buses = site.Buses.Select((b, i) => (IFieldBus)ModbusTcpBus.Create(site, i, time, busLog)).ToArray();
        var engine = new GatewayEngine(site, buses, journal, clock, time, CommandLine.Version, died, logs.CreateLogger("engine"));
        var uplink = site.Uplink is null
            ? null
            : new UplinkService(site, journal.Outbox, engine, clock, time, logs.CreateLogger<UplinkService>(), CommandLine.Version);
        return new GatewayNode(journal, engine, uplink);
    }

    /// <summary>Starts measuring, then delivering.</summary>
    public void Start()
    {
        Engine.Start();
        if (Uplink is not null)
        {
            _uplink = Task.Run(() => Uplink.RunAsync(_stopUplink.Token));
        }
    }

    /// <summary>Stops measuring and leaves the uplink running, so that what was read can still be delivered.</summary>
    public void StopMeasuring() => Engine.Stop();

    /// <summary>Stops in order: measuring, delivering, then a clean close of the spool.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_stopped)
        {
            return;
        }

        _stopped = true;
        Engine.Stop();
        await _stopUplink.CancelAsync().ConfigureAwait(false);
        await _uplink.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        Engine.Dispose();
        Journal.Dispose();
        _stopUplink.Dispose();
    }
}
