using EdgeNode.Core.Model;
using EdgeNode.Core.Ports;

namespace EdgeNode.UnitTests.Spool;

/// <summary>What stays at the limit, by the policy of each point, and that every reading that goes is counted in a gap event.</summary>
public class RetentionTests(ITestOutputHelper output)
{
    private const int Thinned = 5;
    private readonly Bench _bench = new() { Limit = 256 * 1024 };
    private long _appended;

    private void Open(int keptEvery = 7)
    {
        _bench.Points =
        [
            .. Enumerable.Range(0, 20).Select(i => new SpooledPoint($"PT-{i + 101}.pressure", "bar", i % 2 == 1)
            {
                WhenFull = i == Thinned ? WhenFull.Thin : i % keptEvery == 0 ? WhenFull.Keep : WhenFull.Drop,
            }),
        ];
        _bench.Open();
    }

    private void Append(int scans)
    {
        for (var i = 0; i < scans; i++, _appended += 20)
        {
            Assert.Equal(AppendOutcome.Kept, _bench.AppendScan());
            Assert.InRange(_bench.Disk.TotalBytes, 0, _bench.Limit);
        }
    }

    // Of start 1: values right, count exact, and each hole within the span of a gap.
    private Dictionary<Position, SpooledReading> CheckSum()
    {
        var (readings, events) = _bench.ReadAll();
        var gaps = events.Where(e => e.Record.Kind == "gap").Select(e => GapSeen.Of(e.Record)).ToList();
        foreach (var (position, reading) in readings)
        {
            Assert.Equal(Bench.ValueOf(position.Seq), reading.Value);
            Assert.Equal(_bench.Points[(int)((position.Seq - 1) % 20)], reading.Point);
        }

        Assert.Equal(_appended, readings.Count + gaps.Sum(g => g.Count));
        Assert.Equal(readings.Count, _bench.Outbox.Waiting(StreamKind.Telemetry));
        Assert.Equal(gaps.Sum(g => g.Count), _bench.Outbox.Fill.DroppedAtLimit);
        for (ulong seq = 1; _appended <= 60_000 && seq <= (ulong)_appended; seq++)
        {
            Assert.True(readings.ContainsKey(new Position(1, seq)) || gaps.Exists(g => g.Covers(StreamKind.Telemetry, 1, seq)), $"{seq} is silently lost");
        }

        return readings;
    }

    [Fact]
    public void Kept_points_stay_thinned_ones_keep_one_reading_a_minute_and_the_sum_is_exact()
    {
        Open();
        Append(3000);
        var readings = CheckSum();
        var first = readings.Keys.First().Seq;
        Assert.Equal(1UL, first);
        foreach (var point in (int[])[0, 7, 14])
        {
            Assert.Equal(3000, readings.Keys.Count(p => (int)((p.Seq - 1) % 20) == point));
        }

        // Those of the segments that went: the first of each minute.
        var thinned = readings.Where(r => (int)((r.Key.Seq - 1) % 20) == Thinned).Select(r => r.Value.Time.UnixMicroseconds).Order().ToList();
        var minutes = thinned.GroupBy(t => t / 60_000_000).ToList();
        Assert.Equal(6, minutes.Count);
        Assert.All(minutes.SkipLast(3), m => Assert.Single(m));
        output.WriteLine($"{_appended} appended, {readings.Count} stay, {_bench.Gaps().Count} gap events, {_bench.SegmentPaths.Count()} segments");
    }

    [Fact]
    public void What_was_kept_is_the_same_after_a_stop_and_after_a_power_cut()
    {
        Open();
        Append(2000);
        var readings = CheckSum();
        var gaps = _bench.Gaps();
        _bench.Journal.Dispose();
        _bench.Open();
        Assert.Empty(_bench.Journal.Recovery.Damages);
        Assert.Equal(0, _bench.Journal.Recovery.RecordsMissing);
        Assert.Equal(readings, _bench.ReadAll().Readings);
        Assert.Equal(gaps, _bench.Gaps());
        Assert.Equal(readings.Count, _bench.Outbox.Waiting(StreamKind.Telemetry));
        _bench.Journal.Commit();
        _bench.Disk.CutPower(new Random(3));
        _bench.Clock.Reboot();
        _bench.Open();
        Assert.Equal(0, _bench.Journal.Recovery.RecordsMissing);
        Assert.Equal(readings, _bench.ReadAll().Readings);
        Assert.Equal(gaps, _bench.Gaps().Where(g => g.Reason == "spool-full"));
    }

    [Fact]
    public void What_is_kept_beyond_half_of_the_limit_goes_the_oldest_first()
    {
        Open(keptEvery: 4);
        Append(8_000);
        var readings = CheckSum();
        var kept = readings.Keys.Where(p => (int)((p.Seq - 1) % 20) == 0).Select(p => p.Seq).ToList();
        output.WriteLine($"{_appended} appended, {readings.Count} stay, of a kept point {kept.Count} from {kept[0]} on, {_bench.Gaps().Count} gap events");

        // Whole stretches, with at most small ones missing at the seams between old and new.
        Assert.True(kept[0] > 1);
        Assert.True(kept.Count > 3 * readings.Keys.Count(p => (int)((p.Seq - 1) % 20) == 1));
    }

    [Fact]
    public void Where_all_is_to_be_kept_the_oldest_goes_as_it_is()
    {
        Open();
        _bench.Journal.Dispose();
        _bench.Points = [.. _bench.Points.Select(p => p with { WhenFull = WhenFull.Keep })];
        _bench.Open();
        for (var i = 0; i < 3000; i++)
        {
            _bench.AppendScan();
        }

        var readings = _bench.ReadAll().Readings.Keys.Select(p => p.Seq).ToList();
        Assert.Equal(Enumerable.Range(0, readings.Count).Select(i => readings[0] + (ulong)i), readings);
        Assert.Equal(60_000, readings.Count + _bench.Gaps().Sum(g => g.Count));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(500)]
    public void Kept_readings_are_delivered_in_order_with_an_exact_count_and_their_segments_are_let_go(int atOnce)
    {
        Open();
        Append(atOnce == 1 ? 1200 : 3000);
        var left = CheckSum().Count;
        var batch = new ReadingBatch();
        var from = default(Position);
        while (_bench.Outbox.TryRead(from, new Position(2, 1), atOnce, batch))
        {
            Assert.True(batch.FirstSeq >= from.Seq);
            for (var i = 0; i < batch.Readings.Count; i++)
            {
                Assert.Equal(Bench.ValueOf(batch.FirstSeq + (ulong)i), batch.Readings[i].Value);
            }

            from = new Position(1, batch.LastSeq + 1);
            _bench.Outbox.Acknowledge(StreamKind.Telemetry, batch.Epoch, batch.FirstSeq, batch.LastSeq);
            left -= batch.Readings.Count;
            if (left % 5 == 0)
            {
                Assert.Equal(left, _bench.Outbox.Waiting(StreamKind.Telemetry));
            }
        }

        Assert.Equal(0, left);
        Assert.Equal(0, _bench.Outbox.Waiting(StreamKind.Telemetry));
        foreach (var e in _bench.ReadAll().Events)
        {
            _bench.Outbox.Acknowledge(StreamKind.Event, e.Epoch, e.Seq, e.Seq);
        }

        for (var i = 0; i < 20; i++)
        {
            _bench.Journal.Commit();
        }

        Assert.Single(_bench.SegmentPaths);
        _bench.Disk.Kill();
        _bench.Open();
        Assert.Equal(0, _bench.Journal.Recovery.RecordsMissing);
        Assert.Empty(_bench.Gaps());
        Assert.Empty(_bench.ReadAll().Readings);
    }

    [Fact]
    public void Kept_readings_of_another_dictionary_keep_their_names_and_today_s_site_file_decides()
    {
        Open();
        Append(800);
        var names = _bench.Points;
        _bench.Journal.Dispose();

        // One point is gone from the site file, one that was to go is to stay now, one new stands before them.
        _bench.Points = [new SpooledPoint("new", "m", false), .. names.Skip(1).Select((p, i) => p with { WhenFull = i == 0 ? WhenFull.Keep : p.WhenFull })];
        _bench.Open();
        for (var i = 0; i < 2000; i++)
        {
            _bench.AppendScan();
        }

        _bench.Disk.Kill();
        _bench.Open();
        var old = _bench.ReadAll().Readings.Where(r => r.Key.Start == 1).ToList();
        Assert.Equal(800, old.Count(r => r.Value.Point.Name == "PT-101.pressure"));
        Assert.Equal(800, old.Count(r => r.Value.Point.Name == "PT-102.pressure"));
        Assert.All(old, r => Assert.Equal(names[(int)((r.Key.Seq - 1) % 20)].Name, r.Value.Point.Name));
        Assert.All(old, r => Assert.Equal(Bench.ValueOf(r.Key.Seq), r.Value.Value));
    }

    [Theory]
    [InlineData(4)]
    [InlineData(7)]
    [InlineData(8)]
    [InlineData(12)]
    public void A_damaged_frame_of_kept_readings_is_one_gap_over_its_span_and_costs_nothing_else(int keptEvery)
    {
        Open(keptEvery);
        Append(1500);
        _bench.Journal.Dispose();
        var look = new Bench { Disk = _bench.Disk.Copy(), Limit = _bench.Limit, Points = _bench.Points };
        look.Open();
        var before = look.ReadAll().Readings;
        var gaps = look.Gaps();
        var path = _bench.SegmentPaths.Last();
        var content = _bench.Disk[path];
        var kept = Frames(content).Where(f => f.Type == 9).ToList();
        Assert.NotEmpty(kept);
        content[kept[0].Offset + 60] ^= 1;
        _bench.Disk[path] = content;
        _bench.Limit *= 2; // or the new segment would cost the oldest one
        _bench.Open();
        var after = _bench.ReadAll();
        var damaged = Assert.Single(_bench.Gaps(), g => g.Reason == "damaged");
        Assert.All(before.Keys, p => Assert.True(after.Readings.ContainsKey(p) || damaged.Covers(StreamKind.Telemetry, 1, p.Seq)));
        Assert.All(after.Readings, r => Assert.Equal(before[r.Key], r.Value));
        Assert.True(before.Count > after.Readings.Count);
        Assert.Equal(gaps, _bench.Gaps().Where(g => g.Reason != "damaged"));
    }

    private static IEnumerable<(int Type, int Offset)> Frames(byte[] segment)
    {
        for (var at = 40; at + 20 < segment.Length && segment[at] == 0xED && segment[at + 1] == 0x4A;)
        {
            yield return (segment[at + 2], at);
            at += 20 + BitConverter.ToInt32(segment, at + 4);
        }
    }

    [Fact]
    public void What_waits_longer_than_the_age_goes_and_is_named_as_expired()
    {
        _bench.Limit = 1 << 20;
        _bench.Age = TimeSpan.FromHours(1);
        Open();
        Append(100);
        _bench.Clock.Advance(1800);
        Append(50);
        _bench.Journal.Commit();
        Assert.Equal(3000, CheckSum().Count);
        _bench.Clock.Advance(1860);
        _bench.Journal.Commit();
        Assert.Equal(1000, CheckSum().Count);
        Assert.Equal((1UL, 2000UL, "expired"), _bench.Gaps().Select(g => (g.From, g.To!.Value, g.Reason)).Single());
        _bench.Disk.CutPower(new Random(1));
        _bench.Clock.Reboot();
        _bench.Open();
        Assert.Equal(1000, _bench.ReadAll().Readings.Count);
        Assert.Equal("expired", Assert.Single(_bench.Gaps(), g => g.To is not null).Reason);
    }

    [Fact]
    public void Kept_readings_expire_too()
    {
        _bench.Age = TimeSpan.FromHours(1);
        Open();
        Append(2000);
        Assert.True(CheckSum().Count > 4000);
        _bench.Journal.Commit();
        _bench.Clock.Advance(3600);
        Append(1);
        for (var i = 0; i < 10; i++)
        {
            _bench.Journal.Commit();
        }

        Assert.Equal(20, CheckSum().Count);
        Assert.Contains(_bench.Gaps(), g => g.Reason == "expired" && g.Some > 0);
    }

    [Fact]
    public void A_step_of_hours_that_is_soon_undone_expires_nothing()
    {
        _bench.Limit = 1 << 20;
        _bench.Age = TimeSpan.FromHours(1);
        Open();
        Append(100);
        Commit(minutes: 10);
        _bench.Clock.Step = 7200;
        Commit(minutes: 4);
        _bench.Clock.Step = 0;
        Commit(minutes: 10);
        Assert.Equal(2000, CheckSum().Count);
        Assert.Empty(_bench.Gaps());

        // And the age still counts.
        Commit(minutes: 60);
        Assert.Empty(CheckSum());
    }

    [Fact]
    public void What_cannot_be_read_does_not_switch_the_age_off()
    {
        _bench.Limit = 512 * 1024;
        _bench.Age = TimeSpan.FromHours(1);
        Open();
        Append(600);
        _bench.Journal.Commit();
        Assert.True(_bench.SegmentPaths.Count() > 2);
        var dark = _bench.SegmentPaths.First();
        _bench.Disk.Fault = (call, path) => call == DiskCall.Read && path == dark ? EdgeNode.Spool.Disk.DiskError.Failed : EdgeNode.Spool.Disk.DiskError.None;
        Commit(minutes: 70);
        var waiting = _bench.Outbox.Waiting(StreamKind.Telemetry);
        Assert.InRange(waiting, 1000, 6000);
        _bench.Disk.Fault = null;
        Commit(minutes: 15);
        Assert.Equal(0, _bench.Outbox.Waiting(StreamKind.Telemetry));
        Assert.All(_bench.Gaps(), gap => Assert.Equal("expired", gap.Reason));
    }

    private void Commit(int minutes)
    {
        for (var i = 0; i < minutes * 6; i++)
        {
            _bench.Clock.Advance(10);
            _bench.Journal.Commit();
        }
    }
}
