using System.Globalization;
using System.Text.Json;
using EdgeNode.Core.Model;
using EdgeNode.SimulationTests.Simulated;
using EdgeNode.Uplink.Tapping;

namespace EdgeNode.SimulationTests.Observed;

/// <summary>
/// The platform behind the broker: decodes what arrives by a reader of its own, compares it with what was appended, and watches keys and
/// order. Beside it, where wanted, the product's own <see cref="TapLedger"/> gets the same bytes.
/// </summary>
internal sealed class Platform(Ledger ledger, VirtualClock clock)
{
    /// <summary>What an unsynchronised stamp may be corrected to lies within this time before the append.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(10);

    private static readonly string[] PolicyReasons = ["spool-full"];
    private readonly Dictionary<(uint Start, ulong Seq), ulong> _events = [];
    private readonly List<WireReading> _readings = [];
    private readonly List<TapReading> _fresh = [];

    public TapLedger? Tap { get; set; }

    public Latencies Live { get; } = new();

    /// <summary>Latency of live readings that arrive while there is a backlog.</summary>
    public Latencies LiveBesideBacklog { get; } = new();

    /// <summary>Called with the body of each gap event.</summary>
    public Action<string>? OnGap { get; set; }

    public long Messages { get; private set; }

    public long Redelivered { get; private set; }

    public long Backlog { get; private set; }

    public long GapEvents { get; private set; }

    /// <summary>What a gap had named as lost, and came later.</summary>
    public long Resurrected { get; private set; }

    /// <summary>Numbers that closed gaps name.</summary>
    public long GapNumbers { get; private set; }

    /// <summary>A broker that refuses some messages and takes later ones breaks the order itself.</summary>
    public bool OrderExcused { get; set; }

    /// <summary>When the last backlog message came.</summary>
    public TimeSpan LastBacklogAt { get; private set; }

    public void Telemetry(ReadOnlyMemory<byte> payload)
    {
        Messages++;
        if (Tap is { } tap)
        {
            _fresh.Clear();
            tap.Telemetry(payload, _fresh);
        }

        if (!WireReader.TryRead(payload.Span, ledger.Contents, _readings, out var epoch, out var seq, out var live, out var why))
        {
            ledger.Find($"a telemetry message breaks the contract: {why}");
            return;
        }

        if (epoch.Spool != ledger.Spool || !ledger.Books.TryGetValue(epoch.Start, out var book))
        {
            ledger.Find($"telemetry of epoch {epoch}, which nobody began");
            return;
        }

        if (!live)
        {
            LastBacklogAt = clock.Now;
            Backlog += _readings.Count;
        }

        Take(book, seq, live);
    }

    public void Event(ReadOnlyMemory<byte> payload)
    {
        Tap?.Event(payload);
        using var json = JsonDocument.Parse(payload);
        var root = json.RootElement;
        if (!Epoch.TryParse(root.GetProperty("epoch").GetString(), out var epoch) || epoch.Spool != ledger.Spool)
        {
            ledger.Find("an event without an epoch of this spool");
            return;
        }

        if (!ledger.EventBooks.TryGetValue(epoch.Start, out var book))
        {
            // A life that was ended while it opened the spool may have written its gap events.
            ledger.EventBooks.Add(epoch.Start, book = new EpochBook(epoch.Start, default));
        }

        var seq = root.GetProperty("seq").GetUInt64();
        var content = Contents.Text(payload.Span);
        if (_events.TryGetValue((epoch.Start, seq), out var before))
        {
            Redelivered++;
            if (before != content)
            {
                ledger.Find($"event {epoch.Start} {seq} came again with other content");
            }

            return;
        }

        _events.Add((epoch.Start, seq), content);
        Resurrect(book, seq);
        if (!OrderExcused && seq < book.Arrived.Highest)
        {
            ledger.Find($"event {epoch.Start} {seq} came after {book.Arrived.Highest}");
        }

        book.Arrived.Add(seq, seq);
        var body = root.EnumerateObject().Last();
        if (body.NameEquals("gap"))
        {
            Gap(body.Value);
        }
        else
        {
            ledger.EventArrived(epoch.Start, body.Name, body.Value.GetRawText(), (long)(root.GetProperty("t").GetDecimal() * 1_000_000m));
        }
    }

    private void Gap(JsonElement gap)
    {
        GapEvents++;
        OnGap?.Invoke(gap.GetRawText());
        var of = gap.GetProperty("stream").GetString() == "telemetry" ? ledger.Books : ledger.EventBooks;
        if (!Epoch.TryParse(gap.GetProperty("epoch").GetString(), out var epoch))
        {
            ledger.Find("a gap event without an epoch");
        }

        var (from, reason) = (gap.GetProperty("from").GetUInt64(), gap.GetProperty("reason").GetString()!);
        if (!of.TryGetValue(epoch.Start, out var book))
        {
            // A start that a crash took before the spool was open: it has no number, and may be named all the same.
            of.Add(epoch.Start, book = new EpochBook(epoch.Start, default));
        }

        if (gap.GetProperty("to").ValueKind == JsonValueKind.Null)
        {
            book.Open.Add(from, from + Math.Max(1, gap.GetProperty("atMost").GetUInt64()) - 1);
            return;
        }

        var to = gap.GetProperty("to").GetUInt64();
        var count = gap.GetProperty("count").GetUInt64();
        GapNumbers += (long)count;
        if (count != to - from + 1)
        {
            ledger.Find($"a gap from {from} to {to} says that it counts {count}");
        }

        book.Named.Add(from, to);
        if (PolicyReasons.Contains(reason))
        {
            book.GivenUp.Add(from, to);
        }
    }

    private void Take(EpochBook book, ulong seq, bool live)
    {
        var first = seq;
        foreach (var reading in _readings)
        {
            var at = seq++;
            if (book.Hash(at) is not { } hash || book.Find(at) is not { Fate: not Fate.Told } append)
            {
                ledger.Find($"reading {book.Start} {at} arrived, and nobody had appended it");
                return;
            }

            if (hash != reading.Content)
            {
                ledger.Find($"reading {book.Start} {at} arrived with another value, quality or name than it was appended with");
            }

            if (!TimeHolds(append, reading.Time))
            {
                ledger.Find($"reading {book.Start} {at} was stamped {append.Stamp} and arrived with {reading.Time}");
            }

            if (live && !book.Arrived.Contains(at))
            {
                var latency = clock.Now - TimeSpan.FromMicroseconds(reading.Time.UnixMicroseconds - VirtualClock.Origin);
                Live.Add(latency);
                if (clock.Now - LastBacklogAt < TimeSpan.FromSeconds(1))
                {
                    LiveBesideBacklog.Add(latency);
                }
            }
        }

        Arrive(book, first, seq - 1, live);
    }

    private void Arrive(EpochBook book, ulong first, ulong last, bool live)
    {
        var fresh = book.Arrived.HolesIn(first, last).ToList();
        Redelivered += (long)(last - first + 1) - fresh.Sum(f => (long)(f.Last - f.First + 1));
        ref var lane = ref book.LastOfLane[live ? 1 : 0];
        foreach (var (from, to) in fresh)
        {
            Resurrect(book, from);
            if (from <= lane && !OrderExcused)
            {
                ledger.Find(string.Create(
                    CultureInfo.InvariantCulture, $"reading {book.Start} {from} came after {lane} of the {(live ? "live" : "backlog")} lane"));
            }

            lane = Math.Max(lane, to);
            book.Arrived.Add(from, to);
        }
    }

    // A write that failed may have reached the disk all the same. When the power then takes the gap event, which was sent before it was
    // durable, the next life finds the record and delivers it: more than was promised, and late.
    private void Resurrect(EpochBook book, ulong seq)
    {
        if (book.Named.Contains(seq))
        {
            Resurrected++;
            OrderExcused = true;
        }
    }

    private static bool TimeHolds(in Appended append, SourceTime got)
    {
        if (got == append.Stamp)
        {
            return true;
        }

        // The clock was set meanwhile, and the spool corrected the stamp to what is the true time.
        var truth = TimeSpan.FromMicroseconds(got.UnixMicroseconds - VirtualClock.Origin);
        return append.Stamp.Clock == ClockQuality.Unsynchronised && truth <= append.At && truth > append.At - LongestWait;
    }
}
