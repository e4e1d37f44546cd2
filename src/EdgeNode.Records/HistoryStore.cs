using System.Buffers.Binary;
using EdgeNode.Core.Ports;
using LiteDB;

namespace EdgeNode.Records;

/// <summary>
/// The database file. It is open only while something is written: LiteDB's cache has no cap and goes with the instance, and between two
/// batches the file lies whole on the disk, so that anybody can copy it. Each batch is one transaction and ends with a checkpoint,
/// since a commit alone may come back before its pages are on the disk. One thread uses it. Faults are <see cref="HistoryFault"/>.
/// </summary>
internal sealed class HistoryStore(string directory)
{
    /// <summary>A file that is larger cannot be ours: full with the largest bodies it has half of it.</summary>
    private const long MostBytes = 128 << 20;

    // LiteDB 5's pages: number u32 at 0, type at 4 (0 empty to 4 data), confirmed at 18.
    private const int PageBytes = 8192;
    private const int PageHeadBytes = 19;
    private const int PageType = 4;
    private const int LastPageType = 4;
    private const int Confirmed = 18;

    private readonly HistoryFiles _files = new(directory);

    /// <summary>
    /// Looks whether the file is as it was left: after an orderly end by the check over the whole of it, else document by document.
    /// </summary>
    /// <returns>Whether the writer before ended in order; null when no history was ever made here.</returns>
    internal bool? Check() => Guarded<bool?>(() =>
    {
        _files.MakeDirectory();
        var marker = _files.ReadMarker();
        if (marker is null && !File.Exists(_files.DataPath))
        {
            return null;
        }

        var closed = marker?.Closed;
        if (closed is { } check && File.Exists(_files.DataPath) && _files.CheckData() != check)
        {
            throw new HistoryFault(HistoryFaultKind.Damaged, "the file is not as it was left");
        }

        var id = Look(documents: closed is null);
        _files.WriteMarker(id, closed: null);
        return closed is not null;
    });

    private string Look(bool documents)
    {
        using var database = Open(out var meta);
        foreach (var name in documents ? HistoryMeta.Collections : [])
        {
            var count = 0L;
            foreach (var document in database.GetCollection(name).FindAll())
            {
                // Also an end to pages that lead in a circle.
                if (++count > meta.Count(name) || HistoryDocument.Read(document) is null)
                {
                    throw new HistoryFault(HistoryFaultKind.Damaged, $"document {count} of {name} is not what was written");
                }
            }

            if (count != meta.Count(name))
            {
                throw new HistoryFault(HistoryFaultKind.Damaged, $"{name} has {count} documents and should have {meta.Count(name)}");
            }
        }

        return meta.Id;
    }

    /// <summary>Makes an empty history with its sentinel, and then the marker.</summary>
    internal void Create() => Guarded(() =>
    {
        _files.MakeDirectory();
        var meta = HistoryMeta.New();
        _files.MakeEmpty();
        using (var database = new LiteDatabase(Connection()))
        {
            meta.Write(database);
            database.Checkpoint();
        }

        _files.WriteMarker(meta.Id, closed: null);
        return true;
    });

    /// <summary>Adds events in one transaction; those that it has already are left out.</summary>
    internal void Write(IReadOnlyCollection<QueuedEvent> events) => Guarded(() =>
    {
        using var database = Open(out var meta);
        database.BeginTrans();
        foreach (var e in events.Where(meta.IsNew))
        {
            meta.Insert(database, e);
        }

        meta.Write(database);
        database.Commit();
        database.Checkpoint();
        return true;
    });

    /// <summary>The writer ends in order.</summary>
    internal void Close() => Guarded(() =>
    {
        if (_files.ReadMarker() is { } marker)
        {
            _files.WriteMarker(marker.Id, _files.CheckData());
        }

        return true;
    });

    /// <summary>Puts the files into quarantine and gives back what can still be read of them.</summary>
    internal List<QueuedEvent> PutAside()
    {
        if (Guarded(_files.PutAside) is not { } aside)
        {
            return [];
        }

        try
        {
            var log = new FileInfo(HistoryFiles.LogOf(aside));
            return new FileInfo(aside).Length > MostBytes || (log.Exists && log.Length > MostBytes) ? []
                : HistoryReader.Salvage(File.ReadAllBytes(aside), log.Exists ? File.ReadAllBytes(log.FullName) : []);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Still locked, or on a disk that cannot be read: it lies where it was put, and the journal has the newest.
            return [];
        }
    }

    // LiteDB copies each page of the log to the place that the page names, up to 32 TB away, and asks for nothing more than a set
    // bit. So a log that is not LiteDB's own would make a file as large as that.
    private void CheckLog(long dataBytes)
    {
        var log = new FileInfo(_files.LogPath);
        if (!log.Exists || log.Length == 0)
        {
            return;
        }

        using var file = new FileStream(_files.LogPath, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        var pages = (dataBytes + log.Length) / PageBytes;
        Span<byte> head = stackalloc byte[PageHeadBytes];
        for (var at = 0L; at < log.Length; at += PageBytes)
        {
            file.Position = at;
            if (log.Length > MostBytes || file.ReadAtLeast(head, head.Length, throwOnEndOfStream: false) < head.Length
                || BinaryPrimitives.ReadUInt32LittleEndian(head) > pages || head[PageType] > LastPageType || head[Confirmed] > 1)
            {
                throw new HistoryFault(HistoryFaultKind.Damaged, $"the log is not what was written, at byte {at}");
            }
        }
    }

    private LiteDatabase Open(out HistoryMeta meta)
    {
        var marker = _files.ReadMarker();
        var data = new FileInfo(_files.DataPath);
        if (!data.Exists || data.Length == 0)
        {
            // LiteDB would make a new one without a word.
            throw new HistoryFault(HistoryFaultKind.Damaged, "the file is gone or empty");
        }

        if (data.Length > MostBytes)
        {
            throw new HistoryFault(HistoryFaultKind.Damaged, $"the file has {data.Length} bytes, more than a history can have");
        }

        CheckLog(data.Length);
        _files.MakeEmpty();
        var database = new LiteDatabase(Connection());
        try
        {
            meta = HistoryMeta.Read(database) ?? throw new HistoryFault(HistoryFaultKind.Damaged, "the file opens without its sentinel: it was cut short, or is not ours");
            if (marker is { } made && made.Id != meta.Id)
            {
                throw new HistoryFault(HistoryFaultKind.Damaged, "the file is another than the one that was made here");
            }

            return database;
        }
        catch
        {
            database.Dispose();
            throw;
        }
    }

    private ConnectionString Connection() => new() { Filename = _files.DataPath, Connection = ConnectionType.Direct };

    private static T Guarded<T>(Func<T> action)
    {
        try
        {
            return action();
        }
#pragma warning disable CA1031 // Whatever LiteDB makes of a damaged file: it is sorted there, and never reaches the gateway.
        catch (Exception e)
#pragma warning restore CA1031
        {
            throw HistoryFault.Of(e);
        }
    }
}
