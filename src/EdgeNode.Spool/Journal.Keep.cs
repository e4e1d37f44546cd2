using System.Runtime.InteropServices;
using EdgeNode.Core.Model;
using EdgeNode.Spool.Format;
using EdgeNode.Spool.Ledger;
using EdgeNode.Spool.Recovery;

namespace EdgeNode.Spool;

/// <summary>What of a segment that must go is copied to the head: events, and readings by the policy of their points.</summary>
public sealed partial class Journal
{
    /// <summary>Of a point that is thinned one reading stays in each of these.</summary>
    public static readonly TimeSpan ThinnedTo = TimeSpan.FromMinutes(1);

    /// <summary>Frames of kept readings at most, 2000 readings each; beyond it the oldest readings go whatever their policy.</summary>
    public const int MaxKeptFrames = 20_000;

    // At most this part of a segment is copied from the one that goes, so that the head takes new records for the larger part.
    private const double MostCarried = 0.5;


    // The minute of which a reading stays already: of what came in, over all drops; of what was kept before, within this one.
    private readonly Dictionary<(uint Dictionary, int Point), long> _minutes = [];
    private readonly Dictionary<(uint Dictionary, int Point), long> _keptMinutes = [];
    private Dictionary<(uint Dictionary, int Point), long> _thinned = [];
    private readonly Dictionary<uint, WhenFull[]> _policies = [];
    private readonly HashSet<uint> _headDictionaries = [];
    private readonly HashSet<uint> _carryDictionaries = [];

    private delegate bool KeepEvent(ReadOnlySpan<byte> frameBody);

    // Of kept readings that wait, the bytes outside of a segment.
    private long KeptBytes(Segment outside)
    {
        long bytes = 0;
        var frames = 0;
        foreach (var run in _telemetry.Runs.Runs)
        {
            if (run.Kept && !ReferenceEquals(run.Segment, outside))
            {
                frames++;
                bytes += (long)(run.Bytes * ((double)_telemetry.Undone(run) / (run.Listed ?? run.Size)));
            }
        }

        return frames < MaxKeptFrames ? bytes : long.MaxValue;
    }

    private long KeptBudget(long elsewhere)
    {
        var room = _head!.Size - _head.Tail - (_segmentBytes / 8);
        return Math.Max(0, Math.Min((long)(_segmentBytes * MostCarried), Math.Min(room, (_limit / 2) - elsewhere)));
    }

    /// <summary>Copies what stays into the carry and says what is lost.</summary>
    /// <param name="budget">For kept readings, bytes.</param>
    private List<Loss> Collect(Segment oldest, List<Undelivered> waiting, KeepEvent keep, long budget)
    {
        _carryRecords.Clear();
        _carryDictionaries.Clear();
        waiting.ForEach(range => range.Reset());
        var image = SegmentImage.Read(oldest.File, ref _image, out _);
        CopyEvents(image, oldest.Generation, waiting, keep);
        Look(image, oldest.Generation, waiting, carry: null);
        Choose(waiting, budget);

        // The frames of kept readings say where the gap event will stand.
        var lost = new List<Loss>();
        var carry = new Dictionary<Undelivered, KeptWriter>();
        var seq = _events.Current.Next;
        foreach (var range in waiting.Where(range => range.Stream == StreamKind.Telemetry))
        {
            var told = new Position(Epoch.Start, seq + (ulong)lost.Count);
            var before = lost.Count;
            foreach (var loss in range.Losses(SpoolFull))
            {
                AddLoss(lost, loss, range.Kept);
            }

            if (range.Stay > 0)
            {
                carry[range] = new KeptWriter(this, range, before < lost.Count ? told : default);
            }
        }

        if (carry.Count > 0)
        {
            Look(image, oldest.Generation, waiting, carry);
        }

        lost.AddRange(waiting.Where(range => range.Stream == StreamKind.Event).SelectMany(static range => range.Losses(SpoolFull)));
        return lost;
    }

    // Frames of kept readings that go whole, one behind the other, are one gap: there are many of them.
    private static void AddLoss(List<Loss> lost, Loss loss, bool kept)
    {
        if (kept && loss.Left == 0 && lost.Count > 0 && lost[^1] is { Left: 0, IsWhole: false } before
            && before.Start == loss.Start && before.To + 1 == loss.From)
        {
            lost[^1] = before with { To = loss.To, AtMost = before.AtMost + loss.AtMost, LastTime = loss.LastTime };
            return;
        }

        lost.Add(loss);
    }

    private void CopyEvents(ReadOnlySpan<byte> image, uint generation, List<Undelivered> waiting, KeepEvent keep)
    {
        var walk = new FrameWalk(image, generation, SegmentHeader.Bytes);
        while (walk.Next())
        {
            if (walk.Frame.Type != FrameType.Event || !FrameIndexing.TryRead(walk.Frame, walk.Body, 0, out var records))
            {
                continue;
            }

            var range = waiting.Find(r => r.Stream == StreamKind.Event && r.Holds(records.Start, records.First, records.Last));
            if (range is not null && keep(walk.Body) && !range.Carried.Contains(records.First))
            {
                var at = _carry.Raw(walk.FrameBytes);
                _carryRecords.Add(records with { Offset = at });
                range.Carried.Add(records.First, records.First);
            }
        }
    }

    // Goes through the readings that wait, once to weigh them and once to copy them: the same ones stay both times.
    private void Look(ReadOnlySpan<byte> image, uint generation, List<Undelivered> waiting, Dictionary<Undelivered, KeptWriter>? carry)
    {
        _keptMinutes.Clear();
        _minutes.Clear();
        foreach (var (point, minute) in _thinned)
        {
            _minutes[point] = minute;
        }

        Undelivered? range = null;
        var walk = new FrameWalk(image, generation, SegmentHeader.Bytes);
        while (walk.Next())
        {
            if (!SampleWalk.TryOpen(walk.Frame.Type, walk.Body, out var samples))
            {
                continue;
            }

            MarkSeen(waiting, samples);
            var policies = PoliciesOf(samples.Dictionary);
            var each = (walk.Frame.Bytes / samples.Count) + 1;
            while (samples.Next())
            {
                var seq = samples.Seq;
                if (range is null || range.Kept != samples.Kept || !range.Holds(samples.Start, seq, seq))
                {
                    range = RangeOf(waiting, samples.Start, seq, samples.Kept);
                }

                if (range is null)
                {
                    continue;
                }

                var stays = Stays(policies, samples);
                if (carry is null)
                {
                    range.Take(samples.Reading, stays, each);
                }
                else if (carry.TryGetValue(range, out var writer))
                {
                    writer.Add(samples, stays);
                }
            }

            if (samples.Kept && carry is not null)
            {
                // What was kept before is one frame, and does not go on.
                EndKept(waiting, samples, carry);
            }
        }

        foreach (var writer in carry?.Values ?? Enumerable.Empty<KeptWriter>())
        {
            writer.End();
        }
    }

    private static void MarkSeen(List<Undelivered> waiting, in SampleWalk samples)
    {
        if (!samples.Kept)
        {
            return;
        }

        foreach (var range in waiting)
        {
            range.Seen |= range.Kept && range.Holds(samples.Start, samples.First, samples.Last);
        }
    }

    private static void EndKept(List<Undelivered> waiting, in SampleWalk samples, Dictionary<Undelivered, KeptWriter> carry)
    {
        foreach (var range in waiting)
        {
            if (range.Kept && range.Holds(samples.Start, samples.First, samples.Last) && carry.TryGetValue(range, out var writer))
            {
                writer.End();
            }
        }
    }

    private static Undelivered? RangeOf(List<Undelivered> waiting, uint start, ulong seq, bool kept)
    {
        foreach (var range in waiting)
        {
            if (range.Stream == StreamKind.Telemetry && range.Kept == kept && range.Holds(start, seq, seq))
            {
                return range;
            }
        }

        return null;
    }

    // What came in since the last time comes first; then what was kept already, the oldest of it last. Where more than half of what
    // came in is to be kept, a copy gains too little: there the oldest go as they are.
    private static void Choose(List<Undelivered> waiting, long budget)
    {
        var fresh = waiting.Where(r => r.Stream == StreamKind.Telemetry && !r.Kept).Sum(r => r.StayBytes);
        if (fresh > budget)
        {
            waiting.ForEach(static range => range.GoWhole());
            return;
        }

        budget -= fresh;
        var full = false;
        foreach (var range in waiting.Where(r => r.Kept).Reverse())
        {
            full |= range.StayBytes > budget;
            budget -= range.StayBytes;
            if (full)
            {
                range.GoWhole();
            }
        }
    }

    private bool Stays(WhenFull[] policies, in SampleWalk samples)
    {
        var point = samples.Reading.Point;
        switch ((uint)point < (uint)policies.Length ? policies[point] : WhenFull.Drop)
        {
            case WhenFull.Keep:
                return true;

            case WhenFull.Thin:
                var minutes = samples.Kept ? _keptMinutes : _minutes;
                ref var minute = ref CollectionsMarshal.GetValueRefOrAddDefault(minutes, (samples.Dictionary, point), out var known);
                var now = samples.Reading.Time.UnixMicroseconds / (ThinnedTo.Ticks / TimeSpan.TicksPerMicrosecond);
                var first = !known || minute != now;
                minute = now;
                return first;

            default:
                return false;
        }
    }

    // The site file of today speaks for the points that it knows, the dictionary for the others.
    private WhenFull[] PoliciesOf(uint dictionary)
    {
        if (!_policies.TryGetValue(dictionary, out var policies))
        {
            policies = Dictionary(dictionary) is { } points
                ? [.. points.Select(p => _points.FirstOrDefault(mine => mine.Name == p.Name)?.WhenFull ?? p.WhenFull)]
                : [];
            _policies[dictionary] = policies;
        }

        return policies;
    }

    /// <summary>
    /// Writes a range's readings that stay. Its frames tile the range: each begins behind the one before, and the last ends where
    /// the range ends. So each number of the range is in a span, and recovery finds no holes that damage might have made.
    /// </summary>
    private sealed class KeptWriter(Journal journal, Undelivered range, Position told)
    {
        // A clock that is not set may step between two scans; what tells the readings' true time later must be that of their scan.
        private const long MostDrift = 1000;

        private readonly List<(ulong Seq, Reading Reading)> _stay = [];
        private KeptFrame _frame = new(range.Start, range.From, 0, 0, told, 0, 0, 0, 0);
        private ulong _gone;

        internal void Add(in SampleWalk samples, bool stays)
        {
            if (!stays)
            {
                _gone++;
                return;
            }

            if (_stay.Count == journal._samplesPerFrame || (_stay.Count > 0 && (samples.Dictionary != _frame.Dictionary || HasStepped(samples))))
            {
                Write(_stay[^1].Seq);
            }

            if (_stay.Count == 0)
            {
                _frame = _frame with { Dictionary = samples.Dictionary, BaseWall = samples.BaseWall, BaseMonotonic = samples.BaseMonotonic };
            }

            _stay.Add((samples.Seq, samples.Reading));
        }

        internal void End()
        {
            if (_stay.Count > 0)
            {
                Write(range.To);
            }
        }

        private bool HasStepped(in SampleWalk samples) =>
            samples.Reading.Time.Clock != ClockQuality.Synchronised
            && Math.Abs(samples.BaseWall - samples.BaseMonotonic - _frame.BaseWall + _frame.BaseMonotonic) > MostDrift;

        private void Write(ulong last)
        {
            // Those between the last that stays and the end of the span are counted in the frame after.
            var lost = range.Kept ? _gone : last - _frame.First + 1 - (ulong)_stay.Count;
            var frame = _frame with { Last = last, Lost = lost, Event = lost > 0 ? told : default, Count = _stay.Count };
            if (!journal._headDictionaries.Contains(frame.Dictionary) && journal._carryDictionaries.Add(frame.Dictionary)
                && journal.Dictionary(frame.Dictionary) is { } points)
            {
                DictionaryFrame.Write(journal._carry, points);
            }

            var at = frame.Write(journal._carry, _stay);
            journal._carryRecords.Add(new FrameRecords(
                StreamKind.Telemetry, frame.Start, frame.First, last, _stay[0].Reading.Time.UnixMicroseconds, _stay[^1].Reading.Time.UnixMicroseconds,
                at, journal._carry.Length - at)
            {
                Kept = true,
                Listed = _stay.Count,
                Dictionary = frame.Dictionary,
            });
            _frame = _frame with { First = last + 1 };
            _gone = 0;
            _stay.Clear();
        }
    }
}
