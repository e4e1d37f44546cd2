namespace EdgeNode.Core.Model;

/// <summary>
/// What can be wrong with the node itself. Each is an alarm of its own beside the site's: an event when it is raised and when it clears,
/// and a retained state, under the id of <see cref="NodeAlarmIds.Id"/>.
/// </summary>
public enum NodeAlarm : byte
{
    /// <summary>The spool's disk is full, read-only or failing: readings are lost beyond what memory holds, and counted.</summary>
    SpoolDisk,

    /// <summary>A commit takes so long that the recorder falls behind.</summary>
    SpoolSlow,

    /// <summary>The spool is at its limit of bytes or age: the oldest is dropped and named in gaps.</summary>
    SpoolFull,

    /// <summary>Opening the spool found damage, or put files into quarantine.</summary>
    SpoolDamaged,

    /// <summary>The broker takes telemetry or events, and nobody has subscribed to them.</summary>
    NobodyListens,

    /// <summary>Another client with this node's identifier takes over its session: a cloned card, or two nodes of one id.</summary>
    IdentityTakenOver,

    /// <summary>The broker refused messages for good; they are named in gaps.</summary>
    MessagesRefused,

    /// <summary>The history (LiteDB) was damaged, empty or locked and is being rebuilt.</summary>
    HistoryDamaged,

    /// <summary>The state store could not be read or written: what it keeps may be older than the last change.</summary>
    StateDamaged,

    /// <summary>The audit trail does not hold: an entry is missing, changed or unreadable.</summary>
    AuditBroken,

    /// <summary>The site's alarms come faster than a person can take them (ISA-18.2 clause 16): those of low and medium priority are shown and not announced.</summary>
    AlarmFlood,

    /// <summary>People work on the plant: what is measured is marked. Voting, alarms and trips go on.</summary>
    Maintenance,

    /// <summary>A person has put a value in place of a point's readings; no alarm, vote or trip goes by that point meanwhile.</summary>
    Substituted,

    /// <summary>The date by which trips were to be proved has passed.</summary>
    ProofTestDue,

    /// <summary>A backstop that the site file claims for an output is not there: when the software dies, the output may stay as it is.</summary>
    BackstopMissing,

    /// <summary>A lamp or a siren cannot be driven: who stands before it is not told of the site's alarms by it.</summary>
    Annunciator,
}

/// <summary>Present state of one fault of the node itself.</summary>
/// <param name="Active">Raised and not cleared.</param>
/// <param name="Since">Time of the last change; 0 when there was none.</param>
/// <param name="Detail">One sentence of what is wrong, in English; empty when there is nothing to add.</param>
public readonly record struct NodeAlarmStatus(bool Active, SourceTime Since, string? Detail);

/// <summary>The ids that node alarms have on the wire and on the screen. Ids of a site file never begin with <see cref="Prefix"/>.</summary>
public static class NodeAlarmIds
{
    /// <summary>What they all begin with.</summary>
    public const string Prefix = "NODE-";

    private static readonly string[] Ids =
    [
        "NODE-SPOOL-DISK", "NODE-SPOOL-SLOW", "NODE-SPOOL-FULL", "NODE-SPOOL-DAMAGED", "NODE-NOBODY-LISTENS", "NODE-TAKEN-OVER",
        "NODE-REFUSED", "NODE-HISTORY", "NODE-STATE", "NODE-AUDIT", "NODE-ALARM-FLOOD", "NODE-MAINTENANCE",
        "NODE-SUBSTITUTED",
        "NODE-PROOF-TEST", "NODE-BACKSTOP", "NODE-ANNUNCIATOR",
    ];

    /// <summary>How many there are.</summary>
    public static int Count => Ids.Length;

    private static readonly AlarmPriority[] Priorities =
    [
        AlarmPriority.High, AlarmPriority.Medium, AlarmPriority.High, AlarmPriority.Medium, AlarmPriority.High, AlarmPriority.High,
        AlarmPriority.Medium, AlarmPriority.Low, AlarmPriority.High, AlarmPriority.High, AlarmPriority.High, AlarmPriority.Low,
        AlarmPriority.Medium, AlarmPriority.Medium, AlarmPriority.High, AlarmPriority.High,
    ];

    /// <summary>The id, for example <c>NODE-SPOOL-DISK</c>.</summary>
    public static string Id(this NodeAlarm alarm) => Ids[(int)alarm];

    /// <summary>How soon a person must act.</summary>
    public static AlarmPriority Priority(this NodeAlarm alarm) => Priorities[(int)alarm];
}
