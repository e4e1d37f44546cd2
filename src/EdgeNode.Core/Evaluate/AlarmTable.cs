using EdgeNode.Core.Model;
using static EdgeNode.Core.Evaluate.AlarmMove;

namespace EdgeNode.Core.Evaluate;

/// <summary>What can happen to an alarm.</summary>
public enum AlarmInput : byte
{
    /// <summary>The condition has been true for the on-delay.</summary>
    Raise,

    /// <summary>The condition has been false for the off-delay; the alarm has no latch.</summary>
    Clear,

    /// <summary>The same, with a latch.</summary>
    ClearLatching,

    /// <summary>A person knows.</summary>
    Acknowledge,

    /// <summary>A person releases the latch.</summary>
    Reset,

    /// <summary>It has been acknowledged and active for the re-alarm time.</summary>
    ReAlarm,

    /// <summary>A person sets it aside for a time.</summary>
    Shelve,

    /// <summary>A person, the time limit or the end of a one-shot brings it back.</summary>
    Unshelve,

    /// <summary>The site file's <c>suppress-when</c> has come true.</summary>
    Suppress,

    /// <summary>It has gone.</summary>
    Unsuppress,

    /// <summary>A person takes it out of service.</summary>
    RemoveFromService,

    /// <summary>A person returns it to service.</summary>
    ReturnToService,
}

/// <summary>What an input does in a state.</summary>
public enum AlarmMove : byte
{
    /// <summary>To A.</summary>
    A,

    /// <summary>To B.</summary>
    B,

    /// <summary>To C.</summary>
    C,

    /// <summary>To D.</summary>
    D,

    /// <summary>To latched-unacknowledged.</summary>
    LU,

    /// <summary>To latched-acknowledged.</summary>
    LA,

    /// <summary>To E.</summary>
    E,

    /// <summary>To F.</summary>
    F,

    /// <summary>To G.</summary>
    G,

    /// <summary>It stays where it is.</summary>
    Stay,

    /// <summary>It stays, and whoever asked is told that this cannot be done now.</summary>
    Refuse,

    /// <summary>It comes back, to where it belongs by now: F while suppressed, else B while active, else LU while latched, else A.</summary>
    Back,
}

/// <summary>
/// The alarm machine as a table: every state by every input (ISA-18.2-2016, figure of the alarm state transitions, with its latched states).
/// AlarmTable.md beside this file shows the same; a test compares the two.
/// </summary>
/// <remarks>What lies behind it: while an alarm is set aside its condition is followed and decides where it comes back to; a latch outlives that.</remarks>
public static class AlarmTable
{
    private static readonly AlarmMove[][] Rows =
    [
        /*       raise clear clear-l  ack     reset   re-al  shelve  unshelve suppr  unsuppr remove return */
        /* A  */ [B,    Stay, Stay,   Refuse, Refuse, Stay,  E,      Refuse,  F,     Stay,   G,     Refuse],
        /* B  */ [Stay, D,    LU,     C,      Refuse, Stay,  E,      Refuse,  F,     Stay,   G,     Refuse],
        /* C  */ [Stay, A,    LA,     Stay,   Refuse, B,     E,      Refuse,  F,     Stay,   G,     Refuse],
        /* D  */ [B,    Stay, Stay,   A,      Refuse, Stay,  E,      Refuse,  F,     Stay,   G,     Refuse],
        /* LU */ [B,    Stay, Stay,   LA,     D,      Stay,  E,      Refuse,  F,     Stay,   G,     Refuse],
        /* LA */ [B,    Stay, Stay,   Stay,   A,      Stay,  E,      Refuse,  F,     Stay,   G,     Refuse],
        /* E  */ [Stay, Stay, Stay,   Refuse, Refuse, Stay,  E,      Back,    Stay,  Stay,   G,     Refuse],
        /* F  */ [Stay, Stay, Stay,   Refuse, Refuse, Stay,  E,      Refuse,  Stay,  Back,   G,     Refuse],
        /* G  */ [Stay, Stay, Stay,   Refuse, Refuse, Stay,  Refuse, Refuse,  Stay,  Stay,   Stay,  Back],
    ];

    private static readonly string[] Words =
    [
        "raise", "clear", "clear-latching", "acknowledge", "reset", "re-alarm", "shelve", "unshelve", "suppress", "unsuppress",
        "out-of-service", "in-service",
    ];

    private static readonly string[] Pasts =
    [
        "raised", "cleared", "cleared", "acknowledged", "reset", "re-alarmed", "shelved", "unshelved", "suppressed", "unsuppressed",
        "out-of-service", "in-service",
    ];

    /// <summary>How many inputs there are.</summary>
    public static int Inputs => Words.Length;

    /// <summary>What an input does in a state.</summary>
    public static AlarmMove Move(AlarmState state, AlarmInput input) => Rows[(int)state][(int)input];

    /// <summary>The word for an input.</summary>
    public static string Text(this AlarmInput input) => Words[(int)input];

    /// <summary>The word for what has happened with it.</summary>
    public static string Past(this AlarmInput input) => Pasts[(int)input];
}
