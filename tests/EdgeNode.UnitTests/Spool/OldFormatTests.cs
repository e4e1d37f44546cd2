using EdgeNode.Core.Model;
using EdgeNode.Core.Ports;
using EdgeNode.Spool;
using EdgeNode.UnitTests.Provisioning;

namespace EdgeNode.UnitTests.Spool;

/// <summary>Spools that an earlier version wrote (Fixtures/README.md says how): read, delivered, gone on with.</summary>
public class OldFormatTests
{
    private static readonly string Fixtures = Path.Combine(TestFiles.Root, "tests", "EdgeNode.UnitTests", "Spool", "Fixtures", "v1");

    private static Bench Load(string name)
    {
        var bench = new Bench { Limit = 128 * 1024 };
        bench.Disk.CreateDirectory(Bench.Folder);
        foreach (var file in Directory.GetFiles(Path.Combine(Fixtures, name)))
        {
            bench.Disk.Put(Bench.Folder + "/" + Path.GetFileName(file), File.ReadAllBytes(file));
        }

        bench.Clock.Advance(1000);
        return bench;
    }

    private static uint VersionOf(Bench bench, string path) => BitConverter.ToUInt32(bench.Disk[path], 8);

    private static void CheckValues(Bench bench, Dictionary<Position, SpooledReading> readings)
    {
        Assert.All(readings, r => Assert.Equal(Bench.ValueOf(r.Key.Seq), r.Value.Value));
        Assert.All(readings, r => Assert.Equal(bench.Points[(int)((r.Key.Seq - 1) % 20)], r.Value.Point));
    }

    [Fact]
    public void A_spool_of_the_version_before_is_read_delivered_and_gone_on_with_in_the_new_one()
    {
        var bench = Load("stopped");
        var old = bench.SegmentPaths.ToList();
        Assert.All(old, path => Assert.Equal(1u, VersionOf(bench, path)));
        bench.Open();
        Assert.Empty(bench.Journal.Recovery.Damages);
        Assert.True(bench.Journal.Recovery.CleanStop);
        Assert.Equal(2u, bench.Journal.Epoch.Start);
        var (readings, events) = bench.ReadAll();
        CheckValues(bench, readings);
        Assert.Equal(Enumerable.Range(1, 2000).Where(n => n is > 50 and (< 101 or > 130)).Select(n => new Position(1, (ulong)n)), readings.Keys);
        Assert.Equal(10, events.Count);
        Assert.All(events, e => Assert.Equal("alarm", e.Record.Kind));

        bench.AppendScan();
        Assert.Equal(AppendOutcome.Kept, bench.Journal.Commit());
        Assert.All(bench.SegmentPaths.Except(old), path => Assert.Equal(2u, VersionOf(bench, path)));
        Assert.NotEmpty(bench.SegmentPaths.Except(old));
        bench.AcknowledgeAll();
        for (var i = 0; i < 5; i++)
        {
            bench.Journal.Commit();
        }

        Assert.Empty(bench.SegmentPaths.Intersect(old));
        Assert.Empty(bench.Gaps());
    }

    [Fact]
    public void A_spool_of_a_killed_version_before_loses_nothing()
    {
        var bench = Load("killed");
        bench.Open();
        var (readings, events) = bench.ReadAll();
        CheckValues(bench, readings);
        Assert.Equal((600, 400), (readings.Keys.Count(p => p.Start == 1), readings.Keys.Count(p => p.Start == 2)));
        Assert.Equal(5, events.Count(e => e.Record.Kind == "alarm"));
        Assert.Empty(bench.Gaps());
    }

    [Fact]
    public void The_sum_of_a_full_spool_of_the_version_before_stays_exact_while_the_new_one_drops()
    {
        var bench = Load("full");
        bench.Points = [.. bench.Points.Select((p, i) => p with { WhenFull = i == 3 ? WhenFull.Keep : WhenFull.Drop })];
        bench.Open();
        Assert.Empty(bench.Journal.Recovery.Damages);
        var before = bench.ReadAll().Readings.Count;
        Assert.Equal(18_000, before + bench.Gaps().Sum(g => g.Count));
        for (var i = 0; i < 200; i++)
        {
            Assert.Equal(AppendOutcome.Kept, bench.AppendScan());
        }

        var readings = bench.ReadAll().Readings.Where(r => r.Key.Start == 1).ToDictionary();
        Assert.All(readings, r => Assert.Equal(Bench.ValueOf(r.Key.Seq), r.Value.Value));
        Assert.Equal(18_000, readings.Count + bench.Gaps().Where(g => g.Epoch.Start == 1).Sum(g => g.Count));
        Assert.NotEqual(before, readings.Count);
        Assert.Contains(bench.Gaps(), g => g.Some > 0);
    }

    [Fact]
    public void Damage_in_the_version_before_is_named_exactly()
    {
        var bench = Load("damaged");
        bench.Limit *= 2; // or the new segment would cost the oldest one
        bench.Open();
        Assert.Equal(2, bench.Journal.Recovery.Damages.Count);
        var (readings, _) = bench.ReadAll();
        CheckValues(bench, readings);
        Assert.True(readings.Count < 2000);
        Assert.Equal(2000, readings.Count + bench.Gaps().Where(g => g is { Reason: "damaged", Stream: "telemetry" }).Sum(g => g.Count));
        Assert.Equal(2000 - readings.Count + bench.Gaps().Where(g => g.Stream == "event").Sum(g => g.Count), bench.Journal.Recovery.RecordsMissing);
    }

    [Fact]
    public void What_is_in_quarantine_is_counted_takes_its_part_of_the_limit_and_is_never_deleted()
    {
        var bench = new Bench { Limit = 256 * 1024 };
        bench.Open();
        bench.Journal.Dispose();
        bench.Disk.Put(Bench.Folder + "/strange", new byte[100_000]);
        bench.Open();
        Assert.Equal((1, 100_000L), (bench.Journal.Recovery.InQuarantine, bench.Journal.Recovery.QuarantinedBytes));
        for (var i = 0; i < 1500; i++)
        {
            Assert.Equal(AppendOutcome.Kept, bench.AppendScan());
            Assert.InRange(bench.Disk.TotalBytes, 0, bench.Limit);
        }

        var status = SpoolInspector.Status(Bench.Folder, bench.Disk);
        Assert.Equal((1, 100_000L), (status.QuarantinedFiles, status.QuarantinedBytes));
        Assert.Equal(100_000, bench.Disk[Bench.Folder + "/quarantine/strange"].Length);
    }
}
