using System.Collections.Immutable;
using EdgeNode.Core.Act;
using EdgeNode.Core.Model;
using EdgeNode.Core.Ports;
using EdgeNode.Engine;
using EdgeNode.Gateway.Hands;
using EdgeNode.Gateway.Hold;
using EdgeNode.Hardware;
using EdgeNode.Records;
using EdgeNode.Spool;
using EdgeNode.Spool.Disk;
using EdgeNode.Spool.State;
using EdgeNode.Uplink;
using Microsoft.Extensions.Logging;

namespace EdgeNode.Gateway;

/// <summary>The composition: one site's buses, engine, spool and uplink, started and stopped in order.</summary>
internal sealed class GatewayNode : IAsyncDisposable
{
    /// <summary>There is one uplink; its cursors carry this number in the spool.</summary>
    private const int UplinkId = 1;

    private const int MostDamagesTold = 20;

    /// <summary>How long a stop waits for the uplink, whose own deadline is shorter, and then for the spool's disk.</summary>
    private static readonly TimeSpan StopWait = TimeSpan.FromSeconds(5);

    private readonly NodeAlarmBoard _board;
    private readonly LateSpool _spool;
    private readonly NodeRecorder _recorder;
    private readonly NodeAudit _audit;
    private readonly HistoryLog _history;
    private readonly HandsServer _hands;
    private readonly RestartHands _restart;
    private readonly CarriedOutputs? _carried;
    private HoldLink? _link;
    private readonly Func<IOutbox, UplinkService>? _makeUplink;
    private readonly ILogger _log;
    private readonly Action<Exception> _died;
    private readonly TimeProvider _time;
    private readonly Action _startCheck;
    private readonly CancellationTokenSource _stopSpool = new();
    private readonly CancellationTokenSource _stopUplink = new();
    private readonly TaskCompletionSource<IOutbox> _outbox = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task _delivery = Task.CompletedTask;
    private bool _stopped;

    /// <summary>Makes the parts; nothing runs yet.</summary>
    /// <param name="site">The checked site.</param>
    /// <param name="data">Directory of all that the node keeps.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logs">Where the parts log.</param>
    /// <param name="died">Called when the process is to end: a thread ended by a programming error, or another process has the spool.</param>
    /// <param name="seams">What stands in for the kernel's chips and lines; null outside of the demo.</param>
    /// <param name="trace">What this boot knows of runs without a disk; null: nothing.</param>
    /// <param name="carried">Outputs that the run before left in their normal state for a planned restart; null: there are none.</param>
    public GatewayNode(
        Site site, string data, TimeProvider time, ILoggerFactory logs, Action<Exception> died, IFieldSeams? seams = null, RunTrace? trace = null, CarriedOutputs? carried = null)
    {
        _carried = carried;
        _died = died;
        _time = time;
        _log = logs.CreateLogger("spool");
        var engineLog = logs.CreateLogger("engine");
        var clock = new SystemClock(time, BuildDate.UnixMicroseconds);
        var queue = new RecorderQueue();
        var board = new NodeAlarmBoard(queue, clock, engineLog);
        _board = board;
        _startCheck = () => StartCheck.Begin(site, seams, board, engineLog);
        _audit = new NodeAudit(site, data, clock, board, queue, e => Log.SideThreadDied(_log, e, "audit"));
        var directory = Path.Combine(data, "spool");
        _history = new HistoryLog(Path.Combine(data, "history"), () => SpoolInspector.Events(directory, new LinuxDisk()), board, _audit.Trail, time)
        {
            Died = e => Log.SideThreadDied(_log, e, "history"),
        };
        var points = site.Points.Select(p => new SpooledPoint(p.Name, p.Unit.Symbol, p.Simulated) { WhenFull = p.WhenFull }).ToImmutableArray();
        _spool = new LateSpool(
            () =>
            {
                var journal = Journal.Open(directory, site.Spool, points, clock, new LinuxDisk());
                journal.EventLog = _history;
                return journal;
            },
            time, board, _log, _stopSpool.Token);
        var state = new StateStore(Path.Combine(data, "state"), new LinuxDisk());
        var totals = new StateTotals(state, time);
        _recorder = new NodeRecorder(_spool, clock, state, totals, board, _audit.StateDamaged);
        var buses = FieldBuses.All(site, data, totals, time, logs.CreateLogger("bus"), seams);
        var ports = OutputPorts.All(site, buses, seams);
        Engine = new GatewayEngine(site, buses, queue, board, _recorder, clock, time, CommandLine.Version, died, engineLog, state, _audit.Trail,
            carried?.Wrap(ports, (o, why) => Engine!.Commands.Post(new OutputAsk(o, true, why))) ?? ports, trace);
        carried?.Carry(Engine);
        _restart = new RestartHands(site, data, Engine, ports, _audit.Trail, carried);
        var desk = new HandsDesk(Engine.Commands, _audit.Trail, time);
        var alarms = new AlarmHands(site, Engine, desk);
        var emergency = new EmergencyHands(site, Engine, desk);
        var groups = new GroupHands(site, Engine);
        var bypasses = new BypassHands(site, Engine, desk);
        var trips = new TripHands(site, Engine, desk);
        var outputs = new OutputHands(site, Engine, desk);
        var substitutes = new SubstituteHands(site, Engine, desk);
        var panel = new PanelHands(site, Engine, desk);
        var hands = new AllHands(
            ("alarms", alarms.AnswerAsync), ("groups", groups.AnswerAsync), ("bypass", bypasses.AnswerAsync), ("outputs", outputs.AnswerAsync), ("substitute", substitutes.AnswerAsync),
            ("panel", panel.AnswerAsync), ("trips", trips.AnswerAsync), ("emergency", emergency.AnswerAsync),
            ("restart", _restart.AnswerAsync));
        _hands = new HandsServer(Path.Combine(data, HandsLimits.FileName), hands.AnswerAsync, time, logs.CreateLogger("hands"));
        _makeUplink = site.Uplink is null
            ? null
            : outbox => new UplinkService(site, outbox, Engine, board, clock, time, logs.CreateLogger<UplinkService>(), CommandLine.Version);
    }

    /// <summary>The spool as the uplink sees it, once it is open.</summary>
    public Task<IOutbox> Outbox => _outbox.Task;

    public GatewayEngine Engine { get; }

    /// <summary>After the end: nothing hung, and the spool was closed as a clean stop.</summary>
    public bool StoppedInOrder { get; private set; }

    /// <summary>
    /// What ends the process when somebody asks for a planned restart. <see cref="DisposeAsync"/> then leaves the outputs as they are that somebody holds. What is held no longer before this process has
    /// come to its end, or by nobody any more, goes safe here as at every other stop.
    /// </summary>
    public void OnRestart(Action end) => _restart.End = (outputs, link) =>
    {
        Log.RestartAsked(_log, outputs.Count);
        Engine.LeaveAtStop(outputs);
        _link = link;
        var left = outputs;
        _ = link.WatchAsync(id => Engine.LeaveAtStop(left = id is null ? [] : [.. left.Where(o => Engine.Site.Outputs[o].Id != id)]));
        end();
    };

    /// <summary>The last word of a process that ended in order, to whoever holds its outputs.</summary>
    public void Left() => _link?.Left();

    /// <summary>Starts measuring, and delivering as soon as the spool is open.</summary>
    public void Start()
    {
        Engine.Start();
        _carried?.Follow(Engine);
        _audit.Start();
        _hands.Start();
        _startCheck();
        _delivery = Task.Run(DeliverAsync);
    }

    /// <summary>Stops measuring and leaves the uplink running, so that what was read can still be delivered.</summary>
    public void StopMeasuring() => Engine.Stop();

    /// <summary>
    /// Stops in order: measuring, delivering, then a clean close of the spool. What hangs (a disk, a file on a dead network) is waited
    /// for so long and no longer, and named.
    /// </summary>
    public async ValueTask DisposeAsync()
    {
        if (_stopped)
        {
            return;
        }

        _stopped = true;
        await _stopSpool.CancelAsync().ConfigureAwait(false);

        // The outputs wait for neither: a verb that hangs and a slow disk have their time beside them.
        var hands = EndsAsync(_hands.DisposeAsync().AsTask(), "hands");
        var audit = EndsAsync(_audit.StopsAsync(), "audit");
        Engine.Stop();
        await hands.ConfigureAwait(false);
        await audit.ConfigureAwait(false);
        if (_carried is not null)
        {
            await _carried.DisposeAsync().ConfigureAwait(false);
        }

        var delivered = await EndsAsync(StopDeliveringAsync(), "uplink").ConfigureAwait(false);
        if (!delivered)
        {
            Log.UplinkHangs(_log, StopWait.TotalSeconds);
        }

        // The journal is one thread's. If the disk still holds the recorder's, a close beside it would write over what it writes;
        // without one the next start recovers as after a kill.
        Engine.Dispose();
        var closed = Engine.RecorderEnded && await EndsAsync(Task.Run(CloseSpool), "spool").ConfigureAwait(false);
        if (closed)
        {
            _stopSpool.Dispose();
        }
        else
        {
            Log.SpoolNotClosed(_log, StopWait.TotalSeconds);
        }

        // The history is an index: how it ends says nothing of the rest. The trail is last, since the history may still enter something.
        await EndsAsync(Task.Run(_history.Dispose), "history").ConfigureAwait(false);
        var audited = await EndsAsync(Task.Run(_audit.Dispose), "audit").ConfigureAwait(false);
        StoppedInOrder = delivered && closed && audited;
    }

    /// <summary>Waits for the end of a part. What hangs or throws keeps no other part, and least of all an output, from its own end.</summary>
    private async Task<bool> EndsAsync(Task task, string part)
    {
        try
        {
            await task.WaitAsync(StopWait).ConfigureAwait(false);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
#pragma warning disable CA1031 // Anything else is a programming error, and the outputs come after it.
        catch (Exception e)
#pragma warning restore CA1031
        {
            Log.StopFailed(_log, e, part);
            return false;
        }
    }

    private void CloseSpool()
    {
        _recorder.CommitState(last: true);
        _spool.Dispose();
    }

    private async Task StopDeliveringAsync()
    {
        await _stopUplink.CancelAsync().ConfigureAwait(false);
        await _delivery.ConfigureAwait(false);
        _stopUplink.Dispose();
    }

    /// <summary>
    /// Nobody awaits the delivery before the stop: its end by a programming error would be a node that never delivers and looks well. The uplink
    /// begins anew, since what a broker can provoke must close no valve.
    /// </summary>
    private async Task DeliverAsync()
    {
        try
        {
            var journal = await _spool.Opened.WaitAsync(_stopUplink.Token).ConfigureAwait(false);
            Tell(_log, journal, _board);
            _audit.Started(journal.Recovery);
            _history.Start();
            var outbox = journal.Outbox(UplinkId);
            _outbox.SetResult(outbox);
            if (_makeUplink is not null)
            {
                await Restarts.RunAsync(
                    stop => _makeUplink(outbox).RunAsync(stop), e => Log.UplinkDied(_log, e, Restarts.Pause.TotalSeconds), _time, _stopUplink.Token).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (_stopUplink.IsCancellationRequested)
        {
            _outbox.TrySetCanceled();
        }
        catch (SpoolUnavailableException e)
        {
            Log.SpoolInUse(_log, e.Message);
            _outbox.TrySetException(e);
            _died(e);
        }
#pragma warning disable CA1031 // The last resort: anything that comes here is a programming error.
        catch (Exception e)
#pragma warning restore CA1031
        {
            Log.DeliveryDied(_log, e);
            _outbox.TrySetException(e);
            _died(e);
        }
    }

    private static void Tell(ILogger log, Journal journal, NodeAlarmBoard alarms)
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

        var harmed = r.Damages.Count > 0 || r.InQuarantine > 0;
        alarms.Set(NodeAlarm.SpoolDamaged, harmed, harmed
            ? $"Opening the spool found {r.Damages.Count} damaged places, {r.RecordsMissing} records are missing, {r.InQuarantine} files are in quarantine."
            : "");
    }
}
