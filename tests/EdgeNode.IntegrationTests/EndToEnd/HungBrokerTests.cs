using EdgeNode.IntegrationTests.Peers;
using Xunit;

namespace EdgeNode.IntegrationTests.EndToEnd;

/// <summary>The broker stays, and does not answer: the worst kind of outage, because nothing says so.</summary>
public sealed class HungBrokerTests(ITestOutputHelper output)
{
    [Fact]
    public async Task A_broker_that_hangs_for_30_s_disturbs_no_reading_and_is_named_once()
    {
        await using var bench = await Bench.StartAsync();
        bench.StartGateway();
        await bench.FirstArrivalAsync();
        await Task.Delay(TimeSpan.FromSeconds(3), TestContext.Current.CancellationToken);
        var before = bench.Served().Count;
        bench.Broker.Process.Send(Signal.Stop);
        await Task.Delay(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        var during = bench.Served().Count - before;
        bench.Broker.Process.Send(Signal.Continue);
        await bench.ReconnectedAsync();
        var log = bench.Gateway.Output;
        var account = await bench.SettleAsync(output);

        output.WriteLine(log);
        Assert.Empty(account.Missing());
        Assert.Empty(account.Invented());
        Assert.Empty(account.KeyFaults());
        Assert.Empty(account.Holes());
        Assert.True(during >= 28 * Bench.Units * Bench.Points, $"only {during} values were read in the 30 s, expected 30 scans of {Bench.Units * Bench.Points}");
        Assert.Single(log.Split('\n'), l => l.Contains("no answer", StringComparison.Ordinal));
    }

    [Fact]
    public async Task With_nobody_subscribed_nothing_counts_as_delivered_and_what_waited_arrives_once_somebody_is()
    {
        await using var bench = await Bench.StartAsync(subscribed: false);
        bench.StartGateway();
        await bench.Gateway.WaitForLineAsync("Station runs");
        await bench.UntilAsync(() => bench.WaitingReadings() > 5 * Bench.Units * Bench.Points, "readings to wait in the spool");
        var log = bench.Gateway.Output;
        await bench.SubscribeAsync();
        var account = await bench.SettleAsync(output);

        output.WriteLine(log);
        Assert.Empty(account.Missing());
        Assert.Empty(account.KeyFaults());
        Assert.Empty(account.Holes());
        Assert.Single(log.Split('\n'), l => l.Contains("Nobody listens to city/water/test/en-e2e/telemetry", StringComparison.Ordinal));
    }
}
