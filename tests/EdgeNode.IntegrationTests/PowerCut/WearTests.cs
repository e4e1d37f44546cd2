using System.Globalization;
using EdgeNode.Core.Model;
using EdgeNode.Core.Ports;
using EdgeNode.Core.Record;
using EdgeNode.Engine;
using EdgeNode.IntegrationTests.Peers;
using EdgeNode.Spool;
using EdgeNode.Spool.Disk;
using Xunit;

namespace EdgeNode.IntegrationTests.PowerCut;

/// <summary>
/// What the journal costs a card: bytes that reach the block device at 200 readings and one commit a second, in the steady state in which
/// segments are recycled. The benchmark (<c>./build.sh benchmark -- wear</c>) measures longer, and beside others.
/// </summary>
public sealed class WearTests(ITestOutputHelper output)
{
    private const int Seconds = 15; // three of ext4's own transactions
    private const int Scans = 10;
    private const int PointsPerScan = 20;
    private const int ReadingsPerSecond = Scans * PointsPerScan;
    private const double MostBytesPerReading = 81;

    [Fact]
    public async Task A_recycled_segment_costs_the_card_at_most_81_bytes_a_reading()
    {
        using var folder = new TempFolder();
        await using var disk = await LoopDisk.MakeOrSkipAsync(folder, "WEAR");
        var clock = new SystemClock(TimeProvider.System);
        var options = new SpoolOptions(TimeSpan.FromSeconds(1), 2 << 20);
        var points = Enumerable.Range(0, ReadingsPerSecond).Select(i => new SpooledPoint($"U{i / PointsPerScan}.p{i % PointsPerScan}", "bar", false));
        using var journal = Journal.Open(Path.Combine(disk.Folder, "spool"), options, [.. points], clock, new LinuxDisk());
        var outbox = journal.Outbox(1);
        var random = new Random(1);
        var (frames, commits) = (0, 0);

        void Second()
        {
            for (var unit = 0; unit < Scans; unit++)
            {
                var now = clock.Read();
                var scan = Enumerable.Range(0, PointsPerScan)
                    .Select(p => new Reading((unit * PointsPerScan) + p, (float)(random.NextDouble() * 10), Quality.Good, now.Wall)).ToArray();
                frames += RecordSizes.Scan(scan, now);
                Assert.Equal(AppendOutcome.Kept, journal.AppendReadings(scan));
            }

            var next = outbox.End(StreamKind.Telemetry).Seq;
            outbox.Acknowledge(StreamKind.Telemetry, journal.Epoch, 1, next - 1);
            Assert.Equal(AppendOutcome.Kept, journal.Commit());
            commits++;
        }

        // Until the first segments have been written over.
        while (frames < 3 * RecordSizes.Segment(options.LimitBytes))
        {
            Second();
        }

        (frames, commits) = (0, 0);
        await disk.FlushAsync();
        var before = disk.BytesWritten;
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1));
        for (var i = 0; i < Seconds; i++)
        {
            Second();
            await timer.WaitForNextTickAsync(TestContext.Current.CancellationToken);
        }

        await disk.FlushAsync();
        var perReading = (disk.BytesWritten - before) / (double)(commits * ReadingsPerSecond);
        var costs = new RecordingCosts(options, RecordSizes.Segment(options.LimitBytes), 0, RecordSizes.Cursor() + RecordSizes.EndMark, 1, 1, 0);
        var plan = BufferPlan.Of([new RecordedGroup(TimeSpan.FromMilliseconds(100), PointsPerScan, frames / commits / Scans, 1)], costs, CardModel.Default);
        var foretold = plan.CardBytesPerDay / 86_400 / ReadingsPerSecond;
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{perReading:0.0} bytes a reading reached the block device ({frames / (double)(commits * ReadingsPerSecond):0.0} of them frames); plan foretells {foretold:0.0}"));
        Assert.InRange(perReading, 1, MostBytesPerReading);
        Assert.InRange(foretold, perReading * 0.6, perReading * 1.5);
    }
}
