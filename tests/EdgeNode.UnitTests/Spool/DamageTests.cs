using EdgeNode.Core.Model;
using EdgeNode.Core.Ports;
using EdgeNode.Spool.Disk;

namespace EdgeNode.UnitTests.Spool;

/// <summary>Broken files: never a wrong value, never a refusal to start, every loss named.</summary>
public class DamageTests(ITestOutputHelper output)
{
    private readonly Bench _bench = new();
    private readonly Dictionary<Position, double> _appended = [];
    private readonly HashSet<Position> _events = [];
    private readonly HashSet<Position> _acknowledged = [];

    private void Fill(int scans)
    {
        for (var i = 0; i < scans; i++)
        {
            var seq = _bench.Outbox.End(StreamKind.Telemetry);
            _bench.AppendScan(7);
            for (ulong s = 0; s < 7; s++)
            {
                _appended[new Position(seq.Start, seq.Seq + s)] = Bench.ValueOf(seq.Seq + s);
            }

            if (i % 5 == 4)
            {
                _events.Add(_bench.Outbox.End(StreamKind.Event));
                _bench.AppendEvent();
            }

            if (i % 11 == 10)
            {
                _bench.Outbox.Acknowledge(StreamKind.Telemetry, _bench.Journal.Epoch, seq.Seq, seq.Seq + 3);
                for (ulong s = 0; s <= 3; s++)
                {
                    _acknowledged.Add(new Position(seq.Start, seq.Seq + s));
                }
            }
        }
    }

    // Readable, acknowledged or named: and what is readable is what was appended.
    private void CheckNothingIsSilent(Bench bench, string where)
    {
        var (readings, events) = bench.ReadAll();
        bench.Journal.Commit();
        events = bench.ReadAll().Events;
        var gaps = events.Where(e => e.Record.Kind == "gap").Select(e => GapSeen.Of(e.Record)).ToList();
        foreach (var (position, reading) in readings)
        {
            Assert.True(_appended[position] == reading.Value, where);
            Assert.Equal(bench.Points[(int)((position.Seq - 1) % 7)], reading.Point);
        }

        foreach (var position in _appended.Keys)
        {
            Assert.True(
                readings.ContainsKey(position) || _acknowledged.Contains(position)
                || gaps.Exists(g => g.Covers(StreamKind.Telemetry, position.Start, position.Seq)), $"{where}: {position} is silently lost");
        }

        foreach (var position in _events)
        {
            Assert.True(
                events.Exists(e => e.Epoch.Start == position.Start && e.Seq == position.Seq)
                || gaps.Exists(g => g.Covers(StreamKind.Event, position.Start, position.Seq)), $"{where}: event {position} is silently lost");
        }
    }

    private Bench Reopen(MemoryDisk disk, bool reboot)
    {
        var bench = new Bench { Disk = disk, Limit = _bench.Limit };
        bench.Clock.Microseconds = _bench.Clock.Microseconds + 1_000_000;
        if (reboot)
        {
            bench.Clock.Reboot();
        }

        bench.Open();
        return bench;
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_file_cut_at_every_byte_of_the_last_frame_opens_and_names_the_loss(bool cleanStop)
    {
        _bench.Open();
        Fill(12);
        var path = Assert.Single(_bench.SegmentPaths);
        if (cleanStop)
        {
            _bench.Journal.Dispose();
        }

        var content = _bench.Disk[path];
        var end = Array.FindLastIndex(content, b => b != 0) + 1;
        for (var cut = end - 150; cut <= end; cut++)
        {
            var disk = _bench.Disk.Copy();
            disk[path] = content[..cut];
            CheckNothingIsSilent(Reopen(disk, reboot: false), $"cut at {cut}");

            // A power cut leaves zeros in a file of full length.
            disk = _bench.Disk.Copy();
            disk[path] = [.. content[..cut], .. new byte[content.Length - cut]];
            CheckNothingIsSilent(Reopen(disk, reboot: true), $"zeros from {cut}");
        }
    }

    [Fact]
    public void Two_hundred_bit_flips_never_give_a_wrong_value_and_never_a_silent_loss()
    {
        _bench.Limit = 256 * 1024;
        _bench.Open();
        Fill(60);
        _bench.Journal.Dispose();
        _bench.Clock.Reboot();
        _bench.Open();
        Fill(400);
        var random = new Random(20260721);
        var used = _bench.SegmentPaths.Select(p => (Path: p, Used: Array.FindLastIndex(_bench.Disk[p], b => b != 0) + 1)).ToList();
        Assert.True(used.Count > 1);
        var damaged = 0;
        for (var i = 0; i < 200; i++)
        {
            var disk = _bench.Disk.Copy();
            var (path, length) = used[random.Next(used.Count)];
            var content = disk[path];
            var bit = random.Next(length * 8);
            content[bit / 8] ^= (byte)(1 << (bit % 8));
            disk[path] = content;
            var bench = Reopen(disk, reboot: i % 2 == 0);
            damaged += bench.Journal.Recovery.Damages.Count > 0 ? 1 : 0;
            CheckNothingIsSilent(bench, $"flip {i}: bit {bit} of {path}");

            // And the next start finds nothing new.
            bench.Journal.Dispose();
            var gaps = Reopen(disk, reboot: false);
            Assert.Equal(0, gaps.Journal.Recovery.RecordsMissing);
            CheckNothingIsSilent(gaps, $"flip {i}, second start");
        }

        output.WriteLine($"{damaged} of 200 flips were found when opening");
        Assert.InRange(damaged, 190, 200);
    }

    [Fact]
    public void A_lost_gap_event_is_told_again()
    {
        _bench.Open();
        var time = _bench.Clock.Read().Wall;
        Fill(3);
        _bench.Journal.AppendLoss(StreamKind.Telemetry, 3, time, time, "queue-full");
        _bench.Journal.Dispose();
        var path = Assert.Single(_bench.SegmentPaths);
        var content = _bench.Disk[path];
        var at = content.AsSpan().IndexOf("queue-full"u8);
        content[at] ^= 1;
        _bench.Disk[path] = content;
        _bench.Open();
        var gaps = _bench.Gaps();
        Assert.Contains(new GapSeen("telemetry", new Epoch(_bench.Journal.Epoch.Spool, 1), 22, 24, 0, "queue-full"), gaps);
        Assert.Contains(new GapSeen("event", new Epoch(_bench.Journal.Epoch.Spool, 1), 1, 1, 0, "damaged"), gaps);
    }

    [Fact]
    public void A_gap_event_lost_with_the_loss_beside_it_is_told_again_from_the_next_segment()
    {
        _bench.Limit = 128 * 1024;
        _bench.Open();
        var time = _bench.Clock.Read().Wall;
        _bench.Journal.AppendLoss(StreamKind.Telemetry, 3, time, time, "queue-full");
        var path = Assert.Single(_bench.SegmentPaths);
        _bench.Journal.Dispose();
        _bench.Open();
        Fill(160);
        Assert.True(_bench.SegmentPaths.Count() > 1);
        _bench.Journal.Dispose();
        var content = _bench.Disk[path];
        for (var copies = 0; copies < 2; copies++)
        {
            content[content.AsSpan().IndexOf("queue-full"u8)] ^= 1;
        }

        Assert.Equal(-1, content.AsSpan().IndexOf("queue-full"u8));
        _bench.Disk[path] = content;
        _bench.Open();
        Assert.Contains(new GapSeen("telemetry", new Epoch(_bench.Journal.Epoch.Spool, 1), 1, 3, 0, "queue-full"), _bench.Gaps());
    }

    [Fact]
    public void A_lost_dictionary_gives_no_wrong_names()
    {
        _bench.Open();
        Fill(10);
        _bench.Journal.Dispose();
        var path = Assert.Single(_bench.SegmentPaths);
        var content = _bench.Disk[path];
        content[content.AsSpan().IndexOf("PT-101"u8)] ^= 1;
        _bench.Disk[path] = content;
        _bench.Points = [new SpooledPoint("other", "bar", false)];
        _bench.Open();
        Assert.Empty(_bench.ReadAll().Readings);
        _bench.Journal.Commit();
        Assert.Contains(new GapSeen("telemetry", new Epoch(_bench.Journal.Epoch.Spool, 1), 1, 70, 0, "damaged"), MergeAll(_bench.Gaps()));
    }

    // The frames are reported one by one as the reader meets them.
    private static List<GapSeen> MergeAll(List<GapSeen> gaps) =>
        [gaps.Aggregate((a, b) => a.To + 1 == b.From ? a with { To = b.To } : a)];

    [Fact]
    public void A_segment_that_vanished_is_named_and_its_numbers_are_not_used_again()
    {
        _bench.Limit = 128 * 1024;
        _bench.Open();
        Fill(60);
        _bench.Journal.Dispose();
        _bench.Open();
        Fill(200);
        foreach (var path in _bench.SegmentPaths.ToList())
        {
            var disk = _bench.Disk.Copy();
            disk.Delete(path);
            var bench = Reopen(disk, reboot: true);
            Assert.Equal(3u, bench.Journal.Epoch.Start);
            Assert.Equal(_bench.Journal.Epoch.Spool, bench.Journal.Epoch.Spool);
            CheckNothingIsSilent(bench, path);
        }
    }

    [Fact]
    public void A_segment_that_cannot_be_read_is_damage_and_no_exception()
    {
        _bench.Limit = 128 * 1024;
        _bench.Open();
        Fill(150);
        _bench.Journal.Commit();
        var path = _bench.SegmentPaths.First();
        var opened = _bench.Disk.Copy();
        foreach (var disk in new[] { _bench.Disk, opened })
        {
            disk.Fault = (call, p) => call == DiskCall.Read && p == path ? DiskError.Failed : DiskError.None;
        }

        // In use: what the reader meets waits; nobody knows yet what stands there.
        var waiting = _bench.Outbox.Waiting(StreamKind.Telemetry);
        Assert.InRange(_bench.ReadAll().Readings.Count, 1, (int)waiting - 1);
        _bench.Journal.Commit();
        Assert.Empty(_bench.Gaps());
        Assert.Equal(waiting, _bench.Outbox.Waiting(StreamKind.Telemetry));

        var again = Reopen(opened, reboot: false);
        Assert.NotEmpty(again.Journal.Recovery.Damages);
        CheckNothingIsSilent(again, "when opening");
    }

    [Fact]
    public void An_unknown_version_is_quarantined_whole()
    {
        _bench.Open();
        Fill(5);
        _bench.Journal.Dispose();
        var path = Assert.Single(_bench.SegmentPaths);
        var content = _bench.Disk[path];
        var header = content.AsSpan(0, 40);
        header[8] = 3;
        BitConverter.TryWriteBytes(header[36..], ~EdgeNode.Spool.Format.Frame.Crc32C(uint.MaxValue, header[..36]));
        _bench.Disk[path] = content;
        _bench.Open();
        Assert.Contains("version 3", Assert.Single(_bench.Journal.Recovery.Quarantined));
        Assert.Equal(2u, _bench.Journal.Epoch.Start);
        Assert.Equal(content, _bench.Disk[Bench.Folder + "/quarantine/" + path[(Bench.Folder.Length + 1)..]]);
        CheckNothingIsSilent(_bench, "unknown version");
    }
}
