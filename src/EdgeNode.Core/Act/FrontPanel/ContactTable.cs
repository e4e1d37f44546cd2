using static EdgeNode.Core.Act.FrontPanel.ContactState;

namespace EdgeNode.Core.Act.FrontPanel;

/// <summary>What is known of a contact that means something.</summary>
public enum ContactState : byte
{
    /// <summary>Nothing yet, or nothing any more.</summary>
    Unknown,

    /// <summary>Not pressed, not turned, closed as it should be.</summary>
    Released,

    /// <summary>Pressed or turned, and seen to be released before.</summary>
    Pressed,

    /// <summary>Pressed when it was first seen. Nobody knows since when, so it does nothing until it is released.</summary>
    Held,

    /// <summary>Pressed for longer than anybody presses a button.</summary>
    Stuck,
}

/// <summary>What can happen to a contact.</summary>
public enum ContactInput : byte
{
    /// <summary>A good reading that is not 0.</summary>
    Active,

    /// <summary>A good reading that is 0.</summary>
    Inactive,

    /// <summary>A reading that is not good.</summary>
    Doubtful,

    /// <summary>It has been pressed for <see cref="SiteInputs.StuckAfter"/>.</summary>
    Overdue,
}

/// <summary>What comes of it.</summary>
public enum ContactAct : byte
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>It does what it means.</summary>
    Press,

    /// <summary>It ends to do so.</summary>
    Release,

    /// <summary>It is told that it hangs.</summary>
    Stuck,

    /// <summary>It is told that it hangs no more.</summary>
    Free,
}

/// <summary>
/// A button as a table: every state by every input. A key switch and the other contacts go by its states: each change of position counts, from the first reading on; they never are overdue, and a doubtful reading of them is none.
/// </summary>
public static class ContactTable
{
    private static readonly (ContactState To, ContactAct Act)[][] Rows =
    [
        /*             active                        inactive                      doubtful                        overdue */
        /* Unknown  */ [(Held, ContactAct.None),     (Released, ContactAct.None),    (Unknown, ContactAct.None),    (Unknown, ContactAct.None)],
        /* Released */ [(Pressed, ContactAct.Press), (Released, ContactAct.None),    (Unknown, ContactAct.None),    (Released, ContactAct.None)],
        /* Pressed  */ [(Pressed, ContactAct.None),  (Released, ContactAct.Release), (Unknown, ContactAct.Release), (ContactState.Stuck, ContactAct.Stuck)],
        /* Held     */ [(Held, ContactAct.None),     (Released, ContactAct.None),    (Unknown, ContactAct.None),    (ContactState.Stuck, ContactAct.Stuck)],
        /* Stuck    */ [(ContactState.Stuck, ContactAct.None), (Released, ContactAct.Free), (ContactState.Stuck, ContactAct.None), (ContactState.Stuck, ContactAct.None)],
    ];

    /// <summary>Where an input leads from a state, and what comes of it.</summary>
    public static (ContactState To, ContactAct Act) Move(ContactState state, ContactInput input) => Rows[(int)state][(int)input];
}
