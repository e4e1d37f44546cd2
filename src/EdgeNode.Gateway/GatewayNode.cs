using EdgeNode.Core.Model;
using EdgeNode.Core.Ports;
using EdgeNode.Engine;
using EdgeNode.Hardware.Modbus;
using EdgeNode.Spool;
using EdgeNode.Spool.Disk;
using EdgeNode.Uplink;
using Microsoft.Extensions.Logging;

namespace EdgeNode.Gateway;

/// <summary>The composition: one site's buses, engine, spool and uplink, started and stopped in order.</summary>
internal sealed class GatewayNode : IAsyncDisposable
{
    /// <summary>There is one uplink; its cursors carry this number in the spool.</summary>
    private const int UplinkId = 1;

    private const int MostDamagesTold = 20;

    private readonly Journal _journal;
    private readonly CancellationTokenSource _stopUplink = new();
    private Task _uplink = Task.CompletedTask;
    private bool _stopped;

    private GatewayNode(Journal journal, IOutbox outbox, GatewayEngine engine, UplinkService? uplink)
    {
        _journal = journal;
        Outbox = outbox;
        Engine = engine;
        Uplink = uplink;
    }

    /// <summary>The spool as the uplink sees it.</summary>
    public IOutbox Outbox { get; }

    public GatewayEngine Engine { get; }

    public UplinkService? Uplink { get; }

    /// <summary>Opens the spool and makes the rest; nothing runs yet.</summary>
    /// <param name="site">The checked site.</param>
    /// <param name="data">Directory of all that the node keeps.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logs">Where the parts log.</param>
    /// <param name="died">Called when a thread ends by a programming error.</param>
    /// <exception cref="SpoolUnavailableException">The spool's directory cannot be used at all; the message says why.</exception>
    public static GatewayNode Open(Site site, string data, TimeProvider time, ILoggerFactory logs, Action<Exception> died)
    {
        var clock = new SystemClock(time);
        var journal = Journal.Open(
            Path.Combine(data, "spool"), site.Spool, [.. site.Points.Select(p => new SpooledPoint(p.Name, p.Unit.Symbol, p.Simulated))], clock, new LinuxDisk());
        Tell(logs.CreateLogger("spool"), journal);
        var busLog = logs.CreateLogger("bus");
        var buses = site.Buses.Select((b, i) => (IFieldBus)ModbusBus.Create(site, i, time, busLog)).ToArray();
        var engine = new GatewayEngine(site, buses, journal, clock, time, CommandLine.Version, died, logs.CreateLogger("engine"));
        var outbox = journal.Outbox(UplinkId);
        var uplink = site.Uplink is null
            ? null
            : new UplinkService(site, outbox, engine, clock, time, logs.CreateLogger<UplinkService>(), CommandLine.Version);
        return new GatewayNode(journal, outbox, engine, uplink);
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
        _journal.Dispose();
        _stopUplink.Dispose();
    }

    private static void Tell(ILogger log, Journal journal)
    {
        var r = journal.Recovery;
        Log.SpoolOpened(log, r.Epoch, r.Segments, r.Epoch.Start == 1 ? "it is new"
            : r.CleanStop ? "the run before ended in an orderly way"
            : r.SameBoot ? "the run before was killed; nothing that it had appended is lost"
            : "the run before ended with the system; what it had not committed may be missing, and an open gap event says so");
        foreach (var damage in r.Damages.Take(MostDamagesTold))
        {
            Log.SpoolDamaged(log, damage.File, damage.Offset, damage.Bytes, damage.What);
        }

        if (r.Damages.Count > 0 || r.Quarantined.Count > 0)
        {
            Log.SpoolRepaired(log, r.Damages.Count, r.RecordsMissing, r.Quarantined.Count);
        }
    }
}
