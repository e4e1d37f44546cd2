using System.Collections.Immutable;
using EdgeNode.Core.Model;
using EdgeNode.Core.Ports;
using EdgeNode.Spool.Disk;
using EdgeNode.Spool.Format;
using EdgeNode.Spool.Ledger;
using EdgeNode.Spool.Recovery;

namespace EdgeNode.Spool;

/// <summary>Opening: lock, survey, quarantine, a new epoch, the gaps.</summary>
public sealed partial class Journal
{
    private const int LargestSegmentBytes = 8 * 1024 * 1024;
    private const int SmallestSegmentBytes = 16 * 1024;
    private const int SegmentsInLimit = 8;
    private const int PageBytes = 4096;

    /// <summary>Starts of which something waits; of more than these the oldest are given up, and named.</summary>
    internal const int MaxStarts = 1000;

    // More starts than a damaged segment of the largest size can hide: an epoch frame takes 64 bytes.
    private const uint HiddenStarts = LargestSegmentBytes / 64;

    /// <summary>Size of a segment within a limit, bytes.</summary>
    internal static int SegmentBytesOf(long limit) =>
        (int)Math.Clamp(limit / SegmentsInLimit, SmallestSegmentBytes, LargestSegmentBytes) / PageBytes * PageBytes;

    /// <summary>
    /// Opens the spool in a directory, creating it when it is not there, and begins a new epoch. Damaged content never stops it:
    /// what is lost is named in gap events, and files that cannot be read are moved to <c>quarantine/</c>. When the disk cannot be
    /// written the journal opens all the same; appends are then refused until it can.
    /// </summary>
    /// <param name="points">Names and units by point index.</param>
    /// <exception cref="SpoolUnavailableException">Another process has it open, or the directory can be neither made nor listed.</exception>
    public static Journal Open(
        string directory, SpoolOptions options, ImmutableArray<SpooledPoint> points, IStationClock clock, ISpoolDisk disk)
    {
        ArgumentException.ThrowIfNullOrEmpty(directory);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(clock);
        ArgumentNullException.ThrowIfNull(disk);
        var made = disk.CreateDirectory(directory);
        if (made != DiskError.None)
        {
            throw new SpoolUnavailableException($"The spool's directory {directory} cannot be made ({made}).", inUse: false);
        }

        var locked = disk.TryLock(directory + "/" + SegmentNames.Lock, out var held);
        if (held is null)
        {
            throw locked == DiskError.InUse
                ? new SpoolUnavailableException($"The spool in {directory} is in use by another process.", inUse: true)
                : new SpoolUnavailableException($"The spool in {directory} cannot be locked ({locked}).", inUse: false);
        }

        var listed = Survey.Take(disk, directory, write: true, out var survey);
        if (listed != DiskError.None)
        {
            held.Dispose();
            throw new SpoolUnavailableException($"The spool's directory {directory} cannot be listed ({listed}).", inUse: false);
        }

        return new Journal(directory, options, points, clock, disk, held, survey);
    }

    private Journal(
        string directory, SpoolOptions options, ImmutableArray<SpooledPoint> points, IStationClock clock, ISpoolDisk disk,
        IDisposable held, Survey survey)
    {
        (_directory, _points, _clock, _disk, _lock) = (directory, points, clock, disk, held);
        _limit = options.LimitBytes;
        _age = options.Age;
        _segmentBytes = SegmentBytesOf(_limit);
        _samplesPerFrame = Math.Min(MaxSamplesPerFrame, _segmentBytes / 4 / MaxSampleBytes);
        _dictionaryNumber = DictionaryFrame.Write(_dictionary, points);
        _dictionaries = survey.Dictionaries;
        _dictionaries[_dictionaryNumber] = [.. points];
        _telemetry = survey.Telemetry;
        _events = survey.Events;
        _segments = survey.Segments;
        _lastGeneration = survey.LastGeneration;
        _marker = survey.Marker is { } marker ? SegmentNames.Marker(marker) : null;

        var boot = clock.BootId;
        clock.Recover(survey.Clocks.LastStamp, survey.Clocks.Of(boot));
        var sameBoot = survey.LastStart > 0 && survey.BootOf(survey.LastStart) == boot;
        var clean = survey.LastStart == 0 || survey.IsClosed(survey.LastStart);
        var reckoning = Reckoning.Of(survey, boot);
        _named = reckoning.Named;
        _pending.AddRange(reckoning.Unnamed);

        // Without the marker a damaged segment may hide starts that were used.
        var hidden = survey.Marker is null && survey.Damages.Count > 0 ? HiddenStarts : 0;
        Epoch = new Epoch(survey.Spool ?? NewSpoolId(), survey.LastStart + 1 + hidden);
        _startsOfBoot = [.. survey.StartsOf(boot), Epoch.Start];
        GiveUpOldStarts(_telemetry);
        GiveUpOldStarts(_events);
        _telemetry.FindOrAdd(Epoch.Start).Dirty = true;
        _events.FindOrAdd(Epoch.Start).Dirty = true;
        if (_pending.Count == 0)
        {
            // Nothing is to be named first, so that the epoch's first frames can say that the ends before it were looked at. Said
            // later, a kill in between would leave an end that nobody knows, and an open gap for nothing.
            SettleAll();
        }

        _outbox = new Outbox(this);

        var quarantined = Quarantine(survey);
        var (inQuarantine, quarantinedBytes) = SegmentNames.Quarantined(disk, directory);
        _quarantined = Math.Min(quarantinedBytes, _limit / 2);
        TakeOverSpares(survey.Spares);
        Begin(survey);
        Recovery = new RecoveryReport(
            Epoch, clean, sameBoot, survey.Segments.Count, survey.Damages, quarantined, reckoning.Missing, reckoning.OpenGaps, survey.Clocks.LastStamp)
        {
            InQuarantine = inQuarantine,
            QuarantinedBytes = quarantinedBytes,
        };
    }

    // A gateway that restarts without end must not make the head of each segment grow without end.
    private void GiveUpOldStarts(StreamBook book)
    {
        for (var excess = book.Starts.Count - MaxStarts; excess > 0; excess--)
        {
            var entry = book.Starts[excess - 1];
            foreach (var run in book.Runs.Runs.Where(run => run.Start == entry.Start).ToList())
            {
                for (var from = entry.Done.NextOutside(run.First); from <= run.Last; from = entry.Done.NextOutside(from))
                {
                    var to = Math.Min(run.Last, entry.Done.NextInside(from) - 1);
                    AddPending(new Loss(book.Stream, run.Start, from, to, to - from + 1, run.FirstTime, run.LastTime, SpoolFull, default));
                    from = to + 1;
                }
            }

            book.Runs.Carve(entry.Start, 1, ulong.MaxValue);
        }

        book.Changed();
    }

    private static ulong NewSpoolId()
    {
        Span<byte> random = stackalloc byte[16];
        Guid.NewGuid().TryWriteBytes(random);
        return BitConverter.ToUInt64(random) ^ BitConverter.ToUInt64(random[8..]);
    }

    // Goes on in the newest segment when that one is whole, so that a gateway which restarts often does not fill the disk with
    // almost empty segments.
    private void Begin(Survey survey)
    {
        // What a killed process of this boot had appended last is with the kernel alone. If this one goes on in another segment, no
        // flush of its own touches that file, and a power cut long after the interval would still take it.
        var flushed = _segments.Count == 0 || _segments[^1].File.Sync() == DiskError.None;
        if (survey.CanContinue && flushed && _segments.Count > 0)
        {
            _head = _segments[^1];
            _headDictionaries.UnionWith(survey.LastSegmentDictionaries);
            _headDictionaries.Add(_dictionaryNumber);
            _batch.Clear();
            _records.Clear();
            if (!survey.LastSegmentDictionaries.Contains(_dictionaryNumber))
            {
                _batch.Raw(_dictionary.Span);
            }

            new EpochFrame(Epoch, _clock.BootId, _clock.Read()).Write(_batch);
            if (!_unsettled)
            {
                lock (_gate)
                {
                    CursorFrame.Write(_batch, Epoch.Spool, _telemetry, _events, all: false);
                    _telemetry.Clean();
                    _events.Clean();
                }
            }

            if (!_head.HasRoom(_batch.Length + GapRoomBytes))
            {
                _head = null;
            }
            else if (WriteBatch(_batch, _records) && SyncHead())
            {
                var error = SyncName();
                if (error != DiskError.None)
                {
                    FailHead(error);
                }
            }
        }

        if (CommitAll(close: false))
        {
            KeepWithinLimit();
        }
    }

    private List<string> Quarantine(Survey survey)
    {
        var moved = new List<string>();
        if (survey.Foreign.Count == 0)
        {
            return moved;
        }

        var folder = PathOf(SegmentNames.Quarantine);
        var there = new List<string>();
        if (_disk.CreateDirectory(folder) != DiskError.None || _disk.List(folder, there) != DiskError.None)
        {
            return moved;
        }

        foreach (var (name, why) in survey.Foreign)
        {
            // A rename takes the place of what has the name already, and nothing here may be lost.
            var target = name;
            for (var copy = 2; there.Contains(target); copy++)
            {
                target = $"{name}.{copy}";
            }

            if (_disk.Rename(PathOf(name), folder + "/" + target) == DiskError.None)
            {
                there.Add(target);
                moved.Add($"{name}: {why}");
            }
        }

        _disk.SyncDirectory(folder);
        _disk.SyncDirectory(_directory);
        return moved;
    }

    private void TakeOverSpares(List<string> names)
    {
        foreach (var name in names)
        {
            if (_spares.Count < MaxSpares && _disk.Open(PathOf(name), write: true, out var file) == DiskError.None && file is not null)
            {
                if (file.Length(out var length) == DiskError.None && length == _segmentBytes)
                {
                    _spares.Add(new Spare(name, length, file));
                    continue;
                }

                file.Dispose();
            }

            _disk.Delete(PathOf(name));
        }
    }
}
