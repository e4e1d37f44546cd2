using EdgeNode.Core.Ports;
using LiteDB;

namespace EdgeNode.Records;

/// <summary>What a history holds.</summary>
/// <param name="Events">Of the collection that was asked for, oldest first.</param>
/// <param name="Damaged">Documents whose check fails; left out.</param>
public sealed record HistoryContents(IReadOnlyList<QueuedEvent> Events, int Damaged)
{
    /// <summary>From when on it has all alarms, Unix microseconds; null when it has no events, or other things than alarms were asked for.</summary>
    public long? Since { get; init; }
}

/// <summary>Reads a history from a copy of its two files, so that the file itself is never opened by two.</summary>
public static class HistoryReader
{
    /// <summary>More than a history can hold: pages that lead in a circle end here.</summary>
    private const int MostDocuments = 2 * (HistoryLimits.Alarms + HistoryLimits.Events + HistoryLimits.Revisions);

    /// <summary>The alarm transitions in a copy of the files.</summary>
    /// <param name="data">The whole of <see cref="HistoryFiles.Data"/>.</param>
    /// <param name="log">The whole of <see cref="HistoryFiles.Log"/>; empty when there is none.</param>
    /// <returns>Null when it cannot be read.</returns>
    public static HistoryContents? Alarms(byte[] data, byte[] log)
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(log);
        var events = new List<QueuedEvent>();
        if (!TryRead(data, log, [HistoryMeta.Alarms], needsSentinel: true, events, out var damaged))
        {
            return null;
        }

        // While no alarm has gone for the collection's bound, it reaches back to the oldest event of whatever kind.
        var all = new List<QueuedEvent>(events);
        _ = events.Count + damaged < HistoryLimits.Alarms && TryRead(data, log, [HistoryMeta.Events, HistoryMeta.Revisions], needsSentinel: true, all, out _);
        return new HistoryContents(events, damaged) { Since = all.Count == 0 ? null : all.Min(e => e.Record.Time.UnixMicroseconds) };
    }

    /// <summary>The events beside alarms and revisions in a copy of the files, of one kind.</summary>
    /// <param name="data">The whole of <see cref="HistoryFiles.Data"/>.</param>
    /// <param name="log">The whole of <see cref="HistoryFiles.Log"/>; empty when there is none.</param>
    /// <param name="kind">The kind: <c>trip</c>, for one.</param>
    /// <returns>Null when it cannot be read.</returns>
    public static HistoryContents? Events(byte[] data, byte[] log, string kind)
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(log);
        var events = new List<QueuedEvent>();
        return TryRead(data, log, [HistoryMeta.Events], needsSentinel: true, events, out var damaged)
            ? new HistoryContents([.. events.Where(e => e.Record.Kind == kind)], damaged)
            : null;
    }

    /// <summary>What can still be read of a damaged history, in no order.</summary>
    internal static List<QueuedEvent> Salvage(byte[] data, byte[] log)
    {
        var events = new List<QueuedEvent>();
        foreach (var collection in HistoryMeta.Collections)
        {
            // Each by itself: one that cannot be read must not take the others with it.
            _ = TryRead(data, log, [collection], needsSentinel: false, events, out _);
        }

        return events;
    }

    private static bool TryRead(
        byte[] data, byte[] log, IEnumerable<string> collections, bool needsSentinel, List<QueuedEvent> events, out int damaged)
    {
        damaged = 0;
        try
        {
            using var dataStream = Copy(data);
            using var logStream = Copy(log);
            using var database = new LiteDatabase(dataStream, null, logStream);
            if (needsSentinel && HistoryMeta.Read(database) is null)
            {
                return false;
            }

            foreach (var document in collections.SelectMany(c => database.GetCollection(c).FindAll()))
            {
                if (events.Count >= MostDocuments)
                {
                    return false;
                }

                if (HistoryDocument.Read(document) is { } e)
                {
                    events.Add(e);
                }
                else
                {
                    damaged++;
                }
            }

            return true;
        }
#pragma warning disable CA1031 // Damage surfaces in LiteDB as almost any exception: NotSupportedException, DecoderFallbackException and others.
        catch (Exception)
#pragma warning restore CA1031
        {
            return false;
        }
    }

    // Writable and able to grow: opening carries over what the log still holds.
    private static MemoryStream Copy(byte[] bytes)
    {
        var stream = new MemoryStream(bytes.Length);
        stream.Write(bytes);
        stream.Position = 0;
        return stream;
    }
}
