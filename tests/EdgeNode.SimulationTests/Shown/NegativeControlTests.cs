using EdgeNode.Core.Model;
using EdgeNode.Core.Ports;
using EdgeNode.SimulationTests.Simulated;
using EdgeNode.Spool.Disk;
using EdgeNode.UnitTests.Spool;

namespace EdgeNode.SimulationTests.Shown;

/// <summary>Bugs that are planted between the product's parts. Each must be found by the invariants, or they prove nothing.</summary>
public class NegativeControlTests(ITestOutputHelper output)
{
    private static readonly TimeSpan Span = TimeSpan.FromMinutes(20);

    [Fact]
    public void Without_a_bug_the_same_seeds_are_sound()
    {
        for (var seed = 101; seed <= 103; seed++)
        {
            Assert.Empty(StormyWorld.Live(seed, Span).Findings);
        }
    }

    [Fact]
    public void A_disk_that_ignores_flush_is_found() => IsFound(
        "epoch", null, world =>
        {
            world.Disk.IgnoresFlush = true;
            world.Later(Span / 2, 90, () => world.End(Stop.PowerCut, TimeSpan.FromSeconds(5)));
        });

    [Fact]
    public void An_outbox_that_acknowledges_before_the_broker_does_is_found() =>
        IsFound("lost silently", new Plants { Outbox = inner => new EarlyOutbox(inner) }, world => Outages(world));

    [Fact]
    public void A_recorder_that_swallows_one_scan_is_found() =>
        IsFound("another value", new Plants { Recorder = inner => new ForgetfulRecorder(inner) });

    [Fact]
    public void An_outbox_that_gives_a_wrong_value_is_found() =>
        IsFound("another value", new Plants { Outbox = inner => new WrongOutbox(inner) });

    [Fact]
    public void A_gap_that_names_one_reading_too_few_is_found() =>
        IsFound("no gap names it", new Plants { Outbox = inner => new ModestOutbox(inner) }, world =>
        {
            world.Later(Span / 2, 91, () => world.Disk.Memory.Fault = (call, _) => call == DiskCall.Write ? DiskError.Full : DiskError.None);
            world.Later(Span / 2 + TimeSpan.FromSeconds(20), 91, () => world.Disk.Memory.Fault = null);
        });

    [Fact]
    public void A_recorder_that_commits_when_it_likes_is_found() =>
        IsFound("before the power cut and not committed", new Plants { CommitEvery = TimeSpan.FromMinutes(1) }, world =>
            world.Later(Span / 2, 92, () => world.End(Stop.PowerCut, TimeSpan.FromSeconds(5))));

    private void IsFound(string words, Plants? plants, Action<World>? before = null)
    {
        var tried = 0;
        for (var seed = 101; seed <= 106; seed++, tried++)
        {
            var lived = StormyWorld.Live(seed, Span, plants, before);
            if (lived.Findings.FirstOrDefault(f => f.Contains(words, StringComparison.Ordinal)) is { } finding)
            {
                output.WriteLine($"found in seed {seed}: {finding}");
                return;
            }
        }

        Assert.Fail($"the bug is not found in {tried} seeds");
    }

    private static void Outages(World world)
    {
        for (var i = 1; i < 10; i++)
        {
            world.Later(Span / 10 * i, 93, world.Broker.CutAll);
        }
    }

    /// <summary>What is read counts as delivered.</summary>
    private sealed class EarlyOutbox(IOutbox inner) : OtherOutbox(inner)
    {
        public override bool TryRead(Position from, Position until, int maxRecords, ReadingBatch batch)
        {
            var read = base.TryRead(from, until, maxRecords, batch);
            if (read)
            {
                Acknowledge(StreamKind.Telemetry, batch.Epoch, batch.FirstSeq, batch.LastSeq);
            }

            return read;
        }
    }

    /// <summary>One reading in a thousand has the value of another time.</summary>
    private sealed class WrongOutbox(IOutbox inner) : OtherOutbox(inner)
    {
        public override bool TryRead(Position from, Position until, int maxRecords, ReadingBatch batch)
        {
            var read = base.TryRead(from, until, maxRecords, batch);
            if (read && batch.FirstSeq <= 1000 && batch.LastSeq >= 1000)
            {
                var at = (int)(1000 - batch.FirstSeq);
                batch.Readings[at] = batch.Readings[at] with { Value = batch.Readings[at].Value + 0.125 };
            }

            return read;
        }
    }

    /// <summary>Gaps end one reading early, with a count that fits.</summary>
    private sealed class ModestOutbox(IOutbox inner) : OtherOutbox(inner)
    {
        public override QueuedEvent? TryReadEvent(Position from)
        {
            if (base.TryReadEvent(from) is not { Record.Kind: "gap" } queued)
            {
                return base.TryReadEvent(from);
            }

            var gap = System.Text.Json.Nodes.JsonNode.Parse(queued.Record.Body.Span)!;
            if (gap["to"] is { } to && (string?)gap["stream"] == "telemetry" && (ulong)gap["count"]! > 1)
            {
                gap["to"] = (ulong)to - 1;
                gap["count"] = (ulong)gap["count"]! - 1;
            }

            return queued with { Record = queued.Record with { Body = System.Text.Encoding.UTF8.GetBytes(gap.ToJsonString()) } };
        }
    }

    private abstract class OtherOutbox(IOutbox inner) : IOutbox
    {
        public event Action? Appended
        {
            add => inner.Appended += value;
            remove => inner.Appended -= value;
        }

        public Epoch Epoch => inner.Epoch;

        public SpoolFill Fill => inner.Fill;

        public Position End(StreamKind stream) => inner.End(stream);

        public long Waiting(StreamKind stream) => inner.Waiting(stream);

        public virtual bool TryRead(Position from, Position until, int maxRecords, ReadingBatch batch) => inner.TryRead(from, until, maxRecords, batch);

        public virtual QueuedEvent? TryReadEvent(Position from) => inner.TryReadEvent(from);

        public void Acknowledge(StreamKind stream, Epoch epoch, ulong first, ulong last) => inner.Acknowledge(stream, epoch, first, last);

        public void Refuse(StreamKind stream, Epoch epoch, ulong first, ulong last, string reason) => inner.Refuse(stream, epoch, first, last, reason);
    }

    /// <summary>Says "kept" to the hundredth scan and writes nothing.</summary>
    private sealed class ForgetfulRecorder(IRecorder inner) : OtherRecorder(inner)
    {
        private int _scans;

        public override AppendOutcome AppendReadings(ReadOnlySpan<Reading> readings) =>
            ++_scans == 100 ? AppendOutcome.Kept : base.AppendReadings(readings);
    }

    private abstract class OtherRecorder(IRecorder inner) : IRecorder
    {
        public SpoolFill Fill => inner.Fill;

        public virtual AppendOutcome AppendReadings(ReadOnlySpan<Reading> readings) => inner.AppendReadings(readings);

        public AppendOutcome AppendEvent(EventRecord record) => inner.AppendEvent(record);

        public AppendOutcome AppendLoss(StreamKind stream, long count, SourceTime first, SourceTime last, string reason) =>
            inner.AppendLoss(stream, count, first, last, reason);

        public AppendOutcome Commit() => inner.Commit();
    }
}
