namespace EdgeNode.Records;

/// <summary>How much the history keeps. At a limit the oldest document of its collection goes.</summary>
public static class HistoryLimits
{
    /// <summary>Alarm transitions: at one alarm in ten minutes, 35 days.</summary>
    public const int Alarms = 10_000;

    /// <summary>Other events: gaps, audit anchors, time corrections.</summary>
    public const int Events = 5_000;

    /// <summary>Revisions of the configuration.</summary>
    public const int Revisions = 500;

    /// <summary>Largest body kept, bytes; a larger one is kept without its evidence (<c>before</c>, <c>after</c>), and if that is not enough only kind and time. The spool and the platform have the whole.</summary>
    public const int BodyBytes = 2048;

    /// <summary>Most events that wait for the next batch; beyond it the oldest goes, is counted, and is looked for in the journal later.</summary>
    public const int Queue = 1_000;

    /// <summary>Most documents of one transaction.</summary>
    public const int Batch = 500;

    /// <summary>Sets of damaged files that are kept in quarantine; the oldest beyond goes, since the history is an index.</summary>
    public const int Quarantined = 3;
}
