using EdgeNode.Core.Model;
using EdgeNode.Core.Ports;
using EdgeNode.Spool.Disk;

namespace EdgeNode.UnitTests.Spool;

/// <summary>A disk that fails now and then, under a spool that nobody empties.</summary>
public class FlakyDiskTests
{
    private readonly Bench _bench = new();

    [Fact]
    public void A_flush_that_fails_does_not_cost_a_segment_of_the_limit()
    {
        _bench.Limit = 16 << 20;
        _bench.Open();
        var failed = 0;
        _bench.Disk.Fault = (call, path) =>
        {
            var fails = call == DiskCall.Sync && path.Contains("/journal-", StringComparison.Ordinal);
            failed += fails ? 1 : 0;
            return fails ? DiskError.Failed : DiskError.None;
        };
        var kept = 0;
        for (var scan = 0; scan < 500; scan++)
        {
            kept += _bench.AppendScan() == AppendOutcome.Kept ? 20 : 0;
            _bench.Journal.Commit();
        }

        Assert.True(failed > 50, $"{failed} failed");
        Assert.Equal(0, _bench.Outbox.Fill.DroppedAtLimit);
        Assert.Equal(kept, _bench.ReadAll().Readings.Count);
        Assert.InRange(_bench.SegmentPaths.Count(), 1, 3);
    }

    [Theory]
    [InlineData(128 * 1024, 300)]
    [InlineData(512 * 1024, 20)]
    public void At_the_limit_with_gaps_that_wait_a_failing_disk_loses_nothing_silently(long limit, int scansPerGap)
    {
        for (var seed = 1; seed <= 10; seed++)
        {
            var bench = new Bench { Limit = limit };
            var kept = Live(bench, new Random(seed), scansPerGap);
            var (readings, events) = bench.ReadAll();
            var gaps = events.Where(e => e.Record.Kind == "gap").Select(e => GapSeen.Of(e.Record)).ToList();
            var there = events.Select(e => new Position(e.Epoch.Start, e.Seq)).ToHashSet();
            foreach (var (stream, at) in kept)
            {
                var found = stream == StreamKind.Telemetry ? readings.ContainsKey(at) : there.Contains(at);
                Assert.True(found || gaps.Exists(g => g.Covers(stream, at.Start, at.Seq)), $"seed {seed}: {stream} {at} is neither there nor named");
            }
        }
    }

    // Fill, fail, kill, heal; three times over.
    private static List<(StreamKind Stream, Position At)> Live(Bench bench, Random random, int scansPerGap)
    {
        var kept = new List<(StreamKind, Position)>();
        for (var life = 0; life < 3; life++)
        {
            bench.Open();
            for (var scan = 0; scan < 1500; scan++)
            {
                // Many small gaps: the recorder's queue had dropped something before each of these.
                if (scan % scansPerGap == 0)
                {
                    bench.Journal.AppendLoss(StreamKind.Telemetry, 1, bench.Clock.Read().Wall, bench.Clock.Read().Wall, "recorder-queue-full");
                }

                if (scan == 900)
                {
                    bench.Disk.Fault = (call, _) => call is not (DiskCall.Read or DiskCall.Length) && random.Next(3) == 0 ? DiskError.Failed : DiskError.None;
                }

                if (scan == 1400 && random.Next(2) == 0)
                {
                    bench.Disk.Fault = null;
                }

                var start = bench.Journal.Epoch.Start;
                if (bench.AppendScan(4) == AppendOutcome.Kept)
                {
                    var next = bench.Outbox.End(StreamKind.Telemetry).Seq;
                    kept.AddRange(Enumerable.Range(0, 4).Select(i => (StreamKind.Telemetry, new Position(start, next - 4 + (ulong)i))));
                }

                if (random.Next(3) == 0)
                {
                    bench.Journal.Commit();
                }
            }

            bench.Disk.Fault = null;
            bench.Disk.Kill();
            bench.Clock.Advance(5);
        }

        bench.Open();
        for (var scan = 0; scan < 3; scan++)
        {
            bench.Clock.Advance(2);
            bench.AppendScan(4);
            bench.Journal.Commit();
        }

        return kept;
    }
}
