using EdgeNode.Core.Model;
using EdgeNode.SimulationTests.Observed;
using EdgeNode.Uplink;

namespace EdgeNode.SimulationTests.Simulated;

/// <summary>
/// The world in a box: one node with its clocks, disk and broker, one scheduler, one seed. Nothing in it looks at the machine's clock,
/// starts a thread or draws a number of its own, so a seed is a world.
/// </summary>
/// <remarks>
/// Each loop of the node is an <see cref="Actor"/> that runs when it is due. A call of the disk that takes time lets the others run
/// meanwhile, from within that call: the recorder's thread hangs, the world goes on. The world of the protection (Protection/) shares the
/// scheduler, the clock and the disk in memory, and nothing else.
/// </remarks>
internal sealed class World : Timeline
{
    public World(int seed, Site site, UplinkSettings? settings = null)
    {
        Random = new Random(seed);
        Site = site;
        Settings = settings ?? new UplinkSettings();
        Ledger = new Ledger(site);
        Platform = new Platform(Ledger, Clock);
        Broker = new SimulatedBroker(this, Platform);
        Disk = new SimulatedDisk(this)
        {
            Crash = stop =>
            {
                End(stop, restartAfter: TimeSpan.FromSeconds(2));
                throw new LifeEnded();
            },
        };
    }

    public Random Random { get; }

    public Site Site { get; }

    public UplinkSettings Settings { get; }

    public SimulatedDisk Disk { get; }

    public SimulatedBroker Broker { get; }

    public Ledger Ledger { get; }

    public Platform Platform { get; }

    public Plants Plants { get; init; } = new();

    /// <summary>Samples that the field has given.</summary>
    public long Samples { get; set; }

    /// <summary>This device does not answer.</summary>
    public int? DeviceDown { get; set; }

    /// <summary>A signalled thread wakes up within this time, drawn from the seed; zero for no draw.</summary>
    public TimeSpan MostWakeDelay { get; init; } = TimeSpan.FromMilliseconds(2);

    /// <summary>After a power cut the wall clock is right; otherwise it begins in 1970.</summary>
    public bool Battery { get; set; } = true;

    public NodeLife? Life { get; private set; }

    public int Kills { get; private set; }

    public int PowerCuts { get; private set; }

    /// <summary>What happened, for a reader: only where somebody listens.</summary>
    public Action<string>? Story { get; init; }

    public void Tell(string words) => Story?.Invoke($"{Clock.Now:c} {words}");

    /// <summary>The process starts.</summary>
    public void Start() => Life = new NodeLife(this);

    /// <summary>The process ends as <paramref name="stop"/> says, and starts again after a while. Called from within the life, it does not return.</summary>
    public void End(Stop stop, TimeSpan restartAfter)
    {
        if (Life is not { } life)
        {
            return;
        }

        Trace.Add(Clock.Now, 1, (int)stop);
        Tell($"{stop} in call {Disk.Changes}{(life.Recorder.Busy ? ", the recorder at work" : "")}");
        life.Dead = true;
        Life = null;
        Ledger.End(orderly: false, stop == Stop.PowerCut, Clock.BootId, Clock.Now);
        if (stop == Stop.Kill)
        {
            Kills++;
            Disk.Memory.Kill();
        }
        else
        {
            PowerCuts++;
            Disk.Memory.CutPower(Random);
            Clock.Reboot(Battery);
        }

        Later(restartAfter, 2, Start);
        if (life.Recorder.Busy)
        {
            throw new LifeEnded();
        }
    }

    /// <summary>An orderly stop and a start again. Returns false when the node is in the middle of something.</summary>
    public bool TryRestart(TimeSpan after)
    {
        if (Life is not { } life || life.Actors.Any(a => a.Busy))
        {
            return false;
        }

        Trace.Add(Clock.Now, 3);
        Tell("an orderly stop");
        try
        {
            life.StopInOrder();
        }
        catch (LifeEnded)
        {
            return true;
        }

        if (life.Dead)
        {
            return true; // a kill was quicker
        }

        life.Dead = true;
        Life = null;
        Ledger.End(orderly: true, powerCut: false, Clock.BootId, Clock.Now);
        Disk.Memory.Kill();
        Later(after, 2, Start);
        return true;
    }

    /// <summary>Time between two bounds, from the seed.</summary>
    public TimeSpan Between(TimeSpan least, TimeSpan most) =>
        most <= least ? least : least + TimeSpan.FromMicroseconds(Random.NextInt64((long)(most - least).TotalMicroseconds));

    public TimeSpan WakeDelay() => Between(TimeSpan.Zero, MostWakeDelay);

    /// <summary>Lets the world run for a while, or until something holds.</summary>
    /// <returns>Whether it holds; true without a condition.</returns>
    public bool Run(TimeSpan span, Func<bool>? until = null)
    {
        var before = SynchronizationContext.Current;
        try
        {
            return Pump(span, until);
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(before);
        }
    }

    /// <summary>From within a call of the recorder's thread: the call takes so long, and all others run on.</summary>
    public void Pass(TimeSpan span)
    {
        if (span <= TimeSpan.Zero || Life is not { Recorder.Busy: true } life)
        {
            return;
        }

        Pump(span, () => life.Dead);
        if (life.Dead)
        {
            throw new LifeEnded();
        }
    }

    /// <inheritdoc/>
    protected override IReadOnlyList<Actor> Loops => Life?.Actors ?? [];

    /// <inheritdoc/>
    protected override TimeSpan NextTimer => Life?.Time.NextAt ?? TimeSpan.MaxValue;

    /// <inheritdoc/>
    protected override void FireTimer() => Life!.Time.Fire();

    /// <inheritdoc/>
    protected override bool RunPosted()
    {
        SynchronizationContext.SetSynchronizationContext(Life?.Context);
        return Life?.Context.TryRun() == true;
    }
}
