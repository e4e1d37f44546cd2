using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using EdgeNode.IntegrationTests.EndToEnd;
using EdgeNode.IntegrationTests.Peers;
using EdgeNode.Simulation.Modbus;
using EdgeNode.Simulation.Modbus.Serial;
using Xunit;

namespace EdgeNode.IntegrationTests.Serial;

/// <summary>The native executable on a serial line that keeps its time: what `plan` foretells, a dead unit, an adapter that is pulled out.</summary>
public sealed class PacedLineTests(ITestOutputHelper output)
{
    private const int Registers = 20;
    private static readonly TimeSpan TurnAround = TimeSpan.FromMilliseconds(20); // what plan assumes
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task One_dead_unit_of_ten_costs_the_others_one_timeout_a_probe_and_plan_foretold_the_round()
    {
        const byte dead = 4;
        using var folder = new TempFolder();
        using var line = Line(folder.File("port"), 10, 9600);
        line.Unit(dead).Fault = FieldFault.Silent;

        // More than the line can carry, so that one round follows the other.
        var site = folder.Write("site.yaml", Site(line.Port, 10, 9600, every: "100ms"));
        var (code, text, error) = await GatewayProcess.VerbAsync("plan", "--site", site, "--json");
        Assert.True(code == 0, error);
        using var plan = JsonDocument.Parse(text);
        var bus = plan.RootElement.GetProperty("buses")[0];
        Assert.Equal(TurnAround.TotalSeconds, bus.GetProperty("turnAroundSeconds").GetDouble());
        Assert.Contains("cannot keep its periods", plan.RootElement.GetProperty("warnings").ToString(), StringComparison.Ordinal);
        var round = bus.GetProperty("dead")[1].GetProperty("roundSeconds").GetDouble();

        var data = folder.File("data");
        var since = Stopwatch.StartNew();
        var rounds = new List<double>();
        await using (var gateway = GatewayProcess.Run(site, data))
        {
            // Three misses and the first probe, and enough rounds for one without a probe.
            var (seen, last) = (0L, since.Elapsed);
            while (line.RequestsOf(dead) < 4 || rounds.Count < 15)
            {
                Assert.True(since.Elapsed < 2 * Patience && !gateway.HasExited, gateway.Output);
                await Task.Delay(1, TestContext.Current.CancellationToken);
                var now = line.RequestsOf(10);
                if (now == seen)
                    continue;
                if (now == seen + 1 && seen > 0)
                    rounds.Add((since.Elapsed - last).TotalSeconds);
                (seen, last) = (now, since.Elapsed);
            }

            await gateway.StopAsync();
            Assert.Equal(0, gateway.ExitCode);
        }

        var (elapsed, lost) = (since.Elapsed, line.RequestsOf(dead));
        rounds.Sort();
        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"a round of nine living units at 9600 baud: foretold {1000 * round:F0} ms, measured {1000 * rounds[rounds.Count / 2]:F0} ms in the middle of {rounds.Count}; {lost} timeouts of the dead one in {elapsed.TotalSeconds:F0} s; {line.Crowded} requests without a silence before them"));

        // A real line cannot be faster than its characters. That it is hardly slower is shown in virtual time (ModbusLoadTests), and printed here.
        Assert.True((line.RequestsOf(10) - 1) * 0.9 * round < elapsed.TotalSeconds, $"{line.RequestsOf(10)} rounds in {elapsed}, foretold {round} s each");
        Assert.InRange(lost, 4, 3 + (elapsed / TimeSpan.FromSeconds(5)));
        var readings = await ReadingsAsync(data);
        Assert.All(readings.Where(r => r.Point.StartsWith($"U{dead}.", StringComparison.Ordinal)), r => Assert.StartsWith("bad", r.Quality, StringComparison.Ordinal));
        foreach (var unit in Enumerable.Range(1, 10).Where(u => u != dead))
            Assert.Contains(readings, r => r.Point == $"U{unit}.r0" && r.Quality == "good" && r.Value == unit * 100);
    }

    [Fact]
    public async Task A_bus_whose_adapter_is_pulled_out_and_put_back_recovers_by_itself()
    {
        using var folder = new TempFolder();
        using var line = Line(folder.File("port"), 2, 115200);
        var site = folder.Write("site.yaml", Site(line.Port, 2, 115200, every: "100ms"));
        var data = folder.File("data");
        await using (var gateway = GatewayProcess.Run(site, data))
        {
            await AnswersAsync(line, gateway);
            for (var time = 1; time <= 2; time++)
            {
                line.Unplug();
                await UntilAsync(() => gateway.Output.Split("No such file").Length > time, gateway);

                // Another adapter takes the number that has become free, as /dev/ttyUSB0 becomes /dev/ttyUSB1.
                using var other = Line(folder.File("other"), 1, 9600);
                line.Plug();
                await AnswersAsync(line, gateway);
            }

            await gateway.StopAsync();
            Assert.Equal(0, gateway.ExitCode);
        }

        var qualities = (await ReadingsAsync(data)).Where(r => r.Point == "U1.r0").Select(r => r.Quality == "good").ToList();
        var changes = qualities.Zip(qualities.Skip(1)).Count(pair => pair.First != pair.Second);
        Assert.True(qualities[^1], "the last reading is bad");
        Assert.InRange(changes, 4, int.MaxValue); // bad and good again, twice
    }

    private static RtuSerialServer Line(string port, int units, int baud) => RtuSerialServer.Start(
        Enumerable.Range(1, units).Select(u =>
        {
            var unit = new FieldUnit((byte)u, new RegisterBank(holding: Registers));
            for (var r = 0; r < Registers; r++)
                unit.Bank.SetUInt16(RegisterTable.Holding, r, (ushort)((100 * u) + r));
            return unit;
        }),
        new SerialLineOptions(baud, TurnAround), port, TimeProvider.System);

    private static string Site(string port, int units, int baud, string every)
    {
        var text = new StringBuilder($"node: {{ id: {SiteText.Node}, site: test }}\nbuses:\n  rs485: {{ modbus-rtu: {port}, baud: {baud}, format: 8E1 }}\ndevices:\n");
        for (var unit = 1; unit <= units; unit++)
        {
            text.Append(CultureInfo.InvariantCulture, $"  - id: U{unit}\n    bus: rs485\n    address: {unit}\n    every: {every}\n    registers:\n");
            for (var r = 0; r < Registers; r++)
                text.Append(CultureInfo.InvariantCulture, $"      - {{ name: r{r}, function: 3, register: {r}, type: uint16, unit: count }}\n");
        }

        return text.ToString();
    }

    private static async Task AnswersAsync(RtuSerialServer line, PeerProcess gateway)
    {
        var before = line.RequestsOf(1);
        await UntilAsync(() => line.RequestsOf(1) >= before + 5, gateway);
    }

    private static async Task UntilAsync(Func<bool> condition, PeerProcess gateway)
    {
        for (var waited = Stopwatch.StartNew(); !condition(); await Task.Delay(20, TestContext.Current.CancellationToken))
            Assert.True(waited.Elapsed < Patience && !gateway.HasExited, gateway.Output);
    }

    private static async Task<List<(string Point, string Quality, double? Value)>> ReadingsAsync(string data)
    {
        var (code, text, error) = await GatewayProcess.VerbAsync("spool", "export", "--data", data, "--format", "jsonl");
        Assert.True(code == 0, error);
        var readings = new List<(string, string, double?)>();
        foreach (var row in text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            using var json = JsonDocument.Parse(row);
            var value = json.RootElement.TryGetProperty("value", out var v) && v.ValueKind == JsonValueKind.Number ? v.GetDouble() : (double?)null;
            readings.Add((json.RootElement.GetProperty("point").GetString()!, json.RootElement.GetProperty("quality").GetString()!, value));
        }

        return readings;
    }
}
