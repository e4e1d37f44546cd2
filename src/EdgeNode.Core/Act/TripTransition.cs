using System.Collections.Immutable;
using EdgeNode.Core.Model;

namespace EdgeNode.Core.Act;

/// <summary>What has happened with a trip.</summary>
public enum TripChange : byte
{
    /// <summary>It has tripped: by its cause, by an unknown one that lasted, by hand, or because an inhibit or a test ended while it stood.</summary>
    Tripped,

    /// <summary>Its cause is gone: the settle time begins.</summary>
    CauseGone,

    /// <summary>Its cause, gone before, is no longer known: the settle time has to begin anew.</summary>
    CauseUnknown,

    /// <summary>A person has reset it.</summary>
    Reset,

    /// <summary>It has reset itself after the settle time.</summary>
    ResetItself,

    /// <summary>The reset of the run before counts, after the settle time.</summary>
    ResetKept,

    /// <summary>The reset of the run before has taken effect.</summary>
    Resumed,

    /// <summary>A person has reset it under an inhibit, whatever its cause: when the inhibit ends before the cause has been gone for the settle time it trips at once.</summary>
    Released,

    /// <summary>A person has disarmed it, or moved the end of that.</summary>
    Inhibited,

    /// <summary>It is armed again: by a person, or by time.</summary>
    InhibitEnded,

    /// <summary>A person tests it, or has moved the end of that.</summary>
    TestBegun,

    /// <summary>The test is over: by a person, or by time.</summary>
    TestEnded,
}

/// <summary>The words for what has happened with a trip, in events and in the log.</summary>
public static class TripChanges
{
    private static readonly string[] Words =
    [
        "tripped", "cause-gone", "cause-unknown", "reset", "reset-itself", "reset-kept", "resumed", "released", "inhibited", "inhibit-ended",
        "test-begun", "test-ended",
    ];

    /// <summary>The word.</summary>
    public static string Text(this TripChange change) => Words[(int)change];
}

/// <summary>What keeps a trip that stands from its outputs.</summary>
public enum TripSuppression : byte
{
    /// <summary>Nothing: it acts, unless it is in shadow mode.</summary>
    None,

    /// <summary>An inhibit.</summary>
    Inhibit,

    /// <summary>A test.</summary>
    Test,
}

/// <summary>A part of the cause at the moment of a trip.</summary>
/// <param name="Leaf">What, its value and since when.</param>
/// <param name="Since">The same by the wall clock.</param>
/// <param name="Votes">Of an alarm of a group: who was past the setpoint, and who had no vote.</param>
public readonly record struct TripEvidence(CauseLeaf Leaf, SourceTime Since, GroupVotes Votes);

/// <summary>Something has happened with a trip.</summary>
/// <param name="Trip">Index into <see cref="Site.Trips"/>.</param>
/// <param name="Change">What.</param>
/// <param name="State">Its state since then.</param>
/// <param name="Time">When.</param>
public sealed record TripTransition(int Trip, TripChange Change, TripState State, SourceTime Time)
{
    /// <summary>When it happened by the monotonic clock.</summary>
    public TimeSpan At { get; init; }

    /// <summary>Who did it; null when no person did.</summary>
    public string? By { get; init; }

    /// <summary>Why, in that person's words; empty where none were given.</summary>
    public string Why { get; init; } = "";

    /// <summary>Of a trip: what spoke for it, the first to do so first, and what was unknown while the cause as a whole was. Empty when it was by hand alone.</summary>
    public ImmutableArray<TripEvidence> Cause { get; init; } = [];

    /// <summary>What keeps it from its outputs, while it stands.</summary>
    public TripSuppression SuppressedBy { get; init; }

    /// <summary>End of the inhibit or of the test that began.</summary>
    public SourceTime? Until { get; init; }

    /// <summary>Its outputs go to their safe state by it, or stay there.</summary>
    /// <param name="trip">The trip.</param>
    public bool Acts(TripOptions trip)
    {
        ArgumentNullException.ThrowIfNull(trip);
        return trip.Armed && SuppressedBy == TripSuppression.None;
    }
}

/// <summary>What is asked of a trip.</summary>
public enum TripAsk : byte
{
    /// <summary>To be ready again.</summary>
    Reset,

    /// <summary>To leave its cause alone for a time.</summary>
    Inhibit,

    /// <summary>To be armed again before that time is over.</summary>
    EndInhibit,

    /// <summary>To trip.</summary>
    Trip,

    /// <summary>To work and leave its outputs alone for a time.</summary>
    Test,

    /// <summary>To be armed again before that time is over.</summary>
    EndTest,

    /// <summary>To take the reset of the run before for its own. The engine asks for it, no person does.</summary>
    Keep,

    /// <summary>To wait for a person: no reset of the run before counts. The engine asks for it, no person does.</summary>
    KeepNone,
}

/// <summary>The words for what is asked, in requests and in the audit trail.</summary>
public static class TripAsks
{
    private static readonly string[] Words = ["reset", "inhibit", "end-inhibit", "trip", "test", "end-test", "keep", "keep-none"];

    /// <summary>The word.</summary>
    public static string Text(this TripAsk ask) => Words[(int)ask];
}

/// <summary>What is asked of a trip; an input of the step.</summary>
/// <param name="Trip">Index into <see cref="Site.Trips"/>.</param>
/// <param name="Ask">What.</param>
/// <param name="By">Who asks.</param>
public readonly record struct TripCommand(int Trip, TripAsk Ask, string By)
{
    /// <summary>For an inhibit and a test: how long; null: as long as the site file allows.</summary>
    public TimeSpan? Time { get; init; }

    /// <summary>Why, in that person's words.</summary>
    public string? Why { get; init; }

    /// <summary>A reset of all that stand, by a button or without names: it releases none whose cause has not gone, also under an inhibit. That is for who names the trip.</summary>
    public bool OfAll { get; init; }
}

/// <summary>What became of it.</summary>
public enum TripOutcome : byte
{
    /// <summary>Something has changed.</summary>
    Done,

    /// <summary>Nothing was to be changed.</summary>
    Nothing,

    /// <summary>Refused: there is no such trip.</summary>
    NoSuchTrip,

    /// <summary>Refused: its cause stands.</summary>
    CauseStands,

    /// <summary>Refused: nobody knows whether its cause stands.</summary>
    CauseUnknown,

    /// <summary>Refused: its cause is false, and a delay or an <c>after</c> runs that may bring it.</summary>
    CausePending,

    /// <summary>Refused: its cause has not been gone for the settle time.</summary>
    NotSettled,

    /// <summary>Refused: its permissive is not true, or a delay or an <c>after</c> runs that may take it away.</summary>
    NotPermitted,

    /// <summary>Refused: the site file allows no inhibit, or no test.</summary>
    NotAllowed,

    /// <summary>Refused: longer than the site file allows.</summary>
    TooLong,

    /// <summary>Refused: the time is not above 0.</summary>
    NoTime,

    /// <summary>Refused: it is not inhibited.</summary>
    NotInhibited,

    /// <summary>Refused: it is not in test.</summary>
    NotInTest,

    /// <summary>Refused: it stands, and a test begins with a trip that is ready.</summary>
    Stands,
}

/// <summary>The words for what became of it, in replies and in the audit trail.</summary>
public static class TripOutcomes
{
    private static readonly string[] Words =
    [
        "done", "nothing", "no-such-trip", "cause-stands", "cause-unknown", "cause-pending", "not-settled", "not-permitted", "not-allowed", "too-long", "no-time",
        "not-inhibited", "not-in-test", "stands",
    ];

    /// <summary>The word.</summary>
    public static string Text(this TripOutcome outcome) => Words[(int)outcome];

    /// <summary>It was refused, and has changed nothing.</summary>
    public static bool IsRefusal(this TripOutcome outcome) => outcome >= TripOutcome.NoSuchTrip;
}

/// <summary>The answer to a command.</summary>
/// <param name="Outcome">What became of it.</param>
/// <param name="State">The trip's state since then.</param>
public readonly record struct TripAnswer(TripOutcome Outcome, TripState State)
{
    /// <summary>How long until it may be reset, where <see cref="TripOutcome.NotSettled"/> is the reason.</summary>
    public TimeSpan Left { get; init; }

    /// <summary>When the inhibit or the test ends by itself, where one was granted.</summary>
    public SourceTime? Until { get; init; }

    /// <summary>It has tripped by hand what was in test, and the test is over by it.</summary>
    public bool EndedTest { get; init; }

    /// <summary>It has reset a trip whose cause is overridden by an inhibit.</summary>
    public bool UnderInhibit { get; init; }
}
