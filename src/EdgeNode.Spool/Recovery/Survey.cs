using EdgeNode.Core.Model;
using EdgeNode.Core.Ports;
using EdgeNode.Spool.Disk;
using EdgeNode.Spool.Format;
using EdgeNode.Spool.Ledger;

namespace EdgeNode.Spool.Recovery;

/// <summary>Reads every frame of every segment and says what there is. It never writes.</summary>
internal sealed class Survey : IDisposable
{
    private const int MaxDamages = 1000;
    private readonly ISpoolDisk _disk;
    private readonly string _directory;
    private readonly HashSet<uint> _closed = [];
    private readonly Dictionary<uint, Guid> _boots = [];
    private byte[] _image = [];

    private Survey(ISpoolDisk disk, string directory)
    {
        _disk = disk;
        _directory = directory;
    }

    internal StreamBook Telemetry { get; } = new(StreamKind.Telemetry);

    internal StreamBook Events { get; } = new(StreamKind.Event);

    internal List<Segment> Segments { get; } = [];

    internal List<(string Name, string Why)> Foreign { get; } = [];

    internal List<string> Spares { get; } = [];

    internal List<SpoolDamage> Damages { get; } = [];

    internal List<Loss> Losses { get; } = [];

    internal Dictionary<uint, SpooledPoint[]> Dictionaries { get; } = [];

    internal HashSet<uint> LastSegmentDictionaries { get; } = [];

    internal Epoch? Marker { get; private set; }

    internal ulong? Spool { get; private set; }

    internal uint LastStart { get; private set; }

    internal uint LastGeneration { get; private set; }

    internal BootClocks Clocks { get; } = new();

    internal long Frames { get; private set; }

    /// <summary>Nothing is broken behind the last frame of the newest segment.</summary>
    internal bool TailIsClean { get; private set; } = true;

    /// <summary>The newest segment is whole, so that writing can go on in it.</summary>
    internal bool CanContinue { get; private set; }

    /// <summary>The newest segment was left for another one, which is not there.</summary>
    internal bool IsSealed { get; private set; }

    /// <summary>Bytes of the newest files that could not be read at all: what was in them nobody knows.</summary>
    internal long LostTailBytes { get; private set; }

    internal StreamBook Book(StreamKind stream) => stream == StreamKind.Telemetry ? Telemetry : Events;

    internal bool IsClosed(uint start) => _closed.Contains(start);

    internal Guid BootOf(uint start) => _boots.GetValueOrDefault(start);

    internal IEnumerable<uint> StartsOf(Guid boot) => _boots.Where(b => b.Value == boot).Select(b => b.Key);

    internal static DiskError Take(ISpoolDisk disk, string directory, bool write, out Survey survey)
    {
        survey = new Survey(disk, directory);
        var names = new List<string>();
        var error = disk.List(directory, names);
        if (error == DiskError.None)
        {
            survey.ReadAll(names, write);
        }

        survey._image = [];
        return error;
    }

    public void Dispose()
    {
        foreach (var segment in Segments)
        {
            segment.File.Dispose();
        }
    }

    private void ReadAll(List<string> names, bool write)
    {
        var journal = new List<(uint Generation, string Name)>();
        foreach (var name in names.Order(StringComparer.Ordinal))
        {
            if (SegmentNames.IsJournal(name, out var generation))
            {
                journal.Add((generation, name));
                LastGeneration = Math.Max(LastGeneration, generation);
            }
            else if (SegmentNames.IsSpare(name, out generation))
            {
                Spares.Add(name);
                LastGeneration = Math.Max(LastGeneration, generation);
            }
            else if (SegmentNames.IsMarker(name, out var epoch))
            {
                Marker = Marker is { } other && other.Start > epoch.Start ? other : epoch;
            }
            else if (name != SegmentNames.Lock)
            {
                Foreign.Add((name, "not a file of the spool"));
            }
        }

        Spool = Marker?.Spool;
        LastStart = Marker?.Start ?? 0;
        journal.Sort();
        if (Spool is null)
        {
            // The newest readable header says whose spool it is.
            for (var i = journal.Count - 1; i >= 0 && Spool is null; i--)
            {
                Spool = HeaderOf(journal[i].Name)?.Spool;
            }
        }

        foreach (var (generation, name) in journal)
        {
            ReadSegment(name, generation, write);
        }

        Telemetry.Runs.ForgetBelow(Telemetry.FloorStart);
        Events.Runs.ForgetBelow(Events.FloorStart);
        Complete(Telemetry);
        Complete(Events);
    }

    private SegmentHeader? HeaderOf(string name)
    {
        if (_disk.Open(_directory + "/" + name, write: false, out var file) != DiskError.None || file is null)
        {
            return null;
        }

        using (file)
        {
            Span<byte> bytes = stackalloc byte[SegmentHeader.Bytes];
            return file.Read(bytes, 0, out _) == DiskError.None && SegmentHeader.TryRead(bytes, out var header) ? header : null;
        }
    }

    private void ReadSegment(string name, uint generation, bool write)
    {
        // On a disk that has become read-only what is there can still be delivered.
        var error = _disk.Open(_directory + "/" + name, write, out var file);
        var writable = write && error == DiskError.None;
        if (write && error == DiskError.ReadOnly)
        {
            error = _disk.Open(_directory + "/" + name, write: false, out file);
        }

        if (error != DiskError.None || file is null)
        {
            Refuse(name, "cannot be opened", SegmentImage.MaxBytes);
            return;
        }

        var image = SegmentImage.Read(file, ref _image, out var unreadable);
        var sound = SegmentHeader.TryRead(image, out var header);
        if (sound && header.Version is < SegmentHeader.OldestVersion or > SegmentHeader.CurrentVersion)
        {
            file.Dispose();
            Refuse(name, $"format version {header.Version} is unknown", 0);
            return;
        }

        if (sound && Spool is { } spool && header.Spool != spool)
        {
            file.Dispose();
            Refuse(name, "belongs to another spool", 0);
            return;
        }

        var segment = new Segment(name, sound ? header.Generation : generation, image.Length, file) { Writable = writable };
        var walk = new FrameWalk(image, segment.Generation, Math.Min(SegmentHeader.Bytes, image.Length));
        // Writing does not go on in a segment of the version before: each segment is of one version.
        var whole = sound && header.Version == SegmentHeader.CurrentVersion && unreadable == 0 && header.Size == (ulong)image.Length;
        var frames = 0;
        LastSegmentDictionaries.Clear();
        IsSealed = false;
        while (walk.Next())
        {
            frames++;
            IsSealed = walk.Frame.Type == FrameType.Seal;
            whole &= walk.SkippedBytes == 0 && walk.SkippedFrames == 0;
            if (walk.SkippedBytes > 0 || walk.SkippedFrames > 0)
            {
                Damaged(name, walk.Offset - walk.SkippedBytes, walk.SkippedBytes, $"{walk.SkippedFrames} frames cannot be read");
            }

            if (!Apply(walk.Frame, walk.Body, segment, walk.Offset))
            {
                whole = false;
                Damaged(name, walk.Offset, walk.Frame.Bytes, $"a frame of type {(int)walk.Frame.Type} makes no sense");
            }
        }

        if (frames == 0)
        {
            file.Dispose();
            Refuse(name, "no sound frame in it", image.Length);
            return;
        }

        Frames += frames;
        if (!sound)
        {
            Damaged(name, 0, SegmentHeader.Bytes, "the segment's header cannot be read");
        }
        else if (header.Size != (ulong)image.Length)
        {
            Damaged(name, image.Length, Math.Max(0, (long)header.Size - image.Length), "the file was cut short");
        }

        if (unreadable > 0)
        {
            Damaged(name, 0, unreadable, "the disk cannot read it");
        }

        // What a full segment has no room left to mark is at its end anyway.
        var tailIsClean = walk.TailIsClean && unreadable == 0 && (!sound || header.Size == (ulong)image.Length);
        if (!tailIsClean)
        {
            Damaged(name, walk.Tail, image.Length - walk.Tail, "a torn or broken frame at the end");
        }

        TailIsClean = tailIsClean;
        CanContinue = whole && writable && !IsSealed;
        LostTailBytes = 0;
        segment.Tail = walk.Tail;
        segment.NextFrameSeq = walk.NextSeq;
        LastGeneration = Math.Max(LastGeneration, segment.Generation);
        Segments.Add(segment);
    }

    private void Refuse(string name, string why, long bytes)
    {
        Foreign.Add((name, why));
        Damaged(name, 0, bytes, why);
        TailIsClean &= bytes == 0;
        CanContinue = false;
        LostTailBytes += bytes;
    }

    private void Damaged(string file, long offset, long bytes, string what)
    {
        if (Damages.Count < MaxDamages)
        {
            Damages.Add(new SpoolDamage(file, offset, bytes, what));
        }
    }

    private bool Apply(Frame frame, ReadOnlySpan<byte> frameBody, Segment segment, int offset)
    {
        switch (frame.Type)
        {
            case FrameType.Dictionary:
                var points = DictionaryFrame.Read(frameBody);
                if (points is null)
                {
                    return false;
                }

                var number = DictionaryFrame.NumberOf(frameBody);
                Dictionaries[number] = points;
                LastSegmentDictionaries.Add(number);
                return true;

            case FrameType.Epoch:
                if (!EpochFrame.TryRead(frameBody, out var epoch))
                {
                    return false;
                }

                Spool ??= epoch.Epoch.Spool;
                _boots[epoch.Epoch.Start] = epoch.Boot;
                Clocks.See(epoch);
                LastStart = Math.Max(LastStart, epoch.Epoch.Start);
                Telemetry.FindOrAdd(epoch.Epoch.Start);
                Events.FindOrAdd(epoch.Epoch.Start);
                return true;

            case FrameType.Samples or FrameType.Event or FrameType.Kept:
                if (!FrameIndexing.TryRead(frame, frameBody, offset, out var records))
                {
                    return false;
                }

                var book = Book(records.Stream);
                var entry = book.FindOrAdd(records.Start);
                entry.Next = Math.Max(entry.Next, records.Last + 1);
                book.Runs.Add(records, segment, offset);
                LastStart = Math.Max(LastStart, records.Start);
                Clocks.See(records);
                if (frame.Type == FrameType.Event && GapEvent.Read(frameBody) is { } gap)
                {
                    Losses.Add(gap);
                }

                return true;

            case FrameType.Cursor:
                var spool = CursorFrame.Apply(frameBody, Telemetry, Events);
                Spool ??= spool;
                return spool is not null;

            case FrameType.Loss:
                if (Loss.Read(frameBody) is not { } loss)
                {
                    return false;
                }

                Losses.Add(loss);
                return true;

            case FrameType.Close:
                if (!CloseFrame.TryRead(frameBody, out var close))
                {
                    return false;
                }

                _closed.Add(close.Start);
                Telemetry.FindOrAdd(close.Start).Next = Math.Max(Telemetry.FindOrAdd(close.Start).Next, close.NextTelemetry);
                Events.FindOrAdd(close.Start).Next = Math.Max(Events.FindOrAdd(close.Start).Next, close.NextEvent);
                return true;

            default:
                // A newer version's frame in a segment of this one: sound, but not for us.
                return true;
        }
    }

    private void Complete(StreamBook book)
    {
        book.Starts.RemoveAll(entry => entry.Start < book.FloorStart);
        foreach (var entry in book.Starts)
        {
            if (entry.Done.Count > 0)
            {
                entry.Next = Math.Max(entry.Next, entry.Done[^1].Last + 1);
            }

            LastStart = Math.Max(LastStart, entry.Start);
        }

        LastStart = Math.Max(LastStart, book.FloorStart - 1);
        book.Changed();
    }
}
