using EdgeNode.Core.Model;
using EdgeNode.Spool.Format;

namespace EdgeNode.Spool.Ledger;

/// <summary>Where the records of one stream stand, in the order of their positions. Bounded by what a journal's files can hold.</summary>
internal sealed class RunIndex
{
    private const int MarkEveryBytes = 64 * 1024;
    private readonly List<Run> _runs = [];

    internal List<Run> Runs => _runs;

    internal int Count => _runs.Count;

    internal Run this[int index] => _runs[index];

    /// <summary>Adds the records of a frame. Older copies of the same records are forgotten.</summary>
    internal void Add(in FrameRecords frame, Segment segment, int offset)
    {
        if (_runs.Count > 0 && new Position(frame.Start, frame.First) <= new Position(_runs[^1].Start, _runs[^1].Last))
        {
            Carve(frame.Start, frame.First, frame.Last);
        }

        var at = FirstEndingAtOrAfter(new Position(frame.Start, frame.First));
        var end = offset + frame.Bytes;
        if (!frame.Kept && at > 0 && _runs[at - 1] is { Kept: false } before && before.Start == frame.Start && before.Last + 1 == frame.First
            && ReferenceEquals(before.Segment, segment) && before.EndOffset <= offset)
        {
            before.Last = frame.Last;
            before.LastTime = frame.LastTime;
            before.EndOffset = end;
            before.Bytes += frame.Bytes;
            if (offset - before.Marks[^1].Offset >= MarkEveryBytes)
            {
                before.Marks.Add((frame.First, offset));
            }

            return;
        }

        _runs.Insert(at, new Run(frame.Start, frame.First, frame.Last, segment, end)
        {
            Marks = [(frame.First, offset)],
            FirstTime = frame.FirstTime,
            LastTime = frame.LastTime,
            Bytes = frame.Bytes,
            Kept = frame.Kept,
            Listed = frame.Kept ? frame.Listed : null,
            Loss = frame.Loss,
        });
    }

    /// <summary>Takes records out of the index.</summary>
    internal void Carve(uint start, ulong first, ulong last)
    {
        for (var i = FirstEndingAtOrAfter(new Position(start, first)); i < _runs.Count; i++)
        {
            var run = _runs[i];
            if (run.Start != start || run.First > last)
            {
                return;
            }

            run.Gone = true;
            _runs.RemoveAt(i);
            if (run.Last > last)
            {
                _runs.Insert(i, Part(run, last + 1, run.Last));
            }

            if (run.First < first)
            {
                _runs.Insert(i, Part(run, run.First, first - 1));
                i++;
            }

            i--;
        }
    }

    internal void Forget(Segment segment)
    {
        foreach (var run in _runs)
        {
            run.Gone |= ReferenceEquals(run.Segment, segment);
        }

        _runs.RemoveAll(run => run.Gone);
    }

    internal void ForgetBelow(uint start)
    {
        foreach (var run in _runs)
        {
            run.Gone |= run.Start < start;
        }

        _runs.RemoveAll(run => run.Gone);
    }

    internal long CountIn(uint start, ulong first, ulong last)
    {
        long count = 0;
        for (var i = FirstEndingAtOrAfter(new Position(start, first)); i < _runs.Count; i++)
        {
            var run = _runs[i];
            if (run.Start != start || run.First > last)
            {
                break;
            }

            count += (long)(Math.Min(last, run.Last) - Math.Max(first, run.First) + 1);
        }

        return count;
    }

    /// <summary>Index of the first run whose last record is not before the position.</summary>
    internal int FirstEndingAtOrAfter(Position position)
    {
        int low = 0, high = _runs.Count;
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            if (new Position(_runs[middle].Start, _runs[middle].Last) < position)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low;
    }

    // Times and bytes stay those of the whole: an estimate that errs on the wide side.
    private static Run Part(Run run, ulong first, ulong last) =>
        new(run.Start, first, last, run.Segment, run.EndOffset)
        {
            Marks = [.. run.Marks.Where(mark => mark.Seq <= last)],
            FirstTime = run.FirstTime,
            LastTime = run.LastTime,
            Bytes = run.Bytes,
            Kept = run.Kept,
            Numbers = run.Numbers,
        };
}

/// <summary>The records of one frame.</summary>
/// <param name="Offset">In the buffer that holds the frame.</param>
internal readonly record struct FrameRecords(
    StreamKind Stream, uint Start, ulong First, ulong Last, long FirstTime, long LastTime, int Offset, int Bytes)
{
    /// <summary>Kept readings: <see cref="Listed"/> of the span are there.</summary>
    internal bool Kept { get; init; }

    /// <summary>Of kept readings: how many.</summary>
    internal int Listed { get; init; }

    /// <summary>Of kept readings: the dictionary that names their points.</summary>
    internal uint Dictionary { get; init; }

    /// <summary>Of kept readings: what was lost of the span.</summary>
    internal Loss? Loss { get; init; }

    /// <summary>In memory too because its segment is to go: on the disk it is all the same.</summary>
    internal bool Durable { get; init; }
}
