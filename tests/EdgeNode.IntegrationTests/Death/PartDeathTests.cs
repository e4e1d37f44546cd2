using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Text;
using EdgeNode.IntegrationTests.EndToEnd;
using EdgeNode.IntegrationTests.Peers;
using EdgeNode.IntegrationTests.PowerCut;
using Xunit;

namespace EdgeNode.IntegrationTests.Death;

/// <summary>What is not the gateway's own death: a part that it leans on is gone. The executable as a process of its own, without systemd.</summary>
public sealed class PartDeathTests(ITestOutputHelper output) : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly TempFolder _folder = new();
    private readonly InletField _field = new();
    private string _data = "";

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
    public async Task With_a_disk_that_hangs_the_trip_closes_the_valve()
    {
        var disk = await BadDisk.MakeAsync(_folder, _data);
        await using var gateway = await OpenAsync(_field.Site, disk.Environment);
        await HangAsync(disk, gateway);
        var took = await UntilClosedAsync(() => _field.Pressure = 8);
        output.WriteLine($"| hung disk | both | {Closed(took)} after the pressure rose | the trip |");
    }

    [Fact]
    public async Task With_a_disk_that_hangs_an_orderly_stop_makes_it_safe_and_comes_to_an_end()
    {
        var disk = await BadDisk.MakeAsync(_folder, _data);
        await using var gateway = await OpenAsync(_field.Site, disk.Environment);
        await HangAsync(disk, gateway);
        var took = await UntilClosedAsync(() => gateway.Send(Signal.Terminate));
        var began = Stopwatch.GetTimestamp();
        Assert.NotEqual(0, await gateway.WaitForExitAsync(Patience));
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| hung disk, orderly stop | both | {Closed(took)} | the gateway itself; its process ended {Stopwatch.GetElapsedTime(began).TotalSeconds:F1} s later |"));
    }

    [Fact]
    public async Task A_data_directory_that_does_not_answer_keeps_outputs_safe_from_nothing()
    {
        await using (var gateway = await OpenAsync(_field.Site))
        {
            await gateway.StopAsync(Signal.Kill);
        }

        Assert.True(_field.IsOpen);
        var kept = Path.Combine(_data, "site.last.yaml");
        File.Delete(kept);
        Assert.Equal(0, (await GatewayProcess.EndAsync("mkfifo", kept)).Code); // opening it for reading never comes back
        var told = KeeperHearsAsync(Path.Combine(_data, "hold.sock"));
        var began = Stopwatch.GetTimestamp();
        var (code, said, error) = await GatewayProcess.VerbAsync("outputs", "safe", "--site", _folder.File("site.yaml"), "--data", _data);
        Assert.True(code == 0, said + error);
        Assert.False(_field.IsOpen);
        Assert.Contains("its disk hangs: going by", error, StringComparison.Ordinal);
        Assert.Equal("died\n", await told.WaitAsync(Patience, TestContext.Current.CancellationToken)); // whoever keeps outputs through a planned restart has to know
        output.WriteLine($"| kill -9, and a data directory that does not answer | persists | {Closed(Stopwatch.GetElapsedTime(began))} | outputs safe |");
    }

    [Fact]
    public async Task With_the_front_panel_gone_trips_go_on_and_so_do_the_hands_of_the_socket()
    {
        await using var gateway = await OpenAsync(_field.SiteWithPanelGone);
        var took = await UntilClosedAsync(() => _field.Pressure = 8);
        output.WriteLine($"| panel gone | both | {Closed(took)} after the pressure rose | the trip |");
        var (code, shown, _) = await GatewayProcess.VerbAsync("outputs", "show", "XV-101", "--data", _data);
        Assert.True(code == 0 && shown.Contains("close-inlet", StringComparison.Ordinal), shown);
        Assert.Equal(0, (await GatewayProcess.VerbAsync("trips", "list", "close-inlet", "--data", _data)).Code);
        Assert.Equal(64, (await GatewayProcess.VerbAsync("trips", "list", "close-outlet", "--data", _data)).Code);
    }

    [Fact]
    public async Task A_gateway_that_stands_still_is_passed_over_after_a_second_and_its_device_is_driven()
    {
        await using var gateway = await OpenAsync(_field.Site);
        gateway.Send(Signal.Stop);
        var began = Stopwatch.GetTimestamp();
        var (code, said, error) = await GatewayProcess.VerbAsync("outputs", "safe", "--site", _folder.File("site.yaml"), "--data", _data);
        Assert.True(code == 0, said + error);
        Assert.False(_field.IsOpen);
        Assert.Contains("Going on without it", error, StringComparison.Ordinal);
        output.WriteLine($"| SIGSTOP, and nobody but outputs safe | persists | {Closed(Stopwatch.GetElapsedTime(began))} | outputs safe |");
    }

    /// <summary>What is said first on the socket by which a planned restart's keeper is found.</summary>
    private static async Task<string> KeeperHearsAsync(string path)
    {
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(path));
        listener.Listen();
        using var socket = await listener.AcceptAsync(TestContext.Current.CancellationToken);
        var said = new byte[64];
        var count = await socket.ReceiveAsync(said, TestContext.Current.CancellationToken);
        await socket.SendAsync("{\"left\":[],\"ended\":[]}\n"u8.ToArray(), TestContext.Current.CancellationToken);
        return Encoding.UTF8.GetString(said, 0, count);
    }

    private static string Closed(TimeSpan took) => string.Create(CultureInfo.InvariantCulture, $"closed after {took.TotalMilliseconds:F0} ms");

    /// <summary>A gateway that has been reset: the valve is open, and the site file that it runs with is kept.</summary>
    private async Task<PeerProcess> OpenAsync(string site, IReadOnlyDictionary<string, string>? environment = null)
    {
        var gateway = GatewayProcess.Run(_folder.Write("site.yaml", site), _data, environment);
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

    /// <summary>From here on each flush takes longer than the test; returns when the gateway has run into it.</summary>
    private static async Task HangAsync(BadDisk disk, PeerProcess gateway)
    {
        disk.Hang(TimeSpan.FromMinutes(10));
        await gateway.WaitForLineAsync("NODE-SPOOL-SLOW");
    }

    private async Task<TimeSpan> UntilClosedAsync(Action what)
    {
        Assert.True(_field.IsOpen);
        var began = Stopwatch.GetTimestamp();
        what();
        while (_field.IsOpen)
        {
            Assert.True(Stopwatch.GetElapsedTime(began) < Patience, "the valve was not closed");
            await Task.Delay(5, TestContext.Current.CancellationToken);
        }

        return Stopwatch.GetElapsedTime(began);
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
