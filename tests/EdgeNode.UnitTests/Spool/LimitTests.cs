using EdgeNode.Core.Model;
using EdgeNode.Core.Ports;
using EdgeNode.Spool;
using EdgeNode.Spool.Disk;

namespace EdgeNode.UnitTests.Spool;

public class LimitTests(ITestOutputHelper output)
{
    private readonly Bench _bench = new() { Limit = 256 * 1024 };

    private long FileBytes => _bench.Disk.TotalBytes;

    [Fact]
    public void At_the_limit_the_oldest_readings_go_and_the_sum_is_exact()
    {
        _bench.Open();
        const int Scans = 3000;
        for (var i = 0; i < Scans; i++)
        {
            Assert.Equal(AppendOutcome.Kept, _bench.AppendScan());
            Assert.InRange(FileBytes, 0, _bench.Limit);
        }

        var (readings, events) = _bench.ReadAll();
        var gaps = events.Select(e => GapSeen.Of(e.Record)).ToList();
        Assert.All(gaps, gap => Assert.Equal("spool-full", gap.Reason));
        var dropped = gaps.Sum(gap => (long)(gap.To!.Value - gap.From + 1));
        output.WriteLine($"{Scans * 20} appended, {readings.Count} readable, {dropped} dropped in {gaps.Count} gaps, {FileBytes} bytes");
        Assert.Equal(Scans * 20, readings.Count + dropped);
        Assert.Equal(dropped, _bench.Outbox.Fill.Dropped);
        Assert.Equal(readings.Count, _bench.Outbox.Waiting(StreamKind.Telemetry));

        // The gaps and what is left join without a hole or an overlap.
        ulong next = 1;
        foreach (var gap in gaps)
        {
            Assert.Equal(next, gap.From);
            next = gap.To!.Value + 1;
        }

        Assert.Equal(new Position(1, next), readings.Keys.First());

        // The same after a restart.
        _bench.Journal.Dispose();
        _bench.Open();
        Assert.Equal(readings.Keys, _bench.ReadAll().Readings.Keys);
        Assert.Equal(gaps, _bench.Gaps());
    }

    [Fact]
    public void Events_outlive_the_readings_beside_them()
    {
        _bench.Open();
        for (var i = 0; i < 4000; i++)
        {
            _bench.AppendScan();
            if (i % 20 == 0)
            {
                _bench.AppendEvent();
            }
        }

        var events = _bench.ReadAll().Events;
        Assert.Equal(200, events.Count(e => e.Record.Kind == "alarm"));
        Assert.NotEmpty(_bench.Gaps());
        Assert.Equal(events.Select(e => e.Seq), Enumerable.Range(1, events.Count).Select(i => (ulong)i));

        _bench.Disk.Kill();
        _bench.Open();
        Assert.Equal(events.Select(e => e.Seq), _bench.ReadAll().Events.Where(e => e.Epoch.Start == 1).Select(e => e.Seq));
    }

    [Fact]
    public void Events_go_too_when_they_take_half_of_the_limit_but_never_the_gaps()
    {
        _bench.Open();
        const int Count = 3000;
        for (var i = 0; i < Count; i++)
        {
            Assert.Equal(AppendOutcome.Kept, _bench.AppendEvent(size: 200));
            Assert.InRange(FileBytes, 0, _bench.Limit);
        }

        var events = _bench.ReadAll().Events;
        var gaps = _bench.Gaps();
        var end = _bench.Outbox.End(StreamKind.Event).Seq;
        var lost = gaps.Sum(g => (long)(g.To!.Value - g.From + 1));
        output.WriteLine($"{Count} events appended, {events.Count} readable, {lost} dropped, {gaps.Count} gaps");
        Assert.True(lost > 0);
        Assert.Equal((long)end - 1, events.Count + lost);
    }

    [Fact]
    public void Delivered_segments_are_recycled_and_their_old_bytes_are_never_read_as_new()
    {
        _bench.Open();
        var created = _bench.Disk.Calls[DiskCall.Create];
        for (var i = 0; i < 3000; i++)
        {
            _bench.AppendScan();
            if (i % 10 == 9)
            {
                _bench.AcknowledgeAll();
                _bench.Journal.Commit();
            }
        }

        output.WriteLine($"{_bench.Disk.Calls[DiskCall.Create] - created} files created for 3000 scans in {FileBytes} bytes");
        Assert.InRange(_bench.Disk.Calls[DiskCall.Create] - created, 0, 3);
        Assert.InRange(FileBytes, 0, 4 * 32 * 1024);
        _bench.AppendScan();
        _bench.Disk.Kill();
        _bench.Open();
        Assert.Empty(_bench.Journal.Recovery.Damages);
        Assert.Equal(20, _bench.ReadAll().Readings.Count);
        Assert.Empty(_bench.Gaps());
    }

    [Fact]
    public void A_lower_limit_drops_what_is_too_much_and_names_it()
    {
        _bench.Limit = 1 << 20;
        _bench.Open();
        for (var i = 0; i < 3000; i++)
        {
            _bench.AppendScan();
        }

        _bench.Journal.Dispose();
        _bench.Limit = 256 * 1024;
        _bench.Open();
        Assert.InRange(FileBytes, 0, _bench.Limit);
        var lost = _bench.Gaps().Sum(g => (long)(g.To!.Value - g.From + 1));
        Assert.Equal(60_000, _bench.ReadAll().Readings.Count + lost);
    }

    [Fact]
    public void More_starts_than_the_bound_give_up_the_oldest_and_name_it()
    {
        const int More = 5;
        _bench.Limit = 2 << 20;
        for (var i = 0; i < Journal.MaxStarts + More; i++)
        {
            _bench.Open();
            _bench.AppendScan(1);
            _bench.Journal.Dispose();
        }

        _bench.Open();
        var (readings, _) = _bench.ReadAll();
        Assert.Equal(Journal.MaxStarts, readings.Count);
        Assert.Equal(new Position(More + 1, 1), readings.Keys.First());
        Assert.Equal(Enumerable.Range(1, More).Select(i => (uint)i), _bench.Gaps().Select(g => g.Epoch.Start));
    }

    [Fact]
    public void A_segment_can_be_read_alone()
    {
        _bench.Open();
        for (var i = 0; i < 400; i++)
        {
            _bench.AppendScan();
        }

        _bench.Journal.Dispose();
        foreach (var path in _bench.SegmentPaths)
        {
            var alone = new Bench { Limit = _bench.Limit };
            alone.Disk.CreateDirectory(Bench.Folder);
            alone.Disk.Put(path, _bench.Disk[path]);
            alone.Points = [];
            alone.Open();
            var (readings, _) = alone.ReadAll();
            Assert.NotEmpty(readings);
            Assert.All(readings, r => Assert.Equal(Bench.ValueOf(r.Key.Seq), r.Value.Value));
            Assert.All(readings, r => Assert.Equal(_bench.Points[(int)((r.Key.Seq - 1) % 20)], r.Value.Point));
        }
    }

    [Fact]
    public void A_gap_event_that_goes_with_an_unreadable_segment_is_told_again()
    {
        _bench.Open();
        var time = _bench.Clock.Read().Wall;
        _bench.Journal.AppendLoss(StreamKind.Telemetry, 5, time, time, "queue-full");
        _bench.AppendEvent();
        var oldest = Assert.Single(_bench.SegmentPaths);
        _bench.Disk.Fault = (call, path) => call is DiskCall.Read or DiskCall.Length && path == oldest ? DiskError.Failed : DiskError.None;
        while (_bench.SegmentPaths.Contains(oldest))
        {
            Assert.Equal(AppendOutcome.Kept, _bench.AppendScan());
        }

        _bench.Disk.Fault = null;
        for (var round = 0; round < 2; round++)
        {
            var gaps = _bench.Gaps();
            Assert.Contains(gaps, g => (g.Stream, g.From, g.To, g.Reason) == ("event", 1UL, 2UL, "spool-full"));
            Assert.Contains(gaps, g => (g.Stream, g.From, g.To, g.Reason) == ("telemetry", 1UL, 5UL, "queue-full"));
            _bench.Disk.CutPower(new Random(round));
            _bench.Clock.Reboot();
            _bench.Open();
        }
    }
}
