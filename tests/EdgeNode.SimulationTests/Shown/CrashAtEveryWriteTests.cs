using System.Globalization;
using EdgeNode.SimulationTests.Observed;
using EdgeNode.SimulationTests.Simulated;
using EdgeNode.UnitTests.Spool;

namespace EdgeNode.SimulationTests.Shown;

/// <summary>
/// One scenario with rolls, drops at the limit, cursor moves, a restart and a recovery; and the same again for each of its disk calls,
/// with a stop before, in the middle of, and after that call.
/// </summary>
public class CrashAtEveryWriteTests(ITestOutputHelper output)
{
    private const int Seed = 5;

    // In the short form one call in so many, with another offset for each kind of stop, so that together they cover more.
    private const int ShortStride = 13;

    [Fact]
    public void A_stop_at_any_call_of_the_disk_loses_nothing_that_was_promised()
    {
        var whole = Play(null);
        Assert.Empty(whole.Ledger.Findings);
        var calls = whole.Disk.Changes;
        var rolls = whole.Disk.Memory.Calls[DiskCall.Rename];
        Assert.True(whole.Platform.GapNumbers > 0 && rolls >= 10, $"the scenario has no drop or no roll: {whole.Platform.GapNumbers}, {rolls}");

        var (points, failed) = (0, new List<string>());
        var variant = 0;
        foreach (var kind in Enum.GetValues<Stop>())
        {
            foreach (var moment in Enum.GetValues<Moment>())
            {
                var stride = Extent.Long ? 1 : ShortStride;
                for (var call = (long)(variant++ % stride); call < calls; call += stride, points++)
                {
                    var crash = new CrashPoint(call, moment, kind);
                    var world = Play(crash);
                    if (world.Ledger.Findings.Count > 0)
                    {
                        failed.Add($"{crash}:\n  {string.Join("\n  ", world.Ledger.Findings)}");
                    }
                }
            }
        }

        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"a scenario of {calls} disk calls that change something ({rolls} renames, {whole.Platform.GapNumbers} readings dropped at the limit, "
            + $"{whole.Kills} kill, {whole.PowerCuts} power cut, {whole.Ledger.Books.Count} lives): {points} stops, {failed.Count} of them with a finding ({Extent.Form})"));
        Assert.True(failed.Count == 0, string.Join('\n', failed.Take(10)));
    }

    // Small segments (16 KiB) and large scans, so that little time holds much.
    private static World Play(CrashPoint? crash)
    {
        var world = new World(Seed, Sites.Of(devices: 2, points: 40, every: TimeSpan.FromMilliseconds(500), limit: 128 * 1024), null);
        world.Disk.Takes = call => call == DiskCall.Sync ? world.Between(TimeSpan.FromMilliseconds(1), TimeSpan.FromMilliseconds(20)) : TimeSpan.Zero;
        if (crash is not null)
        {
            world.Disk.CrashAt.Enqueue(crash);

            // And one more while the first is being recovered from.
            if (crash.Call % 2 == 0)
            {
                world.Disk.CrashAt.Enqueue(new CrashPoint(crash.Call + 1 + (crash.Call / 2 % 23), crash.Moment, crash.Call % 4 == 0 ? Stop.PowerCut : Stop.Kill));
            }
        }

        world.Start();
        world.Run(TimeSpan.FromSeconds(8));
        world.Broker.Mood = new BrokerMood { Up = false };
        world.Run(TimeSpan.FromSeconds(130)); // past the limit
        world.Broker.Mood = new BrokerMood();
        world.Run(TimeSpan.FromSeconds(20));
        world.TryRestart(TimeSpan.FromSeconds(1));
        world.Run(TimeSpan.FromSeconds(5));
        world.End(Stop.Kill, TimeSpan.FromSeconds(1));
        world.Run(TimeSpan.FromSeconds(5));
        world.End(Stop.PowerCut, TimeSpan.FromSeconds(1));
        world.Run(TimeSpan.FromSeconds(5));
        StormyWorld.Settle(world, TimeSpan.FromSeconds(15));
        Settlement.Of(world.Ledger);
        return world;
    }
}
