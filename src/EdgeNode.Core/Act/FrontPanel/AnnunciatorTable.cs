using EdgeNode.Core.Model;
using static EdgeNode.Core.Act.FrontPanel.Indication;

namespace EdgeNode.Core.Act.FrontPanel;

/// <summary>What a lamp or a siren does for one alarm, in the order in which one hides another: of several alarms the last one is shown.</summary>
public enum Indication : byte
{
    /// <summary>Dark, or still.</summary>
    Off,

    /// <summary>A lamp that flashes slowly: it has gone, somebody knows, and a reset is due.</summary>
    RingBack,

    /// <summary>A lamp that is lit.</summary>
    Steady,

    /// <summary>A lamp that flashes: nobody has acknowledged it.</summary>
    Flashing,

    /// <summary>A siren that sounds by its pattern.</summary>
    Calling,
}

/// <summary>
/// What an annunciator does for an alarm in each of its states: the sequence A of ISA-18.1 (flashing, steady, off), and its ring-back for
/// alarms that wait for a reset. AnnunciatorTable.md beside this file shows the same; a test compares the two.
/// </summary>
/// <remarks>
/// A siren is still once the condition has gone, unless there is a latch: who put one there wants it heard. A lamp flashes until somebody
/// has acknowledged. Both are our choice among those that ISA-18.1 and ISA-18.2 leave.
/// </remarks>
public static class AnnunciatorTable
{
    private static readonly Indication[][] Rows =
    [
        /*       lamp       muted     siren    muted silenced */
        /* A  */ [Off,      Off,      Off,     Off,  Off],
        /* B  */ [Flashing, Steady,   Calling, Off,  Off],
        /* C  */ [Steady,   Steady,   Off,     Off,  Off],
        /* D  */ [Flashing, Steady,   Off,     Off,  Off],
        /* LU */ [Flashing, Steady,   Calling, Off,  Off],
        /* LA */ [RingBack, RingBack, Off,     Off,  Off],
        /* E  */ [Off,      Off,      Off,     Off,  Off],
        /* F  */ [Off,      Off,      Off,     Off,  Off],
        /* G  */ [Off,      Off,      Off,     Off,  Off],
    ];

    /// <summary>What a lamp shows of an alarm.</summary>
    /// <param name="state">The alarm's state.</param>
    /// <param name="muted">It chatters, or comes in a flood: it does not call for anybody.</param>
    public static Indication Lamp(AlarmState state, bool muted) => Rows[(int)state][muted ? 1 : 0];

    /// <summary>What a siren does for an alarm.</summary>
    /// <param name="state">The alarm's state.</param>
    /// <param name="muted">It chatters, or comes in a flood: it does not call for anybody.</param>
    /// <param name="silenced">A person has silenced this siren since the alarm came up.</param>
    public static Indication Siren(AlarmState state, bool muted, bool silenced) => Rows[(int)state][silenced ? 4 : muted ? 3 : 2];
}
