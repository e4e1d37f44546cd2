using System.Globalization;
using EdgeNode.IntegrationTests.Field;
using EdgeNode.IntegrationTests.Peers;
using Xunit;

namespace EdgeNode.IntegrationTests.PowerCut;

/// <summary>
/// The gateway on a disk whose power is cut at a random moment, again and again. Each start is on a "machine" that was booted anew
/// (another boot id), and the broker is there in every other cycle.
/// </summary>
public sealed class PowerCutTests(ITestOutputHelper output)
{
    /// <summary>From the field's answer to the append, and what a flush takes on a busy machine: beyond the commit interval.</summary>
    private static readonly TimeSpan Margin = TimeSpan.FromMilliseconds(500);

    private static readonly string NoFlush = Path.Combine(Path.GetDirectoryName(PymodbusField.Script)!, "..", "PowerCut", "no_flush.py");

    [Fact]
    public async Task A_power_cut_takes_no_committed_value_and_the_platform_is_told_what_it_may_miss()
    {
        var plan = Plan.Of(20);
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"EDGENODE_CYCLES={plan.Cycles} EDGENODE_SEED={plan.Seed}"));
        var account = await RunAsync(plan, plan.NextLife, brokerUp: i => i % 2 == 0);

        Assert.Equal(0, account.Unreadable);
        Assert.Empty(account.LostCommitted);
        Assert.Empty(account.Untold());
        Assert.Empty(account.Holes());
        Assert.Empty(account.Values.Invented());
        Assert.Empty(account.Values.KeyFaults());
        Assert.Empty(account.Values.WrongTimes(TimeSpan.FromSeconds(5)));
        Assert.True(account.Committed > plan.Cycles * 100, $"only {account.Committed} committed values: there was no load");
    }

    [Fact]
    public async Task With_a_disk_that_lies_about_flush_the_same_account_finds_committed_values_missing()
    {
        var plan = Plan.Of(3, fix: true);
        var account = await RunAsync(plan, plan.NextLongLife, brokerUp: _ => false, behind: i => i == 0 ? [] : [PymodbusField.Python, NoFlush]);

        // The first cycle is honest, so that it is not merely a folder that never was.
        Assert.NotEmpty(account.LostCommitted);
        Assert.DoesNotContain(account.LostCommitted, l => l.Cycle == 0);
    }

    private async Task<CrashAccount> RunAsync(Plan plan, Func<TimeSpan> life, Func<int, bool> brokerUp, Func<int, string[]>? behind = null)
    {
        using var folder = new TempFolder();
        await using var disk = await MakeDiskAsync(folder);
        await using var bench = await CrashBench.StartAsync(folder, Path.Combine(disk.Folder, "data"));
        var cycles = new List<Cycle>();
        while (cycles.Count < plan.Cycles)
        {
            await bench.SetBrokerAsync(brokerUp(cycles.Count));
            bench.StartGateway([.. NewBoot(folder), .. behind?.Invoke(cycles.Count) ?? []]);
            await Task.Delay(life(), TestContext.Current.CancellationToken);
            bench.AssertRuns();
            var ended = CrashBench.Now;
            bench.Gateway!.Send(Signal.Stop); // nobody computes on without power
            var disorder = plan.Random.Next(); // one number a cycle, so that the seed's moments do not depend on what is on the disk
            if (disorder % 2 == 0)
            {
                LoopDisk.WriteBackSome(bench.SpoolFolder, new Random(disorder));
            }

            disk.Cut();
            await bench.KillGatewayAsync();
            await disk.UnmountAsync();
            await disk.MountAsync();
            cycles.Add(bench.Look(ended));
            if (cycles.Count % 20 == 0)
            {
                output.WriteLine($"{cycles.Count} power cuts");
            }
        }

        await bench.SetBrokerAsync(up: true);
        bench.StartGateway(NewBoot(folder));
        var account = await bench.SettleAsync(cycles, Margin);
        output.WriteLine(account.Figures());
        return account;
    }

    // A mount namespace of its own, in which the kernel's boot id is another one. Slave, so that unmounts reach it.
    private static string[] NewBoot(TempFolder folder) =>
    [
        "unshare", "--mount", "--propagation", "slave", "sh", "-c", "mount --bind \"$0\" /proc/sys/kernel/random/boot_id && exec \"$@\"",
        folder.Write("boot_id", Guid.NewGuid() + "\n"),
    ];

    private static async Task<LoopDisk> MakeDiskAsync(TempFolder folder)
    {
        try
        {
            return await LoopDisk.MakeAsync(folder);
        }
        catch (NoLoopDiskException e)
        {
            Assert.Skip("POWER CUT NOT SHOWN HERE. " + e.Message);
            throw;
        }
    }
}
