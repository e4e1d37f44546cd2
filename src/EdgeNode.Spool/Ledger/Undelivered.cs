using EdgeNode.Core.Model;
using EdgeNode.Spool.Format;

namespace EdgeNode.Spool.Ledger;

/// <summary>Records of one run that wait, in a segment that is to go.</summary>
internal sealed class Undelivered(StreamKind stream, Run run, ulong from, ulong to)
{
    private (long First, long Last)? _all;
    private (long First, long Last)? _gone;

    internal StreamKind Stream { get; } = stream;

    internal uint Start { get; } = run.Start;

    internal ulong From { get; } = from;

    internal ulong To { get; } = to;

    /// <summary>They were kept before: not every number of the range is there.</summary>
    internal bool Kept { get; } = run.Kept;

    /// <summary>Events that are copied to the head of the journal, so not lost.</summary>
    internal RangeSet Carried { get; } = new();

    /// <summary>Of kept readings: their frame was found.</summary>
    internal bool Seen { get; set; }

    /// <summary>Readings of the range that can be read.</summary>
    internal long Found { get; private set; }

    /// <summary>Of them, those that stay.</summary>
    internal long Stay { get; private set; }

    /// <summary>What those take, in bytes, about.</summary>
    internal long StayBytes { get; private set; }

    /// <summary>What of a run waits.</summary>
    internal static IEnumerable<Undelivered> In(StreamBook book, Run run)
    {
        if (book.Find(run.Start) is not { } entry)
        {
            yield break;
        }

        for (var from = entry.Done.NextOutside(run.First); from <= run.Last; from = entry.Done.NextOutside(from))
        {
            var to = Math.Min(run.Last, entry.Done.NextInside(from) - 1);
            yield return new Undelivered(book.Stream, run, from, to);
            from = to + 1;
        }
    }

    internal void Reset()
    {
        (_all, _gone, Seen, Found, Stay, StayBytes) = (null, null, false, 0, 0, 0);
        Carried.Clear();
    }

    internal bool Holds(uint start, ulong first, ulong last) => Start == start && From <= last && first <= To;

    internal void Take(in Reading reading, bool stays, int bytes)
    {
        var time = reading.Time.UnixMicroseconds;
        Found++;
        _all = (_all?.First ?? time, time);
        if (stays)
        {
            Stay++;
            StayBytes += bytes;
        }
        else
        {
            _gone = (_gone?.First ?? time, time);
        }
    }

    /// <summary>Nothing of it stays after all.</summary>
    internal void GoWhole() => (Stay, StayBytes, _gone) = (0, 0, _all);

    /// <summary>What is lost of it when the segment goes.</summary>
    internal IEnumerable<Loss> Losses(string reason)
    {
        var (first, last) = _gone ?? (run.FirstTime, run.LastTime);
        if (Stream == StreamKind.Telemetry)
        {
            // Of a frame of kept readings that cannot be read, each number of the span may have been there.
            var lost = Kept && Seen ? (ulong)(Found - Stay) : To - From + 1 - (ulong)Stay;
            if (lost > 0)
            {
                yield return new Loss(Stream, Start, From, To, lost, first, last, reason, default) { Left = (ulong)Stay };
            }

            yield break;
        }

        for (var from = Carried.NextOutside(From); from <= To; from = Carried.NextOutside(from))
        {
            var to = Math.Min(To, Carried.NextInside(from) - 1);
            yield return new Loss(Stream, Start, from, to, to - from + 1, first, last, reason, default);
            from = to + 1;
        }
    }
}
