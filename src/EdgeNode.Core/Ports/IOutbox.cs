using EdgeNode.Core.Model;

namespace EdgeNode.Core.Ports;

/// <summary>
/// The reading side of the spool for one uplink. Safe to use from any one thread while the recorder appends.
/// What was acknowledged, or was named in a gap, is never read again; everything else is, in the order of its positions.
/// </summary>
public interface IOutbox
{
    /// <summary>This run's epoch.</summary>
    Epoch Epoch { get; }

    /// <summary>The position that the next append to the stream will take.</summary>
    Position End(StreamKind stream);

    /// <summary>Records of the stream that are neither acknowledged nor named in a gap.</summary>
    long Waiting(StreamKind stream);

    /// <summary>
    /// Fills <paramref name="batch"/> with undelivered readings, the oldest first, at or after <paramref name="from"/> and
    /// before <paramref name="until"/>: one epoch, consecutive sequence numbers, at most <paramref name="maxRecords"/>.
    /// It stops early at what was acknowledged or lost.
    /// </summary>
    /// <returns>False when there are none.</returns>
    bool TryRead(Position from, Position until, int maxRecords, ReadingBatch batch);

    /// <summary>The oldest undelivered event at or after <paramref name="from"/>, or null.</summary>
    QueuedEvent? TryReadEvent(Position from);

    /// <summary>Moves the cursor: these were delivered. Rides with the next commit.</summary>
    void Acknowledge(StreamKind stream, Epoch epoch, ulong first, ulong last);

    /// <summary>
    /// Gives up what a broker refuses for good, so that it cannot hold up what follows: the records are not read again, and a gap
    /// event with this reason names them with the next append or commit.
    /// </summary>
    void Refuse(StreamKind stream, Epoch epoch, ulong first, ulong last, string reason);

    /// <summary>Called after each append, from the appending thread: it must only signal.</summary>
    event Action? Appended;

    /// <summary>For status: how full the spool is.</summary>
    SpoolFill Fill { get; }
}

/// <summary>Consecutive readings of one epoch; reused from read to read.</summary>
public sealed class ReadingBatch
{
    /// <summary>Epoch of all of them.</summary>
    public Epoch Epoch { get; set; }

    /// <summary>Sequence number of the first; the others count up.</summary>
    public ulong FirstSeq { get; set; }

    /// <summary>The readings.</summary>
    public List<SpooledReading> Readings { get; } = [];

    /// <summary>Sequence number of the last.</summary>
    public ulong LastSeq => FirstSeq + (ulong)Readings.Count - 1;
}

/// <summary>A reading as the spool's dictionary describes it, so that it can be sent even when the site file has changed since.</summary>
public readonly record struct SpooledReading(SpooledPoint Point, double Value, Quality Quality, SourceTime Time);

/// <summary>A row of the spool's dictionary.</summary>
/// <param name="Name">DEVICE.QUANTITY.</param>
/// <param name="Unit">Symbol of the engineering unit that the values are in.</param>
/// <param name="Simulated">The value comes from the simulated field.</param>
public sealed record SpooledPoint(string Name, string Unit, bool Simulated)
{
    /// <summary>What becomes of its readings when the spool is at its limit.</summary>
    public WhenFull WhenFull { get; init; }
}

/// <summary>An event with its place in the stream.</summary>
public sealed record QueuedEvent(Epoch Epoch, ulong Seq, EventRecord Record);

/// <summary>How full the spool is.</summary>
/// <param name="UsedBytes">Bytes of the journal that hold records not yet delivered or not yet recycled.</param>
/// <param name="LimitBytes">The site file's limit.</param>
/// <param name="Dropped">Readings and events dropped since the start, each named in a gap.</param>
/// <param name="Disk">What the last append or commit came to.</param>
public readonly record struct SpoolFill(long UsedBytes, long LimitBytes, long Dropped, AppendOutcome Disk)
{
    /// <summary>Of the dropped ones, those that went because of the limit of bytes or age.</summary>
    public long DroppedAtLimit { get; init; }
}
