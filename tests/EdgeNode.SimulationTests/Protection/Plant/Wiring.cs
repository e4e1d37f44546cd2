using EdgeNode.SimulationTests.Simulated;

namespace EdgeNode.SimulationTests.Protection.Plant;

/// <summary>What the kernel does with a line whose process is gone.</summary>
internal enum ReleaseRule
{
    /// <summary>It falls to its pull, as upstream and gpio-sim have it.</summary>
    Reverts,

    /// <summary>It stays at its last level, as on a Raspberry Pi.</summary>
    Persists,
}

/// <summary>What lies between the node's lines and the plant: the valve's solenoid behind the watchdog relay, the motor starter with its own watchdog and its hand-off-auto switch.</summary>
/// <param name="clock">True time.</param>
/// <param name="rule">What the kernel does with a released line.</param>
/// <param name="relay">There is a watchdog relay in the valve's supply.</param>
internal sealed class Wiring(VirtualClock clock, ReleaseRule rule, bool relay)
{
    /// <summary>The watchdog relay falls when no edge has come for this long: four times the heartbeat's period.</summary>
    public static readonly TimeSpan RelayTime = TimeSpan.FromSeconds(4);

    private TimeSpan _edgeAt = -RelayTime;
    private TimeSpan _requestAt;
    private bool _coil;

    public ReleaseRule Rule => rule;

    public bool HasRelay => relay;

    /// <summary>Level of the valve's line.</summary>
    public bool Line { get; private set; }

    /// <summary>Since when the line has been so.</summary>
    public TimeSpan LineSince { get; private set; }

    /// <summary>The motor's switch: hand runs it whatever the node says.</summary>
    public bool Hand { get; set; }

    /// <summary>Called before anything here changes, so that the process has run by what was so.</summary>
    public Action<TimeSpan> BeforeChange { get; set; } = static _ => { };

    /// <summary>The solenoid has energy.</summary>
    public bool ValveEnergised(TimeSpan at) => Line && (!relay || at - _edgeAt < RelayTime);

    /// <summary>The motor turns.</summary>
    public bool PumpRuns(TimeSpan at) => Hand || Coil(at);

    /// <summary>The starter's coil; without a request for its time the starter lets it fall.</summary>
    public bool Coil(TimeSpan at) => _coil && at - _requestAt < StationSite.DeviceWatchdog;

    /// <summary>The node, or what acts in its place, drives the valve's line.</summary>
    public void Drive(bool level)
    {
        BeforeChange(clock.Now);
        LineSince = level == Line ? LineSince : clock.Now;
        Line = level;
    }

    /// <summary>Nobody holds the line any more.</summary>
    public void Release()
    {
        if (rule == ReleaseRule.Reverts)
        {
            Drive(false);
        }
    }

    /// <summary>An edge on the heartbeat line.</summary>
    public void Edge()
    {
        BeforeChange(clock.Now);
        _edgeAt = clock.Now;
    }

    /// <summary>A request reaches the motor starter.</summary>
    /// <param name="write">The coil is written.</param>
    public void Request(bool? write)
    {
        BeforeChange(clock.Now);
        _coil = write ?? Coil(clock.Now);
        _requestAt = clock.Now;
    }

    /// <summary>The cabinet has no power.</summary>
    public void PowerCut()
    {
        Drive(false);
        (_coil, _edgeAt) = (false, -RelayTime);
    }
}
