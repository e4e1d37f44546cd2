using System.Diagnostics;
using EdgeNode.IntegrationTests.EndToEnd;
using EdgeNode.IntegrationTests.Peers;
using Xunit;

namespace EdgeNode.IntegrationTests.Death;

/// <summary>The verb that keeps outputs through a planned restart, and nobody else: no systemd that starts a new run or cleans up.</summary>
public sealed class KeeperTests(ITestOutputHelper output) : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    private readonly TempFolder _folder = new();
    private readonly InletField _field = new();
    private string _data = "";

    private string Held => Path.Combine(_data, "site.held.yaml");

    public ValueTask InitializeAsync()
    {
        _data = Directory.CreateDirectory(_folder.File("data")).FullName;
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        await _field.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task Ended_by_Ctrl_C_in_the_middle_of_a_hold_it_closes_the_valve_and_says_so()
    {
        await using var verb = await HoldingAsync("2min");
        Assert.True(_field.IsOpen);
        Assert.True(File.Exists(Held));
        var began = Stopwatch.GetTimestamp();
        verb.Send(Signal.Interrupt);
        Assert.True(await verb.WaitForExitAsync(Patience) == 1, verb.Output);
        Assert.False(_field.IsOpen);
        output.WriteLine($"| Ctrl-C of the verb in the middle of a hold | both | closed, and the verb has ended, after {Stopwatch.GetElapsedTime(began).TotalSeconds:F1} s | the verb |");
        Assert.Contains("XV-101: closed;", verb.Output, StringComparison.Ordinal);
        Assert.False(File.Exists(Held));
    }

    [Fact]
    public async Task A_device_that_does_not_take_its_safe_state_is_tried_and_told_and_what_stands_is_known_to_who_comes_later()
    {
        await using var verb = await HoldingAsync("3s", () => _field.IsSilent = true);
        await verb.WaitForLineAsync("XV-101 (device PT-101 on field, coil 0) is not known to be closed, its safe state, since ", Patience);
        Assert.Contains("It is tried again every 5 s", verb.Output, StringComparison.Ordinal);
        var began = Stopwatch.GetTimestamp();
        while (!verb.HasExited) // the first is to make safe, a later one to end whatever stands
        {
            Assert.True(Stopwatch.GetElapsedTime(began) < Patience, verb.Output);
            if (!verb.Output.Contains("NOT KNOWN TO BE SAFE", StringComparison.Ordinal)) // one more would meet a verb that no longer listens
                verb.Send(Signal.Interrupt);
            await Task.Delay(500, TestContext.Current.CancellationToken);
        }

        Assert.True(verb.ExitCode == 69, verb.Output);
        Assert.Contains("NOT KNOWN TO BE SAFE: XV-101.", verb.Output, StringComparison.Ordinal);
        Assert.True(_field.IsOpen);
        Assert.True(File.Exists(Held));

        // A new site file has the valve at another coil: the gateway says what stands, and outputs safe knows where it is driven, the one by the gateway and the other by itself.
        _field.IsSilent = false;
        var site = _folder.Write("site.yaml", _field.Site.Replace("coil: 0,", "coil: 1,", StringComparison.Ordinal));
        await using var gateway = GatewayProcess.Run(site, _data);
        await gateway.WaitForLineAsync("A planned restart ended before XV-101 was known to be safe");
        await UntilAsync(async () => (await GatewayProcess.VerbAsync("outputs", "show", "--data", _data)).Code == 0, gateway);
        Assert.True(_field.IsOpen);
        var (code, said, error) = await GatewayProcess.VerbAsync("outputs", "safe", "XV-101", "--site", site, "--data", _data);
        Assert.True(code == 0, said + error);
        Assert.Equal(2, said.Split('\n').Count(line => line.StartsWith("XV-101: ", StringComparison.Ordinal)));
        Assert.False(_field.IsOpen);
        Assert.False(File.Exists(Held));
    }

    [Fact]
    public async Task A_new_run_that_comes_while_the_device_is_silent_and_the_time_is_over_leaves_the_valve_closed_until_the_verb_has_let_go_of_it()
    {
        await using var verb = await HoldingAsync("3s", () => _field.IsSilent = true);
        await verb.WaitForLineAsync("is not known to be closed, its safe state, since ", Patience);
        await using var gateway = GatewayProcess.Run(_folder.File("site.yaml"), _data);
        await gateway.WaitForLineAsync("0 of 1 outputs that the run before left in their normal state are taken over");
        _field.IsSilent = false;
        Assert.True(await verb.WaitForExitAsync(Patience) == 1, verb.Output);
        Assert.Contains("XV-101: closed; the new run has made it safe", verb.Output, StringComparison.Ordinal);
        Assert.False(File.Exists(Held));
        await UntilAsync(() => Task.FromResult(_field.IsOpen), gateway); // the reset of the run before counts, as at every start
    }

    /// <summary>The old run is gone in order, and the verb keeps the valve open.</summary>
    private async Task<PeerProcess> HoldingAsync(string hold, Action? then = null)
    {
        await using var gateway = await OpenAsync(hold);
        var verb = Restart();
        try
        {
            Assert.True(await gateway.WaitForExitAsync(Patience) == 0, gateway.Output);
            then?.Invoke();
            return verb;
        }
        catch
        {
            await verb.DisposeAsync();
            throw;
        }
    }

    // A shell that starts the tests in the background has them ignore Ctrl-C, and who ignores it hands that on.
    private PeerProcess Restart() => PeerProcess.Start("env", "", ["--default-signal=INT", GatewayProcess.Binary, "restart", "--why", "update", "--data", _data]);

    private async Task<PeerProcess> OpenAsync(string hold)
    {
        var site = _field.Site.Replace("device-watchdog: 60s", "device-watchdog: 3min, hold-through-restart: " + hold, StringComparison.Ordinal);
        var gateway = GatewayProcess.Run(_folder.Write("site.yaml", site), _data);
        try
        {
            await UntilAsync(async () => (await GatewayProcess.VerbAsync("reset", "close-inlet", "--data", _data, "--why", "test")).Code == 0, gateway);
            await UntilAsync(() => Task.FromResult(_field.IsOpen && File.Exists(Path.Combine(_data, "site.last.yaml"))), gateway);
            return gateway;
        }
        catch
        {
            await gateway.DisposeAsync();
            throw;
        }
    }

    private static async Task UntilAsync(Func<Task<bool>> done, PeerProcess gateway)
    {
        var began = Stopwatch.GetTimestamp();
        while (!await done())
        {
            Assert.True(Stopwatch.GetElapsedTime(began) < Patience, gateway.Output);
            await Task.Delay(50, TestContext.Current.CancellationToken);
        }
    }
}
