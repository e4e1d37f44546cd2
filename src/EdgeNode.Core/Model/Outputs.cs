using System.Collections.Immutable;

namespace EdgeNode.Core.Model;

/// <summary>
/// A final element that the node drives: a valve, a pump contactor, a horn relay of the plant. It has two positions, energised and
/// de-energised; one of them is its safe state.
/// </summary>
/// <param name="Id">Tag name, unique.</param>
/// <param name="Place">How it is driven.</param>
/// <param name="Energised">What the plant calls the energised position: open, run.</param>
/// <param name="DeEnergised">What the plant calls the other one.</param>
/// <param name="NormalEnergised">Energised while no trip asks for the safe state.</param>
/// <param name="SafeEnergised">The safe state needs energy. As a rule it does not.</param>
public sealed record OutputOptions(string Id, OutputPlace Place, string Energised, string DeEnergised, bool NormalEnergised, bool SafeEnergised)
{
    /// <summary>What was not driven is driven again after this; the pause doubles with each further failure.</summary>
    public static readonly TimeSpan FirstRetry = TimeSpan.FromMilliseconds(250);

    /// <summary>What makes the output safe when the software cannot.</summary>
    public ImmutableArray<Backstop> Backstops { get; init; } = [];

    /// <summary>Why a safe state that needs energy is accepted, in the site file's words; null where it needs none or nobody accepted it.</summary>
    public string? EnergyAccepted { get; init; }

    /// <summary>Limit switches that prove the movement; null: nothing proves it.</summary>
    public ProofOptions? Proof { get; init; }

    /// <summary>Point of a contact that shows what the output's relay does (1: energised); null: only the driver's own register is read back.</summary>
    public int? ReadBack { get; init; }

    /// <summary>How long relay and contact may differ before that is a fault. Default 1 s, an assumption.</summary>
    public TimeSpan ReadBackWithin { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Least time in the normal state before another change back to it, and in the safe state before it returns to normal: for motors. Going safe never waits.</summary>
    public TimeSpan MinimumSafe { get; init; }

    /// <summary>Hand-off-auto switch at the motor control centre; null: there is none.</summary>
    public HandOffAutoOptions? HandOffAuto { get; init; }

    /// <summary>How long the line may hold its level through a planned restart of the gateway; 0: it goes safe.</summary>
    public TimeSpan HoldThroughRestart { get; init; }

    /// <summary>Where its own points stand among <see cref="Site.Points"/>.</summary>
    public OutputPoints Points { get; init; } = new(-1, -1);

    /// <summary>What the plant calls a position.</summary>
    public string Word(bool energised) => energised ? Energised : DeEnergised;
}

/// <summary>Points that the node computes of an output; both are 0 or 1.</summary>
/// <param name="Safe">OUTPUT.safe: the safe state is asked for.</param>
/// <param name="Fault">OUTPUT.fault: it does not do what it is asked for, or nobody can tell. An alarm of the same name watches it.</param>
public readonly record struct OutputPoints(int Safe, int Fault);

/// <summary>How an output is driven.</summary>
/// <param name="Bus">Index into <see cref="Site.Buses"/>.</param>
public abstract record OutputPlace(int Bus);

/// <summary>A line of a GPIO chip.</summary>
/// <param name="Bus">Index into <see cref="Site.Buses"/>, a GPIO chip.</param>
/// <param name="Line">The line; active is energised.</param>
public sealed record LineOutput(int Bus, LineOptions Line) : OutputPlace(Bus);

/// <summary>A coil or register of a Modbus device, written anew before the device's own watchdog lets it fall.</summary>
/// <param name="Bus">Index into <see cref="Site.Buses"/>, a Modbus bus.</param>
/// <param name="Device">Index into <see cref="Site.Devices"/>.</param>
/// <param name="Function">5 (a coil) or 6 (a register).</param>
/// <param name="Register">0-based.</param>
/// <param name="WhenEnergised">What is written to energise: 1 for a coil.</param>
/// <param name="WhenDeEnergised">What is written to de-energise: 0 for a coil.</param>
/// <param name="DeviceWatchdog">After this time without a request the device makes the output safe by itself; null: it has no such watchdog.</param>
public sealed record RegisterOutput(int Bus, int Device, int Function, int Register, int WhenEnergised, int WhenDeEnergised, TimeSpan? DeviceWatchdog)
    : OutputPlace(Bus);

/// <summary>What makes an output safe when the software cannot.</summary>
public enum Backstop : byte
{
    /// <summary>The kernel lets a released line fall to its pull, which is the safe state (on a Pi with strict_gpiod alone).</summary>
    ReleasedLine,

    /// <summary>A relay that cuts the outputs' supply when the heartbeat line stops.</summary>
    WatchdogRelay,

    /// <summary>The Modbus device's own communication watchdog.</summary>
    DeviceWatchdog,

    /// <summary>A trip of its own, hard-wired, that does not know of this node.</summary>
    HardWired,
}

/// <summary>Two limit switches that prove where a final element stands.</summary>
/// <param name="EnergisedPoint">1 at the end of the energised position; index into <see cref="Site.Points"/>.</param>
/// <param name="DeEnergisedPoint">1 at the end of the other one.</param>
/// <param name="Within">Longest travel from one end to the other.</param>
public sealed record ProofOptions(int EnergisedPoint, int DeEnergisedPoint, TimeSpan Within);

/// <summary>Contacts of a hand-off-auto switch: in hand and off the node's word has no effect on the motor.</summary>
/// <param name="HandPoint">1 in hand; index into <see cref="Site.Points"/>, or null.</param>
/// <param name="AutoPoint">1 in auto.</param>
public sealed record HandOffAutoOptions(int? HandPoint, int AutoPoint);

/// <summary>The heartbeat for an external watchdog relay: a line that changes as long as the station's step does its work.</summary>
/// <param name="Place">The line.</param>
/// <param name="Every">Time between two changes.</param>
public sealed record HeartbeatOptions(LineOutput Place, TimeSpan Every);
