using System.Collections.Immutable;
using EdgeNode.Core.Model;
using EdgeNode.Core.Ports;
using EdgeNode.Spool;
using EdgeNode.Spool.Disk;

namespace EdgeNode.UnitTests.Spool;

/// <summary>The journal on a real file system.</summary>
[Collection(RealClock.Name)]
public sealed class LinuxDiskTests(ITestOutputHelper output) : IDisposable
{
    private readonly string _folder = Path.Combine(Path.GetTempPath(), "spool-" + Guid.NewGuid().ToString("N"));
    private readonly HandClock _clock = new();
    private readonly LinuxDisk _disk = new();
    private readonly ImmutableArray<SpooledPoint> _points = [.. Enumerable.Range(0, 20).Select(i => new SpooledPoint($"P{i}", "bar", false))];

    private Journal Open(long limit = 16 << 20) =>
        Journal.Open(_folder + "/a/b", new SpoolOptions(TimeSpan.FromSeconds(1), limit), _points, _clock, _disk);

    private Reading[] Scan(Journal journal)
    {
        _clock.Advance(0.1);
        var seq = journal.Outbox(1).End(StreamKind.Telemetry).Seq;
        return [.. Enumerable.Range(0, 20).Select(i => new Reading(i, Bench.ValueOf(seq + (ulong)i), Quality.Good, _clock.Read().Wall))];
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void What_was_appended_survives_a_restart_and_the_limit_holds()
    {
        const long Limit = 1 << 20;
        long kept;
        using (var journal = Open(Limit))
        {
            for (var i = 0; i < 6000; i++)
            {
                Assert.Equal(AppendOutcome.Kept, journal.AppendReadings(Scan(journal)));
                if (i % 100 == 0)
                {
                    Assert.Equal(AppendOutcome.Kept, journal.Commit());
                }
            }

            kept = journal.Outbox(1).Waiting(StreamKind.Telemetry);
            Assert.InRange(kept, 1000, 119_999);
            Assert.Equal(120_000, kept + journal.Outbox(1).Fill.Dropped);
        }

        Assert.InRange(new DirectoryInfo(_folder).EnumerateFiles("*", SearchOption.AllDirectories).Sum(f => f.Length), 1, Limit);
        Assert.True(SpoolInspector.Verify(_folder + "/a/b", _disk).Sound);
        using var again = Open(Limit);
        Assert.True(again.Recovery.CleanStop);
        Assert.Equal(kept, again.Outbox(1).Waiting(StreamKind.Telemetry));
        var batch = new ReadingBatch();
        var from = default(Position);
        while (again.Outbox(1).TryRead(from, new Position(9, 1), 500, batch))
        {
            Assert.Equal(Bench.ValueOf(batch.FirstSeq), batch.Readings[0].Value);
            kept -= batch.Readings.Count;
            from = new Position(batch.Epoch.Start, batch.LastSeq + 1);
        }

        Assert.Equal(0, kept);
    }

    [Fact]
    public void Directories_and_files_are_closed_to_others()
    {
        Open().Dispose();
        var paths = Directory.EnumerateFileSystemEntries(_folder, "*", SearchOption.AllDirectories).Append(_folder).ToList();
        Assert.Contains(paths, File.Exists);
        Assert.All(paths, path => Assert.Equal(UnixFileMode.None, File.GetUnixFileMode(path) & (UnixFileMode)0b000_010_111));
    }

    [Fact]
    public void The_lock_holds_between_two_handles_and_ends_with_the_first()
    {
        using (Open())
        {
            Assert.True(Assert.Throws<SpoolUnavailableException>(() => Open()).InUse);
        }

        Open().Dispose();
    }

    [Fact]
    public void A_lock_file_that_can_only_be_read_still_locks()
    {
        // A file of the kernel that no one may write to, root included: as on a file system that has become read-only.
        const string ReadOnlyFile = "/sys/kernel/notes";
        Directory.CreateDirectory(_folder);
        Assert.Equal(DiskError.None, _disk.TryLock(ReadOnlyFile, out var held));
        Assert.Equal(DiskError.InUse, _disk.TryLock(ReadOnlyFile, out _));
        held!.Dispose();
        Assert.Equal(DiskError.ReadOnly, _disk.TryLock("/sys/kernel/no-such-file", out _));
    }

    [Fact]
    public void Errors_of_the_system_come_as_results()
    {
        Directory.CreateDirectory(_folder);
        Assert.Equal(DiskError.NotFound, _disk.Open(_folder + "/no", false, out _));
        Assert.Equal(DiskError.NotFound, _disk.Delete(_folder + "/no"));
        Assert.Equal(DiskError.NotFound, _disk.Rename(_folder + "/no", _folder + "/yes"));
        Assert.Equal(DiskError.NotFound, _disk.SyncDirectory(_folder + "/no"));
        Assert.Equal(DiskError.NotFound, _disk.List(_folder + "/no", []));
        Assert.Equal(DiskError.Full, _disk.Open("/dev/full", true, out var full) == DiskError.None ? full!.Write([1], 0) : DiskError.None);
        full!.Dispose();
        Assert.Equal(DiskError.Failed, full.Read(new byte[1], 0, out _));
        Assert.Equal(DiskError.None, _disk.Create(_folder + "/x", out var file));
        Assert.Equal(DiskError.None, file!.Preallocate(10_000));
        Assert.Equal(DiskError.None, file.Write([1, 2, 3], 9_999));
        Assert.Equal(DiskError.None, file.Sync());
        Assert.Equal(DiskError.None, file.Length(out var length));
        Assert.Equal(10_002, length);
        Assert.Equal(DiskError.None, file.Read(new byte[100], 9_990, out var read));
        Assert.Equal(12, read);
        file.Dispose();
    }

    [Fact]
    public void A_steady_append_commit_and_read_allocates_next_to_nothing()
    {
        using var journal = Open();
        var outbox = journal.Outbox(1);
        var batch = new ReadingBatch();
        var scan = Scan(journal);
        var from = outbox.End(StreamKind.Telemetry);
        void Rounds(int count)
        {
            for (var i = 0; i < count; i++)
            {
                _clock.Advance(0.1);
                journal.AppendReadings(scan);
                if (outbox.TryRead(from, new Position(9, 1), 100, batch))
                {
                    outbox.Acknowledge(StreamKind.Telemetry, batch.Epoch, batch.FirstSeq, batch.LastSeq);
                    from = new Position(1, batch.LastSeq + 1);
                }

                if (i % 10 == 0)
                {
                    journal.Commit();
                }
            }
        }

        Rounds(500);

        // The least of a few: a collection started by another test empties the shared pools, and what is rented anew is not ours.
        var each = Enumerable.Range(0, 5).Min(_ =>
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            Rounds(1000);
            return (GC.GetAllocatedBytesForCurrentThread() - before) / 1000.0;
        });
        output.WriteLine($"{each:F2} bytes allocated a scan of 20 (append, read, acknowledge, a commit every ten)");
        Assert.InRange(each, 0, 16);
    }

    [Fact]
    public async Task Reading_beside_appending_sees_each_record_once_and_in_order()
    {
        using var journal = Open(1 << 20);
        const int Scans = 3000;
        var reader = Task.Run(() =>
        {
            var batch = new ReadingBatch();
            var outbox = journal.Outbox(1);
            ulong next = 1;
            while (next <= Scans * 20)
            {
                if (!outbox.TryRead(default, new Position(9, 1), 300, batch))
                {
                    Thread.Yield();
                    continue;
                }

                Assert.Equal(next, batch.FirstSeq);
                for (var i = 0; i < batch.Readings.Count; i++)
                {
                    Assert.Equal(Bench.ValueOf(next++), batch.Readings[i].Value);
                }

                outbox.Acknowledge(StreamKind.Telemetry, batch.Epoch, batch.FirstSeq, batch.LastSeq);
            }
        }, TestContext.Current.CancellationToken);
        for (var i = 0; i < Scans && !reader.IsFaulted; i++)
        {
            journal.AppendReadings(Scan(journal));
            if (i % 50 == 0)
            {
                journal.Commit();
            }

            // The reader must not be overtaken by the limit: that is another test.
            while (journal.Outbox(1).Waiting(StreamKind.Telemetry) > 20_000 && !reader.IsFaulted)
            {
                Thread.Yield();
            }
        }

        await reader;
        Assert.Equal(0, journal.Outbox(1).Waiting(StreamKind.Telemetry));
        Assert.Equal(0, journal.Outbox(1).Fill.Dropped);
    }
}
