using System.Collections.Immutable;
using EdgeNode.Core.Model;

namespace EdgeNode.Core.Act.FrontPanel;

/// <summary>What a person asks of the front panel from elsewhere.</summary>
/// <param name="By">Who asks.</param>
public abstract record PanelCommand(string By);

/// <summary>Stills the sirens until the next alarm.</summary>
/// <param name="Annunciator">Index into <see cref="Site.Annunciators"/>; null: all that sound.</param>
/// <param name="By">Who asks.</param>
public sealed record SilenceCommand(int? Annunciator, string By) : PanelCommand(By);

/// <summary>Begins maintenance, or moves its end.</summary>
/// <param name="Time">How long; null: as long as the site file allows.</param>
/// <param name="By">Who asks.</param>
/// <param name="Why">The reason.</param>
public sealed record MaintenanceOnCommand(TimeSpan? Time, string By, string Why) : PanelCommand(By);

/// <summary>Ends maintenance.</summary>
/// <param name="By">Who asks.</param>
public sealed record MaintenanceOffCommand(string By) : PanelCommand(By);

/// <summary>What something at the front panel was.</summary>
public enum PanelAct : byte
{
    /// <summary>All alarms that waited for it were acknowledged.</summary>
    Acknowledge,

    /// <summary>The sirens were stilled.</summary>
    Silence,

    /// <summary>Latched alarms and trips were reset, where their condition had gone.</summary>
    Reset,

    /// <summary>All lamps are lit and all sirens sound.</summary>
    LampTest,

    /// <summary>They are as they were.</summary>
    LampTestEnd,

    /// <summary>Maintenance began, or its end was moved.</summary>
    Maintenance,

    /// <summary>Maintenance ended by a hand.</summary>
    MaintenanceEnd,

    /// <summary>Maintenance ended by its time.</summary>
    MaintenanceOver,

    /// <summary>A button hangs.</summary>
    Stuck,

    /// <summary>It hangs no more.</summary>
    Free,

    /// <summary>A tamper, mains or door contact is active.</summary>
    Contact,

    /// <summary>It is not any more.</summary>
    ContactEnd,
}

/// <summary>What became of it.</summary>
public enum PanelOutcome : byte
{
    /// <summary>It was done, or has happened.</summary>
    Done,

    /// <summary>Nothing was to be done.</summary>
    Nothing,

    /// <summary>Refused: what sounds may not be silenced.</summary>
    NotAllowed,

    /// <summary>Refused: longer than the site file allows.</summary>
    TooLong,

    /// <summary>Refused: no time above 0.</summary>
    NoTime,
}

/// <summary>The words for what became of it.</summary>
public static class PanelOutcomes
{
    private static readonly string[] Words = ["done", "nothing", "not-allowed", "too-long", "no-time"];

    /// <summary>The word.</summary>
    public static string Text(this PanelOutcome outcome) => Words[(int)outcome];
}

/// <summary>Something at the front panel: a button, a key, a contact, or a command that does the same from elsewhere.</summary>
/// <param name="Act">What it was.</param>
/// <param name="Outcome">What became of it.</param>
/// <param name="By">Who did it: <c>panel HS-101</c>, a local user; empty when time did.</param>
/// <param name="Time">When, as a stamp.</param>
/// <param name="At">When, monotonic.</param>
public sealed record PanelEvent(PanelAct Act, PanelOutcome Outcome, string By, SourceTime Time, TimeSpan At)
{
    /// <summary>Of a button, key or contact: index into <see cref="Site.Inputs"/>.</summary>
    public int? Input { get; init; }

    /// <summary>Of a button: the last moment, monotonic, at which it was known not to be pressed. What came up since is not acknowledged or silenced by it.</summary>
    public TimeSpan? Since { get; init; }

    /// <summary>Alarms that were acknowledged or reset.</summary>
    public ImmutableArray<int> Alarms { get; init; } = [];

    /// <summary>Of a reset: trips that it has reset.</summary>
    public ImmutableArray<int> Trips { get; init; } = [];

    /// <summary>Of a reset: trips that stand and did not take it.</summary>
    public ImmutableArray<int> RefusedTrips { get; init; } = [];

    /// <summary>Annunciators that were stilled, and those that may not be.</summary>
    public Silenced Silenced { get; init; } = new([], []);

    /// <summary>The maintenance that is meant.</summary>
    public MaintenanceSpan? Maintenance { get; init; }

    /// <summary>When what was granted ends by itself.</summary>
    public SourceTime? Until { get; init; }

    /// <summary>Of a contact: the first thing that this run knows of it.</summary>
    public bool First { get; init; }
}
