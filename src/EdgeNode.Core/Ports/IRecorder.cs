using EdgeNode.Core.Model;

namespace EdgeNode.Core.Ports;

/// <summary>
/// The writing side of the spool; one thread calls it. When an append returns <see cref="AppendOutcome.Kept"/> the bytes are with the
/// kernel, so a killed process loses nothing; <see cref="Commit"/> makes them safe from a power cut.
/// A failing disk is an outcome, never an exception.
/// </summary>
public interface IRecorder
{
    /// <summary>Appends one scan's readings, which take consecutive sequence numbers.</summary>
    AppendOutcome AppendReadings(ReadOnlySpan<Reading> readings);

    /// <summary>
    /// Appends one event. It is not committed: whoever appends events commits right after the last of those that wait, so that a
    /// hundred alarms cost one flush.
    /// </summary>
    AppendOutcome AppendEvent(EventRecord record);

    /// <summary>
    /// Names readings or events that were lost before they could be appended: they use up <paramref name="count"/> sequence
    /// numbers, and a gap event names them. Not committed, like an event.
    /// </summary>
    AppendOutcome AppendLoss(StreamKind stream, long count, SourceTime first, SourceTime last, string reason);

    /// <summary>Makes all appended records and cursor moves durable (fdatasync); returns at once when there are none.</summary>
    AppendOutcome Commit();

    /// <summary>How full the spool is; empty while it is not open.</summary>
    SpoolFill Fill { get; }
}

/// <summary>What became of an append or a commit.</summary>
public enum AppendOutcome
{
    /// <summary>Done.</summary>
    Kept,

    /// <summary>The file system has no room; the records used up their sequence numbers and a gap names them.</summary>
    DiskFull,

    /// <summary>Any other error of the disk; the records used up their sequence numbers and a gap names them.</summary>
    DiskFailed,
}
