using System.Text.Json;
using EdgeNode.IntegrationTests.Field;
using EdgeNode.IntegrationTests.Peers;
using Xunit;

namespace EdgeNode.IntegrationTests.EndToEnd;

/// <summary>A board without a battery clock: 1970 at the start, set by a time server later, and by hand in between.</summary>
public sealed class ClockTests(ITestOutputHelper output)
{
    /// <summary>What lies between the field's word and the gateway's stamp, on a busy machine.</summary>
    private const double Late = 5;

    private static readonly TimeSpan FiveHours = TimeSpan.FromHours(5);

    [Fact]
    public async Task A_clock_in_1970_that_is_set_later_costs_no_reading_and_the_platform_can_give_each_one_its_true_time()
    {
        using var folder = new TempFolder();
        var clock = await FakeClock.MakeAsync(folder);
        clock.Set(DateTimeOffset.UnixEpoch.AddMinutes(1) - DateTimeOffset.UtcNow, synchronised: false);
        await using var bench = await Bench.StartAsync(new PymodbusFieldOptions(2, 5));
        bench.StartGateway(clock.Environment);
        await bench.FirstArrivalAsync();
        await Task.Delay(TimeSpan.FromSeconds(3), TestContext.Current.CancellationToken);

        // Set by hand, forwards and backwards; then an outage, a kill, and a clock that is set while the broker is away.
        clock.Set(FiveHours, synchronised: false);
        await Task.Delay(TimeSpan.FromSeconds(2), TestContext.Current.CancellationToken);
        await bench.Broker.StopAsync();
        clock.Set(-FiveHours, synchronised: false);
        await Task.Delay(TimeSpan.FromSeconds(3), TestContext.Current.CancellationToken);
        await bench.KillGatewayAsync();
        bench.StartGateway(clock.Environment);
        await Task.Delay(TimeSpan.FromSeconds(4), TestContext.Current.CancellationToken);
        clock.Set(TimeSpan.Zero, synchronised: true);
        await Task.Delay(TimeSpan.FromSeconds(4), TestContext.Current.CancellationToken);
        await bench.Broker.StartAgainAsync();
        await bench.ReconnectedAsync();

        // Set by hand once more, which ends synchronisation: stamps go on as they were.
        clock.Set(-FiveHours, synchronised: false);
        await Task.Delay(TimeSpan.FromSeconds(3), TestContext.Current.CancellationToken);
        clock.Set(TimeSpan.Zero, synchronised: true);
        await Task.Delay(TimeSpan.FromSeconds(2), TestContext.Current.CancellationToken);
        var account = await bench.SettleAsync(output);

        Assert.True(account.Missing().Count <= 5, "more than one scan is missing"); // the kill
        Assert.Empty(account.Invented());
        Assert.Empty(account.Holes());
        Assert.Empty(account.OutOfOrder());

        var stamped = Stamped(bench.Received);
        var correction = Assert.Single(Platform.Events(bench.Received, "time-correction"), c => !c.GetProperty("gradual").GetBoolean());
        output.WriteLine($"{stamped.Count} readings, {stamped.Count(s => s.Unsynchronised)} sent unsynchronised, correction {correction}");
        Assert.Contains(stamped, s => s.Unsynchronised);
        Assert.All(stamped, s => Assert.True(s.Time > 1.7e9, $"{s} is of 1970"));
        var served = bench.Served().ToDictionary(s => ($"{SiteText.Node}:U{s.Unit}.p{s.Point}", s.Value), s => s.UnixMicroseconds / 1e6);
        var wrong = stamped.Select(s => (Stamp: s, True: Corrected(s, correction) - served[(s.Name, (long)s.Value)]))
            .Where(x => x.True is < -0.001 or > Late).Take(20).ToList();
        Assert.Empty(wrong);
        Assert.Contains(stamped, s => !s.Unsynchronised && s.Lane == "backlog");
    }

    private static double Corrected(Stamp stamp, JsonElement correction) =>
        stamp.Unsynchronised && correction.GetProperty("epochs").EnumerateArray().Any(e => e.GetString() == stamp.Epoch)
        && stamp.Time >= correction.GetProperty("from").GetDouble() - 1e-6 && stamp.Time <= correction.GetProperty("to").GetDouble() + 1e-6
            ? stamp.Time + correction.GetProperty("offset").GetDouble()
            : stamp.Time;

    private static List<Stamp> Stamped(string file)
    {
        var stamps = new List<Stamp>();
        foreach (var (topic, payload) in Platform.Messages(file).Where(m => m.Topic.EndsWith("/telemetry", StringComparison.Ordinal)))
        {
            using var json = JsonDocument.Parse(payload);
            var first = json.RootElement[0];
            stamps.AddRange(json.RootElement.EnumerateArray().Where(r => r.TryGetProperty("v", out _)).Select(r => new Stamp(
                first.GetProperty("epoch").GetString()!, first.GetProperty("lane").GetString()!, r.GetProperty("n").GetString()!, r.GetProperty("v").GetDouble(),
                r.GetProperty("t").GetDouble(), r.TryGetProperty("tq", out _))));
        }

        return stamps;
    }

    private sealed record Stamp(string Epoch, string Lane, string Name, double Value, double Time, bool Unsynchronised);
}
