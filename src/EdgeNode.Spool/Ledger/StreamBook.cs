using EdgeNode.Core.Model;

namespace EdgeNode.Spool.Ledger;

/// <summary>One start of the gateway in one stream.</summary>
internal sealed class StartEntry(uint start)
{
    /// <summary>More delivered ranges than this are not kept: the smallest is forgotten and delivered again with the same key.</summary>
    internal const int MaxDoneRanges = 32;

    /// <summary>So many, where the records of a range are gone already and nothing but the range says that they are done for.</summary>
    internal const int MaxDoneRangesAtAll = 1000;

    internal uint Start { get; } = start;

    /// <summary>The number that the next record takes; for a past start, one above the last.</summary>
    internal ulong Next { get; set; } = 1;

    /// <summary>Delivered, or named in a gap.</summary>
    internal RangeSet Done { get; } = new();

    /// <summary>A later start has looked at how this one ended, and has named an open gap if there was one.</summary>
    internal bool Settled { get; set; }

    /// <summary>Changed since the last cursor frame.</summary>
    internal bool Dirty { get; set; }

    internal bool AllDone => Next == 1 || (Done.Count == 1 && Done[0].First == 1 && Done[0].Last >= Next - 1);
}

/// <summary>What the journal knows of one stream. Guarded by the journal's gate.</summary>
internal sealed class StreamBook(StreamKind stream)
{
    private long? _waiting = 0;

    internal StreamKind Stream { get; } = stream;

    /// <summary>In order; the last is this run's.</summary>
    internal List<StartEntry> Starts { get; } = [];

    internal RunIndex Runs { get; } = new();

    /// <summary>Starts below it are done altogether and forgotten.</summary>
    internal uint FloorStart { get; set; } = 1;

    internal bool FloorMoved { get; set; }

    /// <summary>Records dropped since the spool was made, each named in a gap.</summary>
    internal long Dropped { get; set; }

    internal StartEntry Current => Starts[^1];

    internal StartEntry? Find(uint start)
    {
        // The last one is asked for most.
        if (Starts.Count > 0 && Starts[^1].Start == start)
        {
            return Starts[^1];
        }

        int low = 0, high = Starts.Count - 1;
        while (low <= high)
        {
            var middle = (low + high) >>> 1;
            if (Starts[middle].Start == start)
            {
                return Starts[middle];
            }

            (low, high) = Starts[middle].Start < start ? (middle + 1, high) : (low, middle - 1);
        }

        return null;
    }

    internal StartEntry FindOrAdd(uint start)
    {
        var at = Starts.Count;
        while (at > 0 && Starts[at - 1].Start >= start)
        {
            at--;
        }

        if (at == Starts.Count || Starts[at].Start != start)
        {
            Starts.Insert(at, new StartEntry(start));
        }

        return Starts[at];
    }

    /// <summary>
    /// Records that stand in a segment and are not done. False when that takes a look into frames of kept readings, which are
    /// then listed: a delivery ended within them.
    /// </summary>
    internal bool TryCount(out long waiting, List<Run> unknown)
    {
        if (_waiting is { } known)
        {
            waiting = known;
            return true;
        }

        waiting = 0;
        List<Run>? drained = null;
        foreach (var run in Runs.Runs)
        {
            if (IsVague(run))
            {
                unknown.Add(run);
            }

            var undone = Undone(run);
            waiting += undone;
            if (run.Kept && undone == 0)
            {
                (drained ??= []).Add(run);
            }
        }

        if (unknown.Count > 0)
        {
            return false;
        }

        _waiting = waiting;

        // The numbers behind the last that is there will not come: so the segment can be let go.
        foreach (var run in drained ?? [])
        {
            if (Find(run.Start) is { } entry && entry.Done.CountIn(run.First, run.Last) < run.Size)
            {
                MarkDone(entry, run.First, run.Last);
            }
        }

        return true;
    }

    /// <summary>The same where nobody else uses the book: what has to be looked up is.</summary>
    internal long Count(SegmentReader reader)
    {
        var unknown = new List<Run>();
        long waiting;
        while (!TryCount(out waiting, unknown))
        {
            unknown.ForEach(run => run.Numbers = NumbersOf(reader, run, run.OffsetFor(run.First), run.EndOffset));
            unknown.Clear();
        }

        return waiting;
    }

    /// <summary>Which numbers of a kept run are there; all of them where its frame cannot be read, which the reader will find and report.</summary>
    internal static RangeSet NumbersOf(SegmentReader reader, Run run, int mark, int end)
    {
        if (reader.NumbersOf(run, mark, end) is { } numbers)
        {
            return numbers;
        }

        var all = new RangeSet();
        all.Add(run.First, run.Last);
        return all;
    }

    /// <summary>A frame was written with the next numbers.</summary>
    internal void Append(in FrameRecords frame, Segment segment, int offset)
    {
        Runs.Add(frame, segment, offset);
        var entry = Current;
        if (frame.Start == entry.Start && frame.First == entry.Next)
        {
            entry.Next = frame.Last + 1;
            _waiting += (long)(frame.Last - frame.First + 1); // a kept frame never has the next number
        }
        else
        {
            _waiting = null;
        }
    }

    internal void MarkDone(StartEntry entry, ulong first, ulong last)
    {
        entry.Done.Add(first, last);
        if (entry.Done.Count > StartEntry.MaxDoneRanges)
        {
            Forget(entry);
        }

        entry.Dirty = true;
        _waiting = null;
    }

    // What is forgotten is delivered again; what is not there any more would look like damage.
    private void Forget(StartEntry entry)
    {
        bool IsThere(ulong from, ulong to) => Runs.CountIn(entry.Start, from, to) == (long)(to - from + 1);
        while (entry.Done.Count > StartEntry.MaxDoneRanges && entry.Done.TryForgetSmallest(IsThere))
        {
        }

        while (entry.Done.Count > StartEntry.MaxDoneRangesAtAll && entry.Done.TryForgetSmallest(static (_, _) => true))
        {
        }
    }

    /// <summary>The records are no longer there, or there anew.</summary>
    internal void Changed() => _waiting = null;

    /// <summary>Records of the run that are not done; of a kept run whose numbers are not at hand, at most so many.</summary>
    internal long Undone(Run run)
    {
        if (Find(run.Start) is not { } entry)
        {
            return 0;
        }

        var undone = run.Size - entry.Done.CountIn(run.First, run.Last);
        if (!run.Kept || undone == 0)
        {
            run.Numbers = null;
            return undone;
        }

        if (run.Numbers is not { } numbers)
        {
            return Math.Min(undone, run.Listed ?? undone);
        }

        undone = 0;
        for (var i = 0; i < numbers.Count; i++)
        {
            var (first, last) = (Math.Max(numbers[i].First, run.First), Math.Min(numbers[i].Last, run.Last));
            undone += first > last ? 0 : (long)(last - first + 1) - entry.Done.CountIn(first, last);
        }

        return undone;
    }

    private bool IsVague(Run run)
    {
        if (!run.Kept || run.Numbers is not null || Find(run.Start) is not { } entry)
        {
            return false;
        }

        var done = entry.Done.CountIn(run.First, run.Last);
        return done != run.Size && (done != 0 || run.Listed is null);
    }

    /// <summary>Finds the first record that waits, at or after a position and before another, and how far its like go on in the same run.</summary>
    internal bool TryFind(Position from, Position until, out Run? run, out ulong first, out ulong last)
    {
        for (var i = Runs.FirstEndingAtOrAfter(from); i < Runs.Count; i++)
        {
            run = Runs[i];
            if (run.Position >= until)
            {
                break;
            }

            if (Find(run.Start) is not { } entry)
            {
                continue;
            }

            first = entry.Done.NextOutside(run.Start == from.Start ? Math.Max(from.Seq, run.First) : run.First);
            if (first > run.Last || new Position(run.Start, first) >= until)
            {
                continue;
            }

            last = Math.Min(run.Last, entry.Done.NextInside(first) - 1);
            if (until.Start == run.Start)
            {
                last = Math.Min(last, until.Seq - 1);
            }

            return true;
        }

        run = null;
        first = last = 0;
        return false;
    }

    /// <summary>Past starts of which nothing is left to deliver are forgotten, the oldest first.</summary>
    internal void RaiseFloor()
    {
        var done = 0;
        while (done < Starts.Count - 1 && Starts[done].Settled && Starts[done].AllDone)
        {
            done++;
        }

        if (done > 0)
        {
            Starts.RemoveRange(0, done);
            FloorStart = Starts[0].Start;
            FloorMoved = true;
        }
    }

    internal void Clean()
    {
        FloorMoved = false;
        foreach (var entry in Starts)
        {
            entry.Dirty = false;
        }
    }

    internal void Soil() => Starts.ForEach(static entry => entry.Dirty = true);
}
