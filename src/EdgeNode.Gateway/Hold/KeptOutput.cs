namespace EdgeNode.Gateway.Hold;

/// <summary>What became of an output that was held.</summary>
internal enum HoldEnd
{
    /// <summary>It is held, or being made safe.</summary>
    None,

    /// <summary>The new run has it, in its normal state.</summary>
    Normal,

    /// <summary>The new run has it, and has made it safe.</summary>
    SafeByRun,

    /// <summary>The keeper made it safe, and nobody else was there to drive it.</summary>
    Safe,

    /// <summary>The run that was to hand it over goes on, and drives it.</summary>
    Withdrawn,

    /// <summary>A person ended the keeper before it was known to be safe.</summary>
    Failed,
}

/// <summary>An output that is held, and how it ended. Under the keeper's lock.</summary>
/// <param name="output">The output.</param>
/// <param name="until">Monotonic end of its time.</param>
internal sealed class KeptOutput(HeldOutput output, TimeSpan until)
{
    public HeldOutput Output => output;

    public TimeSpan Until => until;

    public HoldEnd End { get; set; }

    /// <summary>Monotonic time of the end.</summary>
    public TimeSpan EndedAt { get; set; }

    /// <summary>It is to be safe, and is tried until that is known.</summary>
    public bool IsEnding { get; set; }

    /// <summary>An attempt at a device is under way.</summary>
    public bool IsDriving { get; set; }

    /// <summary>Attempts so far to make it safe.</summary>
    public int Attempts { get; set; }

    /// <summary>Monotonic time of the next one.</summary>
    public TimeSpan Next { get; set; }

    /// <summary>The new run was told that it is its own: from then on only its end, or a person, makes the keeper drive it again.</summary>
    public bool IsGiven { get; set; }

    /// <summary>The new run does not drive it.</summary>
    public bool IsRefused { get; set; }

    /// <summary>The new run says that it has driven it safe.</summary>
    public bool IsSafeByRun { get; set; }

    /// <summary>Why it is not known to be safe; empty while it is held, and once that is known.</summary>
    public string Fault { get; set; } = "";

    /// <summary>Since when that stands, by the wall clock.</summary>
    public DateTimeOffset? UnsafeSince { get; set; }

    /// <summary>It is in its normal state, and nobody has asked it to be safe.</summary>
    public bool IsHeld => End == HoldEnd.None && !IsEnding;
}
