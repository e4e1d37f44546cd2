using EdgeNode.Core.Model;
using EdgeNode.Core.Ports;
using EdgeNode.Spool.Ledger;

namespace EdgeNode.Spool;

/// <summary>What the reading side asks of the journal.</summary>
public sealed partial class Journal
{
    private int _countings;

    internal SpooledPoint[]? Dictionary(uint number) => _dictionaries.GetValueOrDefault(number);

    internal void Delivered(StreamKind stream, uint start, ulong first, ulong last)
    {
        lock (_gate)
        {
            var book = Book(stream);
            if (book.Find(start) is not { } entry || first >= entry.Next)
            {
                return;
            }

            last = Math.Min(last, entry.Next - 1);
            book.MarkDone(entry, first, last);
            if (stream == StreamKind.Event && _named.Count > 0)
            {
                ForgetNamed(start, first, last);
            }
        }
    }

    private void ForgetNamed(uint start, ulong first, ulong last) =>
        _named.RemoveAll(loss => loss.Event.Start == start && loss.Event.Seq >= first && loss.Event.Seq <= last);

    private SpoolFill FillNow()
    {
        lock (_gate)
        {
            var used = 0L;
            _countings++;
            used += UsedBy(_telemetry);
            used += UsedBy(_events);
            if (_segments.Count > 0 && _segments[^1] is { } newest && newest.Counted != _countings)
            {
                used += newest.Tail;
            }

            return new SpoolFill(used, _limit, Interlocked.Read(ref _dropped), _outcome) { DroppedAtLimit = Interlocked.Read(ref _droppedAtLimit) };
        }
    }

    // Each segment counts once, with all that was written to it.
    private long UsedBy(StreamBook book)
    {
        long used = 0;
        foreach (var run in book.Runs.Runs)
        {
            if (run.Segment.Counted != _countings && book.Undone(run) > 0)
            {
                run.Segment.Counted = _countings;
                used += run.Segment.Tail;
            }
        }

        return used;
    }
}
