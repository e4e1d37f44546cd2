using System.Security.Cryptography;
using EdgeNode.Core.Model;
using EdgeNode.Core.Ports;
using EdgeNode.Spool.Disk;

namespace EdgeNode.Spool.Audit;

/// <summary>How much of the trail is kept.</summary>
public sealed record AuditOptions
{
    /// <summary>Bytes at which a file is sealed and the next begins; default 1 MiB.</summary>
    public int FileBytes { get; init; } = 1 << 20;

    /// <summary>Files that are kept, the one being written included; at least 2, default 16. The oldest beyond goes, and an entry names it.</summary>
    public int Files { get; init; } = 16;
}

/// <summary>
/// Writes the trail: each entry is on the disk when the call returns (fdatasync). After any failed write or flush the file is left as it is
/// and the next entry begins a new one that says so. One thread uses it.
/// </summary>
internal sealed class AuditChain : IDisposable
{
    internal const string Begin = "begin";
    internal const string Continue = "continue";
    internal const string Repair = "repair";
    internal const string Remove = "remove";
    internal const string Damage = "damage";
    internal const string Lost = "lost";

    private const int MostFaultsNamed = 10;

    private readonly ISpoolDisk _disk;
    private readonly string _directory;
    private readonly AuditOptions _options;
    private readonly IStationClock _clock;
    private readonly Action<AuditEntry> _written;
    private readonly IDisposable _lock;
    private readonly List<AuditFile> _files;
    private readonly HashSet<uint> _removed;
    private ISpoolFile? _file;
    private int _length;
    private ulong _number;
    private string _hash;

    // The first entry of the next file; none when writing goes on in the newest one.
    private (string What, ReadOnlyMemory<byte> Body)? _next;
    private ReadOnlyMemory<byte>? _damage;

    private AuditChain(
        ISpoolDisk disk, string directory, AuditOptions options, IStationClock clock, Action<AuditEntry> written, IDisposable held, AuditWalk walk)
    {
        (_disk, _directory, _options, _clock, _written, _lock) = (disk, directory, options, clock, written, held);
        _files = walk.Files;
        _removed = [.. walk.RemovedButThere];
        _number = walk.Last?.Number ?? 0;
        _hash = walk.Last?.Hash ?? AuditEntry.NoHash;
        _length = (int)walk.TailFrom;
        LastStart = walk.LastStart;
        Faults = walk.Faults;
        TailBytes = walk.TailBytes;
        if (Faults.Count > 0)
        {
            _damage = FaultsBody(Faults);
        }

        if (_files.Count == 0)
        {
            _next = (Begin, AuditEntry.Write(json =>
            {
                json.WriteStartObject();
                json.WriteString("id", Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8)));
                json.WriteEndObject();
            }));
        }
        else if (!walk.NewestHolds)
        {
            // Nothing in the newest file can be read: it stays as it is, and the trail goes on behind it.
            _next = (Damage, _damage!.Value);
            _damage = null;
        }
        else if (walk.TailBytes > 0)
        {
            _next = (Repair, RepairBody(walk.TailBytes));
        }

        if (_damage is { } damage && walk.LastDamage is { } told && told.Body.Span.SequenceEqual(damage.Span))
        {
            _damage = null;
        }
    }

    /// <summary>What opening found to be wrong, a torn tail apart.</summary>
    internal IReadOnlyList<AuditFault> Faults { get; }

    /// <summary>Bytes at the end that were no entry when it was opened.</summary>
    internal long TailBytes { get; }

    /// <summary>The newest <c>start</c> entry before this run.</summary>
    internal AuditEntry? LastStart { get; }

    /// <param name="written">Called with each entry that is on the disk, also with those that the chain writes for itself.</param>
    internal static DiskError Open(
        ISpoolDisk disk, string directory, AuditOptions options, IStationClock clock, Action<AuditEntry> written, out AuditChain? chain)
    {
        chain = null;
        var error = disk.CreateDirectory(directory);
        if (error != DiskError.None)
        {
            return error;
        }

        error = disk.TryLock($"{directory}/{AuditNames.Lock}", out var held);
        if (held is null)
        {
            return error;
        }

        error = AuditWalk.Take(disk, directory, null, out var walk);
        if (error != DiskError.None)
        {
            held.Dispose();
            return error;
        }

        chain = new AuditChain(disk, directory, options, clock, written, held, walk);
        return DiskError.None;
    }

    public void Dispose()
    {
        _file?.Dispose();
        _lock.Dispose();
    }

    /// <summary>Writes an entry; when it returns <see cref="DiskError.None"/> the entry is safe from a power cut.</summary>
    internal DiskError Append(SourceTime time, string who, string what, ReadOnlyMemory<byte> body)
    {
        var error = EnsureFile();
        error = error != DiskError.None ? error : Write(time, who, what, body);
        if (error == DiskError.None)
        {
            // What fails here is tried again with the next entry; this one is written.
            _ = KeepWithinLimit();
        }

        return error;
    }

    private DiskError EnsureFile()
    {
        if (_next is null && _length >= _options.FileBytes)
        {
            _file?.Dispose();
            _file = null;
            _next = (Continue, AuditEntry.Write(json =>
            {
                json.WriteStartObject();
                json.WriteString("file", AuditNames.File(_files[^1].Number));
                json.WriteNumber("to", _number);
                json.WriteString("hash", _hash);
                json.WriteEndObject();
            }));
        }

        var error = DiskError.None;
        if (_next is { } next)
        {
            error = CreateNext(next.What, next.Body);
        }
        else if (_file is null)
        {
            error = _disk.Open(PathOf(AuditNames.File(_files[^1].Number)), write: true, out _file);
        }

        if (error == DiskError.None && _damage is { } damage)
        {
            error = Write(_clock.Read().Wall, AuditWho.System, Damage, damage);
            if (error == DiskError.None)
            {
                _damage = null;
            }
        }

        return error;
    }

    // The file has another name until its first entry is safe on the disk. So a file of the trail always begins with a sound
    // entry, and if not, it was damaged.
    private DiskError CreateNext(string what, ReadOnlyMemory<byte> body)
    {
        var (line, entry) = AuditEntry.Write(_number + 1, _hash, _clock.Read().Wall, AuditWho.System, what, body);
        var number = _files.Count == 0 ? 1 : _files[^1].Number + 1;
        var making = PathOf(AuditNames.Making);
        var error = _disk.Create(making, out var file);
        error = error != DiskError.None ? error : file!.Write(line, 0);
        error = error != DiskError.None ? error : file!.Sync();
        error = error != DiskError.None ? error : _disk.Rename(making, PathOf(AuditNames.File(number)));
        error = error != DiskError.None ? error : _disk.SyncDirectory(_directory);
        if (error == DiskError.None && number == 1)
        {
            error = _disk.SyncDirectory(Path.GetDirectoryName(_directory) is { Length: > 0 } parent ? parent : ".");
        }

        if (error != DiskError.None)
        {
            file?.Dispose();
            return error;
        }

        (_file, _next) = (file, null);
        _files.Add(new AuditFile(number, entry.Number, entry.Previous));
        Written(line, entry, 0);
        return DiskError.None;
    }

    private DiskError Write(SourceTime time, string who, string what, ReadOnlyMemory<byte> body)
    {
        var (line, entry) = AuditEntry.Write(_number + 1, _hash, time, who, what, body);
        var error = _file!.Write(line, _length);
        error = error != DiskError.None ? error : _file.Sync();
        if (error != DiskError.None)
        {
            // Nobody knows what the disk holds of it, and a second flush would say "done" to pages that were thrown away.
            _file.Dispose();
            _file = null;
            _next = (Repair, RepairBody(line.Length));
            return error;
        }

        Written(line, entry, _length);
        return DiskError.None;
    }

    private void Written(byte[] line, AuditEntry entry, int at)
    {
        (_number, _hash, _length) = (entry.Number, entry.Hash, at + line.Length);
        _written(entry);
    }

    // The entry that names the range is on the disk before the file goes.
    private DiskError KeepWithinLimit()
    {
        var error = DiskError.None;
        while (error == DiskError.None && _files.Count > Math.Max(2, _options.Files))
        {
            var oldest = _files[0];
            var next = _files[1];
            if (!_removed.Contains(oldest.Number))
            {
                error = Write(_clock.Read().Wall, AuditWho.System, Remove, AuditEntry.Write(json =>
                {
                    json.WriteStartObject();
                    json.WriteString("file", AuditNames.File(oldest.Number));
                    json.WriteNumber("from", oldest.First);
                    json.WriteNumber("to", next.First - 1);
                    json.WriteString("hash", next.Previous);
                    json.WriteEndObject();
                }));
                if (error != DiskError.None)
                {
                    return error;
                }

                _removed.Add(oldest.Number);
            }

            error = _disk.Delete(PathOf(AuditNames.File(oldest.Number)));
            if (error is DiskError.None or DiskError.NotFound)
            {
                _files.RemoveAt(0);
                _removed.Remove(oldest.Number);
                error = _disk.SyncDirectory(_directory);
            }
        }

        return error;
    }

    private ReadOnlyMemory<byte> RepairBody(long bytes) => AuditEntry.Write(json =>
    {
        json.WriteStartObject();
        json.WriteString("file", AuditNames.File(_files[^1].Number));
        json.WriteNumber("after", _number);
        json.WriteNumber("at", _length);
        json.WriteNumber("bytes", bytes);
        json.WriteEndObject();
    });

    private static ReadOnlyMemory<byte> FaultsBody(IReadOnlyList<AuditFault> faults) => AuditEntry.Write(json =>
    {
        json.WriteStartObject();
        json.WriteNumber("count", faults.Count);
        json.WriteStartArray("faults");
        foreach (var fault in faults.Take(MostFaultsNamed))
        {
            json.WriteStringValue(fault.ToString());
        }

        json.WriteEndArray();
        json.WriteEndObject();
    });

    private string PathOf(string name) => $"{_directory}/{name}";
}
