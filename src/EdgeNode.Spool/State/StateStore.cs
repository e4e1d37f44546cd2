using EdgeNode.Core.Ports;
using EdgeNode.Spool.Disk;

namespace EdgeNode.Spool.State;

/// <summary>
/// Small durable state in two slots. A commit writes all of it to the slot that does not hold the newest, so that a cut at any moment
/// leaves the old state or the new one. <see cref="Load"/> and <see cref="Commit"/> belong to one thread; all else never waits for the
/// disk. Damage never stops it: what is sound is taken, and <see cref="Fault"/> says what was not.
/// </summary>
/// <param name="directory">Of its own. The spool's lock guards it.</param>
/// <param name="disk">The disk.</param>
public sealed class StateStore(string directory, ISpoolDisk disk) : IStateStore
{
    /// <summary>Bytes that all entries together may take, each counted at its largest.</summary>
    public const int MaxBytes = 256 * 1024;

    /// <summary>The longest key, characters.</summary>
    public const int MaxKeyLength = 256;

    /// <summary>What the name of a slot that could not be read gets; a number behind it where such a one is there already, up to this.</summary>
    private const string AsideSuffix = ".unread";
    private const int MaxAside = 4;

    // A disk that fails for a moment is no verdict on what stands there.
    private const int ReadAttempts = 3;

    private static readonly string[] Slots = ["state-a", "state-b"];

    private readonly Lock _gate = new();
    private readonly HashSet<string> _toPutAside = [];
    private readonly HashSet<string> _setBeforeLoad = new(StringComparer.Ordinal);
    private SortedDictionary<string, byte[]> _entries = new(StringComparer.Ordinal);
    private ulong _generation;
    private int _bytes;
    private int _next;
    private bool _changed;
    private long _changes;
    private long _written;
    private bool _named;
    private volatile bool _loaded;
    private volatile bool _wasDamaged;

    /// <inheritdoc/>
    public event Action? Loaded;

    /// <inheritdoc/>
    public bool IsLoaded => _loaded;

    /// <inheritdoc/>
    public bool WasDamaged => _wasDamaged;

    /// <summary>What is wrong, in a sentence; null when nothing is. A commit that succeeds heals it.</summary>
    public string? Fault { get; private set; }

    /// <inheritdoc/>
    public long Changes => Volatile.Read(ref _changes);

    /// <inheritdoc/>
    public long Written => Volatile.Read(ref _written);

    /// <inheritdoc/>
    public byte[]? Get(string key)
    {
        lock (_gate)
        {
            return _entries.GetValueOrDefault(key);
        }
    }

    /// <inheritdoc/>
    public bool Set(string key, ReadOnlySpan<byte> value)
    {
        ArgumentException.ThrowIfNullOrEmpty(key);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(key.Length, MaxKeyLength, nameof(key));
        lock (_gate)
        {
            var before = _entries.GetValueOrDefault(key);
            if (before is not null && value.SequenceEqual(before))
            {
                return true;
            }

            var more = StateImage.BytesOf(key, value.Length) - (before is null ? 0 : StateImage.BytesOf(key, before.Length));
            if (_bytes + more > MaxBytes)
            {
                return false;
            }

            _bytes += more;
            _entries[key] = value.ToArray();
            Changed(key);
            return true;
        }
    }

    /// <inheritdoc/>
    public void Remove(string key)
    {
        lock (_gate)
        {
            if (_entries.Remove(key, out var before))
            {
                _bytes -= StateImage.BytesOf(key, before.Length);
                Changed(key);
            }
            else if (!_loaded)
            {
                Changed(key);
            }
        }
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> Keys(string prefix)
    {
        lock (_gate)
        {
            return [.. _entries.Keys.Where(key => key.StartsWith(prefix, StringComparison.Ordinal))];
        }
    }

    /// <summary>Reads the newest sound slot. What this run has set before stays. A second call does nothing.</summary>
    public void Load()
    {
        if (_loaded)
        {
            return;
        }

        var faults = new List<string>();
        var newest = new SortedDictionary<string, byte[]>(StringComparer.Ordinal);
        for (var i = 0; i < Slots.Length; i++)
        {
            var wrong = ReadSlot(Slots[i], out var generation, out var entries);
            if (wrong is not null)
            {
                _toPutAside.Add(Slots[i]);
                faults.Add($"{Slots[i]} {wrong}");
            }
            else if (generation > _generation)
            {
                (_generation, newest, _next) = (generation, entries, 1 - i);
            }
        }

        // Damage may hide a newer state than the one that was found: its generation must not be given out again.
        _generation += faults.Count == 0 ? 0UL : 2;
        Fault = faults.Count == 0 ? null
            : $"The state store is damaged: {string.Join(", ", faults)}. {(newest.Count > 0 ? "The state before is used." : "It begins anew.")}";
        lock (_gate)
        {
            foreach (var (key, value) in newest)
            {
                if (!_setBeforeLoad.Contains(key) && _bytes + StateImage.BytesOf(key, value.Length) <= MaxBytes)
                {
                    _entries[key] = value;
                    _bytes += StateImage.BytesOf(key, value.Length);
                }
            }

            _changed |= faults.Count > 0;
            _wasDamaged = faults.Count > 0;
            _loaded = true;
        }

        Loaded?.Invoke();
    }

    /// <summary>Writes what has changed, if anything has, and makes it safe from a power cut.</summary>
    /// <returns>False when it could not: the next call tries again.</returns>
    public bool Commit()
    {
        byte[] image;
        long changes;
        lock (_gate)
        {
            if (!_loaded || !_changed)
            {
                return true;
            }

            image = StateImage.Write(_generation + 1, _entries);
            _changed = false;
            changes = _changes;
        }

        var error = Write(Slots[_next], image);
        if (error != DiskError.None)
        {
            Fault = $"The state cannot be written to {directory}/{Slots[_next]} ({error}): after a restart what has changed since is forgotten.";
            lock (_gate)
            {
                _changed = true;
            }

            // What reached the disk of it has this generation.
            _generation++;
            return false;
        }

        Fault = null;
        Volatile.Write(ref _written, changes);
        _generation++;
        _next = 1 - _next;
        return true;
    }

    private void Changed(string key)
    {
        _changed = true;
        Volatile.Write(ref _changes, _changes + 1);
        if (!_loaded)
        {
            _setBeforeLoad.Add(key);
        }
    }

    private string? ReadSlot(string name, out ulong generation, out SortedDictionary<string, byte[]> entries)
    {
        string? wrong;
        var attempt = 0;
        do
        {
            wrong = TryReadSlot(name, out generation, out entries);
        }
        while (wrong is not null && ++attempt < ReadAttempts);
        return wrong;
    }

    private string? TryReadSlot(string name, out ulong generation, out SortedDictionary<string, byte[]> entries)
    {
        generation = 0;
        entries = [];
        var error = disk.Open(directory + "/" + name, write: false, out var file);
        if (file is null)
        {
            return error == DiskError.NotFound ? null : $"cannot be opened ({error})";
        }

        using (file)
        {
            error = file.Length(out var length);
            var image = new byte[Math.Clamp(length, 0, StateImage.HeaderBytes + MaxBytes + 16)];
            var read = 0;
            error = error != DiskError.None ? error : file.Read(image, 0, out read);
            return error != DiskError.None ? $"cannot be read ({error})"
                : length == 0 ? null
                : StateImage.Read(image.AsSpan(0, read), out generation, out entries);
        }
    }

    // What could not be read may be sound, or of a newer version: it is never written over.
    private DiskError PutAside(string name)
    {
        if (!_toPutAside.Contains(name))
        {
            return DiskError.None;
        }

        var there = new List<string>();
        var error = disk.List(directory, there);
        if (error != DiskError.None)
        {
            return error;
        }

        var target = name + AsideSuffix;
        for (var copy = 2; copy <= MaxAside && there.Contains(target); copy++)
        {
            target = $"{name}{AsideSuffix}.{copy}";
        }

        error = there.Contains(name) ? disk.Rename(directory + "/" + name, directory + "/" + target) : DiskError.None;
        if (error == DiskError.None)
        {
            _toPutAside.Remove(name);
            _named = false;
        }

        return error;
    }

    private DiskError Write(string name, byte[] image)
    {
        var error = _named ? DiskError.None : disk.CreateDirectory(directory);
        if (error != DiskError.None)
        {
            return error;
        }

        error = PutAside(name);
        if (error != DiskError.None)
        {
            return error;
        }

        var path = directory + "/" + name;
        error = disk.Open(path, write: true, out var file);
        if (error == DiskError.NotFound)
        {
            error = disk.Create(path, out file);
            _named = false;
        }

        if (file is null)
        {
            return error;
        }

        using (file)
        {
            error = file.Write(image, 0);
            error = error != DiskError.None ? error : file.Sync();
        }

        if (error == DiskError.None && !_named)
        {
            error = disk.SyncDirectory(directory);
            error = error != DiskError.None || directory.LastIndexOf('/') is not (> 0 and var above) ? error : disk.SyncDirectory(directory[..above]);
            _named = error == DiskError.None;
        }

        return error;
    }
}
