using EdgeNode.Core.Model;
using EdgeNode.Core.Ports;
using EdgeNode.Spool;
using EdgeNode.Spool.Disk;

namespace EdgeNode.UnitTests.Spool;

public class JournalTests(ITestOutputHelper output)
{
    private readonly Bench _bench = new();

    [Fact]
    public void What_was_appended_is_read_back_in_order_with_time_and_quality()
    {
        _bench.Open();
        var scan = _bench.Scan();
        scan[3] = scan[3] with { Quality = Quality.Bad(Reason.Timeout), Value = 0 };
        scan[4] = scan[4] with { Quality = Quality.Uncertain(Reason.OverRange) };
        scan[5] = scan[5] with { Time = new SourceTime(77, ClockQuality.Unsynchronised) };
        Assert.Equal(AppendOutcome.Kept, _bench.Journal.AppendReadings(scan));

        var (readings, _) = _bench.ReadAll();
        Assert.Equal(20, readings.Count);
        for (var i = 0; i < scan.Length; i++)
        {
            var expected = new SpooledReading(_bench.Points[scan[i].Point], scan[i].Value, scan[i].Quality, scan[i].Time);
            Assert.Equal(expected, readings[new Position(1, (ulong)i + 1)]);
        }
    }

    [Fact]
    public void A_clean_restart_delivers_nothing_twice_and_names_no_gap()
    {
        _bench.Open();
        _bench.AppendScan();
        _bench.AppendScan();
        _bench.AppendEvent();
        _bench.Outbox.Acknowledge(StreamKind.Telemetry, _bench.Journal.Epoch, 1, 25);
        _bench.Outbox.Acknowledge(StreamKind.Event, _bench.Journal.Epoch, 1, 1);
        _bench.Journal.Dispose();

        _bench.Clock.Reboot();
        var again = _bench.Open();
        Assert.True(again.Recovery.CleanStop);
        Assert.Equal(2u, again.Epoch.Start);
        Assert.Equal(15, _bench.Outbox.Waiting(StreamKind.Telemetry));
        var (readings, events) = _bench.ReadAll();
        Assert.Empty(events);
        Assert.Equal(Enumerable.Range(26, 15).Select(i => new Position(1, (ulong)i)), readings.Keys);
    }

    [Fact]
    public void A_killed_process_loses_nothing_and_leaves_no_gap_in_the_same_boot()
    {
        _bench.Open();
        for (var i = 0; i < 7; i++)
        {
            _bench.AppendScan();
        }

        _bench.Disk.Kill();
        var again = _bench.Open();
        Assert.False(again.Recovery.CleanStop);
        Assert.True(again.Recovery.SameBoot);
        Assert.Empty(again.Recovery.Damages);
        var (readings, events) = _bench.ReadAll();
        Assert.Empty(events);
        Assert.Equal(140, readings.Count);
    }

    [Fact]
    public void After_an_unclean_stop_in_another_boot_the_gap_is_open_with_a_bound()
    {
        _bench.Open();
        _bench.AppendScan();
        _bench.Journal.Commit();
        _bench.Disk.Kill();
        _bench.Clock.Reboot();
        _bench.Open();

        var gaps = _bench.Gaps();
        Assert.Equal(2, gaps.Count);
        Assert.Contains(new GapSeen("telemetry", new Epoch(_bench.Journal.Epoch.Spool, 1), 21, null, 10_000, "unclean-stop"), gaps);
        Assert.Contains(new GapSeen("event", new Epoch(_bench.Journal.Epoch.Spool, 1), 1, null, 10_000, "unclean-stop"), gaps);

        // It is said once.
        _bench.Journal.Dispose();
        _bench.Open();
        Assert.Equal(2, _bench.Gaps().Count);
    }

    [Fact]
    public void Two_journals_cannot_have_the_same_directory()
    {
        _bench.Open();
        var error = Assert.Throws<SpoolUnavailableException>(() => _bench.Open());
        Assert.True(error.InUse);
        _bench.Journal.Dispose();
        _bench.Open();
    }

    [Fact]
    public void A_packed_sample_takes_at_most_24_bytes()
    {
        _bench.Open();
        foreach (var points in new[] { 5, 20 })
        {
            var before = _bench.Disk.BytesWritten;
            for (var i = 0; i < 100; i++)
            {
                _bench.AppendScan(points);
            }

            // The end mark is written over by the next frame, so it is no room that a sample takes.
            var each = (_bench.Disk.BytesWritten - before - (100 * 8)) / (100.0 * points);
            output.WriteLine($"{points} float64 samples a scan: {each:F1} bytes a sample");
            Assert.InRange(each, 1, 24);
        }
    }

    [Fact]
    public void Acknowledgements_may_come_in_any_order_and_in_two_lanes()
    {
        var journal = _bench.Open();
        for (var i = 0; i < 10; i++)
        {
            _bench.AppendScan();
        }

        var epoch = journal.Epoch;
        _bench.Outbox.Acknowledge(StreamKind.Telemetry, epoch, 151, 200);
        _bench.Outbox.Acknowledge(StreamKind.Telemetry, epoch, 41, 60);
        _bench.Outbox.Acknowledge(StreamKind.Telemetry, epoch, 1, 20);
        _bench.Outbox.Acknowledge(StreamKind.Telemetry, epoch, 21, 40);
        Assert.Equal(90, _bench.Outbox.Waiting(StreamKind.Telemetry));
        var batch = new ReadingBatch();
        Assert.True(_bench.Outbox.TryRead(default, new Position(1, 1000), 1000, batch));
        Assert.Equal((61ul, 150ul), (batch.FirstSeq, batch.LastSeq));
        Assert.True(_bench.Outbox.TryRead(new Position(1, 100), new Position(1, 110), 1000, batch));
        Assert.Equal((100ul, 109ul), (batch.FirstSeq, batch.LastSeq));

        journal.Dispose();
        _bench.Open();
        Assert.True(_bench.Outbox.TryRead(default, new Position(9, 1), 1000, batch));
        Assert.Equal((61ul, 150ul), (batch.FirstSeq, batch.LastSeq));
    }

    [Fact]
    public void A_batch_never_spans_an_epoch_nor_an_acknowledged_number()
    {
        _bench.Open();
        _bench.AppendScan();
        _bench.Outbox.Acknowledge(StreamKind.Telemetry, _bench.Journal.Epoch, 8, 9);
        _bench.Journal.Dispose();
        _bench.Open();
        _bench.AppendScan();
        var batch = new ReadingBatch();
        var until = new Position(9, 1);
        Assert.True(_bench.Outbox.TryRead(default, until, 1000, batch));
        Assert.Equal((1u, 1ul, 7ul), (batch.Epoch.Start, batch.FirstSeq, batch.LastSeq));
        Assert.True(_bench.Outbox.TryRead(new Position(1, 8), until, 1000, batch));
        Assert.Equal((1u, 10ul, 20ul), (batch.Epoch.Start, batch.FirstSeq, batch.LastSeq));
        Assert.True(_bench.Outbox.TryRead(new Position(1, 21), until, 1000, batch));
        Assert.Equal((2u, 1ul, 20ul), (batch.Epoch.Start, batch.FirstSeq, batch.LastSeq));
    }

    [Fact]
    public void More_acknowledged_ranges_than_the_bound_are_delivered_again_never_lost()
    {
        _bench.Open();
        for (var i = 0; i < 10; i++)
        {
            _bench.AppendScan();
        }

        for (ulong seq = 2; seq <= 200; seq += 2)
        {
            _bench.Outbox.Acknowledge(StreamKind.Telemetry, _bench.Journal.Epoch, seq, seq);
        }

        Assert.Equal(200 - 32, _bench.Outbox.Waiting(StreamKind.Telemetry));
        Assert.Equal(200 - 32, _bench.ReadAll().Readings.Count);
    }

    [Fact]
    public void A_loss_before_the_append_uses_up_numbers_and_is_named()
    {
        _bench.Open();
        _bench.AppendScan();
        var time = _bench.Clock.Read().Wall;
        Assert.Equal(AppendOutcome.Kept, _bench.Journal.AppendLoss(StreamKind.Telemetry, 5, time, time, "queue-full"));
        _bench.AppendScan();
        Assert.Equal(new Position(1, 46), _bench.Outbox.End(StreamKind.Telemetry));
        Assert.Equal(new GapSeen("telemetry", _bench.Journal.Epoch, 21, 25, 0, "queue-full"), Assert.Single(_bench.Gaps()));
        Assert.DoesNotContain(new Position(1, 23), _bench.ReadAll().Readings.Keys);
        Assert.Equal(5, _bench.Outbox.Fill.Dropped);
    }

    [Fact]
    public void A_gap_event_is_durable_before_the_cursor_says_that_its_records_are_done()
    {
        _bench.Open();
        var calls = new List<DiskCall>();
        _bench.Disk.Fault = (call, _) =>
        {
            calls.Add(call);
            return DiskError.None;
        };
        var time = _bench.Clock.Read().Wall;
        _bench.Journal.AppendLoss(StreamKind.Telemetry, 5, time, time, "queue-full");
        _bench.Journal.Commit();
        Assert.Equal([DiskCall.Write, DiskCall.Sync, DiskCall.Write, DiskCall.Sync], calls);
    }

    [Fact]
    public void Reading_writes_nothing_and_live_reading_does_not_rescan()
    {
        _bench.Open();
        for (var i = 0; i < 50; i++)
        {
            _bench.AppendScan();
        }

        _bench.ReadAll();
        var batch = new ReadingBatch();
        var from = _bench.Outbox.End(StreamKind.Telemetry);
        var writes = _bench.Disk.Calls[DiskCall.Write];
        var reads = _bench.Disk.Calls[DiskCall.Read];
        for (var i = 0; i < 50; i++)
        {
            _bench.AppendScan();
            Assert.True(_bench.Outbox.TryRead(from, new Position(9, 1), 100, batch));
            from = new Position(1, batch.LastSeq + 1);
        }

        Assert.Equal(50, _bench.Disk.Calls[DiskCall.Write] - writes);
        Assert.InRange(_bench.Disk.Calls[DiskCall.Read] - reads, 1, 100);
    }

    [Fact]
    public void One_scan_is_one_write_and_one_commit_is_one_flush()
    {
        _bench.Open();
        var (writes, syncs) = (_bench.Disk.Calls[DiskCall.Write], _bench.Disk.Calls[DiskCall.Sync]);
        for (var i = 0; i < 10; i++)
        {
            _bench.AppendScan();
        }

        _bench.Journal.Commit();
        _bench.Journal.Commit();
        Assert.Equal(10, _bench.Disk.Calls[DiskCall.Write] - writes);
        Assert.Equal(1, _bench.Disk.Calls[DiskCall.Sync] - syncs);
        _bench.Outbox.Acknowledge(StreamKind.Telemetry, _bench.Journal.Epoch, 1, 20);
        _bench.Journal.Commit();
        Assert.Equal(11, _bench.Disk.Calls[DiskCall.Write] - writes);
        Assert.Equal(2, _bench.Disk.Calls[DiskCall.Sync] - syncs);
    }

    [Fact]
    public void It_commits_by_itself_before_more_records_than_the_bound_are_at_stake()
    {
        _bench.Limit = 16 << 20;
        _bench.Open();
        var syncs = _bench.Disk.Calls[DiskCall.Sync];
        for (var i = 0; i < Journal.MaxUncommitted / 20; i++)
        {
            _bench.AppendScan();
        }

        Assert.Equal(syncs, _bench.Disk.Calls[DiskCall.Sync]);
        _bench.AppendScan();
        Assert.Equal(syncs + 1, _bench.Disk.Calls[DiskCall.Sync]);
    }

    [Fact]
    public void A_foreign_file_goes_to_quarantine_and_nothing_else_does()
    {
        _bench.Open();
        _bench.AppendScan();
        _bench.Journal.Dispose();
        _bench.Disk.Put(Bench.Folder + "/journal-0000000099.seg", new byte[5000]);
        _bench.Disk.Put(Bench.Folder + "/holiday.jpg", [1, 2, 3]);
        var again = _bench.Open();
        Assert.Equal(2, again.Recovery.Quarantined.Count);
        Assert.Equal([1, 2, 3], _bench.Disk[Bench.Folder + "/quarantine/holiday.jpg"]);
        Assert.Equal(20, _bench.ReadAll().Readings.Count);
    }

    [Fact]
    public void An_unknown_disk_error_at_the_directory_is_a_typed_error()
    {
        _bench.Disk.Fault = (call, _) => call == DiskCall.CreateDirectory ? DiskError.ReadOnly : DiskError.None;
        Assert.False(Assert.Throws<SpoolUnavailableException>(() => _bench.Open()).InUse);
    }

    [Fact]
    public void However_many_pieces_were_delivered_before_the_one_that_grows_now_is_remembered()
    {
        _bench.Limit = 16 << 20;
        _bench.Open();
        for (var i = 0; i < 400; i++)
        {
            _bench.AppendScan();
        }

        // Many short sessions during one long backlog: each left an island of live readings.
        var epoch = _bench.Journal.Epoch;
        for (ulong island = 1; island <= 40; island++)
        {
            _bench.Outbox.Acknowledge(StreamKind.Telemetry, epoch, island * 100, (island * 100) + 49);
        }

        var before = _bench.Outbox.Waiting(StreamKind.Telemetry);
        for (ulong seq = 7001; seq <= 7500; seq += 5)
        {
            _bench.Outbox.Acknowledge(StreamKind.Telemetry, epoch, seq, seq + 4);
        }

        var batch = new ReadingBatch();
        Assert.True(_bench.Outbox.TryRead(new Position(1, 7001), new Position(9, 1), 100, batch));
        Assert.Equal(7501UL, batch.FirstSeq);
        Assert.InRange(before - _bench.Outbox.Waiting(StreamKind.Telemetry), 500 - 50, 500);
    }
}
