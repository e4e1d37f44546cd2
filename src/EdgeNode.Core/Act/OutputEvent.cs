using EdgeNode.Core.Model;

namespace EdgeNode.Core.Act;

/// <summary>What has happened to an output.</summary>
public enum OutputChange : byte
{
    /// <summary>Another position is asked for.</summary>
    Commanded,

    /// <summary>The limit switches have proved the position.</summary>
    Proved,

    /// <summary>It has a fault, or another one.</summary>
    Fault,

    /// <summary>It has none any more.</summary>
    FaultGone,

    /// <summary>It is held safe until a reset.</summary>
    Held,

    /// <summary>That hold was reset.</summary>
    Released,

    /// <summary>The run ends for a planned restart, and leaves it in its normal state: another process keeps it until the next run looks after it.</summary>
    LeftNormal,

    /// <summary>The run begins with it in its normal state, as the run before left it for a planned restart.</summary>
    Carried,

    /// <summary>That is over: normal by its own right now, or safe.</summary>
    CarryEnded,
}

/// <summary>Something has happened to an output.</summary>
/// <param name="Output">Index into <see cref="Site.Outputs"/>.</param>
/// <param name="Change">What.</param>
/// <param name="Time">When.</param>
/// <param name="Energised">The position that is asked for.</param>
/// <param name="Safe">It is the safe state.</param>
public readonly record struct OutputEvent(int Output, OutputChange Change, SourceTime Time, bool Energised, bool Safe)
{
    /// <summary>With <see cref="OutputChange.Proved"/>: how long the travel took; null when it did not begin at the other end.</summary>
    public TimeSpan? Travel { get; init; }

    /// <summary>With <see cref="OutputChange.Fault"/>: what is wrong, in words. With <see cref="OutputChange.CarryEnded"/>: why.</summary>
    public string? Detail { get; init; }

    /// <summary>With <see cref="OutputChange.Held"/> and <see cref="OutputChange.Released"/>: who.</summary>
    public string? By { get; init; }
}

/// <summary>The words that events and verbs use.</summary>
public static class OutputWords
{
    /// <summary>What has happened.</summary>
    public static string Text(this OutputChange change) => change switch
    {
        OutputChange.Commanded => "commanded",
        OutputChange.Proved => "proved",
        OutputChange.Fault => "fault",
        OutputChange.FaultGone => "fault-gone",
        OutputChange.Held => "held",
        OutputChange.Released => "released",
        OutputChange.LeftNormal => "left-normal",
        OutputChange.Carried => "carried",
        _ => "carry-ended",
    };

    /// <summary>Where the limit switches see it.</summary>
    public static string Text(this ProofState proof) => proof switch
    {
        ProofState.Moving => "moving",
        ProofState.Proved => "proved",
        ProofState.Late => "late",
        ProofState.Left => "left its end",
        ProofState.Both => "both switches closed",
        _ => "no value",
    };

    /// <summary>Where a hand-off-auto switch stands.</summary>
    public static string Text(this HandOffAuto mode) => mode switch
    {
        HandOffAuto.Auto => "auto",
        HandOffAuto.Hand => "hand",
        HandOffAuto.Off => "off",
        HandOffAuto.NotAuto => "not auto",
        HandOffAuto.Both => "hand and auto at once",
        _ => "no value",
    };

    /// <summary>As the site file names it.</summary>
    public static string Text(this Backstop backstop) => backstop switch
    {
        Backstop.ReleasedLine => "released-line",
        Backstop.WatchdogRelay => "watchdog-relay",
        Backstop.DeviceWatchdog => "device-watchdog",
        _ => "hard-wired",
    };
}
