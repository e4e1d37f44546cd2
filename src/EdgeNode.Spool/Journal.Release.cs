using System.Runtime.InteropServices;
using EdgeNode.Core.Model;
using EdgeNode.Spool.Disk;
using EdgeNode.Spool.Format;
using EdgeNode.Spool.Ledger;
using EdgeNode.Spool.Recovery;

namespace EdgeNode.Spool;

/// <summary>Segments that are no longer needed, and those that must go because the limit is reached.</summary>
public sealed partial class Journal
{
    // One to write into next, one more so that a quiet disk is not asked for room again and again.
    private const int MaxSpares = 2;

    private readonly List<Spare> _spares = [];
    private readonly FrameBuffer _carry = new();
    private readonly List<FrameRecords> _carryRecords = [];
    private byte[] _image = [];
    private string? _marker;
    private long _quarantined;

    private sealed record Spare(string Name, long Size, ISpoolFile File);

    // What is in quarantine takes its part of the limit, but never more than half of it: the journal goes on.
    private long FileBytes() => _segments.Sum(s => s.Size) + _spares.Sum(s => s.Size) + _quarantined;

    private DiskError TakeSpare(uint generation, out Spare? spare)
    {
        spare = null;
        if (_spares.Count == 0 && FileBytes() + _segmentBytes > _limit && Dispensable() is { } segment)
        {
            ReleaseUnnamed(segment);
        }

        if (_spares.Count > 0)
        {
            spare = _spares[^1];
            _spares.RemoveAt(_spares.Count - 1);
            return DiskError.None;
        }

        var name = SegmentNames.Spare(generation);
        var error = _disk.Create(PathOf(name), out var file);
        if (file is null)
        {
            return error;
        }

        error = file.Preallocate(_segmentBytes);
        if (error != DiskError.None)
        {
            file.Dispose();
            _disk.Delete(PathOf(name));
            return error;
        }

        spare = new Spare(name, _segmentBytes, file);
        return DiskError.None;
    }

    private DiskError PutBack(Spare spare, DiskError why)
    {
        _spares.Add(spare);
        return why;
    }

    private void CloseSpares()
    {
        _spares.ForEach(spare => spare.File.Dispose());
        _spares.Clear();
    }

    /// <summary>Drops the oldest segments until one more can be had within the limit.</summary>
    private void KeepWithinLimit()
    {
        while (_head is not null && _segments[0] != _head
            && (FileBytes() > _limit || (_spares.Count == 0 && FileBytes() + _segmentBytes > _limit)))
        {
            var oldest = _segments[0];
            if (!Drop(oldest) || _segments[0] == oldest)
            {
                return;
            }
        }
    }

    // First the gap event, durable; then the segment. Events are carried over, and readings by the policy of their points; what is
    // too much for the head goes: first the readings, then the events, gap events never.
    private bool Drop(Segment oldest)
    {
        List<Undelivered> waiting;
        bool keepEvents;
        long keptElsewhere;
        _carry.Clear();
        lock (_gate)
        {
            waiting = [.. WaitingIn(oldest, _telemetry), .. WaitingIn(oldest, _events)];
            keepEvents = EventBytes() < _limit / 2;
            keptElsewhere = KeptBytes(oldest);
            CursorFrame.Write(_carry, Epoch.Spool, _telemetry, _events, all: false);
            _telemetry.Clean();
            _events.Clean();
        }

        var cursor = _carry.Length;
        var lost = Collect(oldest, waiting, keepEvents ? static _ => true : EventFrame.IsGap, KeptBudget(keptElsewhere));
        if (!FitsHead(lost))
        {
            _carry.Truncate(cursor);
            lost = Collect(oldest, waiting, keepEvents ? static _ => true : EventFrame.IsGap, 0);
        }

        if (!FitsHead(lost))
        {
            _carry.Truncate(cursor);
            lost = Collect(oldest, waiting, EventFrame.IsGap, 0);
        }

        var untold = NamedBy(lost);
        lost.AddRange(untold);
        if (!_head!.HasRoom(_carry.Length + (lost.Count * GapRoomBytes)))
        {
            lock (_gate)
            {
                // The rows were not written after all.
                _telemetry.Soil();
                _events.Soil();
            }

            return false;
        }

        var told = WriteGaps(_carry, _carryRecords, lost);
        if (_carry.Length > 0)
        {
            if (!WriteBatch(_carry, _carryRecords))
            {
                if (told.Count > 0)
                {
                    UseUp(_events, told.Count, null, null, RefusedReason);
                }

                return false;
            }

            _headDictionaries.UnionWith(_carryDictionaries);
            _thinned = new(_minutes);
            Told(told, untold);
            if (!SyncHead())
            {
                return false;
            }
        }

        Release(oldest);
        if (told.Count > 0)
        {
            _outbox.RaiseAppended();
        }

        return true;
    }

    private bool FitsHead(List<Loss> lost) => _head!.HasRoom(_carry.Length + ((lost.Count + NamedBy(lost).Count) * GapRoomBytes));

    // What costs least when the head cannot be written and there is no room for another. First a segment of which nothing waits that is
    // not in memory too: the newest, because what was copied from an old one is durable only there. Then the oldest without a gap
    // event that waits, for such an event speaks for records that are gone already.
    private Segment? Dispensable()
    {
        lock (_gate)
        {
            var needed = Needed(durable: false);
            var telling = _named.Select(loss => SegmentOf(loss.Event)).ToHashSet();
            if (_pending.Exists(static loss => loss.Event != default) && _segments.Count > 1)
            {
                // Nothing but the newest head says what those losses are.
                needed.Add(_segments[^1]);
                telling.Add(_segments[^1]);
            }

            return _segments.FindLast(s => s != _head && !needed.Contains(s)) ?? _segments.Find(s => !telling.Contains(s)) ?? _segments.FirstOrDefault();
        }
    }

    private Segment? SegmentOf(Position position)
    {
        var at = _events.Runs.FirstEndingAtOrAfter(position);
        return at < _events.Runs.Count && _events.Runs[at].Position <= position ? _events.Runs[at].Segment : null;
    }

    /// <summary>Segments with a record that waits and that the next head will not bring with it. The gate is held.</summary>
    /// <param name="durable">Also what the disk has already.</param>
    private HashSet<Segment> Needed(bool durable)
    {
        var needed = new HashSet<Segment>();
        foreach (var book in new[] { _telemetry, _events })
        {
            foreach (var run in book.Runs.Runs)
            {
                if (!needed.Contains(run.Segment) && book.Undone(run) > 0 && !Undelivered.In(book, run).All(waiting => IsHeld(waiting, durable)))
                {
                    needed.Add(run.Segment);
                }
            }
        }

        return needed;
    }

    private bool IsHeld(Undelivered waiting, bool durable)
    {
        var next = waiting.From;
        foreach (ref readonly var held in CollectionsMarshal.AsSpan(_heldRecords))
        {
            if ((durable || !held.Durable) && held.Stream == waiting.Stream && held.Start == waiting.Start && held.First <= next && next <= held.Last)
            {
                next = held.Last + 1;
            }
        }

        return next > waiting.To;
    }

    // The last resort: the segment is taken, and its loss is named as soon as an event can be written. A crash before that leaves a
    // hole that the next start finds and names.
    private void ReleaseUnnamed(Segment segment)
    {
        List<Undelivered> waiting;
        lock (_gate)
        {
            waiting = [.. WaitingIn(segment, _telemetry).Concat(WaitingIn(segment, _events)).Where(range => !IsHeld(range, durable: true))];
        }

        if (!Release(segment))
        {
            return;
        }

        foreach (var loss in waiting.SelectMany(static range => range.Losses(SpoolFull)))
        {
            AddPending(loss);
        }
    }

    /// <summary>Makes a spare of a segment, or deletes it when there are enough.</summary>
    /// <returns>False when the disk refuses; then it stays as it is and is tried again.</returns>
    private bool Release(Segment segment)
    {
        var spare = new Spare(SegmentNames.Spare(segment.Generation), segment.Size, segment.File);
        var keep = segment.Writable && segment.Size == _segmentBytes && _spares.Count < MaxSpares;
        var error = keep ? _disk.Rename(PathOf(segment.Name), PathOf(spare.Name)) : _disk.Delete(PathOf(segment.Name));
        if (error != DiskError.None)
        {
            return false;
        }

        lock (_gate)
        {
            _telemetry.Runs.Forget(segment);
            _events.Runs.Forget(segment);
            _telemetry.Changed();
            _events.Changed();
            _segments.Remove(segment);
        }

        if (keep)
        {
            _spares.Add(spare);
        }
        else
        {
            segment.File.Dispose();
        }

        _disk.SyncDirectory(_directory);
        return true;
    }

    // Looked at once more: deliveries go on, and a range too many is forgotten and delivered again.
    private void ReleaseDone(Segment segment)
    {
        bool done;
        lock (_gate)
        {
            done = NothingWaitsIn(segment);
        }

        if (done)
        {
            Release(segment);
        }
    }

    private bool NothingWaitsIn(Segment segment) => !HasWaiting(segment, _telemetry) && !HasWaiting(segment, _events);

    private static bool HasWaiting(Segment segment, StreamBook book)
    {
        foreach (var run in book.Runs.Runs)
        {
            if (ReferenceEquals(run.Segment, segment) && book.Undone(run) > 0)
            {
                return true;
            }
        }

        return false;
    }

    private static IEnumerable<Undelivered> WaitingIn(Segment segment, StreamBook book)
    {
        foreach (var run in book.Runs.Runs)
        {
            if (!ReferenceEquals(run.Segment, segment))
            {
                continue;
            }

            foreach (var range in Undelivered.In(book, run))
            {
                yield return range;
            }
        }
    }

    // What part of the event frames still waits, by the share of each run that does.
    private long EventBytes()
    {
        long bytes = 0;
        foreach (var run in _events.Runs.Runs)
        {
            bytes += (long)(run.Bytes * ((double)_events.Undone(run) / (run.Last - run.First + 1)));
        }

        return bytes;
    }
}
