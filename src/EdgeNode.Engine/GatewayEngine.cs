using EdgeNode.Core.Model;
using EdgeNode.Core.Ports;
using Microsoft.Extensions.Logging;

namespace EdgeNode.Engine;

/// <summary>
/// Runs a station: a thread for each bus, one for the step, one for the recorder, so that one dead thing stops nothing else.
/// </summary>
public sealed class GatewayEngine : IStationState, IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly AutoResetEvent _stepSignal = new(false);
    private readonly AutoResetEvent _recordSignal = new(false);
    private readonly AutoResetEvent[] _busSignals;
    private readonly BusLoop[] _buses;
    private readonly Thread?[] _busThreads;
    private readonly OutputDrive _drive;
    private readonly WriterThreads _writers;
    private readonly EngineThreads _threads;
    private readonly StationLoop _station;
    private readonly RecorderQueue _queue;
    private readonly RecorderLoop _recorder;
    private readonly IStationClock _clock;
    private readonly ILogger _log;
    private readonly string _version;
    private readonly Action<Exception> _died;
    private readonly IRecorder _spool;
    private readonly IStateStore? _state;
    private ConfigurationNotice? _configuration;
    private Thread? _stationThread;
    private Thread? _recorderThread;
    private volatile IReadOnlyList<int> _leave = [];
    private volatile bool _busesDone;
    private volatile bool _stepsDone;
    private volatile bool _anyDied;

    /// <param name="site">The checked site.</param>
    /// <param name="buses">A bus for each of the site's, in order.</param>
    /// <param name="queue">What waits for the recorder; other parts of the node may put events there too, also before the start.</param>
    /// <param name="board">The node's own faults.</param>
    /// <param name="recorder">The spool's writing side.</param>
    /// <param name="clock">Both clocks.</param>
    /// <param name="time">The clock of schedules and waits.</param>
    /// <param name="version">The software's version, for the start's event.</param>
    /// <param name="died">Called when a thread ends by a programming error: the process is to end.</param>
    /// <param name="log">The log.</param>
    /// <param name="state">What outlives the process; null: nothing does.</param>
    /// <param name="audit">Where the end of what people asked for is entered, when its time was over; null: nowhere.</param>
    /// <param name="ports">What the site drives; null: nothing is driven.</param>
    /// <param name="trace">What this boot knows of runs without a disk; null: nothing.</param>
    public GatewayEngine(
        Site site, IReadOnlyList<IFieldBus> buses, RecorderQueue queue, NodeAlarmBoard board, IRecorder recorder, IStationClock clock, TimeProvider time,
        string version, Action<Exception> died, ILogger log, IStateStore? state = null, IAudit? audit = null,
        DrivenPorts? ports = null, RunTrace? trace = null)
    {
        _clock = clock;
        _log = log;
        _version = version;
        _died = died;
        _spool = recorder;
        _state = state;
        _queue = queue;
        queue.Filled += () => _recordSignal.Set();
        var mailbox = new SampleMailbox(() => _stepSignal.Set());
        Commands = new CommandMailbox(() => _stepSignal.Set());
        _drive = new OutputDrive(site, ports ?? DrivenPorts.None, time, () => _stepSignal.Set(), log);
        _threads = new EngineThreads(time, log, Died);
        _writers = new WriterThreads(_drive.Writers, _threads, log);
        _station = new StationLoop(site, mailbox, queue, board, clock, log, state, Commands, audit, _drive, trace);
        _recorder = new RecorderLoop(queue, recorder, site.Spool.Commit, time, log, board);
        var start = time.Monotonic();
        var quick = site.Emergency is { } emergency ? device => emergency.EveryOf(site, device) : (Func<int, TimeSpan>?)null;
        _buses = [.. buses.Select((bus, i) => new BusLoop(bus, new ScanSchedule(
            [.. site.Devices.Select((d, n) => (d, n)).Where(x => x.d.Bus == i).Select(x => (x.n, x.d.Every))], start, quick), mailbox, time))];
        _busThreads = new Thread?[_buses.Length];
        _busSignals = [.. _buses.Select(_ => new AutoResetEvent(false))];
        _station.EmergencyChanged += Quicken;
    }

    /// <summary>
    /// How long a stop waits for the buses together, then for the step, then for what the last steps have driven, then for the recorder; default 5 s each. What the stop itself drives has the
    /// time of the buses.
    /// </summary>
    public TimeSpan StopWait { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>True when no thread of the engine uses the recorder: before the start, and after a stop unless the disk held its thread.</summary>
    public bool RecorderEnded => _recorderThread is not { IsAlive: true };

    /// <inheritdoc/>
    public event Action? AlarmsChanged
    {
        add => _station.AlarmsChanged += value;
        remove => _station.AlarmsChanged -= value;
    }

    /// <inheritdoc/>
    public Site Site => _station.Site;

    /// <inheritdoc/>
    public EmergencyStatus Emergency => _station.Emergency;

    /// <inheritdoc/>
    public IReadOnlyList<GroupStatus> Groups => _station.Groups;

    /// <inheritdoc/>
    public IReadOnlyList<BypassStatus> Bypasses => _station.Bypasses;

    /// <inheritdoc/>
    public MaintenanceStatus? Maintenance => _station.Maintenance;

    /// <inheritdoc/>
    public IReadOnlyList<SubstituteStatus> Substitutes => _station.Substitutes;

    /// <inheritdoc/>
    public long AlarmVersion => _station.AlarmVersion;

    /// <inheritdoc/>
    public StationCounters Counters => _station.Counters with
    {
        Scans = _buses.Sum(b => b.Scans),
        Skipped = _buses.Sum(b => b.Skipped),
        Recorded = _recorder.Recorded,
    };

    /// <summary>Steps done, and times that the buses' loops have come round: both grow for as long as the station works.</summary>
    public (long Steps, long Turns) Progress => (_drive.Life.Beats, _buses.Length == 0 ? _drive.Life.Beats : _buses.Sum(b => b.Turns));

    /// <summary>Where people's commands go.</summary>
    public CommandMailbox Commands { get; }

    /// <summary>The buses' own counters, by bus index.</summary>
    public IReadOnlyList<BusHealth> BusHealth => [.. _buses.Select(b => b.Bus.Health)];

    /// <inheritdoc/>
    public void CopyReadings(Span<Reading> into) => _station.CopyReadings(into);

    /// <inheritdoc/>
    public void CopyAlarms(Span<AlarmStatus> into) => _station.CopyAlarms(into);

    /// <inheritdoc/>
    public void CopyOutputs(Span<OutputStatus> into) => _station.CopyOutputs(into);

    /// <inheritdoc/>
    public void CopyNodeAlarms(Span<NodeAlarmStatus> into) => _station.CopyNodeAlarms(into);

    /// <inheritdoc/>
    public void CopyTrips(Span<TripStatus> into) => _station.CopyTrips(into);

    /// <summary>Before the start: an output begins in its normal state, as the run before left it for a planned restart.</summary>
    /// <param name="output">Index into <see cref="Site.Outputs"/>.</param>
    /// <param name="wait">So long it may stay so without its causes known good; then it goes safe.</param>
    public void Carry(int output, TimeSpan wait) => _station.Carry(output, wait);

    /// <summary>
    /// A planned restart follows: <see cref="Stop"/> leaves these outputs as they are, where they are normal then. Another process keeps them, and makes them safe when their time is over.
    /// </summary>
    /// <param name="outputs">Indexes into <see cref="Site.Outputs"/>. One that was named before and is not any more goes safe, also when the stop has begun.</param>
    public void LeaveAtStop(IReadOnlyList<int> outputs)
    {
        _leave = outputs;
        _drive.Leave(outputs);
        _stepSignal.Set();
    }

    /// <summary>Starts all threads.</summary>
    public void Start()
    {
        _configuration = new ConfigurationNotice(Site, _state, _queue, _clock, _version);
        if (_state is not null)
        {
            _state.Loaded += () => _stepSignal.Set();
        }

        _configuration?.Tell();
        _recorderThread = _threads.Run("recorder", RunRecorder);
        _stationThread = _threads.Run("station", RunStation);
        _writers.Start();
        for (var i = 0; i < _buses.Length; i++)
        {
            var bus = _buses[i];
            var signal = _busSignals[i];
            _busThreads[i] = _threads.Run("bus " + bus.Bus.Id, () => RunBus(bus, signal));
        }

        _log.StationRuns(
            Counted.Of(Site.Points.Length, "point", "points"), Counted.Of(Site.Devices.Length, "device", "devices"), Counted.Of(_buses.Length, "bus", "buses"),
            Counted.Of(Site.Alarms.Length, "alarm", "alarms"));
    }

    /// <summary>
    /// Drives every output to its safe state but those of <see cref="LeaveAtStop"/>, and stops the buses meanwhile; then the step, then the recorder, so that what was read is recorded and
    /// committed. The lines are held until <see cref="Dispose"/>.
    /// </summary>
    public void Stop()
    {
        if (_stop.IsCancellationRequested)
        {
            return;
        }

        _stop.Cancel();
        _writers.SafeForGood();
        _stepSignal.Set();
        var until = _threads.Until(StopWait);
        _threads.Wait(StopWait, _busThreads);
        _writers.AwaitRest(until);
        _busesDone = true;
        _stepSignal.Set();
        _threads.Wait(StopWait, _stationThread);
        _writers.End(StopWait); // not before: the last step may trip what was to be left
        _stepsDone = true;
        _recordSignal.Set();
        _threads.Wait(StopWait, _recorderThread);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Stop();
        var writes = _writers.IsAlive;
        var hung = writes;
        if (!writes)
        {
            _drive.Release();
        }

        for (var i = 0; i < _buses.Length; i++)
        {
            // What a hung thread still uses is left to the end of the process.
            if (writes || _busThreads[i] is { IsAlive: true })
            {
                hung = true;
            }
            else
            {
                _buses[i].Bus.Dispose();
            }
        }

        if (!hung)
        {
            _stop.Dispose();
            _writers.Dispose();
        }
    }

    private void Quicken(bool on)
    {
        for (var i = 0; i < _buses.Length; i++)
        {
            _buses[i].Quicken(on);
            _busSignals[i].Set();
        }
    }

    private void RunBus(BusLoop bus, AutoResetEvent signal)
    {
        WaitHandle[] either = [_stop.Token.WaitHandle, signal];
        while (!_stop.IsCancellationRequested)
        {
            var wait = bus.RunDue(_stop.Token);
            if (wait > TimeSpan.Zero)
            {
                WaitHandle.WaitAny(either, EngineThreads.RoundUp(wait));
            }
        }
    }

    private void RunStation()
    {
        while (!_busesDone)
        {
            _configuration?.Tell();
            StopOutputs();
            var wait = _station.RunDue();
            _recorder.Watch.Look(); // from here, because the recorder's own thread hangs with the disk
            _stepSignal.WaitOne(wait is { } w && w < BusLoop.LongestWait ? EngineThreads.RoundUp(w) : BusLoop.LongestWait);
        }

        _configuration?.Tell();
        StopOutputs();
        _station.RunDue();
        _station.LetGo();
        if (!_anyDied)
        {
            _station.EndInOrder();
        }
    }

    private void StopOutputs()
    {
        if (_stop.IsCancellationRequested)
        {
            _station.StopOutputs(_leave);
        }
    }

    private void RunRecorder()
    {
        // Opens what is not open yet, so that what the node remembers is there before the first scan if the disk lets it.
        _spool.Commit();
        while (!_stepsDone)
        {
            _recordSignal.WaitOne(EngineThreads.RoundUp(_recorder.RunDue()));
        }

        _recorder.RunDue();
    }

    private void Died(string name, Exception e)
    {
        _anyDied = true;

        // At once, by those writers that live: the way through an orderly stop is longer, and nobody knows what else is wrong.
        _writers.SafeForGood();
        _log.ThreadDied(e, name);
        _died(e);
    }
}
