using EdgeNode.IntegrationTests.Field;
using EdgeNode.IntegrationTests.Peers;
using Xunit;

namespace EdgeNode.IntegrationTests.EndToEnd;

/// <summary>How the bus and the cabinet do, from the native executable to the platform's subscriber.</summary>
public sealed class HealthTests(ITestOutputHelper output)
{
    private const int Points = 2;

    [Fact]
    public async Task A_dead_unit_is_counted_on_its_bus_and_the_cabinet_says_what_the_board_has_and_has_not()
    {
        using var board = new TempFolder();
        Directory.CreateDirectory(board.File("class/thermal/thermal_zone0"));
        board.Write("class/thermal/thermal_zone0/type", "cpu-thermal\n");
        board.Write("class/thermal/thermal_zone0/temp", "48312\n");
        await using var bench = await Bench.StartAsync(
            new PymodbusFieldOptions(Units: 3, Points) { Drop = [3] },
            site: text => text.Replace("devices:\n", $"  board: {{ sysfs: {board.Path} }}\ndevices:\n", StringComparison.Ordinal) + """
                  - { id: BUS, bus: field1, profile: bus-health, every: 1s }
                  - { id: CAB, bus: board, profile: cabinet, every: 1s, quantities: [ temperature, disk-free, battery ] }

                """);
        bench.StartGateway();
        await bench.UntilAsync(() => Values(bench, "BUS.timeouts").Any(v => v.Value >= 3) && Values(bench, "CAB.battery").Count > 0, "three timeouts");

        // Units 1 and 2 answered, each request for both of its points: the field's own book, which is read later, says how often.
        var timeouts = Values(bench, "BUS.timeouts").ToDictionary(v => v.Time, v => v.Value!.Value);
        var requests = Values(bench, "BUS.requests").Where(r => timeouts.ContainsKey(r.Time)).ToList();
        var served = bench.Served().Where(s => s.Unit < 3).Select(s => s.UnixMicroseconds / 1e6).ToList();
        Assert.True(requests.Count >= 3, $"{requests.Count} readings");
        Assert.All(requests, r =>
        {
            var answered = r.Value!.Value - timeouts[r.Time];
            Assert.True(answered <= served.Count(s => s < r.Time + 0.05) / Points, $"{r}: {timeouts[r.Time]} timeouts");
            Assert.True(served.Count(s => s < r.Time - 0.05) / Points <= r.Value, r.ToString());
        });
        Assert.Equal(requests.Select(r => r.Value).Order(), requests.OrderBy(r => r.Time).Select(r => r.Value));

        Assert.Contains(Values(bench, "BUS.failures"), v => v.Value is > 0 and <= 1); // a ratio on the wire
        Assert.Contains(Values(bench, "BUS.duty"), v => v.Value is > 0.2 and <= 1); // a deadline of 1 s in a second or two
        Assert.Contains(Values(bench, "BUS.link-up"), v => v.Value == 1);
        Assert.All(Values(bench, "CAB.temperature"), v => Assert.Equal((48.312, "good"), (v.Value, v.Quality)));
        Assert.All(Values(bench, "CAB.disk-free"), v => Assert.InRange(v.Value!.Value, 0, 1));
        Assert.All(Values(bench, "CAB.battery"), v => Assert.Equal((null, "bad:not-present"), (v.Value, v.Quality))); // there never was one
        await bench.StopGatewayAsync();
        var said = Assert.Single(bench.Gateway.Output.Split('\n'), l => l.Contains("CAB: battery gives no value: no power supply of type Battery in ", StringComparison.Ordinal));
        output.WriteLine(said);
        output.WriteLine($"{requests[^1].Value} requests, {timeouts[requests[^1].Time]} timeouts, {served.Count} values served");
    }

    private static List<Arrived> Values(Bench bench, string point) =>
        [.. Platform.Telemetry(bench.Received).Where(a => a.Name == $"{SiteText.Node}:{point}").DistinctBy(a => a.Key)];
}
