using EdgeNode.Core.Model;

namespace EdgeNode.Core.Ports;

/// <summary>What the station knows right now; readable from any thread, never waits for the loop.</summary>
public interface IStationState
{
    /// <summary>The site being run.</summary>
    Site Site { get; }

    /// <summary>Copies the latest reading of each point, by point index; not yet read ones are bad:not-yet-read.</summary>
    void CopyReadings(Span<Reading> into);

    /// <summary>Present state of each alarm, by alarm index.</summary>
    void CopyAlarms(Span<AlarmStatus> into);

    /// <summary>Present state of each fault of the node itself, by <see cref="NodeAlarm"/>.</summary>
    void CopyNodeAlarms(Span<NodeAlarmStatus> into);

    /// <summary>Present state of each output, by output index.</summary>
    void CopyOutputs(Span<OutputStatus> into);

    /// <summary>How the emergency mode stands.</summary>
    EmergencyStatus Emergency { get; }

    /// <summary>Present state of each voting group, by group index.</summary>
    IReadOnlyList<GroupStatus> Groups { get; }

    /// <summary>The members that are bypassed now, in the order of groups and members.</summary>
    IReadOnlyList<BypassStatus> Bypasses { get; }

    /// <summary>The maintenance that goes on; null: there is none.</summary>
    MaintenanceStatus? Maintenance { get; }

    /// <summary>The values that people have put in place of readings, in the order of points.</summary>
    IReadOnlyList<SubstituteStatus> Substitutes { get; }

    /// <summary>Present state of each trip, by trip index.</summary>
    void CopyTrips(Span<TripStatus> into);

    /// <summary>Grows when an alarm is raised or clears, or the quality of its point changes.</summary>
    long AlarmVersion { get; }

    /// <summary>Called when <see cref="AlarmVersion"/> has grown, from the station's loop: it must only signal.</summary>
    event Action? AlarmsChanged;

    /// <summary>Counters since the start.</summary>
    StationCounters Counters { get; }
}

/// <summary>A member of a group that has no vote because a person has bypassed it.</summary>
/// <param name="Group">Index into <see cref="Site.Groups"/>.</param>
/// <param name="Member">Position in the group.</param>
/// <param name="Until">When it ends by itself.</param>
/// <param name="Left">How long until then, by the monotonic clock.</param>
/// <param name="By">Who asked for it.</param>
/// <param name="Why">The reason given.</param>
public readonly record struct BypassStatus(int Group, int Member, SourceTime Until, TimeSpan Left, string By, string Why);

/// <summary>People work on the plant, and what is measured is marked.</summary>
/// <param name="Until">When the last one ends by itself.</param>
/// <param name="Left">How long until then, by the monotonic clock.</param>
/// <param name="By">Who keeps it, with commas: keys as <c>panel HS-101</c>, then the local user of the command.</param>
/// <param name="Why">The reason given; empty for a key switch.</param>
public readonly record struct MaintenanceStatus(SourceTime Until, TimeSpan Left, string By, string Why);

/// <summary>A value that a person has put in place of a point's readings.</summary>
/// <param name="Point">Index into <see cref="Site.Points"/>.</param>
/// <param name="Value">In the point's unit.</param>
/// <param name="Until">When it ends by itself.</param>
/// <param name="Left">How long until then, by the monotonic clock.</param>
/// <param name="By">Who asked for it.</param>
/// <param name="Why">The reason given.</param>
public readonly record struct SubstituteStatus(int Point, double Value, SourceTime Until, TimeSpan Left, string By, string Why);

/// <summary>Present state of one alarm.</summary>
/// <param name="Active">Raised and not cleared.</param>
/// <param name="Since">When it was raised or cleared last; the start when it never was.</param>
/// <param name="Value">The last value that was judged, in the point's unit; meaningless when the quality is bad.</param>
/// <param name="Quality">Quality of the point now: an alarm of a bad point holds its last state.</param>
public readonly record struct AlarmStatus(bool Active, SourceTime Since, double Value, Quality Quality)
{
    /// <summary>Its state by ISA-18.2.</summary>
    public AlarmState State { get; init; }

    /// <summary>To be announced by lamps and sirens.</summary>
    public bool Announced { get; init; }

    /// <summary>It comes up again and again.</summary>
    public bool Chattering { get; init; }

    /// <summary>It was the first of its group to be announced.</summary>
    public bool FirstOut { get; init; }

    /// <summary>End of the shelf, while it is shelved.</summary>
    public SourceTime? ShelvedUntil { get; init; }

    /// <summary>Who changed the state last; null when no person did, or not in this run.</summary>
    public string? ChangedBy { get; init; }

    /// <summary>Of a group: who the condition is about.</summary>
    public GroupVotes Votes { get; init; }
}

/// <summary>What the station has counted since the start.</summary>
/// <param name="Scans">Device scans done.</param>
/// <param name="Skipped">Scan periods skipped because the bus was not done with the one before.</param>
/// <param name="Readings">Readings evaluated.</param>
/// <param name="Recorded">Readings handed to the spool and kept.</param>
/// <param name="RecorderLost">Readings and events that the bounded recorder queue dropped; named in gaps.</param>
/// <param name="AlarmsRaised">Alarms raised.</param>
public readonly record struct StationCounters(long Scans, long Skipped, long Readings, long Recorded, long RecorderLost, long AlarmsRaised)
{
    /// <summary>Readings handed over to be recorded, whatever became of them.</summary>
    public long Reported { get; init; }

    /// <summary>Samples that were dropped before the step, because it did not come to take them. They have no sequence number, so no gap names them.</summary>
    public long SamplesDropped { get; init; }
}
