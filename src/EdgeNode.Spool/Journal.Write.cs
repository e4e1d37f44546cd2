using System.Runtime.InteropServices;
using EdgeNode.Core.Model;
using EdgeNode.Core.Ports;
using EdgeNode.Spool.Disk;
using EdgeNode.Spool.Format;
using EdgeNode.Spool.Ledger;
using EdgeNode.Spool.Recovery;

namespace EdgeNode.Spool;

/// <summary>Writing, flushing, and what follows when either fails.</summary>
public sealed partial class Journal
{
    /// <summary>A segment that could not be opened is tried again after this long, so that a full disk is not asked with each scan.</summary>
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    private const int MostMovedPart = 8;
    private readonly FrameBuffer _headFrames = new();
    private readonly FrameBuffer _seal = new();
    private TimeSpan? _retryAt;
    private Segment? _toSeal;
    private uint _lastGeneration;

    // One write for the whole batch. The batch must fit: its numbers were taken before, and rolling may take numbers.
    private bool WriteBatch(FrameBuffer batch, List<FrameRecords> records)
    {
        var head = _head!;
        var seq = head.NextFrameSeq;
        batch.Stamp(0, head.Generation, ref seq);
        var error = head.File.Write(batch.WithEndMark(), head.Tail);
        if (error != DiskError.None)
        {
            FailHead(error);
            return false;
        }

        _uncommittedBytes += batch.Length;
        lock (_gate)
        {
            foreach (ref readonly var record in CollectionsMarshal.AsSpan(records))
            {
                var at = _held.Raw(batch.Span.Slice(record.Offset, record.Bytes));
                _heldRecords.Add(record with { Offset = at });
                Book(record.Stream).Append(record, head, head.Tail + record.Offset);
            }

            head.Tail += batch.Length;
            head.NextFrameSeq = seq;
        }

        Tell(batch, records);
        return true;
    }

    private void Tell(FrameBuffer batch, List<FrameRecords> records)
    {
        if (EventLog is not { } log)
        {
            return;
        }

        foreach (ref readonly var record in CollectionsMarshal.AsSpan(records))
        {
            if (record.Stream == StreamKind.Event
                && EventFrame.TryRead(batch.Span.Slice(record.Offset + Frame.HeaderBytes, record.Bytes - Frame.HeaderBytes), out var head, out var body))
            {
                log.Add(new QueuedEvent(new Epoch(Epoch.Spool, head.Start), head.Seq, body!));
            }
        }
    }

    private bool SyncHead()
    {
        if (_uncommittedBytes == 0)
        {
            return true;
        }

        var error = _head!.File.Sync();
        if (error != DiskError.None)
        {
            FailHead(error);
            return false;
        }

        Committed();
        return true;
    }

    private void Committed()
    {
        lock (_gate)
        {
            _held.Clear();
            _heldRecords.Clear();
        }

        _uncommittedBytes = 0;
        _gapUnsynced = false;
        _committedTelemetry = _telemetry.Current.Next;
        _committedEvents = _events.Current.Next;
    }

    // After a failed write or flush nobody knows what the disk holds of the segment, and a second flush would say "done" to
    // pages that were thrown away. So it is closed, and what is not committed goes to the next one from memory.
    private void FailHead(DiskError error)
    {
        if (_head is not null)
        {
            _toSeal = _head;
            _head = null;
            TrySeal();
            HoldWhatWaitsIn(_toSeal ?? _segments[^1]);
        }

        _outcome = error == DiskError.Full ? AppendOutcome.DiskFull : AppendOutcome.DiskFailed;
    }

    // A segment with little in it goes with the next head, so that a disk that fails now and then does not use up the limit. Its own
    // copy stays until that head is durable.
    private void HoldWhatWaitsIn(Segment segment)
    {
        lock (_gate)
        {
            if (segment.Tail > _segmentBytes / MostMovedPart || _held.Length > _segmentBytes / MostMovedPart)
            {
                return;
            }
        }

        var walk = new FrameWalk(SegmentImage.Read(segment.File, ref _image, out _), segment.Generation, SegmentHeader.Bytes);
        lock (_gate)
        {
            var waiting = WaitingIn(segment, _telemetry).Concat(WaitingIn(segment, _events)).Where(range => !IsHeld(range, durable: false)).ToList();
            while (walk.Next())
            {
                // This start's frames alone: their dictionary is that of the next head.
                if (walk.Frame.Type is FrameType.Samples or FrameType.Event && FrameIndexing.TryRead(walk.Frame, walk.Body, 0, out var records)
                    && records.Start == Epoch.Start && waiting.Exists(r => r.Stream == records.Stream && r.Holds(records.Start, records.First, records.Last)))
                {
                    _heldRecords.Add(records with { Offset = _held.Raw(walk.FrameBytes), Durable = true });
                }
            }
        }
    }

    // Only a hint for the next start, should this process end before it can write again; so it may fail, and is tried again.
    private void TrySeal()
    {
        if (_toSeal is { } segment && _segments.Contains(segment) && WriteSeal(segment) == DiskError.None)
        {
            _toSeal = null;
        }
    }

    /// <summary>Sees to it that the head has room for so many bytes of frames.</summary>
    private bool EnsureRoom(int bytes)
    {
        if (!EnsureHead())
        {
            return false;
        }

        if (_head!.HasRoom(bytes))
        {
            return true;
        }

        if (!Roll())
        {
            return false;
        }

        if (_head!.HasRoom(bytes))
        {
            return true;
        }

        _outcome = AppendOutcome.DiskFailed;
        return false;
    }

    private bool Roll()
    {
        var error = WriteSeal(_head!);
        if (error != DiskError.None)
        {
            FailHead(error);
            return false;
        }

        if (!SyncHead())
        {
            return false;
        }

        _head = null;
        return EnsureHead();
    }

    // Says that whatever comes next is in another segment. When there is none, the process died unable to open it, and numbers
    // may have been used up that no file knows of.
    private DiskError WriteSeal(Segment segment)
    {
        var seq = segment.NextFrameSeq;
        _seal.Clear();
        _seal.Begin(FrameType.Seal);
        _seal.End();
        _seal.Stamp(0, segment.Generation, ref seq);
        var error = segment.File.Write(_seal.WithEndMark(), segment.Tail);
        _uncommittedBytes += error == DiskError.None ? _seal.Length : 0;
        return error;
    }

    private bool EnsureHead()
    {
        if (_head is not null)
        {
            return true;
        }

        var now = _clock.Read();
        if (_retryAt is { } at && now.Monotonic < at && now.Monotonic >= at - RetryAfter)
        {
            return false;
        }

        var error = CreateHead(now);
        if (error != DiskError.None)
        {
            FailHead(error);
            TrySeal();
            _retryAt = now.Monotonic + RetryAfter;
            return false;
        }

        KeepWithinLimit();
        _retryAt = _head is null ? now.Monotonic + RetryAfter : null;
        return _head is not null;
    }

    // The file has the name of a spare until its head is safe on the disk. So a file with a journal's name always has a sound
    // head, and if not, it was damaged.
    private DiskError CreateHead(ClockReading now)
    {
        var generation = _lastGeneration + 1;
        var error = TakeSpare(generation, out var spare);
        if (spare is null)
        {
            return error;
        }

        _lastGeneration = generation;
        _headFrames.Clear();
        Span<byte> header = stackalloc byte[SegmentHeader.Bytes];
        new SegmentHeader(SegmentHeader.CurrentVersion, generation, Epoch.Spool, (ulong)spare.Size).Write(header);
        _headFrames.Raw(header);
        _headFrames.Raw(_dictionary.Span);
        WriteHeldDictionaries();
        new EpochFrame(Epoch, _clock.BootId, now).Write(_headFrames);
        List<Segment> elsewhere;
        lock (_gate)
        {
            CursorFrame.Write(_headFrames, Epoch.Spool, _telemetry, _events, all: true);
            _telemetry.Clean();
            _events.Clean();
            foreach (var loss in _named.Skip(_named.Count - MostRepeated))
            {
                loss.Write(_headFrames);
            }

            foreach (var loss in _pending.Where(static loss => loss.Event != default).Take(MostRepeated * 2))
            {
                loss.Write(_headFrames);
            }

            var needed = Needed(durable: true);
            elsewhere = _segments.FindAll(old => !needed.Contains(old));
        }

        var heldAt = _headFrames.Raw(_held.Span);
        uint seq = 0;
        _headFrames.Stamp(SegmentHeader.Bytes, generation, ref seq);
        var segment = new Segment(SegmentNames.Journal(generation), generation, spare.Size, spare.File)
        {
            Tail = _headFrames.Length,
            NextFrameSeq = seq,
        };
        if (!new Segment("", 0, spare.Size, spare.File).HasRoom(_headFrames.Length))
        {
            return PutBack(spare, DiskError.Failed);
        }

        error = spare.File.Write(_headFrames.WithEndMark(), 0);
        error = error != DiskError.None ? error : spare.File.Sync();
        error = error != DiskError.None ? error : _disk.Rename(PathOf(spare.Name), PathOf(segment.Name));
        if (error != DiskError.None)
        {
            return PutBack(spare, error);
        }

        error = SyncName();
        if (error != DiskError.None && _disk.Rename(PathOf(segment.Name), PathOf(spare.Name)) == DiskError.None)
        {
            return PutBack(spare, error);
        }

        lock (_gate)
        {
            _segments.Add(segment);
            if (error != DiskError.None)
            {
                // It stays in the journal without a record that only it holds.
                return error;
            }

            foreach (var record in _heldRecords)
            {
                Book(record.Stream).Append(record with { Durable = false }, segment, heldAt + record.Offset);
            }
        }

        _head = segment;
        _toSeal = null;
        Committed();

        // A disk that fails now and then must not cost a whole segment of the limit each time.
        foreach (var old in elsewhere)
        {
            ReleaseDone(old);
        }

        return DiskError.None;
    }

    // Kept readings keep the dictionary of their time.
    private void WriteHeldDictionaries()
    {
        _headDictionaries.Clear();
        _headDictionaries.Add(_dictionaryNumber);
        foreach (var record in _heldRecords)
        {
            if (record.Kept && _headDictionaries.Add(record.Dictionary) && Dictionary(record.Dictionary) is { } points)
            {
                DictionaryFrame.Write(_headFrames, points);
            }
        }
    }

    // The marker follows the first durable frame of the epoch, so that there is none for an epoch that never was.
    private DiskError SyncName()
    {
        if (_markerDue)
        {
            var error = MoveMarker();
            if (error != DiskError.None)
            {
                return error;
            }
        }

        var synced = _disk.SyncDirectory(_directory);
        _markerDue &= synced != DiskError.None;
        return synced;
    }

    private DiskError MoveMarker()
    {
        var name = SegmentNames.Marker(Epoch);
        if (_marker == name)
        {
            return DiskError.None;
        }

        DiskError error;
        if (_marker is null)
        {
            error = _disk.Create(PathOf(name), out var file);
            file?.Dispose();
        }
        else
        {
            error = _disk.Rename(PathOf(_marker), PathOf(name));
        }

        _marker = error == DiskError.None ? name : _marker;
        return error;
    }

    private string PathOf(string name) => _directory + "/" + name;
}
