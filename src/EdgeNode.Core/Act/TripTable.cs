using EdgeNode.Core.Model;
using static EdgeNode.Core.Act.TripMove;

namespace EdgeNode.Core.Act;

/// <summary>What can happen to a trip.</summary>
public enum TripInput : byte
{
    /// <summary>The cause has come true.</summary>
    CauseTrue,

    /// <summary>The cause is known to be gone.</summary>
    CauseFalse,

    /// <summary>The cause is no longer known.</summary>
    CauseUnknown,

    /// <summary>The cause has been unknown for the time that <c>on-bad</c> gives it.</summary>
    UnknownTooLong,

    /// <summary>The cause has been gone for the settle time and the permissive is true; a person is to reset what was tripped.</summary>
    Settled,

    /// <summary>The same, of a trip that resets itself and owes nobody a reset.</summary>
    SettledAutomatic,

    /// <summary>A person resets it, and it has settled.</summary>
    Reset,

    /// <summary>A person resets it, and it has not settled, or the permissive is not true.</summary>
    EarlyReset,

    /// <summary>A person resets it while it is inhibited, before it has settled: its cause counts for nothing then.</summary>
    Release,

    /// <summary>A person, or a granted command, trips it.</summary>
    Trip,

    /// <summary>The run before left a reset that counts.</summary>
    Kept,

    /// <summary>It came up in an inhibit or a test, and left its outputs alone, or was released and has settled since; now both are over.</summary>
    Unsuppress,

    /// <summary>It was released under an inhibit, and inhibit and test are over before it has settled.</summary>
    ReleaseEnds,
}

/// <summary>What an input does in a state. The first five are the states, in their order.</summary>
public enum TripMove : byte
{
    /// <summary>To not-reset.</summary>
    N,

    /// <summary>To tripped.</summary>
    T,

    /// <summary>To settling.</summary>
    S,

    /// <summary>To resuming.</summary>
    R,

    /// <summary>To ready.</summary>
    Y,

    /// <summary>It stays where it is.</summary>
    Stay,

    /// <summary>It stays, and whoever asked is told why.</summary>
    Refuse,

    /// <summary>It stands from now on: S while its cause is false, else T.</summary>
    Stand,
}

/// <summary>The trip machine as a table: every state by every input. TripTable.md beside this file shows the same; a test compares the two.</summary>
/// <remarks>What lies behind it, inhibit, test and who owes a reset, is <see cref="TripMachine"/>.</remarks>
public static class TripTable
{
    private static readonly TripMove[][] Rows =
    [
        /*        true  false unknown too-long settled auto  reset   early   release trip   kept  unsuppress release-ends */
        /* N */ [T,    Stay, Stay,   Stay,    Stay,   Stay, Y,      Refuse, Stand,  Stand, R,    Stay, Stay],
        /* T */ [Stay, S,    Stay,   Stay,    Stay,   Stay, Refuse, Refuse, Stay,   Stay,  Stay, Stay, Stay],
        /* S */ [T,    Stay, T,      Stay,    Stay,   Y,    Y,      Refuse, Stay,   Stay,  Stay, Y,    Stay],
        /* R */ [T,    Stay, Stay,   Stay,    Y,      Y,    Y,      Refuse, Stand,  Stand, Stay, Stay, Stay],
        /* Y */ [T,    Stay, Stay,   T,       Stay,   Stay, Stay,   Stay,   Stay,   Stand, Stay, Stay, Stay],
    ];

    private static readonly string[] Words =
    [
        "cause-true", "cause-false", "cause-unknown", "unknown-too-long", "settled", "settled-automatic", "reset", "early-reset", "release",
        "trip", "kept", "unsuppress", "release-ends",
    ];

    /// <summary>How many inputs there are.</summary>
    public static int Inputs => Words.Length;

    /// <summary>What an input does in a state.</summary>
    public static TripMove Move(TripState state, TripInput input) => Rows[(int)state][(int)input];

    /// <summary>The word for an input.</summary>
    public static string Text(this TripInput input) => Words[(int)input];
}
