using EdgeNode.Core.Model;
using EdgeNode.Core.Ports;
using EdgeNode.Spool.Disk;

namespace EdgeNode.UnitTests.Spool;

/// <summary>A disk that is full, fails to write, or fails to flush.</summary>
public class FaultTests
{
    private readonly Bench _bench = new() { Limit = 256 * 1024 };

    private void Expect(int readings, params GapSeen[] gaps)
    {
        Assert.Equal(readings, _bench.ReadAll().Readings.Count);
        Assert.Equal(gaps, _bench.Gaps());
    }

    private GapSeen Gap(ulong from, ulong to, string reason, string stream = "telemetry") =>
        new(stream, new Epoch(_bench.Journal.Epoch.Spool, 1), from, to, 0, reason);

    [Fact]
    public void A_failed_flush_closes_the_segment_and_the_records_go_to_the_next()
    {
        _bench.Open();
        _bench.AppendScan();
        var failed = Assert.Single(_bench.SegmentPaths);
        _bench.Disk.Fault = (call, _) => call == DiskCall.Sync ? DiskError.Failed : DiskError.None;
        Assert.Equal(AppendOutcome.DiskFailed, _bench.Journal.Commit());
        Assert.Equal(AppendOutcome.DiskFailed, _bench.Outbox.Fill.Disk);
        Expect(20);
        _bench.Disk.Fault = null;
        Assert.Equal(AppendOutcome.Kept, _bench.AppendScan());
        Assert.Equal(AppendOutcome.Kept, _bench.Journal.Commit());
        Assert.DoesNotContain(failed, _bench.SegmentPaths);
        Expect(40);

        // The failed segment's pages never reached the storage; the copy did.
        _bench.Disk.CutPower(new Random(1));
        _bench.Clock.Reboot();
        _bench.Open();
        Assert.Equal(0, _bench.Journal.Recovery.RecordsMissing);
        Assert.Equal(40, _bench.ReadAll().Readings.Count);
    }

    [Fact]
    public void A_failed_write_is_named_with_the_next_append()
    {
        _bench.Open();
        _bench.AppendScan();
        _bench.Disk.Fault = (call, _) => call == DiskCall.Write ? DiskError.Failed : DiskError.None;
        Assert.Equal(AppendOutcome.DiskFailed, _bench.AppendScan());
        Assert.Equal(AppendOutcome.DiskFailed, _bench.AppendScan());
        _bench.Disk.Fault = null;
        _bench.Clock.Advance(2);
        Assert.Equal(AppendOutcome.Kept, _bench.AppendScan());
        Expect(40, Gap(21, 60, "disk-failed"));
        Assert.Equal(AppendOutcome.Kept, _bench.Outbox.Fill.Disk);
        _bench.Disk.Kill();
        _bench.Open();
        Assert.Equal(40, _bench.ReadAll().Readings.Count);
        Assert.Equal(Gap(21, 60, "disk-failed"), Assert.Single(_bench.Gaps()));
    }

    [Fact]
    public void A_full_disk_refuses_names_and_recovers_by_itself()
    {
        _bench.Open();
        _bench.Disk.Capacity = _bench.Disk.TotalBytes + 1000;
        var kept = 0;
        var refused = 0;
        for (var i = 0; i < 300; i++)
        {
            switch (_bench.AppendScan())
            {
                case AppendOutcome.Kept: kept++; break;
                case AppendOutcome.DiskFull: refused++; break;
                default: Assert.Fail("the disk is full, not broken"); break;
            }
        }

        Assert.True(kept > 50 && refused > 50);

        // It is not asked with each scan: ten a second, for as many seconds as scans were refused.
        Assert.InRange(_bench.Disk.Calls[DiskCall.Preallocate], 2, 3 + (refused / 9));
        _bench.Disk.Capacity = long.MaxValue;
        _bench.Clock.Advance(2);
        Assert.Equal(AppendOutcome.Kept, _bench.AppendEvent());
        Assert.Equal(AppendOutcome.Kept, _bench.AppendScan());
        Expect((kept + 1) * 20, Gap((ulong)(kept * 20) + 1, (ulong)((kept + refused) * 20), "disk-full"));
    }

    [Fact]
    public void Refused_readings_of_a_killed_process_are_in_an_open_gap()
    {
        _bench.Open();
        _bench.Disk.Capacity = _bench.Disk.TotalBytes;
        while (_bench.AppendScan() == AppendOutcome.Kept)
        {
        }

        _bench.Disk.Kill();
        _bench.Disk.Capacity = long.MaxValue;
        _bench.Open();
        var kept = _bench.ReadAll().Readings.Count;
        Assert.True(_bench.Journal.Recovery.SameBoot);
        Assert.Empty(_bench.Journal.Recovery.Damages);
        Assert.Contains(_bench.Gaps(), g => g.Covers(StreamKind.Telemetry, 1, (ulong)kept + 1) && g.To is null);
    }

    [Fact]
    public void A_refused_event_is_named()
    {
        _bench.Open();
        _bench.Disk.Fault = (call, _) => call == DiskCall.Write ? DiskError.Failed : DiskError.None;
        Assert.Equal(AppendOutcome.DiskFailed, _bench.AppendEvent());
        _bench.Disk.Fault = null;
        _bench.Clock.Advance(2);
        Assert.Equal(AppendOutcome.Kept, _bench.Journal.Commit());
        Expect(0, Gap(1, 1, "disk-failed", "event"));
    }

    [Fact]
    public void A_disk_that_cannot_be_written_at_the_start_does_not_stop_the_start()
    {
        _bench.Disk.Fault = (call, _) => call is DiskCall.Write or DiskCall.Create or DiskCall.Rename ? DiskError.ReadOnly : DiskError.None;
        _bench.Open();
        Assert.Equal(AppendOutcome.DiskFailed, _bench.AppendScan());
        _bench.Disk.Fault = null;
        _bench.Clock.Advance(2);
        Assert.Equal(AppendOutcome.Kept, _bench.AppendScan());
        Expect(20, Gap(1, 20, "disk-failed"));
    }

    [Fact]
    public void Random_faults_of_every_kind_never_lose_silently()
    {
        for (var seed = 0; seed < 60; seed++)
        {
            var bench = new Bench { Limit = 256 * 1024 };
            bench.Open();
            var random = new Random(seed);
            var batch = new ReadingBatch();
            var failing = 0;
            bench.Disk.Fault = (call, _) =>
                failing == 0 || random.Next(3) > 0 ? DiskError.None
                : random.Next(2) == 0 ? DiskError.Failed : DiskError.Full;
            var kept = new HashSet<ulong>();
            for (var i = 0; i < 300; i++)
            {
                failing = random.Next(20) == 0 ? 1 - failing : failing;
                var first = bench.Outbox.End(StreamKind.Telemetry).Seq;
                if (bench.AppendScan() == AppendOutcome.Kept)
                {
                    kept.UnionWith(Enumerable.Range(0, 20).Select(k => first + (ulong)k));
                }

                if (random.Next(10) == 0)
                {
                    bench.Journal.Commit();
                }

                if (random.Next(15) == 0)
                {
                    bench.AppendEvent();
                    bench.Outbox.TryRead(default, new Position(9, 1), 500, batch);
                    bench.Outbox.TryReadEvent(default);
                }
            }

            failing = 0;
            bench.Clock.Advance(600);
            bench.AppendScan();
            Assert.Equal(AppendOutcome.Kept, bench.Journal.Commit());
            for (var round = 0; round < 2; round++)
            {
                var (readings, events) = bench.ReadAll();
                var gaps = bench.Gaps();
                for (ulong seq = 1; seq < 6000; seq++)
                {
                    var there = readings.TryGetValue(new Position(1, seq), out var reading);
                    Assert.True(!there || reading.Value == Bench.ValueOf(seq));
                    Assert.True(there || gaps.Exists(g => g.Covers(StreamKind.Telemetry, 1, seq)), $"seed {seed}: {seq} is silently lost");
                    Assert.True(there || !kept.Contains(seq) || gaps.Exists(g => g.Reason == "spool-full" && g.Covers(StreamKind.Telemetry, 1, seq)), $"seed {seed}: {seq} was kept and is lost");
                }

                for (ulong seq = 1; seq <= events.Last(e => e.Epoch.Start == 1).Seq; seq++)
                {
                    Assert.True(
                        events.Exists(e => e.Epoch.Start == 1 && e.Seq == seq) || gaps.Exists(g => g.Covers(StreamKind.Event, 1, seq)),
                        $"seed {seed}: event {seq} is silently lost");
                }

                bench.Disk.CutPower(random);
                bench.Clock.Reboot();
                bench.Open();
            }
        }
    }

    [Fact]
    public void A_spool_on_a_disk_that_became_read_only_is_still_delivered_and_goes_on_when_it_can_be_written_again()
    {
        _bench.Open();
        _bench.AppendScan();
        _bench.AppendEvent();
        _bench.Journal.Dispose();

        // The usual end of a memory card: it reads, and takes nothing any more.
        _bench.Disk.ReadOnly = true;
        _bench.Open();
        Assert.Empty(_bench.Journal.Recovery.Damages);
        Assert.Empty(_bench.Journal.Recovery.Quarantined);
        Assert.Equal(20, _bench.ReadAll().Readings.Count);
        Assert.Single(_bench.ReadAll().Events);
        Assert.Equal(AppendOutcome.DiskFailed, _bench.AppendScan());
        _bench.AcknowledgeAll();

        _bench.Disk.ReadOnly = false;
        _bench.Clock.Advance(2);
        Assert.Equal(AppendOutcome.Kept, _bench.AppendScan());
        Assert.Equal(20, _bench.ReadAll().Readings.Count);
        var gap = Assert.Single(_bench.Gaps());
        Assert.Equal((2u, 1UL, 20UL, "disk-failed"), (gap.Epoch.Start, gap.From, gap.To!.Value, gap.Reason));
        Assert.Equal(AppendOutcome.Kept, _bench.Journal.Commit());
        _bench.Journal.Dispose();
        _bench.Open();
        Assert.Equal(20, _bench.ReadAll().Readings.Count);
        Assert.Empty(_bench.Journal.Recovery.Damages);
    }
}
