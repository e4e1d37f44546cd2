using System.Collections.Immutable;
using System.Text.Json;
using EdgeNode.Core.Model;
using EdgeNode.Core.Ports;
using EdgeNode.Spool;

namespace EdgeNode.UnitTests.Spool;

/// <summary>Both clocks, moved by hand.</summary>
public sealed class HandClock : IStationClock
{
    public long Microseconds { get; set; } = 1_000_000;

    /// <summary>The wall clock alone, seconds.</summary>
    public double Step { get; set; }

    public Guid BootId { get; set; } = new("11111111-2222-3333-4444-555555555555");

    public ClockReading Read() => new(
        TimeSpan.FromMicroseconds(Microseconds), new SourceTime(1_795_374_600_000_000 + Microseconds + (long)(Step * 1e6), ClockQuality.Synchronised));

    public void Advance(double seconds) => Microseconds += (long)(seconds * 1e6);

    public void Reboot()
    {
        BootId = Guid.NewGuid();
        Microseconds += 60_000_000;
    }
}

/// <summary>What a gap event says.</summary>
public sealed record GapSeen(string Stream, Epoch Epoch, ulong From, ulong? To, ulong AtMost, string Reason)
{
    /// <summary>Of a span of which only some are lost: how many.</summary>
    public ulong? Some { get; init; }

    /// <summary>Of the others, those that were not lost.</summary>
    public ulong Left { get; init; }

    public long Count => (long)(Some ?? To!.Value - From + 1);

    public bool Covers(StreamKind stream, uint start, ulong seq) =>
        Stream == (stream == StreamKind.Telemetry ? "telemetry" : "event") && Epoch.Start == start && seq >= From
        && seq <= (To ?? From + AtMost - 1);

    public static GapSeen Of(EventRecord record)
    {
        using var json = JsonDocument.Parse(record.Body);
        var root = json.RootElement;
        Assert.True(Epoch.TryParse(root.GetProperty("epoch").GetString(), out var epoch));
        var open = root.GetProperty("to").ValueKind == JsonValueKind.Null;
        var gap = new GapSeen(
            root.GetProperty("stream").GetString()!, epoch, root.GetProperty("from").GetUInt64(),
            open ? null : root.GetProperty("to").GetUInt64(), open ? root.GetProperty("atMost").GetUInt64() : 0,
            root.GetProperty("reason").GetString()!);
        if (!open)
        {
            var count = root.GetProperty("count").GetUInt64();
            if (!root.TryGetProperty("left", out var left))
            {
                Assert.Equal(gap.To - gap.From + 1, count);
                return gap;
            }

            Assert.InRange(count, 1UL, gap.To!.Value - gap.From);
            gap = gap with { Some = count, Left = left.GetUInt64() };
        }

        return gap;
    }
}

/// <summary>A journal on a disk in memory, with what it takes to drive it and to look at all of it.</summary>
public sealed class Bench
{
    public const string Folder = "/spool";

    public MemoryDisk Disk { get; set; } = new();

    public HandClock Clock { get; } = new();

    public ImmutableArray<SpooledPoint> Points { get; set; } =
        [.. Enumerable.Range(0, 20).Select(i => new SpooledPoint($"PT-{i + 101}.pressure", "bar", i % 2 == 1))];

    public long Limit { get; set; } = 1 << 20;

    public Journal Journal { get; private set; } = null!;

    public IOutbox Outbox => Journal.Outbox(1);

    public TimeSpan? Age { get; set; }

    public Journal Open() =>
        Journal = Journal.Open(Folder, new SpoolOptions(TimeSpan.FromSeconds(1), Limit) { Age = Age }, Points, Clock, Disk);

    /// <summary>A scan of all points; the value tells point, and the sequence number at which it should stand.</summary>
    public Reading[] Scan(int count = 20)
    {
        Clock.Advance(0.1);
        var time = Clock.Read().Wall;
        var seq = Outbox.End(StreamKind.Telemetry).Seq;
        return [.. Enumerable.Range(0, count).Select(i => new Reading(i % Points.Length, ValueOf(seq + (ulong)i), Quality.Good, time))];
    }

    public static double ValueOf(ulong seq) => (seq * 0.37) + 0.11;

    public AppendOutcome AppendScan(int count = 20) => Journal.AppendReadings(Scan(count));

    public AppendOutcome AppendEvent(string kind = "alarm", int size = 40) => Journal.AppendEvent(
        new EventRecord(kind, Clock.Read().Wall, System.Text.Encoding.UTF8.GetBytes($$"""{"text":"{{new string('x', size)}}"}""")));

    /// <summary>Every reading that waits, and every event, without acknowledging anything.</summary>
    public (Dictionary<Position, SpooledReading> Readings, List<QueuedEvent> Events) ReadAll()
    {
        var readings = new Dictionary<Position, SpooledReading>();
        var batch = new ReadingBatch();
        var from = default(Position);
        var until = new Position(uint.MaxValue, ulong.MaxValue);
        while (Outbox.TryRead(from, until, 70, batch))
        {
            for (var i = 0; i < batch.Readings.Count; i++)
            {
                Assert.True(readings.TryAdd(new Position(batch.Epoch.Start, batch.FirstSeq + (ulong)i), batch.Readings[i]));
            }

            Assert.True(new Position(batch.Epoch.Start, batch.FirstSeq) >= from);
            from = new Position(batch.Epoch.Start, batch.LastSeq + 1);
        }

        var events = new List<QueuedEvent>();
        for (var next = Outbox.TryReadEvent(default); next is not null; next = Outbox.TryReadEvent(new Position(next.Epoch.Start, next.Seq + 1)))
        {
            events.Add(next);
        }

        return (readings, events);
    }

    public List<GapSeen> Gaps() => [.. ReadAll().Events.Where(e => e.Record.Kind == "gap").Select(e => GapSeen.Of(e.Record))];

    public void AcknowledgeAll()
    {
        var (readings, events) = ReadAll();
        foreach (var start in readings.Keys.GroupBy(p => p.Start))
        {
            foreach (var position in start)
            {
                Outbox.Acknowledge(StreamKind.Telemetry, new Epoch(Journal.Epoch.Spool, position.Start), position.Seq, position.Seq);
            }
        }

        foreach (var e in events)
        {
            Outbox.Acknowledge(StreamKind.Event, e.Epoch, e.Seq, e.Seq);
        }
    }

    public IEnumerable<string> SegmentPaths => Disk.Paths.Where(p => p.Contains("/journal-"));
}
