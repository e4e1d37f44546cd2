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

    private const string NotShownFrozen = "A KILL OF A GATEWAY THAT WAITS IN THE KERNEL FOR ITS DISK";

    private readonly TempFolder _folder = new();
    private InletField _field = new();
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
    public async Task A_run_that_cannot_go_on_makes_it_safe_and_ends_with_exit_code_1()
    {
        // What a programming error comes to as well: the delivery finds the spool in another process's hands, and asks for the end of the process.
        _field.Open();
        Directory.CreateDirectory(Path.Combine(_data, "spool"));
        await using var held = new FileStream(Path.Combine(_data, "spool", "lock"), FileMode.Create, FileAccess.ReadWrite, FileShare.None);
        await using var gateway = GatewayProcess.Run(_folder.Write("site.yaml", _field.Site), _data);
        Assert.Equal(1, await gateway.WaitForExitAsync(Patience));
        Assert.False(_field.IsOpen);
        Assert.Contains("is in use by another process", gateway.Output, StringComparison.Ordinal);
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

    [Fact]
    public async Task Killed_while_it_waits_in_the_kernel_for_its_disk_the_gateway_is_not_gone_and_the_devices_own_watchdog_makes_it_safe()
    {
        await _field.DisposeAsync();
        _field = new InletField(watchdog: TimeSpan.FromSeconds(2));
        await using var disk = await LoopDisk.MakeOrSkipAsync(_folder, NotShownFrozen);
        await using var gateway = await OnFrozenDiskAsync(disk);
        try
        {
            var took = await UntilClosedAsync(() => gateway.Send(Signal.Kill));
            Assert.True(WaitsForDisk(gateway), gateway.Output); // its lines would still be driven: nobody has released them
            output.WriteLine($"| kill -9 while a thread waits in the kernel for a hung disk, a device with a watchdog of 2 s | reverts | {Closed(took)} | the device's watchdog |");
        }
        finally
        {
            await disk.ThawAsync();
        }

        Assert.NotEqual(0, await gateway.WaitForExitAsync(Patience));
    }

    [Fact]
    public async Task Killed_while_it_waits_in_the_kernel_for_its_disk_the_gateway_is_not_gone_and_outputs_safe_drives_the_device_and_comes_to_its_end()
    {
        await using var disk = await LoopDisk.MakeOrSkipAsync(_folder, NotShownFrozen);
        await using var gateway = await OnFrozenDiskAsync(disk);
        try
        {
            gateway.Send(Signal.Kill);
            var began = Stopwatch.GetTimestamp();
            var verb = GatewayProcess.VerbAsync("outputs", "safe", "--site", _folder.File("site.yaml"), "--data", _data);
            var took = await UntilClosedAsync(static () => { });
            var (code, said, error) = await verb; // it comes to its end with the disk still hung
            Assert.True(code == 0 && WaitsForDisk(gateway), said + error);
            Assert.Contains("Going on without it", error, StringComparison.Ordinal); // the dead process's socket is still there, and accepts
            Assert.Contains("This will not stand in the audit trail: the disk of", error, StringComparison.Ordinal);
            output.WriteLine($"| kill -9 while a thread waits in the kernel for a hung disk, a coil | persists | {Closed(took)}; the verb ended after {Stopwatch.GetElapsedTime(began).TotalSeconds:F1} s | outputs safe |");
        }
        finally
        {
            await disk.ThawAsync();
        }

        Assert.NotEqual(0, await gateway.WaitForExitAsync(Patience));
    }

    /// <summary>A gateway that has been reset, whose disk hangs, with a thread that waits for it in the kernel.</summary>
    private async Task<PeerProcess> OnFrozenDiskAsync(LoopDisk disk)
    {
        _data = Directory.CreateDirectory(Path.Combine(disk.Folder, "data")).FullName;
        var gateway = await OpenAsync(_field.Site);
        try
        {
            await disk.FreezeAsync();
            await UntilAsync(() => Task.FromResult(WaitsForDisk(gateway)), gateway);
            return gateway;
        }
        catch
        {
            await disk.ThawAsync();
            await gateway.DisposeAsync();
            throw;
        }
    }

    /// <summary>One of its threads is in an uninterruptible wait; also after its SIGKILL.</summary>
    private static bool WaitsForDisk(PeerProcess gateway)
    {
        try
        {
            return Directory.EnumerateDirectories(string.Create(CultureInfo.InvariantCulture, $"/proc/{gateway.Id}/task"))
                .Any(thread => File.ReadLines(Path.Combine(thread, "status")).Any(l => l.StartsWith("State:\tD", StringComparison.Ordinal)));
        }
        catch (IOException)
        {
            return false; // a thread has ended meanwhile
        }
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
