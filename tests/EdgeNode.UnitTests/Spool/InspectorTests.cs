using EdgeNode.Core.Model;
using EdgeNode.Spool;
using EdgeNode.Spool.Disk;

namespace EdgeNode.UnitTests.Spool;

public class InspectorTests
{
    private readonly Bench _bench = new() { Limit = 256 * 1024 };

    [Fact]
    public void Status_of_a_live_spool_tells_what_waits_and_writes_nothing()
    {
        _bench.Open();
        for (var i = 0; i < 10; i++)
        {
            _bench.AppendScan();
        }

        _bench.AppendEvent();
        _bench.Outbox.Acknowledge(StreamKind.Telemetry, _bench.Journal.Epoch, 1, 30);
        _bench.Journal.Commit();
        var writes = _bench.Disk.BytesWritten;
        var status = SpoolInspector.Status(Bench.Folder, _bench.Disk);
        Assert.Equal(writes, _bench.Disk.BytesWritten);
        Assert.Equal(_bench.Journal.Epoch, status.LastEpoch);
        Assert.Equal(170, status.Telemetry.Waiting);
        Assert.Equal(new Position(1, 31), status.Telemetry.Delivered);
        Assert.Equal(1, status.Event.Waiting);
        Assert.True(status.Telemetry.Oldest < status.Telemetry.Newest);
        var waiting = SpoolInspector.Entries(Bench.Folder, _bench.Disk).First(e => e.Reading is not null && !e.Delivered);
        Assert.Equal(31ul, waiting.Seq);
        Assert.Equal(waiting.Reading!.Value.Time.UnixMicroseconds, status.Telemetry.Oldest);
        Assert.Equal(_bench.Disk.TotalBytes, status.Bytes);
    }

    [Fact]
    public void Verify_finds_the_broken_frame_and_counts_what_is_missing()
    {
        _bench.Open();
        for (var i = 0; i < 10; i++)
        {
            _bench.AppendScan();
        }

        _bench.Journal.Dispose();
        Assert.True(SpoolInspector.Verify(Bench.Folder, _bench.Disk).Sound);
        var path = Assert.Single(_bench.SegmentPaths);
        var content = _bench.Disk[path];
        var at = content.AsSpan().IndexOf(BitConverter.GetBytes(Bench.ValueOf(85)));
        content[at] ^= 4;
        _bench.Disk[path] = content;

        var verdict = SpoolInspector.Verify(Bench.Folder, _bench.Disk);
        Assert.False(verdict.Sound);
        Assert.Equal(180, verdict.Readings);
        Assert.Equal(20, verdict.Missing);
        var damage = Assert.Single(verdict.Damages);
        Assert.InRange(at, damage.Offset, damage.Offset + damage.Bytes);
        Assert.Equal(content, _bench.Disk[path]);
    }

    [Fact]
    public void Entries_are_all_readings_and_events_with_what_was_delivered()
    {
        _bench.Open();
        for (var i = 0; i < 400; i++)
        {
            _bench.AppendScan();
        }

        _bench.AppendEvent();
        _bench.Outbox.Acknowledge(StreamKind.Telemetry, _bench.Journal.Epoch, 7990, 7999);
        _bench.Journal.Commit();
        var entries = SpoolInspector.Entries(Bench.Folder, _bench.Disk).ToList();
        Assert.Equal(Enumerable.Range(1, 8000).Select(i => (ulong)i), entries.Where(e => e.Reading is not null).Select(e => e.Seq));
        Assert.All(entries.Where(e => e.Reading is not null), e => Assert.Equal(Bench.ValueOf(e.Seq), e.Reading!.Value.Value));
        Assert.Equal(10, entries.Count(e => e.Delivered));
        Assert.Equal("alarm", entries[^1].Event!.Kind);
    }

    [Fact]
    public void A_directory_that_is_not_there_is_a_typed_error() =>
        Assert.Throws<SpoolUnavailableException>(() => SpoolInspector.Status("/nowhere", new LinuxDisk()));
}
