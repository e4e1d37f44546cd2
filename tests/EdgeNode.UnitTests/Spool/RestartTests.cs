using EdgeNode.Core.Ports;
using EdgeNode.Spool;
using EdgeNode.Spool.Disk;

namespace EdgeNode.UnitTests.Spool;

/// <summary>Killed again while it opens: what the run before left is still whole, and nobody must hear of a gap.</summary>
public class RestartTests(ITestOutputHelper output)
{
    [Fact]
    public void A_second_kill_at_any_call_of_the_opening_invents_no_gap_and_takes_nothing()
    {
        var stops = 0;
        for (var scans = 1; scans < 100; scans += 3)
        {
            for (var (calls, done) = (0, false); !done; calls++, stops++)
            {
                var bench = new Bench { Limit = 128 * 1024, Disk = new MemoryDisk { PartOfFailedWrite = 0 } };
                bench.Open();
                for (var i = 0; i < scans; i++)
                {
                    bench.AppendScan();
                }

                bench.Disk.Kill();
                done = OpenAndDie(bench, calls);
                bench.Disk.Kill();
                bench.Open();
                Assert.Empty(bench.Gaps());
                Assert.Equal(scans * 20, bench.ReadAll().Readings.Count);
            }
        }

        output.WriteLine($"{stops} stops");
    }

    [Fact]
    public void What_a_killed_run_had_appended_is_safe_from_a_power_cut_once_the_next_run_has_committed()
    {
        for (var scans = 1; scans < 120; scans++)
        {
            var bench = new Bench { Limit = 128 * 1024 };
            bench.Open();
            for (var i = 0; i < scans; i++)
            {
                bench.AppendScan();
            }

            bench.Disk.Kill();
            bench.Open();
            bench.AppendScan();
            Assert.Equal(AppendOutcome.Kept, bench.Journal.Commit());
            bench.Disk.CutPower(new Random(scans));
            bench.Clock.Reboot();
            bench.Open();
            Assert.Equal((scans + 1) * 20, bench.ReadAll().Readings.Count);
        }
    }

    /// <returns>The opening was over before.</returns>
    private static bool OpenAndDie(Bench bench, int calls)
    {
        var left = calls;
        bench.Disk.Fault = (_, _) => --left < 0 ? DiskError.Failed : DiskError.None;
        try
        {
            bench.Open();
        }
        catch (SpoolUnavailableException)
        {
            // It died before it had the directory.
        }

        bench.Disk.Fault = null;
        return left >= 0;
    }
}
