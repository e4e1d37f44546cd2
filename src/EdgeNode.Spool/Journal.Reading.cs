using EdgeNode.Core.Model;
using EdgeNode.Core.Ports;
using EdgeNode.Spool.Ledger;

namespace EdgeNode.Spool;

/// <summary>What the reading side asks of the journal.</summary>
public sealed partial class Journal
{
    // Deliveries move on while a count looks into frames; then it says what it knows.
    private const int MaxCountings = 4;

    private readonly Lock _counting = new();
    private readonly SegmentReader _countReader = new();
    private int _countings;

    internal TimeSpan Monotonic => _clock.Read().Monotonic;

    internal SpooledPoint[]? Dictionary(uint number) => _dictionaries.GetValueOrDefault(number);

    /// <summary>Exact; now and then that takes a look into a frame of kept readings, in which a delivery ended.</summary>
    internal long Waiting(StreamKind stream)
    {
        lock (_counting)
        {
            var book = Book(stream);
            var unknown = new List<Run>();
            for (var attempt = 1; ; attempt++)
            {
                List<(Run Run, int Mark, int End)> toLookUp;
                lock (_gate)
                {
                    unknown.Clear();
                    var waiting = 0L;
                    if (_disposed || book.TryCount(out waiting, unknown) || attempt == MaxCountings)
                    {
                        return _disposed ? 0 : waiting;
                    }

                    toLookUp = unknown.ConvertAll(run => (run, run.OffsetFor(run.First), run.EndOffset));
                }

                foreach (var (run, mark, end) in toLookUp)
                {
                    var numbers = StreamBook.NumbersOf(_countReader, run, mark, end);
                    lock (_gate)
                    {
                        run.Numbers = numbers;
                    }
                }
            }
        }
    }

    /// <summary>These numbers of a kept span are not there: lost and named, or delivered before. The reader steps over them.</summary>
    internal void StepOver(uint start, ulong first, ulong last)
    {
        lock (_gate)
        {
            if (_telemetry.Find(start) is { } entry)
            {
                _telemetry.MarkDone(entry, first, last);
            }
        }
    }

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
