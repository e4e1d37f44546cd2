namespace EdgeNode.Core.Model;

/// <summary>What is wrong with an output; several at once.</summary>
[Flags]
public enum OutputFaults : byte
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>The line or the device did not take what was asked for, or nothing was heard of it.</summary>
    NotDriven = 1,

    /// <summary>The line's own register, or the device, says that it does something else.</summary>
    ReadsBackOther = 2,

    /// <summary>The read-back contact does not follow, or cannot be read.</summary>
    Contact = 4,

    /// <summary>The limit switches do not prove the position that was asked for.</summary>
    Proof = 8,

    /// <summary>A hand-off-auto switch takes the motor out of the node's hands, or nobody can tell where it stands.</summary>
    NotInAuto = 16,

    /// <summary>Its safe state was not reached in time, so that the heartbeat stands still and the watchdog relay cuts the outputs' supply.</summary>
    CutOff = 32,
}

/// <summary>Where the limit switches see an output; see the table in <c>ProofTable</c>.</summary>
public enum ProofState : byte
{
    /// <summary>On its way to the end that was asked for, and its time is not up.</summary>
    Moving,

    /// <summary>At the end that was asked for.</summary>
    Proved,

    /// <summary>Its time is up and it has not arrived.</summary>
    Late,

    /// <summary>It was at its end and has left it without a command.</summary>
    Left,

    /// <summary>Both switches are closed at once: one of them is wrong.</summary>
    Both,

    /// <summary>A switch cannot be read.</summary>
    Blind,
}

/// <summary>Where a hand-off-auto switch stands.</summary>
public enum HandOffAuto : byte
{
    /// <summary>Its contacts cannot be read, or not yet.</summary>
    Unknown,

    /// <summary>The node's word counts.</summary>
    Auto,

    /// <summary>Somebody drives the motor by hand.</summary>
    Hand,

    /// <summary>The motor is off, whatever the node says.</summary>
    Off,

    /// <summary>Not in auto; there is no contact that says in what else.</summary>
    NotAuto,

    /// <summary>Hand and auto at once: one of the contacts is wrong.</summary>
    Both,
}

/// <summary>Present state of one output.</summary>
/// <param name="Energised">The position that is asked for.</param>
/// <param name="Safe">It is the safe state.</param>
/// <param name="Since">When it was asked for.</param>
public readonly record struct OutputStatus(bool Energised, bool Safe, SourceTime Since)
{
    /// <summary>A hold of its own keeps it safe until a person resets it, beside whatever trips want.</summary>
    public bool IsHeld { get; init; }

    /// <summary>Who or what put the hold on; empty without one.</summary>
    public string HeldBy { get; init; } = "";

    /// <summary>It is in its normal state as the run before left it for a planned restart, and what this run makes of it is not known yet.</summary>
    public bool IsCarried { get; init; }

    /// <summary>It is to go back to normal, and waits for the end of its minimum time.</summary>
    public bool Waits { get; init; }

    /// <summary>The line or the device took what is asked for; null while it has not answered.</summary>
    public bool? Driven { get; init; }

    /// <summary>Monotonic time at which something was last heard of driving it; null before the first.</summary>
    public TimeSpan? HeardAt { get; init; }

    /// <summary>What the line's register, or the device, says that it does; null when that cannot be read.</summary>
    public bool? ReadBack { get; init; }

    /// <summary>What the read-back contact says; null without one, or while it cannot be read.</summary>
    public bool? Contact { get; init; }

    /// <summary>Where the limit switches see it; null without any.</summary>
    public ProofState? Proof { get; init; }

    /// <summary>Where its hand-off-auto switch stands; null without one.</summary>
    public HandOffAuto? Mode { get; init; }

    /// <summary>How long the last travel took that began at one end and came to the other; null before the first.</summary>
    public TimeSpan? LastTravel { get; init; }

    /// <summary>What is wrong.</summary>
    public OutputFaults Faults { get; init; }

    /// <summary>The same in words; empty when nothing is.</summary>
    public string Detail { get; init; } = "";
}
