using Xunit;

namespace EdgeNode.IntegrationTests.EndToEnd;

/// <summary>pymodbus to gateway to mosquitto to mosquitto_sub, each a process of its own, compared by value.</summary>
public sealed class OutageTests(ITestOutputHelper output)
{
    private static readonly TimeSpan Outage = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Every_value_that_the_field_served_arrives_once_in_order_with_the_time_it_was_read()
    {
        await using var bench = await Bench.StartAsync();
        bench.StartGateway();
        await Task.Delay(TimeSpan.FromSeconds(15), TestContext.Current.CancellationToken);
        var account = await bench.SettleAsync(output);

        Assert.Empty(account.Missing());
        Assert.Empty(account.Invented());
        Assert.Empty(account.KeyFaults());
        Assert.Empty(account.Holes());
        Assert.Empty(account.OutOfOrder());
        Assert.Empty(account.WrongTimes(TimeSpan.FromSeconds(5)));
        Assert.True(account.ServedCount >= 200 * 12, $"only {account.ServedCount} values were served in 15 s");
    }

    [Fact]
    public async Task An_outage_of_the_broker_of_60_s_loses_nothing()
    {
        await using var bench = await Bench.StartAsync();
        bench.StartGateway();
        await bench.FirstArrivalAsync();
        await bench.Broker.StopAsync();
        await Task.Delay(Outage, TestContext.Current.CancellationToken);
        await bench.Broker.StartAgainAsync();
        await bench.ReconnectedAsync();
        var account = await bench.SettleAsync(output);

        Assert.Empty(account.Missing());
        AssertSound(account);
        Assert.Contains(account.All, a => a.Lane == "backlog");
    }

    [Fact]
    public async Task An_outage_with_a_kill_9_in_the_middle_loses_at_most_one_scan_and_no_key_is_used_twice()
    {
        await using var bench = await Bench.StartAsync();
        bench.StartGateway();
        await bench.FirstArrivalAsync();
        await bench.Broker.StopAsync();
        await Task.Delay(Outage / 2, TestContext.Current.CancellationToken);
        await bench.KillGatewayAsync();
        bench.StartGateway();
        await Task.Delay(Outage / 2, TestContext.Current.CancellationToken);
        await bench.Broker.StartAgainAsync();
        await bench.ReconnectedAsync();
        var account = await bench.SettleAsync(output);

        var missing = account.Missing();
        output.WriteLine($"missing after kill -9: {missing.Count} of {account.ServedCount}");
        Assert.True(missing.Count <= Bench.Points, $"{missing.Count} values are missing: {string.Join(", ", missing.Take(50))}");
        Assert.True(missing.Select(m => m.Name.Split('.')[0]).Distinct().Count() <= 1, "more than one scan is missing");
        AssertSound(account);
        Assert.Equal(2, account.All.Select(a => a.Epoch).Distinct().Count());
    }

    private static void AssertSound(Account account)
    {
        Assert.Empty(account.Invented());
        Assert.Empty(account.KeyFaults());
        Assert.Empty(account.Holes());
        Assert.Empty(account.OutOfOrder());
        Assert.Empty(account.WrongTimes(TimeSpan.FromSeconds(5)));
    }
}
