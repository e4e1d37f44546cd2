using EdgeNode.Spool.Disk;

namespace EdgeNode.Spool.Audit;

/// <summary>A file of the trail, as far as it is sound.</summary>
/// <param name="Number">Of the file.</param>
/// <param name="First">Number of its first entry.</param>
/// <param name="Previous">Hash of the last entry of the file before, as the first entry has it.</param>
internal readonly record struct AuditFile(uint Number, ulong First, string Previous);

/// <summary>Reads a whole trail, entry by entry, and finds what does not hold. It changes nothing.</summary>
internal sealed class AuditWalk
{
    /// <summary>A file of the trail is far smaller: keeps a foreign file from filling the memory.</summary>
    private const int MaxFileBytes = 64 << 20;

    private const int MaxFaults = 1000;

    private readonly ISpoolDisk _disk;
    private readonly string _directory;
    private readonly Action<AuditEntry>? _each;
    private readonly List<AuditFault> _faults = [];
    private readonly Dictionary<uint, (ulong To, string Hash)> _removed = [];
    private AuditEntry? _first;
    private string? _expectedHash = AuditEntry.NoHash;

    // The number that comes next; a range when lines before it could not be read.
    private ulong _least = 1;
    private ulong _most = 1;

    private AuditWalk(ISpoolDisk disk, string directory, Action<AuditEntry>? each)
    {
        _disk = disk;
        _directory = directory;
        _each = each;
    }

    /// <summary>Faults but for the torn tail of the newest file.</summary>
    internal IReadOnlyList<AuditFault> Faults => _faults;

    internal List<string> Notes { get; } = [];

    internal List<AuditFile> Files { get; } = [];

    internal long Entries { get; private set; }

    internal ulong First => _first?.Number ?? 0;

    /// <summary>The newest entry, or the last one that can be read.</summary>
    internal AuditEntry? Last { get; private set; }

    /// <summary>What the newest <c>start</c> says.</summary>
    internal AuditEntry? LastStart { get; private set; }

    /// <summary>What the newest <c>damage</c> says.</summary>
    internal AuditEntry? LastDamage { get; private set; }

    /// <summary>Where the last sound entry of the newest file ends.</summary>
    internal long TailFrom { get; private set; }

    /// <summary>Bytes behind it that are no entry.</summary>
    internal long TailBytes { get; private set; }

    /// <summary>The newest file holds at least one entry.</summary>
    internal bool NewestHolds { get; private set; }

    /// <summary>Files that an entry says were removed and that are still there: the power went in between.</summary>
    internal IEnumerable<uint> RemovedButThere => Files.Select(f => f.Number).Where(_removed.ContainsKey);

    /// <param name="each">Called for each sound entry, in the order in which they stand.</param>
    internal static DiskError Take(ISpoolDisk disk, string directory, Action<AuditEntry>? each, out AuditWalk walk)
    {
        walk = new AuditWalk(disk, directory, each);
        var names = new List<string>();
        var error = disk.List(directory, names);
        if (error == DiskError.None)
        {
            walk.Walk([.. names.Select(n => AuditNames.IsFile(n, out var number) ? number : 0).Where(n => n > 0).Order()]);
        }

        return error;
    }

    private void Walk(uint[] numbers)
    {
        var bytes = numbers.Length > 0 ? Read(numbers[0]) : null;
        for (var i = 0; i < numbers.Length; i++)
        {
            var next = i + 1 < numbers.Length ? Read(numbers[i + 1]) : null;
            if (i == 0 && numbers[0] > 1)
            {
                (_least, _most, _expectedHash) = (1, ulong.MaxValue, null);
            }
            else if (i > 0 && numbers[i] != numbers[i - 1] + 1)
            {
                Fault("", null, 0, $"{AuditNames.File(numbers[i - 1] + 1)} is missing: it would stand before {AuditNames.File(numbers[i])}");
            }

            WalkFile(numbers[i], bytes, VoidFrom(numbers[i], bytes, next), newest: i + 1 == numbers.Length);
            bytes = next;
        }

        CheckRemoved(numbers);
    }

    private void WalkFile(uint number, byte[]? bytes, int end, bool newest)
    {
        var name = AuditNames.File(number);
        Files.Add(new AuditFile(number, _least, _expectedHash ?? AuditEntry.NoHash));
        (TailFrom, TailBytes, NewestHolds) = (0, 0, false);
        if (bytes is null)
        {
            return;
        }

        if (bytes.Length == 0)
        {
            Fault(name, null, 0, "the file is empty");
        }
        else if (end < bytes.Length)
        {
            Notes.Add($"{name}: {bytes.Length - end} bytes at byte {end} are no part of the trail: a write that did not end, named by the first entry of the next file");
        }

        var faultsBefore = _faults.Count;
        for (var at = 0; at < end;)
        {
            var length = bytes.AsSpan(at, end - at).IndexOf((byte)'\n');
            var line = bytes.AsSpan(at, length < 0 ? end - at : length);
            var wrong = AuditEntry.Read(line, out var entry) ?? (length < 0 ? "has no line end: it was cut or changed" : null);
            if (wrong is null)
            {
                Accept(entry!, number, at);
                at += length + 1;
                (TailFrom, NewestHolds, faultsBefore) = (at, true, _faults.Count);
                continue;
            }

            Fault(name, AuditEntry.ClaimedNumber(line) ?? (_least == _most ? _least : null), at, wrong);
            _most = _most == ulong.MaxValue ? _most : _most + 1;
            _expectedHash = null;
            at += line.Length + 1;
        }

        if (newest && TailFrom < end && NewestHolds)
        {
            // Behind the last entry: what a power cut leaves looks the same as a last entry that was changed. Told apart from
            // damage, since the next start repairs it.
            TailBytes = end - TailFrom;
            _faults.RemoveRange(faultsBefore, _faults.Count - faultsBefore);
        }
    }

    private void Accept(AuditEntry entry, uint file, int at)
    {
        var name = AuditNames.File(file);
        if (at == 0)
        {
            Files[^1] = new AuditFile(file, entry.Number, entry.Previous);
        }

        if (entry.Number < _least)
        {
            Fault(name, entry.Number, at, $"stands behind entry {_least - 1}: out of order, repeated or inserted");
            return;
        }

        if (entry.Number > _most)
        {
            Fault(name, entry.Number, at, _most + 1 == entry.Number ? $"entry {_most} before it is missing" : $"entries {_most} to {entry.Number - 1} before it are missing");
        }
        else if (_expectedHash is not null && entry.Previous != _expectedHash)
        {
            Fault(name, entry.Number, at, "does not follow the entry before it: one of them was exchanged");
        }

        if (entry.What == AuditChain.Remove)
        {
            NoteRemoved(entry);
        }

        LastStart = entry.What == Core.Ports.AuditKind.Start ? entry : LastStart;
        LastDamage = entry.What == AuditChain.Damage ? entry : LastDamage;
        (_least, _most, _expectedHash) = (entry.Number + 1, entry.Number + 1, entry.Hash);
        _first ??= entry;
        Last = entry;
        Entries++;
        _each?.Invoke(entry);
    }

    // A file whose last write did not end is followed by one whose first entry says from where on it is void.
    private static int VoidFrom(uint number, byte[]? bytes, byte[]? next)
    {
        var length = next is null ? -1 : next.AsSpan().IndexOf((byte)'\n');
        if (bytes is null || length < 0 || AuditEntry.Read(next.AsSpan(0, length), out var entry) is not null || entry!.What != AuditChain.Repair)
        {
            return bytes?.Length ?? 0;
        }

        using var body = AuditBody.Of(entry.Body);
        return body.Text("file") == AuditNames.File(number) && body.Number("at") is { } from ? (int)Math.Min(from, (ulong)bytes.Length) : bytes.Length;
    }

    private void NoteRemoved(AuditEntry entry)
    {
        using var body = AuditBody.Of(entry.Body);
        if (AuditNames.IsFile(body.Text("file") ?? "", out var number) && body.Number("to") is { } last && body.Text("hash") is { } hash)
        {
            _removed[number] = (last, hash);
        }
    }

    private void CheckRemoved(uint[] numbers)
    {
        if (numbers.Length == 0 || numbers[0] == 1)
        {
            return;
        }

        var before = AuditNames.File(numbers[0] - 1);
        if (!_removed.TryGetValue(numbers[0] - 1, out var removed))
        {
            Fault("", null, 0, $"{before} is missing, and no entry says that the limit removed it");
        }
        else if (_first is not null && (_first.Number != removed.To + 1 || _first.Previous != removed.Hash))
        {
            Fault(AuditNames.File(numbers[0]), _first.Number, 0, $"does not follow entry {removed.To}, the last of {before}, which the limit removed");
        }
    }

    private void Fault(string file, ulong? entry, long offset, string what)
    {
        if (_faults.Count < MaxFaults)
        {
            _faults.Add(new AuditFault(file, entry, offset, what));
        }
    }

    private byte[]? Read(uint number)
    {
        var name = AuditNames.File(number);
        var error = _disk.Open($"{_directory}/{name}", write: false, out var file);
        if (file is not null)
        {
            using (file)
            {
                error = file.Length(out var length);
                if (error == DiskError.None && length > MaxFileBytes)
                {
                    Fault(name, null, 0, $"the file has {length} bytes, more than a file of the trail can have");
                    return null;
                }

                var bytes = new byte[length];
                var read = 0;
                error = error == DiskError.None ? file.Read(bytes, 0, out read) : error;
                if (error == DiskError.None)
                {
                    return read == bytes.Length ? bytes : bytes[..read];
                }
            }
        }

        Fault(name, null, 0, $"the file cannot be read ({error})");
        return null;
    }
}
