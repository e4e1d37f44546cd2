using System.Runtime.InteropServices;
using EdgeNode.Core.Model;
using EdgeNode.Spool.Format;
using EdgeNode.Spool.Ledger;

namespace EdgeNode.Spool.Recovery;

/// <summary>What a survey found to be lost and not yet named.</summary>
/// <param name="Unnamed">To be named in gap events now.</param>
/// <param name="Named">Losses whose gap event waits to be delivered.</param>
/// <param name="Missing">Records that damage took.</param>
/// <param name="OpenGaps">Of the unnamed ones, those without an end.</param>
internal sealed record Reckoning(List<Loss> Unnamed, List<Loss> Named, long Missing, int OpenGaps)
{
    internal const string Damaged = "damaged";
    internal const string UncleanStop = "unclean-stop";

    /// <summary>The smallest packed sample: its flags alone, for a 0 at the same time and of the next point.</summary>
    private const int SmallestSampleBytes = 1;

    /// <summary>While no segment could be opened, any count of numbers may have been used up.</summary>
    private const ulong UnknownBound = uint.MaxValue;

    // More lost starts in a row than this are not told apart.
    private const uint MaxLostStarts = 64;

    internal static Reckoning Of(Survey survey, Guid boot)
    {
        var unnamed = new List<Loss>();
        var named = new List<Loss>();
        var explained = new Dictionary<(StreamKind, uint), RangeSet>();
        var lostEvents = LostEvents(survey);
        var toldAgain = new HashSet<Position>();
        foreach (var same in survey.Losses.GroupBy(l => (l.Stream, l.Start, l.From, l.To, l.Left)))
        {
            var book = survey.Book(same.Key.Stream);

            // Null below the floor: the numbers are done with, but the event that says so may still wait.
            var entry = book.Find(same.Key.Start);
            var told = same.LastOrDefault(loss => !IsIn(lostEvents, loss.Event) && IsThere(survey.Events, loss.Event));
            if (told is null && entry is not null && same.Key.To is { } end && same.All(loss => IsIn(lostEvents, loss.Event))
                && entry.Done.CountIn(same.Key.From, end) < (long)(end - same.Key.From + 1))
            {
                // The rest of a write that failed: its gap event was given up and nothing was taken for lost on its word.
                // What is missing all the same is a hole.
                continue;
            }

            // Of a span from which readings are still to come, each number is in a frame of kept readings, or that frame is damaged.
            if (entry is not null && same.Key.To is { } to)
            {
                entry.Next = Math.Max(entry.Next, to + 1);
                if (same.Key.Left == 0)
                {
                    RangesOf(explained, same.Key.Stream, same.Key.Start).Add(same.Key.From, to);
                }
                else if (told is null && IsAllThere(book, same.Key.Start, same.Key.From, to))
                {
                    // The rest of a write that failed: nothing was taken out of the span.
                    continue;
                }
            }

            // The gap event itself may be what was damaged; then it is named anew.
            if (told is null)
            {
                unnamed.Add(same.Last() with { Again = true });
                toldAgain.UnionWith(same.Select(loss => loss.Event));
                continue;
            }

            if (entry is not null && told.Left == 0 && told.To is { } last)
            {
                book.MarkDone(entry, told.From, last);
            }

            if (survey.Events.Find(told.Event.Start) is { } at && !at.Done.Contains(told.Event.Seq))
            {
                named.Add(told);
            }
        }

        // A frame of kept readings outlives the loss frame beside its gap event, and says the same.
        foreach (var run in survey.Telemetry.Runs.Runs)
        {
            if (run.Loss is { } loss && !toldAgain.Contains(loss.Event) && (IsIn(lostEvents, loss.Event) || !IsThere(survey.Events, loss.Event)))
            {
                unnamed.Add(loss with { Again = true });
            }
        }

        long missing = 0;
        var open = 0;
        foreach (var book in new[] { survey.Telemetry, survey.Events })
        {
            AddLostStarts(survey, book);
            foreach (var entry in book.Starts)
            {
                foreach (var (from, to) in Holes(book, entry, RangesOf(explained, book.Stream, entry.Start)))
                {
                    missing += (long)(to - from + 1);
                    unnamed.Add(Describe(book, entry.Start, from, to, 0, Damaged));
                }

                if (!entry.Settled && EndIsUnknown(survey, entry.Start, boot)
                    && !survey.Losses.Exists(l => l.Stream == book.Stream && l.Start == entry.Start && l.To is null))
                {
                    open++;
                    var bound = survey.IsSealed ? UnknownBound : Journal.MaxUncommitted + (ulong)(survey.LostTailBytes / SmallestSampleBytes);
                    unnamed.Add(Describe(book, entry.Start, entry.Next, null, bound, UncleanStop));
                }
            }

            book.Changed();
        }

        return new Reckoning(unnamed, named, missing, open);
    }

    private static bool EndIsUnknown(Survey survey, uint start, Guid boot) =>
        !survey.IsClosed(start) && !(start == survey.LastStart && survey.BootOf(start) == boot && survey.TailIsClean && !survey.IsSealed);

    private static bool IsAllThere(StreamBook book, uint start, ulong from, ulong to)
    {
        ulong count = 0;
        for (var i = book.Runs.FirstEndingAtOrAfter(new Position(start, from)); i < book.Runs.Count && book.Runs[i].Start == start; i++)
        {
            var run = book.Runs[i];
            count += run.Kept || run.First > to ? 0 : Math.Min(to, run.Last) - Math.Max(from, run.First) + 1;
        }

        return count == to - from + 1;
    }

    // Events that a gap event names, by start.
    private static Dictionary<uint, RangeSet> LostEvents(Survey survey)
    {
        var lost = new Dictionary<uint, RangeSet>();
        foreach (var loss in survey.Losses)
        {
            if (loss.Stream == StreamKind.Event && loss.To is { } to)
            {
                (CollectionsMarshal.GetValueRefOrAddDefault(lost, loss.Start, out _) ??= new RangeSet()).Add(loss.From, to);
            }
        }

        return lost;
    }

    private static bool IsIn(Dictionary<uint, RangeSet> events, Position position) =>
        events.TryGetValue(position.Start, out var ranges) && ranges.Contains(position.Seq);

    private static bool IsThere(StreamBook events, Position position) =>
        position.Start < events.FloorStart
        || (events.Find(position.Start) is { } entry && entry.Done.Contains(position.Seq))
        || events.Runs.CountIn(position.Start, position.Seq, position.Seq) > 0;

    private static RangeSet RangesOf(Dictionary<(StreamKind, uint), RangeSet> all, StreamKind stream, uint start)
    {
        if (!all.TryGetValue((stream, start), out var ranges))
        {
            all[(stream, start)] = ranges = new RangeSet();
        }

        return ranges;
    }

    // A start that only the marker or the floor still knows of: all of it is gone.
    private static void AddLostStarts(Survey survey, StreamBook book)
    {
        var from = Math.Max(book.FloorStart, survey.LastStart >= MaxLostStarts ? survey.LastStart - MaxLostStarts + 1 : 1);
        for (var start = from; start <= survey.LastStart; start++)
        {
            book.FindOrAdd(start);
        }
    }

    private static IEnumerable<(ulong From, ulong To)> Holes(StreamBook book, StartEntry entry, RangeSet explained)
    {
        var known = new RangeSet();
        for (var i = 0; i < entry.Done.Count; i++)
        {
            known.Add(entry.Done[i].First, entry.Done[i].Last);
        }

        for (var i = 0; i < explained.Count; i++)
        {
            known.Add(explained[i].First, explained[i].Last);
        }

        for (var i = book.Runs.FirstEndingAtOrAfter(new Position(entry.Start, 1)); i < book.Runs.Count; i++)
        {
            if (book.Runs[i].Start != entry.Start)
            {
                break;
            }

            known.Add(book.Runs[i].First, book.Runs[i].Last);
        }

        for (var from = known.NextOutside(1); from < entry.Next; from = known.NextOutside(known.NextInside(from)))
        {
            yield return (from, Math.Min(entry.Next, known.NextInside(from)) - 1);
            if (known.NextInside(from) >= entry.Next)
            {
                yield break;
            }
        }
    }

    /// <summary>A loss with the times of its neighbours.</summary>
    internal static Loss Describe(StreamBook book, uint start, ulong from, ulong? to, ulong atMost, string reason)
    {
        var at = book.Runs.FirstEndingAtOrAfter(new Position(start, from));
        long? first = at > 0 && book.Runs[at - 1].Start == start ? book.Runs[at - 1].LastTime : null;
        long? last = to is not null && at < book.Runs.Count && book.Runs[at].Start == start ? book.Runs[at].FirstTime : null;
        return new Loss(book.Stream, start, from, to, to is { } t ? t - from + 1 : atMost, first, last, reason, default);
    }
}
