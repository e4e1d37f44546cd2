using System.Globalization;
using System.Net.Sockets;
using EdgeNode.Gateway.Hold;
using EdgeNode.Hardware.Gpio;

namespace EdgeNode.UnitTests.Outputs;

/// <summary>The way of real files between processes: who gets them, and what the keeper makes of those that speak to it.</summary>
public sealed class HoldSocketTests : IDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    private readonly string _data = Directory.CreateTempSubdirectory("edgenode-hold-").FullName;
    private readonly List<IReadOnlyList<string>> _driven = [];

    private string Path => System.IO.Path.Combine(_data, HoldWire.FileName);

    public void Dispose() => Directory.Delete(_data, recursive: true);

    [Fact]
    public async Task A_file_arrives_as_the_same_file_and_the_socket_with_it()
    {
        var name = System.IO.Path.Combine(_data, "line");
        using var file = File.Create(name);
        using var offer = new HoldOffer(Path);
        offer.Open();
        var line = LineFiles.Line((int)file.SafeFileHandle.DangerousGetHandle());
        var over = offer.HandOverAsync(
            [new HeldOutput("XV-101", "gpio line 22", false, TimeSpan.FromSeconds(5), line), new HeldOutput("P-1", "coil 3", true, TimeSpan.FromSeconds(7), null)], Environment.ProcessId);
        using var gateway = Connect();
        var held = HoldWire.Receive(gateway, withFirst: true, out var listener);
        gateway.Send("held\n"u8);
        Assert.Null(await over.WaitAsync(Deadline, TestContext.Current.CancellationToken));
        Assert.Equal([("XV-101", "gpio line 22", false, 5.0, true), ("P-1", "coil 3", true, 7.0, false)], held.Select(h => (h.Id, h.Place, h.SafeEnergised, h.Left.TotalSeconds, h.Line is not null)));
        var received = LineFiles.Of(held[0].Line!)!.Value;
        Assert.NotEqual(LineFiles.Of(line), received);
        Assert.Equal(name, new FileInfo(string.Create(CultureInfo.InvariantCulture, $"/proc/self/fd/{received}")).LinkTarget);
        held[0].Line!.Dispose();
        LineFiles.Close(listener);
    }

    [Fact]
    public async Task Nobody_but_the_process_that_asked_gets_them_and_one_that_does_not_say_that_it_holds_them_changes_nothing()
    {
        using var offer = new HoldOffer(Path) { Patience = TimeSpan.FromMilliseconds(300) };
        offer.Open();
        var over = offer.HandOverAsync([new HeldOutput("P-1", "coil 3", true, TimeSpan.FromSeconds(7), null)], Environment.ProcessId + 1);
        using (var other = Connect())
        {
            Assert.Throws<IOException>(() => HoldWire.Receive(other, withFirst: true, out _));
        }

        Assert.Contains("did not come", await over.WaitAsync(Deadline, TestContext.Current.CancellationToken), StringComparison.Ordinal);

        over = offer.HandOverAsync([], Environment.ProcessId);
        using (var asker = Connect())
        {
            HoldWire.Receive(asker, withFirst: true, out var listener);
            LineFiles.Close(listener);
        }

        Assert.Contains("did not take", await over.WaitAsync(Deadline, TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_new_run_takes_over_what_is_held_and_says_what_it_makes_of_it()
    {
        var (keeper, service) = Keep(TestContext.Current.CancellationToken);
        Assert.Equal(["coil 3"], await HeldAsync("success"));
        var taken = (await HoldClient.TakeAsync(_data))!.Value;
        Assert.Equal("P-1", Assert.Single(taken.Outputs).Id);
        Assert.Null(await HoldClient.TakeAsync(_data));
        taken.Keeper.Send("normal P-1\n"u8);
        await service.WaitAsync(Deadline, TestContext.Current.CancellationToken);
        taken.Keeper.Dispose();
        Assert.Equal(HoldEnd.Normal, keeper.Outputs[0].End);
        Assert.Empty(_driven);
    }

    [Theory]
    [InlineData("signal")] // killed on its way out; what systemd says in ExecStopPost
    [InlineData("watchdog")]
    [InlineData("exit-code")] // a new version that does not start
    [InlineData(null)] // a person: outputs safe
    public async Task Any_end_but_the_planned_one_is_the_end_of_the_hold(string? result)
    {
        var (keeper, service) = Keep(TestContext.Current.CancellationToken);
        Assert.Empty(await HeldAsync(result));
        await service.WaitAsync(Deadline, TestContext.Current.CancellationToken);
        Assert.Equal(HoldEnd.Safe, keeper.Outputs[0].End);
        Assert.Equal(["P-1"], Assert.Single(_driven));
    }

    [Fact]
    public async Task A_new_run_that_ends_before_it_knows_is_the_end_of_the_hold()
    {
        var (keeper, service) = Keep(TestContext.Current.CancellationToken);
        var taken = (await HoldClient.TakeAsync(_data))!.Value;
        taken.Keeper.Dispose();
        await service.WaitAsync(Deadline, TestContext.Current.CancellationToken);
        Assert.Equal(HoldEnd.Safe, keeper.Outputs[0].End);
    }

    [Fact]
    public async Task A_keeper_that_is_to_end_makes_safe_what_it_holds_and_one_that_is_gone_holds_nothing()
    {
        using var giveUp = new CancellationTokenSource();
        var (keeper, service) = Keep(giveUp.Token);
        await giveUp.CancelAsync();
        await service.WaitAsync(Deadline, TestContext.Current.CancellationToken);
        Assert.Equal(HoldEnd.Safe, keeper.Outputs[0].End);
        using (var offer = new HoldOffer(Path))
        {
            offer.Open();
        }

        Assert.True(File.Exists(Path)); // as a keeper leaves it, and as the gateway must leave it to a keeper
        Assert.Empty(await HeldAsync("success"));
        Assert.Null(await HoldClient.TakeAsync(_data));
    }

    private async Task<IReadOnlyList<string>> HeldAsync(string? result) => await HoldClient.HeldPlacesAsync(_data, all: true, result);

    private (HoldKeeper Keeper, Task Service) Keep(CancellationToken giveUp)
    {
        var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(Path));
        listener.Listen();
        var keeper = new HoldKeeper(TimeProvider.System, ids =>
        {
            _driven.Add(ids);
            return Task.FromResult<IReadOnlyDictionary<string, string>>(new Dictionary<string, string>());
        });
        keeper.Begin([new HeldOutput("P-1", "coil 3", true, TimeSpan.FromMinutes(10), null)]);
        return (keeper, new HoldService(listener, keeper, 0).RunAsync(giveUp));
    }

    private Socket Connect()
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Connect(new UnixDomainSocketEndPoint(Path));
        return socket;
    }
}
