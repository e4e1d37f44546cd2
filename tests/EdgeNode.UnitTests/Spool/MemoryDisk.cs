using EdgeNode.Spool.Disk;

namespace EdgeNode.UnitTests.Spool;

/// <summary>What a disk is asked to do; for counting and for faults.</summary>
public enum DiskCall
{
    CreateDirectory,
    List,
    Open,
    Create,
    Rename,
    Delete,
    SyncDirectory,
    Lock,
    Length,
    Preallocate,
    Write,
    Read,
    Sync,
}

/// <summary>
/// A disk in memory that behaves like a journaling file system on storage that honours flush: what was written is seen at
/// once, what was not flushed may be lost, whole or in part, at a power cut; names survive in the order in which they were made.
/// After a failed flush the writes before it count as flushed for the kernel, but never reach the storage.
/// </summary>
public sealed partial class MemoryDisk : ISpoolDisk
{
    private const int SectorBytes = 512;
    private readonly Dictionary<string, Inode> _names = [];
    private readonly Dictionary<string, Inode> _durableNames = [];
    private readonly List<(string Directory, Action<Dictionary<string, Inode>> Change)> _nameJournal = [];
    private readonly HashSet<string> _directories = [];
    private readonly HashSet<string> _locks = [];
    private readonly Lock _gate = new();

    /// <summary>Decides on a fault before a call is carried out; the path is the file's or the directory's.</summary>
    public Func<DiskCall, string, DiskError>? Fault { get; set; }

    /// <summary>The file system is mounted read-only: what is there can be read, and locked.</summary>
    public bool ReadOnly { get; set; }

    /// <summary>How much of a write reaches the file before its fault.</summary>
    public double PartOfFailedWrite { get; set; } = 0.5;

    /// <summary>Bytes that all files together may take.</summary>
    public long Capacity { get; set; } = long.MaxValue;

    public Dictionary<DiskCall, int> Calls { get; } = [];

    public long BytesWritten { get; private set; }

    public IEnumerable<string> Paths => [.. _names.Keys.Order(StringComparer.Ordinal)];

    public long TotalBytes => _names.Values.Sum(inode => inode.Length);

    /// <summary>Bytes that the disk itself takes in this process's heap.</summary>
    public long HeapBytes => _names.Values.Concat(_durableNames.Values).Distinct().Sum(inode => inode.HeapBytes);

    /// <summary>The bytes themselves, to look at and to break.</summary>
    public byte[] this[string path]
    {
        get => _names[path].Content[.._names[path].Length];
        set => _names[path].Set(value);
    }

    public void Put(string path, byte[] content)
    {
        _names[path] = new Inode();
        this[path] = content;
        _durableNames[path] = _names[path];
    }

    /// <summary>The process dies: locks end, every written byte stays.</summary>
    public void Kill()
    {
        lock (_gate)
        {
            _locks.Clear();
            foreach (var inode in _names.Values)
            {
                inode.Epoch++;
            }
        }
    }

    /// <summary>The power goes: of what was not flushed each sector may be there or not, one may be torn; of the names a part from the oldest on.</summary>
    public void CutPower(Random random)
    {
        Kill();
        lock (_gate)
        {
            foreach (var (_, change) in _nameJournal.Take(random.Next(_nameJournal.Count + 1)))
            {
                change(_durableNames);
            }

            _nameJournal.Clear();
            foreach (var inode in _durableNames.Values.Distinct())
            {
                inode.LosePower(random);
            }

            _names.Clear();
            foreach (var (path, inode) in _durableNames)
            {
                _names[path] = inode;
            }
        }
    }

    /// <summary>An independent disk with the same content, all of it durable.</summary>
    public MemoryDisk Copy()
    {
        var copy = new MemoryDisk();
        foreach (var path in _names.Keys)
        {
            copy.Put(path, this[path]);
        }

        copy._directories.UnionWith(_directories);
        return copy;
    }

    public DiskError CreateDirectory(string path) => Do(DiskCall.CreateDirectory, path, () =>
    {
        _directories.Add(path);
        return DiskError.None;
    });

    public DiskError List(string directory, List<string> names) => Do(DiskCall.List, directory, () =>
    {
        if (!_directories.Contains(directory))
        {
            return DiskError.NotFound;
        }

        names.AddRange(_names.Keys.Where(path => Parent(path) == directory).Select(path => path[(directory.Length + 1)..]));
        return DiskError.None;
    });

    public DiskError Open(string path, bool write, out ISpoolFile? file)
    {
        ISpoolFile? opened = null;
        var error = Do(DiskCall.Open, path, () =>
        {
            if (!_names.TryGetValue(path, out var inode))
            {
                return DiskError.NotFound;
            }

            if (write && ReadOnly)
            {
                return DiskError.ReadOnly;
            }

            opened = new MemoryFile(this, inode, path, write);
            return DiskError.None;
        });
        file = opened;
        return error;
    }

    public DiskError Create(string path, out ISpoolFile? file)
    {
        ISpoolFile? opened = null;
        var error = Do(DiskCall.Create, path, () =>
        {
            var inode = new Inode();
            Rename(path, names => names[path] = inode);
            opened = new MemoryFile(this, inode, path, write: true);
            return DiskError.None;
        });
        file = opened;
        return error;
    }

    public DiskError Rename(string from, string to) => Do(DiskCall.Rename, from, () =>
    {
        if (!_names.ContainsKey(from))
        {
            return DiskError.NotFound;
        }

        Rename(from, names =>
        {
            if (names.Remove(from, out var inode))
            {
                names[to] = inode;
            }
        });
        return DiskError.None;
    });

    public DiskError Delete(string path) => Do(DiskCall.Delete, path, () =>
    {
        if (!_names.ContainsKey(path))
        {
            return DiskError.NotFound;
        }

        Rename(path, names => names.Remove(path));
        return DiskError.None;
    });

    public DiskError SyncDirectory(string directory) => Do(DiskCall.SyncDirectory, directory, () =>
    {
        // A journaling file system commits all names up to here, whatever their directory.
        foreach (var (_, change) in _nameJournal)
        {
            change(_durableNames);
        }

        _nameJournal.Clear();
        return DiskError.None;
    });

    public DiskError TryLock(string path, out IDisposable? held)
    {
        IDisposable? taken = null;
        var error = Do(DiskCall.Lock, path, () =>
        {
            if (!_locks.Add(path))
            {
                return DiskError.InUse;
            }

            if (!_names.ContainsKey(path))
            {
                Rename(path, names => names[path] = new Inode());
            }

            taken = new Held(() => _locks.Remove(path));
            return DiskError.None;
        });
        held = taken;
        return error;
    }

    private void Rename(string path, Action<Dictionary<string, Inode>> change)
    {
        change(_names);
        _nameJournal.Add((Parent(path), change));
    }

    private static string Parent(string path) => path[..path.LastIndexOf('/')];

    private DiskError Do(DiskCall call, string path, Func<DiskError> action)
    {
        lock (_gate)
        {
            Calls[call] = Calls.GetValueOrDefault(call) + 1;
            var fault = Fault?.Invoke(call, path) ?? DiskError.None;
            if (ReadOnly && call is DiskCall.Create or DiskCall.Rename or DiskCall.Delete or DiskCall.Preallocate or DiskCall.Write)
            {
                fault = DiskError.ReadOnly;
            }

            return fault != DiskError.None ? fault : action();
        }
    }

    private sealed class Held(Action release) : IDisposable
    {
        public void Dispose() => release();
    }
}
