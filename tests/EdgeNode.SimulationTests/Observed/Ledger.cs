using System.Globalization;
using EdgeNode.Core.Model;
using EdgeNode.Core.Ports;

namespace EdgeNode.SimulationTests.Observed;

/// <summary>An event on its way, as the recorder handed it over.</summary>
internal sealed class EventEntry
{
    public required uint Start { get; init; }

    public required string Key { get; init; }

    public required TimeSpan At { get; init; }

    public required SourceTime Stamp { get; init; }

    public Fate Fate { get; set; }

    public bool Promised { get; set; }

    public bool Arrived { get; set; }
}

/// <summary>
/// The independent record of a world: what was handed to the spool and what that said of it, kept across all lives of the node. The
/// <see cref="Platform"/> enters what arrived; <see cref="Settlement"/> compares the two.
/// </summary>
internal sealed class Ledger(Site site)
{
    private const int MostFindings = 20;

    /// <summary>What a commit of a well disk takes beside the interval.</summary>
    private static readonly TimeSpan FlushTime = TimeSpan.FromMilliseconds(250);

    private readonly List<string> _findings = [];
    private readonly Dictionary<string, List<EventEntry>> _events = new(StringComparer.Ordinal);

    public Contents Contents { get; } = new(site);

    /// <summary>Epochs by start.</summary>
    public SortedDictionary<uint, EpochBook> Books { get; } = [];

    /// <summary>Events by start: numbers that arrived, and numbers that gaps name.</summary>
    public SortedDictionary<uint, EpochBook> EventBooks { get; } = [];

    public IEnumerable<EventEntry> Events => _events.Values.SelectMany(e => e);

    /// <summary>The spool's id: one for ever.</summary>
    public ulong? Spool { get; private set; }

    /// <summary>What is wrong, the first of it.</summary>
    public IReadOnlyList<string> Findings => _findings;

    /// <summary>The one life that appends now.</summary>
    public EpochBook? Current { get; private set; }

    /// <summary>Until then the disk is in trouble, and a commit may take longer.</summary>
    public TimeSpan DiskTroubledUntil { get; set; }

    /// <summary>Most time that lay between an unpromised append and the power cut that may have taken it, on a well disk.</summary>
    public TimeSpan LongestAtRisk { get; private set; }

    /// <summary>Readings of lives whose disk took nothing at all, so that not even their epoch is known.</summary>
    public long NeverWritten { get; private set; }

    /// <summary>Readings appended and kept.</summary>
    public long Kept { get; private set; }

    public long Bytes => Books.Values.Sum(b => b.Bytes);

    public void Find(string words)
    {
        if (_findings.Count < MostFindings)
        {
            _findings.Add(words);
        }
    }

    /// <summary>A life has opened the spool.</summary>
    public void Begin(Epoch epoch, Guid boot, TimeSpan now)
    {
        Spool ??= epoch.Spool;
        if (Spool != epoch.Spool)
        {
            Find($"the spool has another id now: {epoch}");
        }

        Current = new EpochBook(epoch.Start, boot) { BeganWell = now > DiskTroubledUntil };
        if (Books.TryGetValue(epoch.Start, out var before))
        {
            // A life whose disk took nothing has left no trace, and its number is free. What it was refused is unnamed.
            NeverWritten += (long)before.Next - 1;
            if (before.Arrived.Highest > 0 || before.Appends.Exists(a => a.Fate == Fate.Kept) || Events.Any(e => e.Start == epoch.Start && e.Fate == Fate.Kept))
            {
                Find($"epoch {epoch.Start} is used a second time");
            }

            // The same event may be handed over again under the same number: one that was refused must not be taken for it.
            foreach (var same in _events.Values)
            {
                same.RemoveAll(e => e.Start == epoch.Start && e.Fate != Fate.Kept && !e.Arrived);
            }
        }

        Books[epoch.Start] = Current;
        EventBooks.TryAdd(epoch.Start, new EpochBook(epoch.Start, boot));
    }

    /// <summary>The life ended; with the power cut, what no commit had promised may be gone.</summary>
    public void End(bool orderly, bool powerCut, Guid boot, TimeSpan now)
    {
        if (Current is { } ended)
        {
            ended.EndedUnwell = !orderly || !ended.DiskWell;
            if (powerCut && ended.Find(ended.PromisedTo + 1) is { Fate: Fate.Kept } first && first.At > DiskTroubledUntil)
            {
                var risk = now - first.At;
                LongestAtRisk = risk > LongestAtRisk ? risk : LongestAtRisk;
                if (risk > site.Spool.Commit + FlushTime)
                {
                    Find($"epoch {ended.Start}: {first.First} was appended {risk.TotalMilliseconds:F0} ms before the power cut and not committed");
                }
            }
        }

        Current = null;
        if (powerCut)
        {
            foreach (var book in Books.Values)
            {
                if (book.Boot == boot)
                {
                    book.CutAbove ??= book.PromisedTo;
                }
            }

            foreach (var entry in Events)
            {
                if (Books[entry.Start].Boot == boot && !entry.Promised && entry.Fate == Fate.Kept)
                {
                    entry.Fate = Fate.Unknown;
                }
            }
        }
    }

    public ulong Handed(ReadOnlySpan<Reading> readings, TimeSpan now)
    {
        var hashes = new uint[readings.Length];
        var stamps = new SourceTime[readings.Length];
        for (var i = 0; i < readings.Length; i++)
        {
            hashes[i] = Contents.Of(readings[i]);
            stamps[i] = readings[i].Time;
        }

        var from = Current!.Next;
        Current.Append(hashes, stamps, now);
        return from;
    }

    public void Told(ulong from, int count, AppendOutcome outcome)
    {
        Current!.Settle(from, outcome == AppendOutcome.Kept ? Fate.Kept : Fate.Refused);
        Kept += outcome == AppendOutcome.Kept ? count : 0;
    }

    public EventEntry Handed(EventRecord record, TimeSpan now)
    {
        var entry = new EventEntry { Start = Current!.Start, At = now, Stamp = record.Time, Key = KeyOf(record.Kind, System.Text.Encoding.UTF8.GetString(record.Body.Span)) };
        if (!_events.TryGetValue(entry.Key, out var same))
        {
            _events.Add(entry.Key, same = []);
        }

        same.Add(entry);
        return entry;
    }

    /// <summary>A commit returned "kept": what was appended before it is promised.</summary>
    public void Committed(ulong before)
    {
        var book = Current!;
        book.PromisedTo = Math.Max(book.PromisedTo, before - 1);

        // What a killed life had appended in this boot is older than this commit, and the interval holds for it too. Not for one that ended while
        // its disk refused to flush: the kernel shows the pages that were thrown away to the next life, and no flush of that one brings them back.
        foreach (var earlier in Books.Values)
        {
            if (book.BeganWell && earlier.DiskWell && earlier != book && earlier.Boot == book.Boot && earlier.CutAbove is null)
            {
                earlier.PromisedTo = earlier.Next - 1;
            }
        }
    }

    /// <summary>An event that is not the journal's own arrived; it must have been handed over, with this stamp unless that was corrected.</summary>
    public void EventArrived(uint start, string kind, string body, long stamp)
    {
        var same = _events.GetValueOrDefault(KeyOf(kind, body), []).Where(e => e.Start == start && !e.Arrived).ToList();
        var entry = same.Find(e => e.Stamp.UnixMicroseconds == stamp) ?? same.Find(e => e.Stamp.Clock == ClockQuality.Unsynchronised);
        if (entry is null)
        {
            Find(string.Create(CultureInfo.InvariantCulture, $"an event arrived in epoch {start} that nobody had appended: {kind} {body} of {stamp}"));
            return;
        }

        entry.Arrived = true;
    }

    private static string KeyOf(string kind, string body) => kind + body;
}

/// <summary>Stands between the recorder's loop and the journal and writes down both sides of each call.</summary>
internal sealed class Witness(Ledger ledger, IRecorder inner, Func<TimeSpan> now) : IRecorder
{
    private readonly List<EventEntry> _round = [];
    private bool _well = true;

    public SpoolFill Fill => inner.Fill;

    public AppendOutcome AppendReadings(ReadOnlySpan<Reading> readings)
    {
        var from = ledger.Handed(readings, now());
        var outcome = inner.AppendReadings(readings);
        ledger.Told(from, readings.Length, outcome);
        return outcome;
    }

    public AppendOutcome AppendEvent(EventRecord record)
    {
        var entry = ledger.Handed(record, now());
        var outcome = inner.AppendEvent(record);
        entry.Fate = outcome == AppendOutcome.Kept ? Fate.Kept : Fate.Refused;
        _well &= outcome == AppendOutcome.Kept;
        _round.Add(entry);
        return outcome;
    }

    public AppendOutcome AppendLoss(StreamKind stream, long count, SourceTime first, SourceTime last, string reason)
    {
        if (stream == StreamKind.Telemetry)
        {
            ledger.Current!.AppendLoss(count, now());
        }

        return inner.AppendLoss(stream, count, first, last, reason);
    }

    public AppendOutcome Commit()
    {
        var before = ledger.Current!.Next;
        var outcome = inner.Commit();
        _well &= outcome == AppendOutcome.Kept;
        ledger.Current!.DiskWell = outcome == AppendOutcome.Kept;
        if (outcome == AppendOutcome.Kept)
        {
            ledger.Committed(before);
        }

        return outcome;
    }

    /// <summary>The recorder's loop has come back from a round: with a well disk, its events are safe.</summary>
    public void RoundDone()
    {
        if (_well)
        {
            _round.ForEach(e => e.Promised |= e.Fate == Fate.Kept);
        }

        _round.Clear();
        _well = true;
    }
}
