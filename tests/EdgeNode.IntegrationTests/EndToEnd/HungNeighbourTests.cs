using System.Diagnostics;
using EdgeNode.Core.Model;
using EdgeNode.IntegrationTests.Peers;
using EdgeNode.Simulation.Modbus;
using EdgeNode.Uplink;
using EdgeNode.Uplink.Tapping;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace EdgeNode.IntegrationTests.EndToEnd;

/// <summary>A file or the log's reader hangs beside the gateway: it neither stops the measuring nor holds the end of the process.</summary>
public sealed class HungNeighbourTests
{
    [Fact]
    public async Task A_password_file_that_hangs_does_not_hold_the_stop()
    {
        using var folder = new TempFolder();
        using var fifo = Process.Start("mkfifo", folder.File("password"));
        await fifo.WaitForExitAsync(TestContext.Current.CancellationToken);
        var site = folder.Write("site.yaml", SiteText.Of(
            [FreePort.Next()], FreePort.Next(), units: 1, points: 1, uplink: $"  credentials: {{ user: u, password-file: {folder.File("password")} }}\n"));
        await using var gateway = GatewayProcess.Run(site, folder.File("data"));
        await gateway.WaitForLineAsync("Station runs");
        await Task.Delay(TimeSpan.FromSeconds(1), TestContext.Current.CancellationToken);
        gateway.Send(Signal.Terminate);
        Assert.Equal(1, await gateway.WaitForExitAsync(TimeSpan.FromSeconds(20)));
        Assert.Contains("uplink did not end", gateway.Output, StringComparison.Ordinal);

        var (code, text, error) = await GatewayProcess.VerbAsync("spool", "verify", "--data", folder.File("data"));
        Assert.True(code == 0, text + error);
    }

    [Fact]
    public async Task A_reader_of_the_log_that_hangs_does_not_hold_the_station()
    {
        var unit = new FieldUnit(1, new RegisterBank(holding: 2));
        await using var field = ModbusTcpServer.Start([unit], TimeProvider.System);
        await using var broker = await EmbeddedBroker.StartAsync();
        using var stop = new CancellationTokenSource();
        var tap = new Tap(new TapOptions(new BrokerOptions("127.0.0.1", broker.Port, false), SiteText.Topic), TimeProvider.System, NullLogger<Tap>.Instance);
        var tapping = tap.RunAsync(stop.Token);
        await tap.WaitAsync(r => r.Subscribed, TestContext.Current.CancellationToken);

        // Forty alarms on one point that comes and goes fill the log's pipe and its queue within seconds.
        using var folder = new TempFolder();
        var alarms = string.Concat(Enumerable.Range(1, 40).Select(i => $"  - {{ id: PAH-{i}, of: U1.p0, high: 5 count, deadband: 0 count, on-delay: 0s, priority: high }}\n"));
        var site = folder.Write("site.yaml", SiteText.Of([field.Port], broker.Port, units: 1, points: 1, every: "20ms") + "alarms:\n" + alarms);
        using var gateway = Process.Start(new ProcessStartInfo(GatewayProcess.Binary, ["run", "--site", site, "--data", folder.File("data")])
        {
            RedirectStandardError = true, RedirectStandardOutput = true,
        })!;
        try
        {
            for (var i = 0; i < 200; i++)
            {
                unit.Bank.SetFloat32(RegisterTable.Holding, 0, i % 2 == 0 ? 10 : 0, WordOrder.ABCD);
                await Task.Delay(50, TestContext.Current.CancellationToken);
            }

            var before = tap.Report().Readings;
            await Task.Delay(TimeSpan.FromSeconds(2), TestContext.Current.CancellationToken);
            Assert.True(tap.Report().Events > 4000, $"only {tap.Report().Events} events came, expected about 8000: the step waits for the log");
            Assert.True(tap.Report().Readings - before > 50, $"{tap.Report().Readings - before} readings in 2 s, expected about 100");
        }
        finally
        {
            gateway.Kill();
            await gateway.WaitForExitAsync(CancellationToken.None);
            await stop.CancelAsync();
            await tapping;
        }
    }
}
