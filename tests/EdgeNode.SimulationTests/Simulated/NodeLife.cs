using System.Collections.Immutable;
using EdgeNode.Core.Model;
using EdgeNode.Core.Ports;
using EdgeNode.Core.Record;
using EdgeNode.Engine;
using EdgeNode.SimulationTests.Observed;
using EdgeNode.Spool;
using EdgeNode.Uplink;
using Microsoft.Extensions.Logging.Abstractions;

namespace EdgeNode.SimulationTests.Simulated;

/// <summary>
/// One life of the gateway's process: the product's own loops, journal and uplink, composed as the gateway composes them. A life that is
/// killed is left as it stands; nothing of it is ever called again.
/// </summary>
internal sealed class NodeLife : IDisposable
{
    /// <summary>As the gateway: a spool that cannot be opened is tried again.</summary>
    private static readonly TimeSpan OpenAgain = TimeSpan.FromSeconds(10);

    private readonly World _world;
    private readonly RecorderQueue _queue = new();
    private readonly NodeAlarmBoard _board;
    private readonly StationLoop _station;
    private readonly CancellationTokenSource _stop = new();
    private readonly NodeClock _clock;
    private RecorderLoop? _recorder;
    private Witness? _witness;

    public NodeLife(World world)
    {
        _world = world;
        _clock = new NodeClock(world.Clock);
        Time = new NodeTime(world.Clock);
        var site = world.Site;
        Actor? station = null;
        Actor? recorder = null;
        _queue.Filled += () => recorder?.Signal(world.WakeDelay());
        _board = new NodeAlarmBoard(_queue, _clock, NullLogger.Instance);
        var mailbox = new SampleMailbox(() => station?.Signal(world.WakeDelay()));
        _station = new StationLoop(site, mailbox, _queue, _board, _clock, NullLogger.Instance);
        var start = Time.Monotonic();
        var actors = site.Buses.Select((bus, b) =>
        {
            var loop = new BusLoop(new SimulatedBus(world, bus.Id, site), new ScanSchedule(
                [.. site.Devices.Select((d, n) => (d, n)).Where(x => x.d.Bus == b).Select(x => (x.n, x.d.Every))], start), mailbox, Time);
            return new Actor(1 + b, world.Clock, () => loop.RunDue(CancellationToken.None));
        }).ToList();
        Buses = [.. actors];
        Recorder = recorder = new Actor(101, world.Clock, RunRecorder);
        Station = station = new Actor(100, world.Clock, RunStation);
        Actors = [.. actors, station, recorder];
        _queue.Put(EventBody.Configuration(site, _clock.Read().Wall, "1.0.0"));
    }

    public NodeTime Time { get; }

    public PumpContext Context { get; } = new();

    public IReadOnlyList<Actor> Actors { get; }

    public IReadOnlyList<Actor> Buses { get; }

    public Actor Station { get; }

    public Actor Recorder { get; }

    /// <summary>Ended; whatever of it is still on the stack unwinds.</summary>
    public bool Dead { get; set; }

    public Journal? Journal { get; private set; }

    public Task? Delivery { get; private set; }

    public UplinkService? Uplink { get; private set; }

    public long QueueLost => _queue.Lost;

    /// <summary>The node says that it has this fault.</summary>
    public bool HasAlarm(NodeAlarm alarm)
    {
        Span<NodeAlarmStatus> present = new NodeAlarmStatus[NodeAlarmIds.Count];
        _board.Copy(present);
        return present[(int)alarm].Active;
    }

    /// <summary>Nothing waits for the platform: not in the queue, not in the spool.</summary>
    public bool Drained => Journal is { } journal && _queue.IsEmpty
        && journal.Outbox(1) is var outbox && outbox.Waiting(StreamKind.Telemetry) == 0 && outbox.Waiting(StreamKind.Event) == 0;

    /// <summary>
    /// An orderly stop, as the gateway does it: measuring, then the step, then the recorder, then the uplink, then a clean close.
    /// </summary>
    public void StopInOrder()
    {
        foreach (var bus in Buses)
        {
            bus.Stopped = true;
        }

        Station.Run();
        Station.Stopped = true;
        Recorder.Run();
        Recorder.Stopped = true;
        _stop.Cancel();
        _world.Pump(TimeSpan.FromSeconds(10), () => Dead || (Delivery?.IsCompleted ?? true));
        if (Dead)
        {
            return;
        }

        if (Delivery is { IsCompletedSuccessfully: false } failed)
        {
            _world.Ledger.Find($"the uplink did not end in order: {failed.Status} {failed.Exception?.InnerException}");
        }

        Journal?.Dispose();
        Dispose();
    }

    /// <inheritdoc/>
    public void Dispose() => _stop.Dispose();

    private TimeSpan? RunStation()
    {
        var wait = _station.RunDue();
        _recorder?.Watch.Look();
        return wait < BusLoop.LongestWait ? wait : BusLoop.LongestWait;
    }

    private TimeSpan? RunRecorder()
    {
        if (Journal is null && !TryOpen())
        {
            return OpenAgain;
        }

        var wait = _recorder!.RunDue();
        _witness!.RoundDone();
        return wait;
    }

    private bool TryOpen()
    {
        try
        {
            var points = _world.Site.Points.Select(p => new SpooledPoint(p.Name, p.Unit.Symbol, p.Simulated)).ToImmutableArray();
            Journal = Journal.Open("/spool", _world.Site.Spool, points, _clock, _world.Disk);
        }
        catch (SpoolUnavailableException)
        {
            return false;
        }

        _world.Tell($"epoch {Journal.Epoch.Start} begins: {Journal.Recovery.Segments} segments, clean stop {Journal.Recovery.CleanStop}, same boot {Journal.Recovery.SameBoot}, "
            + $"{Journal.Recovery.RecordsMissing} missing, {Journal.Recovery.OpenGaps} open gaps {string.Join("; ", Journal.Recovery.Damages)} {string.Join("; ", Journal.Recovery.Quarantined)}");
        _world.Ledger.Begin(Journal.Epoch, _clock.BootId, _world.Clock.Now);
        _witness = new Witness(_world.Ledger, _world.Plants.Recorder(Journal), () => _world.Clock.Now);
        _recorder = new RecorderLoop(_queue, _witness, _world.Plants.CommitEvery ?? _world.Site.Spool.Commit, Time, NullLogger.Instance, _board);
        Uplink = new UplinkService(
            _world.Site, _world.Plants.Outbox(Journal.Outbox(1)), _station, _board, _clock, Time, NullLogger.Instance, "1.0.0", _world.Settings, _world.Broker,
            _world.Random.NextDouble);
        Context.Post(_ => Delivery = Uplink.RunAsync(_stop.Token), null);
        return true;
    }
}
