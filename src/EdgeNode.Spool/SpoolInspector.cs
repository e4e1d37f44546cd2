using EdgeNode.Core.Model;
using EdgeNode.Core.Ports;
using EdgeNode.Spool.Disk;
using EdgeNode.Spool.Format;
using EdgeNode.Spool.Ledger;
using EdgeNode.Spool.Recovery;

namespace EdgeNode.Spool;

/// <summary>What is in a stream of a spool.</summary>
/// <param name="Waiting">Records neither delivered nor named in a gap.</param>
/// <param name="Oldest">Unix microseconds of the oldest waiting record; null when none waits.</param>
/// <param name="Newest">Unix microseconds of the newest waiting record; null when none waits.</param>
/// <param name="Delivered">Everything before it is delivered or named in a gap.</param>
/// <param name="Dropped">Records dropped since the spool was made, each named in a gap.</param>
public sealed record StreamStatus(StreamKind Stream, long Waiting, long? Oldest, long? Newest, Position Delivered, long Dropped);

/// <summary>What is in a spool.</summary>
/// <param name="Segments">Segments of the journal.</param>
/// <param name="Bytes">Bytes of all its files, spares included.</param>
/// <param name="LastEpoch">The newest epoch; null in an empty spool.</param>
/// <param name="Epochs">Epochs of which something waits, and the newest.</param>
public sealed record SpoolStatus(int Segments, long Bytes, Epoch? LastEpoch, int Epochs, StreamStatus Telemetry, StreamStatus Event)
{
    /// <summary>Files in the quarantine folder.</summary>
    public int QuarantinedFiles { get; init; }

    /// <summary>Their bytes; they count towards the limit, up to half of it.</summary>
    public long QuarantinedBytes { get; init; }
}

/// <summary>Whether every frame is sound.</summary>
/// <param name="Frames">Sound frames.</param>
/// <param name="Readings">Readings found, delivered ones that still stand in a segment included.</param>
/// <param name="Events">Events found, likewise.</param>
/// <param name="Missing">Records that are neither there, nor delivered, nor named in a gap.</param>
/// <param name="Damages">What cannot be read.</param>
public sealed record SpoolVerdict(int Segments, long Frames, long Readings, long Events, long Missing, IReadOnlyList<SpoolDamage> Damages)
{
    /// <summary>Nothing is damaged and nothing is missing.</summary>
    public bool Sound => Missing == 0 && Damages.Count == 0;
}

/// <summary>A record as it stands in a spool: a reading or an event.</summary>
/// <param name="Delivered">Delivered or named in a gap, but not yet written over.</param>
public sealed record SpoolEntry(Epoch Epoch, ulong Seq, bool Delivered, SpooledReading? Reading, EventRecord? Event);

/// <summary>Looks at a spool without touching it; a gateway may be running on it. Nothing is locked and nothing is written.</summary>
public static class SpoolInspector
{
    private const int Attempts = 3;

    /// <summary>How much there is and how much waits.</summary>
    /// <exception cref="SpoolUnavailableException">There is no such directory, or it cannot be listed.</exception>
    public static SpoolStatus Status(string directory, ISpoolDisk disk)
    {
        using var survey = Take(directory, disk);
        var spare = survey.Spares.Count == 0 ? 0 : survey.Spares.Sum(name => SegmentNames.LengthOf(disk, directory + "/" + name));
        var epochs = new HashSet<uint>();
        foreach (var book in new[] { survey.Telemetry, survey.Events })
        {
            epochs.UnionWith(book.Runs.Runs.Where(run => book.Undone(run) > 0).Select(run => run.Start));
        }

        Epoch? last = survey.Spool is { } spool && survey.LastStart > 0 ? new Epoch(spool, survey.LastStart) : null;
        if (last is { } newest)
        {
            epochs.Add(newest.Start);
        }

        var (files, bytes) = SegmentNames.Quarantined(disk, directory);
        return new SpoolStatus(
            survey.Segments.Count, survey.Segments.Sum(s => s.Size) + spare, last, epochs.Count, StatusOf(survey, survey.Telemetry), StatusOf(survey, survey.Events))
        {
            QuarantinedFiles = files,
            QuarantinedBytes = bytes,
        };
    }

    /// <summary>Checks every frame.</summary>
    /// <exception cref="SpoolUnavailableException">There is no such directory, or it cannot be listed.</exception>
    public static SpoolVerdict Verify(string directory, ISpoolDisk disk)
    {
        using var survey = Take(directory, disk);
        var missing = Reckoning.Of(survey, Guid.Empty).Missing;
        return new SpoolVerdict(
            survey.Segments.Count, survey.Frames, survey.Telemetry.Runs.Runs.Sum(SpoolContents.CountIn),
            survey.Events.Runs.Runs.Sum(r => r.Size), missing, survey.Damages);
    }

    /// <summary>All readings and then all events that can be read, each in the order of their positions.</summary>
    /// <exception cref="SpoolUnavailableException">There is no such directory, or it cannot be listed.</exception>
    public static IEnumerable<SpoolEntry> Entries(string directory, ISpoolDisk disk) => Entries(directory, disk, StreamKind.Telemetry, StreamKind.Event);

    /// <summary>All events that can be read, in the order of their positions; delivered ones that still stand in a segment included.</summary>
    /// <exception cref="SpoolUnavailableException">There is no such directory, or it cannot be listed.</exception>
    public static IEnumerable<QueuedEvent> Events(string directory, ISpoolDisk disk) =>
        Entries(directory, disk, StreamKind.Event).Select(e => new QueuedEvent(e.Epoch, e.Seq, e.Event!));

    private static IEnumerable<SpoolEntry> Entries(string directory, ISpoolDisk disk, params StreamKind[] streams)
    {
        using var contents = Open(directory, disk);
        foreach (var stream in streams)
        {
            foreach (var entry in contents.Entries(stream))
            {
                yield return entry;
            }
        }
    }

    /// <summary>Opens a spool to read it record by record.</summary>
    /// <exception cref="SpoolUnavailableException">There is no such directory, or it cannot be listed.</exception>
    public static SpoolContents Open(string directory, ISpoolDisk disk) => new(Take(directory, disk), directory, disk);

    // The entries of the frame that holds the number; the number moves behind them.
    internal static List<SpoolEntry> Frame(Survey survey, StreamBook book, SegmentReader reader, Run run, ref ulong seq)
    {
        var entries = new List<SpoolEntry>();
        if (!reader.TryFind(book.Stream, run, run.OffsetFor(seq), run.EndOffset, seq, out var records, out var frameBody))
        {
            // A live gateway may have written over it meanwhile.
            seq = reader.Salvage(book.Stream, run, seq + 1) ?? run.Last + 1;
            return entries;
        }

        var last = Math.Min(run.Last, records.Last);
        var epoch = new Epoch(survey.Spool ?? 0, run.Start);
        var start = book.Find(run.Start);
        if (book.Stream == StreamKind.Event)
        {
            if (EventFrame.TryRead(frameBody, out _, out var record))
            {
                entries.Add(new SpoolEntry(epoch, seq, start is null || start.Done.Contains(seq), null, record));
            }
        }
        else
        {
            var type = run.Kept ? FrameType.Kept : FrameType.Samples;
            if (SampleWalk.TryOpen(type, frameBody, out var walk) && survey.Dictionaries.TryGetValue(walk.Dictionary, out var points))
            {
                while (walk.Next() && walk.Seq <= last)
                {
                    var r = walk.Reading;
                    if (walk.Seq >= seq && (uint)r.Point < (uint)points.Length)
                    {
                        entries.Add(new SpoolEntry(
                            epoch, walk.Seq, start is null || start.Done.Contains(walk.Seq), new SpooledReading(points[r.Point], r.Value, r.Quality, r.Time), null));
                    }
                }
            }
        }

        seq = last + 1;
        return entries;
    }

    // On a live spool a segment can be released while it is being read; then what looks broken is looked at anew.
    private static Survey Take(string directory, ISpoolDisk disk)
    {
        for (var attempt = 1; ; attempt++)
        {
            var before = Names(directory, disk);
            var error = Survey.Take(disk, directory, write: false, out var survey);
            if (error != DiskError.None)
            {
                throw new SpoolUnavailableException($"The spool's directory {directory} cannot be listed ({error}).", inUse: false);
            }

            // What looks torn at the end may be a frame that was being written.
            var tornAtTheEnd = survey.Damages.Count == 1 && !survey.TailIsClean;
            if (attempt == Attempts || (survey.Damages.Count == 0 && survey.Foreign.Count == 0)
                || (!tornAtTheEnd && before.SetEquals(Names(directory, disk))))
            {
                return survey;
            }

            survey.Dispose();
        }
    }

    private static HashSet<string> Names(string directory, ISpoolDisk disk)
    {
        var names = new List<string>();
        disk.List(directory, names);
        return [.. names];
    }

    private static StreamStatus StatusOf(Survey survey, StreamBook book)
    {
        var waiting = book.Runs.Runs.Where(run => book.Undone(run) > 0).ToList();
        long? oldest = waiting.Count == 0 ? null : OldestOf(survey, book, waiting[0]);
        long? newest = waiting.Count == 0 ? null : waiting.Max(run => run.LastTime);
        var first = book.Starts.FirstOrDefault();
        var delivered = first is null ? new Position(book.FloorStart, 1) : new Position(first.Start, first.Done.NextOutside(1));
        return new StreamStatus(book.Stream, book.Count(new SegmentReader()), oldest, newest, delivered, book.Dropped);
    }

    // A run's own first time is that of its first record, which may be delivered long since.
    private static long OldestOf(Survey survey, StreamBook book, Run run)
    {
        var seq = book.Find(run.Start)?.Done.NextOutside(run.First) ?? run.First;
        var entry = Frame(survey, book, new SegmentReader(), run, ref seq).Find(e => !e.Delivered);
        return entry?.Reading?.Time.UnixMicroseconds ?? entry?.Event?.Time.UnixMicroseconds ?? run.FirstTime;
    }
}
