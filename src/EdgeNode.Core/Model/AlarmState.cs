namespace EdgeNode.Core.Model;

/// <summary>
/// The states of an alarm by ISA-18.2-2016 (A to G), and the two latched ones. The numbers are part of what the state store keeps: append only.
/// </summary>
public enum AlarmState : byte
{
    /// <summary>A: the condition is false and nobody needs to do anything.</summary>
    Normal = 0,

    /// <summary>B: the condition is true and nobody has acknowledged it.</summary>
    Unacknowledged = 1,

    /// <summary>C: the condition is true, and somebody knows.</summary>
    Acknowledged = 2,

    /// <summary>D: the condition was true and went before anybody acknowledged it.</summary>
    ReturnedUnacknowledged = 3,

    /// <summary>The condition has gone, the latch has not, and nobody has acknowledged it.</summary>
    LatchedUnacknowledged = 4,

    /// <summary>The condition has gone, somebody knows, and the latch waits for its reset.</summary>
    LatchedAcknowledged = 5,

    /// <summary>E: set aside by a person, for a limited time.</summary>
    Shelved = 6,

    /// <summary>F: meaningless at present, by the site file's <c>suppress-when</c>.</summary>
    SuppressedByDesign = 7,

    /// <summary>G: taken out by a person until a person brings it back, for repairs.</summary>
    OutOfService = 8,
}

/// <summary>The words for the states, in messages, on the screen and in documents.</summary>
public static class AlarmStates
{
    private static readonly string[] Words =
    [
        "normal", "unacknowledged", "acknowledged", "returned-unacknowledged", "latched-unacknowledged", "latched-acknowledged",
        "shelved", "suppressed-by-design", "out-of-service",
    ];

    /// <summary>How many there are.</summary>
    public static int Count => Words.Length;

    /// <summary>The word for a state.</summary>
    public static string Text(this AlarmState state) => Words[(int)state];

    /// <summary>Somebody is still to acknowledge it.</summary>
    public static bool NeedsAcknowledge(this AlarmState state) =>
        state is AlarmState.Unacknowledged or AlarmState.ReturnedUnacknowledged or AlarmState.LatchedUnacknowledged;

    /// <summary>Taken from the operator's eyes, by a hand or by design.</summary>
    public static bool IsSetAside(this AlarmState state) => state >= AlarmState.Shelved;
}
