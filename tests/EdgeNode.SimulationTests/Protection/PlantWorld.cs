using EdgeNode.Core.Model;
using EdgeNode.Core.Ports;
using EdgeNode.SimulationTests.Protection.Node;
using EdgeNode.SimulationTests.Protection.Plant;
using EdgeNode.SimulationTests.Protection.Watch;
using EdgeNode.SimulationTests.Simulated;

namespace EdgeNode.SimulationTests.Protection;

/// <summary>Where a negative control plants its bug: between the product's parts, so that the product itself stays as it is.</summary>
internal sealed record ProtectionPlants
{
    public Func<IStationClock, IStationClock> Clock { get; init; } = static inner => inner;

    public Func<IStateStore, IStateStore> State { get; init; } = static inner => inner;

    public Func<IOutputPort, IOutputPort> Port { get; init; } = static inner => inner;

    public Func<IFieldBus, IFieldBus> Bus { get; init; } = static inner => inner;

    /// <summary>The step's thread wakes up with this tick, whatever the seed says.</summary>
    public TimeSpan? WakesEach { get; init; }

    /// <summary>Does something of its own after each command of the operator: the bug of a program between him and the node.</summary>
    public Action<PlantWorld, object> Hands { get; init; } = static (_, _) => { };
}

/// <summary>What is left out of a world, to compare it with the same one where it is not.</summary>
[Flags]
internal enum LeaveOut
{
    Nothing = 0,

    /// <summary>What the operator does to alarms.</summary>
    AlarmCommands = 1,

    /// <summary>What happens to the wall clock.</summary>
    ClockSteps = 2,
}

/// <summary>How a life ends.</summary>
internal enum Death
{
    Kill,
    PowerCut,
    Watchdog,
    OrderlyStop,
}

/// <summary>
/// The world of the protection: a pump station, its field, one node, its operator, and an observer who knows the truth. One seed is one world: it has one thread and no
/// clock but its own, and each of its parts draws from a stream of its own, so that leaving out one of them changes nothing of the others.
/// </summary>
internal sealed class PlantWorld : Timeline
{
    /// <summary>systemd kills a process that has made no progress for so long (provisioning/systemd).</summary>
    public static readonly TimeSpan SystemdWatchdog = TimeSpan.FromSeconds(10);

    private readonly TimeSpan _grid;
    private bool _frozen;

    public PlantWorld(int seed, ProtectionPlants? plants = null, LeaveOut leaveOut = LeaveOut.Nothing)
    {
        (Seed, Plants, LeavesOut) = (seed, plants ?? new ProtectionPlants(), leaveOut);
        var random = new Random(seed);
        var rule = (ReleaseRule)random.Next(2);
        var relay = random.Next(2) == 0;
        StopPost = random.Next(3) > 0;
        Systemd = random.Next(3) > 0;
        Battery = random.Next(2) == 0;
        var tick = TimeSpan.FromMilliseconds(random.Next(4) switch { 0 => 1, 1 => 5, 2 => 20, _ => 100 });
        _grid = Plants.WakesEach ?? tick;
        var (bypassed, blind, dry) = (1 + random.Next(2), 20 + random.Next(40), 5 + random.Next(25));
        (DryAfter, Signs) = (TimeSpan.FromSeconds(dry), 1 + random.Next(3));
        Site = StationSite.Read(bypassed, relay, rule == ReleaseRule.Reverts, blind, dry, Signs);
        Disks = new Random(seed + 1);
        Wiring = new Wiring(Clock, rule, relay);
        Station = new PumpStation(new Random(seed + 2), Wiring);
        Wiring.BeforeChange = Station.RunTo;
        Field = new Field(Site, Clock, Station, Wiring, seed);
        Watch = new Observer(this);
        Field.Delivered = Watch.Delivered;
        Mishaps = new Mishaps(this, new Random(seed + 3));
        Operator = new Operator(this, new Random(seed + 4));
    }

    public int Seed { get; }

    public ProtectionPlants Plants { get; }

    public LeaveOut LeavesOut { get; }

    public Site Site { get; }

    /// <summary>How long the pump may run without flow, beside the alarm's on-delay.</summary>
    public TimeSpan DryAfter { get; }

    /// <summary>Signs of three that stop a pump that nobody sees.</summary>
    public int Signs { get; }

    public Wiring Wiring { get; }

    public PumpStation Station { get; }

    public Field Field { get; }

    public Observer Watch { get; }

    public Mishaps Mishaps { get; }

    public Operator Operator { get; }

    public KeptDisk Disk { get; } = new();

    /// <summary>The unit has <c>ExecStopPost=edgenode outputs safe</c>.</summary>
    public bool StopPost { get; }

    /// <summary>systemd watches the process.</summary>
    public bool Systemd { get; }

    /// <summary>After a power cut the wall clock is right; else it begins in 1970.</summary>
    public bool Battery { get; }

    /// <summary>How each bus does.</summary>
    public BusMood[] Buses { get; } = [BusMood.Well, BusMood.Well, BusMood.Lines];

    /// <summary>How writes to the valve's line go.</summary>
    public WriteMood Writes { get; set; } = WriteMood.Well;

    public ProtectedLife? Life { get; private set; }

    /// <summary>What the run that began last in this boot has left in memory.</summary>
    public Guid? LastRun { get; set; }

    /// <summary>The siren's line.</summary>
    public bool SirenSounds { get; set; }

    /// <summary>All threads of the process stand still.</summary>
    public bool IsFrozen => _frozen;

    /// <summary>What happened, for a reader: only where somebody listens.</summary>
    public Action<string>? Story { get; init; }

    protected override IReadOnlyList<Actor> Loops => _frozen || Life is not { } life ? [] : life.Actors;

    private Random Disks { get; }

    public void Tell(string words) => Story?.Invoke($"{Clock.Now:c} {words}");

    /// <summary>The next tick of the step's grid at or after a moment.</summary>
    public TimeSpan ToGrid(TimeSpan at) => new((at.Ticks + _grid.Ticks - 1) / _grid.Ticks * _grid.Ticks);

    /// <summary>The world runs for so long, or until the observer finds something.</summary>
    public void Run(TimeSpan span)
    {
        Begin();
        Watch.Begin();
        Mishaps.Begin();
        Operator.Begin();
        Pump(span, () => Watch.Findings.Count > 0);
    }

    /// <summary>The process starts.</summary>
    public void Begin()
    {
        Tell("a life begins");
        Life = new ProtectedLife(this);
        Watch.Born(Life);
    }

    /// <summary>From within a write of a life: it takes so long, and all others run on.</summary>
    public void Pass(ProtectedLife life, TimeSpan span)
    {
        if (span > TimeSpan.Zero)
        {
            Pump(span, () => life.Dead);
            while (_frozen && !life.Dead)
            {
                Pump(TimeSpan.FromMilliseconds(50), () => life.Dead);
            }
        }

        if (life.Dead)
        {
            throw new LifeEnded();
        }
    }

    /// <summary>The process is gone, and starts again after a while.</summary>
    public void End(Death death, TimeSpan restartAfter)
    {
        if (Life is not { } life)
        {
            return;
        }

        Tell($"{death}");
        life.Dead = true;
        (Life, _frozen) = (null, false);
        if (death == Death.PowerCut)
        {
            Watch.Died(death, false);
            Station.RunTo(Clock.Now);
            Wiring.PowerCut();
            Disk.Reboot(Disks);
            LastRun = null;
            Clock.Reboot(Battery || LeavesOut.HasFlag(LeaveOut.ClockSteps));
        }
        else
        {
            Watch.Died(death, false);
            Disk.Memory.Kill();
            Wiring.Release();
            AfterStop();
        }

        Later(restartAfter, 2, Begin);
    }

    /// <summary>An orderly stop and a start again; nothing when the node is in the middle of a write.</summary>
    public void Restart(TimeSpan after)
    {
        if (Life is not { IsBusy: false, Station.Stopped: false } life || _frozen)
        {
            return;
        }

        Tell("an orderly stop");
        bool kept;
        try
        {
            kept = life.StopInOrder();
        }
        catch (LifeEnded)
        {
            return;
        }

        if (life.Dead)
        {
            return; // a kill was quicker
        }

        life.Dead = true;
        Life = null;
        Watch.Died(Death.OrderlyStop, kept);
        Disk.Memory.Kill();
        AfterStop();
        Later(after, 2, Begin);
    }

    /// <summary>SIGSTOP: nothing of the process runs for a while. systemd kills it when that lasts.</summary>
    public void Freeze(TimeSpan span)
    {
        if (Life is not { } life || _frozen)
        {
            return;
        }

        Tell($"SIGSTOP for {span:c}");
        _frozen = true;
        Watch.Frozen();
        Later(span, 4, () =>
        {
            if (Life == life)
            {
                _frozen = false;
                Watch.Thawed();
                Tell("SIGCONT");
            }
        });
        KillAfter(life, span);
    }

    /// <summary>The step's own thread hangs, and the writers live.</summary>
    public void Stall(TimeSpan span)
    {
        if (Life is not { IsStopping: false } life || _frozen)
        {
            return;
        }

        Tell($"the step hangs for {span:c}");
        life.Station.Stopped = true;
        Watch.Stalled(span);
        Later(span, 5, () =>
        {
            if (Life == life)
            {
                life.Station.Stopped = false;
                life.Wake();
                Watch.Thawed();
            }
        });
        KillAfter(life, span);
    }

    /// <summary>The disk does not come back for a while.</summary>
    public void HangDisk(TimeSpan span)
    {
        Tell($"the disk hangs for {span:c}");
        Disk.Hangs = true;
        if (Life is { } life)
        {
            life.Recorder.Stopped = true;
        }

        Later(span, 6, () =>
        {
            Disk.Hangs = false;
            if (Life is { } now)
            {
                now.Recorder.Stopped = false;
                now.Recorder.Signal(TimeSpan.Zero);
            }
        });
    }

    private void KillAfter(ProtectedLife life, TimeSpan span)
    {
        if (Systemd && span > SystemdWatchdog)
        {
            Later(SystemdWatchdog, 7, () =>
            {
                if (Life == life)
                {
                    End(Death.Watchdog, TimeSpan.FromSeconds(2));
                }
            });
        }
    }

    // What the unit runs when the process is gone: it opens the lines and the devices itself.
    private void AfterStop()
    {
        if (StopPost)
        {
            Later(TimeSpan.FromMilliseconds(400), 8, () =>
            {
                if (Life is null)
                {
                    Wiring.Drive(false);
                    Wiring.Release();
                    if (!Buses[1].Dead)
                    {
                        Wiring.Request(false);
                    }
                }
            });
        }
    }
}
