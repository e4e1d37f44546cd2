using EdgeNode.Core.Model;

namespace EdgeNode.Core.Evaluate;

/// <summary>Something has changed with an alarm: its condition, or what people and design have made of it.</summary>
/// <param name="Alarm">Index into <see cref="Site.Alarms"/>.</param>
/// <param name="Active">The condition is true, as its delays have it.</param>
/// <param name="Time">When it happened: for a condition, when its delay had run out.</param>
/// <param name="Value">The value that was judged last, in the point's unit.</param>
/// <param name="Quality">Quality of the point at that moment; an alarm of a bad point holds.</param>
public readonly record struct AlarmTransition(int Alarm, bool Active, SourceTime Time, double Value, Quality Quality)
{
    /// <summary>Of a group: who the condition is about.</summary>
    public GroupVotes Votes { get; init; }

    /// <summary>When it happened by the monotonic clock.</summary>
    public TimeSpan At { get; init; }

    /// <summary>What happened.</summary>
    public AlarmInput Input { get; init; }

    /// <summary>The state since then.</summary>
    public AlarmState State { get; init; }

    /// <summary>Who did it; null when no person did.</summary>
    public string? By { get; init; }

    /// <summary>End of the shelf, while it is shelved.</summary>
    public SourceTime? Until { get; init; }

    /// <summary>It was the first of its group to be announced.</summary>
    public bool FirstOut { get; init; }

    /// <summary>It has come up three times within a minute.</summary>
    public bool Chattering { get; init; }

    /// <summary>What its points said before it came up; null for another transition, and where no evidence is taken.</summary>
    public Snapshot? Before { get; init; }

    /// <summary>
    /// It is announced to a person from here on: it has come up, calls again, or has come back from where it was set aside. What floods are counted by
    /// (ISA-18.2-2016 clause 16 and EEMUA 191 count annunciated alarms).
    /// </summary>
    public bool IsAnnouncement => State is AlarmState.Unacknowledged or AlarmState.LatchedUnacknowledged
        && Input is AlarmInput.Raise or AlarmInput.ReAlarm or AlarmInput.Unshelve or AlarmInput.Unsuppress or AlarmInput.ReturnToService;

    /// <summary>The condition has come or gone; else only what people and design make of it has changed.</summary>
    public bool IsOfCondition => Input <= AlarmInput.ClearLatching;
}

/// <summary>What a person asks of an alarm.</summary>
/// <param name="Alarm">Index into <see cref="Site.Alarms"/>.</param>
/// <param name="Input">Acknowledge, reset, shelve, unshelve, out of service, in service.</param>
/// <param name="By">Who asks.</param>
public readonly record struct AlarmCommand(int Alarm, AlarmInput Input, string By)
{
    /// <summary>For a shelf: how long; null: as long as the site file allows.</summary>
    public TimeSpan? Time { get; init; }

    /// <summary>For a shelf: it ends with the next clear, if that is sooner.</summary>
    public bool OneShot { get; init; }

    /// <summary>A person may ask for it; the rest comes from conditions and time.</summary>
    public bool IsOfHand => Input is AlarmInput.Acknowledge or AlarmInput.Reset or AlarmInput.Shelve or AlarmInput.Unshelve
        or AlarmInput.RemoveFromService or AlarmInput.ReturnToService;
}
