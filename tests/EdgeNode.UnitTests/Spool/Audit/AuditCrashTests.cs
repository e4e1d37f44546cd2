using EdgeNode.Spool.Audit;
using EdgeNode.Spool.Disk;

namespace EdgeNode.UnitTests.Spool.Audit;

/// <summary>The process or the power ends before each single call of the disk, in a scenario with rolls and removals.</summary>
public class AuditCrashTests
{
    private static readonly AuditOptions Small = new() { FileBytes = 900, Files = 2 };

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void After_a_crash_at_any_call_the_trail_is_sound_and_has_every_entry_that_was_anchored(bool power)
    {
        var calls = Calls(Scenario(new AuditBench { Options = Small }));
        Assert.True(calls > 60, $"{calls} calls");
        for (var stop = 0; stop < calls; stop++)
        {
            for (var seed = 0; seed < 3; seed++)
            {
                var bench = new AuditBench { Options = Small };
                var left = stop;
                bench.Disk.Fault = (_, _) => --left < 0 ? DiskError.Failed : DiskError.None;
                Scenario(bench);
                bench.Disk.Fault = null;
                if (power)
                {
                    bench.Disk.CutPower(new Random((stop * 7) + seed));
                }
                else
                {
                    bench.Disk.Kill();
                }

                // The torn tail alone is not sound yet; the start that follows names it.
                var place = $"stop {stop}, seed {seed}";
                bench.Run(2).Dispose();
                var verdict = bench.Verify(bench.Anchors);
                Assert.True(verdict.Sound, place + ": " + string.Join("; ", verdict.Faults));
                Assert.DoesNotContain(bench.Entries(), e => e.What == "damage");
                Assert.Equal("command", bench.Entries().Last(e => e.What != "remove").What);
            }
        }
    }

    [Fact]
    public void A_torn_last_entry_is_told_from_a_sound_trail_until_the_next_start_names_it()
    {
        var bench = new AuditBench();
        bench.Run(3).Dispose();
        var path = bench.Files[0];
        byte[] torn = [.. bench.Disk[path], .. new byte[300]];
        bench.Disk[path] = torn;
        var fault = Assert.Single(bench.Verify().Faults);
        Assert.Equal(5ul, fault.Entry);
        bench.Run(1).Dispose();
        var verdict = bench.Verify(bench.Anchors);
        Assert.True(verdict.Sound, string.Join("; ", verdict.Faults));
        Assert.Single(verdict.Notes);
        Assert.Equal(torn, bench.Disk[path]);
        Assert.Equal(["repair", "command"], bench.Entries().TakeLast(2).Select(e => e.What));
    }

    private static AuditBench Scenario(AuditBench bench)
    {
        for (var start = 0; start < 3; start++)
        {
            bench.Run(5, 60).Dispose();
            bench.Clock.Advance(20);
        }

        return bench;
    }

    private static int Calls(AuditBench bench) => bench.Disk.Calls.Values.Sum();
}
