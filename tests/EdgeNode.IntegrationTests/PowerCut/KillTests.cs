using System.Globalization;
using EdgeNode.IntegrationTests.Peers;
using Xunit;

namespace EdgeNode.IntegrationTests.PowerCut;

/// <summary>kill -9 at a random moment, again and again, in the same boot: what was appended is in the kernel and survives.</summary>
public sealed class KillTests(ITestOutputHelper output)
{
    [Fact]
    public async Task A_kill_takes_at_most_the_scan_on_its_way_and_the_spool_stays_sound()
    {
        var plan = Plan.Of(20);
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"EDGENODE_CYCLES={plan.Cycles} EDGENODE_SEED={plan.Seed}"));
        using var folder = new TempFolder();
        await using var bench = await CrashBench.StartAsync(folder, folder.File("data"));
        var cycles = new List<Cycle>();
        while (cycles.Count < plan.Cycles)
        {
            await bench.SetBrokerAsync(up: cycles.Count % 2 == 0);
            bench.StartGateway();
            await Task.Delay(plan.NextLife(), TestContext.Current.CancellationToken);
            bench.AssertRuns();
            var ended = CrashBench.Now;
            await bench.KillGatewayAsync();
            cycles.Add(bench.Look(ended));
            if (cycles.Count % 20 == 0)
            {
                output.WriteLine($"{cycles.Count} kills");
            }
        }

        await bench.SetBrokerAsync(up: true);
        bench.StartGateway();
        var account = await bench.SettleAsync(cycles, TimeSpan.Zero);
        output.WriteLine(account.Figures());

        Assert.Empty(cycles.SelectMany(c => c.Unsound));
        Assert.Equal(0, account.Unreadable);
        Assert.Empty(account.MoreThanOneScan(CrashBench.Points, CrashBench.Every));
        Assert.Equal(0, account.Gaps);
        Assert.Empty(account.Holes());
        Assert.Empty(account.Values.Invented());
        Assert.Empty(account.Values.KeyFaults());
        Assert.Empty(account.Values.OutOfOrder());
        Assert.Empty(account.Values.WrongTimes(TimeSpan.FromSeconds(5)));
    }
}
