using EdgeNode.Core.Model;
using EdgeNode.Spool.Format;
using EdgeNode.Spool.Ledger;
using EdgeNode.Spool.Recovery;

namespace EdgeNode.Spool;

/// <summary>Losses, from the moment they are known until a gap event names them.</summary>
public sealed partial class Journal
{
    private const int GapRoomBytes = 1024;
    private const int MaxGapsPerWrite = 32;

    // Losses whose gap event waits: so many are repeated at the head of each segment, the newest.
    private int MostRepeated => Math.Min(MaxRepeatedLosses, _segmentBytes / 4 / RepeatedLossBytes);

    // From here on losses that follow each other become one, whatever their reasons.
    private const int MaxPending = 256;
    internal const string SpoolFull = "spool-full";
    private const string Expired = "expired";

    private readonly FrameBuffer _gaps = new();
    private readonly List<FrameRecords> _gapRecords = [];
    private readonly List<Loss> _toName = [];

    /// <summary>Records that cannot be read, or that a broker refuses for good. They leave the index at once and are named with the next append.</summary>
    internal void GiveUp(StreamKind stream, uint start, ulong first, ulong last, string reason)
    {
        lock (_gate)
        {
            if (_disposed)
            {
                return;
            }

            var book = Book(stream);
            book.Runs.Carve(start, first, last);
            book.Changed();
            _givenUp.Add(Reckoning.Describe(book, start, first, last, 0, reason));
        }
    }

    /// <summary>Not yet committed records in a closed segment: they are still in memory, so a failed read is no damage.</summary>
    internal bool IsHeld(StreamKind stream, uint start, ulong seq)
    {
        lock (_gate)
        {
            return start == Epoch.Start && _heldRecords.Exists(r => r.Stream == stream && r.Start == start && r.First <= seq && seq <= r.Last);
        }
    }

    // Numbers without records.
    private void UseUp(StreamBook book, long count, long? firstTime, long? lastTime, string reason)
    {
        ulong from;
        lock (_gate)
        {
            from = book.Current.Next;
            book.Current.Next += (ulong)count;
            book.Current.Dirty = true;
        }

        AddPending(new Loss(book.Stream, Epoch.Start, from, from + (ulong)count - 1, (ulong)count, firstTime, lastTime, reason, default));
    }

    private void AddPending(Loss loss)
    {
        var at = _pending.FindLastIndex(p => p.Stream == loss.Stream && p.Start == loss.Start);
        if (at >= 0 && _pending[at] is { To: { } to } before && to + 1 == loss.From && loss.To is not null
            && ((before.Reason == loss.Reason && before.IsWhole && loss.IsWhole) || _pending.Count >= MaxPending))
        {
            _pending[at] = before with
            {
                To = loss.To,
                AtMost = before.AtMost + loss.AtMost,
                Left = before.Left + loss.Left,
                Event = before.Event == default ? loss.Event : before.Event,
                FirstTime = before.FirstTime ?? loss.FirstTime,
                LastTime = loss.LastTime ?? before.LastTime,
            };
        }
        else
        {
            _pending.Add(loss);
        }

        var untold = NamedBy([loss]);
        lock (_gate)
        {
            _named.RemoveAll(untold.Contains);
        }

        foreach (var again in untold)
        {
            // It keeps the position of that event: the head of a segment says so, should the process die before it is told anew.
            AddPending(again);
        }
    }

    /// <summary>What was named by gap events that are lost themselves now: it is to be named anew.</summary>
    private List<Loss> NamedBy(List<Loss> lost)
    {
        lock (_gate)
        {
            return _named.FindAll(n => lost.Exists(l =>
                l.Stream == StreamKind.Event && l.Start == n.Event.Start && l.From <= n.Event.Seq && n.Event.Seq <= l.To));
        }
    }

    /// <summary>Writes a gap event for each loss that has none; they become durable with the next flush.</summary>
    private bool NameLosses()
    {
        lock (_gate)
        {
            if (_givenUp.Count > 0)
            {
                _toName.AddRange(_givenUp);
                _givenUp.Clear();
            }
        }

        if (_toName.Count > 0)
        {
            _toName.ForEach(AddPending);
            _toName.Clear();
        }

        while (_pending.Count > 0)
        {
            var count = Math.Min(_pending.Count, Math.Min(MaxGapsPerWrite, _segmentBytes / 4 / GapRoomBytes));
            if (!EnsureRoom(count * GapRoomBytes))
            {
                return false;
            }

            _gaps.Clear();
            _gapRecords.Clear();
            var told = WriteGaps(_gaps, _gapRecords, _pending.Take(count));
            if (!WriteBatch(_gaps, _gapRecords))
            {
                // A frame may have reached the disk with that number, so no other event may ever take it.
                UseUp(_events, count, null, null, RefusedReason);
                return false;
            }

            Told(told, []);
            _pending.RemoveRange(0, count);
            _outbox.RaiseAppended();
        }

        SettleAll();
        return true;
    }

    // Each end before this start was looked at, and what it cost is named.
    private void SettleAll()
    {
        if (!_unsettled)
        {
            return;
        }

        _unsettled = false;
        lock (_gate)
        {
            Settle(_telemetry);
            Settle(_events);
        }
    }

    private static void Settle(StreamBook book)
    {
        foreach (var entry in book.Starts)
        {
            if (entry != book.Current && !entry.Settled)
            {
                entry.Settled = true;
                entry.Dirty = true;
            }
        }
    }

    private List<Loss> WriteGaps(FrameBuffer into, List<FrameRecords> records, IEnumerable<Loss> losses)
    {
        var now = _clock.Read();
        var seq = _events.Current.Next;
        var told = new List<Loss>();
        foreach (var loss in losses)
        {
            var record = GapEvent.Of(loss, Epoch.Spool, now.Wall);
            var at = EventFrame.Write(into, Epoch.Start, seq, now.Monotonic, record);
            var time = now.Wall.UnixMicroseconds;
            records.Add(new FrameRecords(StreamKind.Event, Epoch.Start, seq, seq, time, time, at, into.Length - at));
            var named = loss with { Event = new Position(Epoch.Start, seq) };
            named.Write(into);
            told.Add(named);
            seq++;
        }

        return told;
    }

    // The gap events are written: the records are done for. What is told again replaces what was told before.
    private void Told(List<Loss> told, List<Loss> before)
    {
        _gapUnsynced = true;
        lock (_gate)
        {
            _named.RemoveAll(before.Contains);
            foreach (var loss in told)
            {
                _named.Add(loss);
                if (loss.To is not { } to)
                {
                    continue;
                }

                // What is told again counts once.
                var book = Book(loss.Stream);
                if (book.Find(loss.Start) is { } entry)
                {
                    var dropped = loss.IsWhole ? (long)loss.Count - entry.Done.CountIn(loss.From, to) : loss.Again ? 0 : (long)loss.Count;
                    if (loss.Left == 0)
                    {
                        book.MarkDone(entry, loss.From, to);
                    }

                    book.Dropped += dropped;
                    _dropped += dropped;
                    _droppedAtLimit += loss.Reason is SpoolFull or Expired ? dropped : 0;
                }
            }

            if (_named.Count > MaxNamedLosses)
            {
                _named.RemoveRange(0, _named.Count - MaxNamedLosses);
            }
        }
    }
}
