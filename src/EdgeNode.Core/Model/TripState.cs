namespace EdgeNode.Core.Model;

/// <summary>The states of a trip; Act/TripTable.md says what they mean. The numbers go over no wire.</summary>
public enum TripState : byte
{
    /// <summary>Safe since the start, and no reset counts: none was kept, or the run before did not end in an orderly way.</summary>
    NotReset,

    /// <summary>It stands: its cause is true, or not known to be gone.</summary>
    Tripped,

    /// <summary>It stands, and its cause is gone. Once that has been so for the settle time it may be reset.</summary>
    Settling,

    /// <summary>Safe since the start. The reset of the run before counts once the cause has been gone for the settle time.</summary>
    Resuming,

    /// <summary>It does not stand, and waits for its cause.</summary>
    Ready,
}

/// <summary>The words for the states, in messages, on the screen and in documents.</summary>
public static class TripStates
{
    private static readonly string[] Words = ["not-reset", "tripped", "settling", "resuming", "ready"];

    /// <summary>How many there are.</summary>
    public static int Count => Words.Length;

    /// <summary>The word for a state.</summary>
    public static string Text(this TripState state) => Words[(int)state];
}
