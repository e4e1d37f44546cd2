using EdgeNode.Core.Model;
using EdgeNode.Core.Ports;
using EdgeNode.Spool.Disk;

namespace EdgeNode.UnitTests.Spool;

/// <summary>A disk that gives nothing for a while, or never gives one place: what stands there is not lost by that.</summary>
public class ReadOutageTests
{
    private readonly Bench _bench = new() { Limit = 512 * 1024 };
    private readonly ReadingBatch _batch = new();
    private readonly HashSet<ulong> _delivered = [];
    private readonly HashSet<ulong> _events = [];

    private void Fill(int scans)
    {
        for (var i = 0; i < scans; i++)
        {
            Assert.Equal(AppendOutcome.Kept, _bench.AppendScan());
            if (i % 50 == 0)
            {
                _bench.AppendEvent();
            }
        }

        _bench.Journal.Commit();
    }

    // As the uplink does: to the end, and from the beginning again after 10 s.
    private void Drain(int rounds, Action<int>? each = null)
    {
        for (var round = 0; round < rounds; round++)
        {
            each?.Invoke(round);
            for (var from = default(Position); _bench.Outbox.TryRead(from, new Position(9, 1), 500, _batch); from = new Position(1, _batch.LastSeq + 1))
            {
                for (var seq = _batch.FirstSeq; seq <= _batch.LastSeq; seq++)
                {
                    Assert.True(_delivered.Add(seq));
                    Assert.Equal(Bench.ValueOf(seq), _batch.Readings[(int)(seq - _batch.FirstSeq)].Value);
                }

                _bench.Outbox.Acknowledge(StreamKind.Telemetry, _batch.Epoch, _batch.FirstSeq, _batch.LastSeq);
            }

            while (_bench.Outbox.TryReadEvent(default) is { } queued)
            {
                Assert.Equal("alarm", queued.Record.Kind);
                Assert.True(_events.Add(queued.Seq));
                _bench.Outbox.Acknowledge(StreamKind.Event, queued.Epoch, queued.Seq, queued.Seq);
            }

            _bench.Journal.Commit();
            _bench.Clock.Advance(10);
        }
    }

    [Fact]
    public void A_drain_over_an_outage_of_every_read_loses_nothing()
    {
        _bench.Open();
        Fill(1000);
        Assert.True(_bench.SegmentPaths.Count() > 2);
        var outage = false;
        _bench.Disk.Fault = (call, _) => outage && call is (DiskCall.Read or DiskCall.Length) ? DiskError.Failed : DiskError.None;
        Drain(20, round => outage = round < 6);
        Assert.Equal(20_000, _delivered.Count);
        Assert.Equal(20, _events.Count);
        Assert.Equal(0, _bench.Outbox.Fill.Dropped);
        Assert.Equal((0L, 0L), (_bench.Outbox.Waiting(StreamKind.Telemetry), _bench.Outbox.Waiting(StreamKind.Event)));
    }

    [Fact]
    public void Reads_that_fail_now_and_then_lose_nothing()
    {
        _bench.Open();
        Fill(1000);
        var random = new Random(4);
        var failing = true;
        _bench.Disk.Fault = (call, _) => failing && call is (DiskCall.Read or DiskCall.Length) && random.Next(3) > 0 ? DiskError.Failed : DiskError.None;
        Drain(60, round => failing = round < 20);
        Assert.Equal((20_000, 20), (_delivered.Count, _events.Count));
        Assert.Equal(0, _bench.Outbox.Fill.Dropped);
    }

    [Fact]
    public void A_segment_that_cannot_be_read_waits_and_holds_up_neither_readings_nor_for_long_events()
    {
        _bench.Open();
        Fill(1000);
        var dark = _bench.SegmentPaths.ElementAt(1);
        var failing = true;
        _bench.Disk.Fault = (call, path) => failing && call == DiskCall.Read && path == dark ? DiskError.Failed : DiskError.None;
        Drain(1);
        Assert.InRange(_delivered.Count, 10_000, 19_000);
        Assert.InRange(_events.Count, 1, 18);
        Drain(30);
        var (readings, events) = (_delivered.Count, _events.Count);
        Assert.InRange(readings, 10_000, 19_000);
        Assert.InRange(events, 10, 19);
        Assert.Contains(20_000UL, _delivered);
        Assert.Equal(20_000 - readings, _bench.Outbox.Waiting(StreamKind.Telemetry));
        Assert.Contains(dark, _bench.SegmentPaths);
        failing = false;
        Drain(70);
        Assert.Equal((20_000, 20), (_delivered.Count, _events.Count));
        Assert.Equal(0, _bench.Outbox.Fill.Dropped);
    }
}
