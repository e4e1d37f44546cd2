using EdgeNode.Core.Model;
using EdgeNode.Core.Ports;
using EdgeNode.Engine;
using EdgeNode.SimulationTests.Protection.Plant;
using EdgeNode.SimulationTests.Simulated;
using EdgeNode.Spool.State;
using Microsoft.Extensions.Logging.Abstractions;

namespace EdgeNode.SimulationTests.Protection.Node;

/// <summary>
/// One life of the gateway's process: the product's loops, books, memories and writers, composed as its engine composes them. What each of its threads does
/// is an actor here. A life that was killed is left as it stands; nothing of it is ever called again.
/// </summary>
internal sealed class ProtectedLife
{
    /// <summary>As the engine: so long a stop waits for the outputs.</summary>
    private static readonly TimeSpan StopWait = TimeSpan.FromSeconds(5);

    private readonly PlantWorld _world;
    private readonly OutputDrive _drive;
    private readonly RecorderLoop _recorder;
    private readonly RecorderQueue _queue = new();
    private readonly StateRecorder _spool;
    private readonly List<Actor> _writers = [];
    private bool _opened;
    private bool _stopping;

    public ProtectedLife(PlantWorld world)
    {
        _world = world;
        BornAt = world.Clock.Now;
        Clock = world.Plants.Clock(new StampedClock(world.Clock));
        var time = new NodeTime(world.Clock);
        var site = world.Site;
        Store = new StateStore("/state", world.Disk.Memory);
        var state = world.Plants.State(Store);
        var board = new NodeAlarmBoard(_queue, Clock, NullLogger.Instance);
        _queue.Filled += () => Recorder?.Signal(TimeSpan.Zero);
        var mailbox = new SampleMailbox(Wake);
        Commands = new CommandMailbox(Wake);
        var ports = new DrivenPorts(
            [world.Plants.Port(new LinePort(world, this)), world.Plants.Port(new CoilPort(world, this))],
            [new LampPort(on => world.SirenSounds = on), new LampPort(static _ => { })],
            new HeartbeatPort(world.Wiring));
        _drive = new OutputDrive(site, ports, time, Wake, NullLogger.Instance);
        var trace = new RunTrace(new Guid(world.Watch.Lives, 1, 0, new byte[8]), world.LastRun);
        world.LastRun = trace.Run;
        Loop = new StationLoop(site, mailbox, _queue, board, Clock, NullLogger.Instance, state, Commands, null, _drive, trace);
        _spool = new StateRecorder(Store, world.Disk, Clock, done => world.Watch.Committed(done));
        _recorder = new RecorderLoop(_queue, _spool, site.Spool.Commit, time, NullLogger.Instance, board);
        var start = time.Monotonic();
        List<Actor> actors = [];
        for (var b = 0; b < site.Buses.Length; b++)
        {
            var bus = b;
            var loop = new BusLoop(world.Plants.Bus(new PlantBus(site.Buses[b].Id, world.Field, world.Clock, () => world.Buses[bus])), new ScanSchedule(
                [.. site.Devices.Select((d, n) => (d, n)).Where(x => x.d.Bus == bus).Select(x => (x.n, x.d.Every))], start), mailbox, time);
            actors.Add(new Actor(1 + b, world.Clock, () => loop.RunDue(CancellationToken.None)));
        }

        Buses = [.. actors];
        Station = new Actor(40, world.Clock, RunStation);
        Recorder = new Actor(41, world.Clock, RunRecorder);
        foreach (var writer in _drive.Writers)
        {
            _writers.Add(new Actor(42 + _writers.Count, world.Clock, () => writer.RunDue(CancellationToken.None)));
        }

        Recorder.Stopped = world.Disk.Hangs;
        Actors = [.. actors, Station, Recorder, .. _writers];
    }

    public TimeSpan BornAt { get; }

    public IStationClock Clock { get; }

    public StationLoop Loop { get; }

    public CommandMailbox Commands { get; }

    public StateStore Store { get; }

    public IReadOnlyList<Actor> Actors { get; }

    public IReadOnlyList<Actor> Buses { get; }

    public Actor Station { get; }

    public Actor Recorder { get; }

    /// <summary>It has ended; whatever of it is still on the stack unwinds.</summary>
    public bool Dead { get; set; }

    /// <summary>It is being stopped in order: its outputs are to be safe for good.</summary>
    public bool IsStopping => _stopping;

    /// <summary>One of its threads is in the middle of a write.</summary>
    public bool IsBusy => Actors.Any(a => a.Busy);

    /// <summary>A signal to the step's thread, which wakes up with the next tick of its grid: more samples come together, and nothing else changes by that.</summary>
    public void Wake() => Station?.Signal(_world.ToGrid(_world.Clock.Now) - _world.Clock.Now);

    /// <summary>An orderly stop, in the order of the engine's.</summary>
    /// <returns>What was kept is on the disk.</returns>
    public bool StopInOrder()
    {
        _stopping = true;
        foreach (var bus in Buses)
        {
            bus.Stopped = true;
        }

        foreach (var writer in _drive.Writers)
        {
            writer.SafeForGood();
        }

        RunStation();
        foreach (var writer in _writers)
        {
            writer.Signal(TimeSpan.Zero);
        }

        _world.Pump(StopWait, () => Dead || _drive.Writers.All(w => w.IsAtRest));
        if (Dead)
        {
            return false;
        }

        var atRest = _drive.Writers.All(w => w.IsAtRest);
        _world.Watch.Stopped(atRest);
        RunStation();
        Loop.LetGo();
        Loop.EndInOrder();
        if (!Recorder.Stopped)
        {
            RunRecorder();
            _spool.Commit();
        }

        _drive.Release();
        return !Recorder.Stopped && Store.Written == Store.Changes;
    }

    private TimeSpan? RunStation()
    {
        if (_stopping)
        {
            Loop.StopOutputs();
        }

        var wait = Loop.RunDue();
        _recorder.Watch.Look();
        for (var i = 0; i < _writers.Count; i++)
        {
            if (_drive.Writers[i].Signal.WaitOne(0))
            {
                _writers[i].Signal(TimeSpan.Zero);
            }
        }

        var now = _world.Clock.Now;
        var due = wait is { } w && w < BusLoop.LongestWait ? w : BusLoop.LongestWait;
        Station.Signal(_world.ToGrid(now + due) - now);
        _world.Watch.AfterStep(this);
        return null;
    }

    private TimeSpan? RunRecorder()
    {
        if (!_opened)
        {
            _opened = true;
            _spool.Commit();
            Wake();
        }

        return _recorder.RunDue();
    }
}
