using System.Collections.Concurrent;
using System.Globalization;
using System.Net.Sockets;
using System.Text;
using EdgeNode.Gateway.Hold;
using EdgeNode.Hardware.Gpio;

namespace EdgeNode.UnitTests.Outputs;

/// <summary>The way of real files between processes: who gets them, and what the keeper makes of those that speak to it.</summary>
public sealed class HoldSocketTests : IDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    private readonly string _data = Directory.CreateTempSubdirectory("edgenode-hold-").FullName;
    private readonly ConcurrentQueue<IReadOnlyList<string>> _driven = [];
    private volatile bool _left;

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
        Assert.NotNull((await over.WaitAsync(Deadline, TestContext.Current.CancellationToken)).Link);
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

        Assert.Contains("did not come", (await over.WaitAsync(Deadline, TestContext.Current.CancellationToken)).Fault, StringComparison.Ordinal);

        over = offer.HandOverAsync([], Environment.ProcessId);
        using (var asker = Connect())
        {
            HoldWire.Receive(asker, withFirst: true, out var listener);
            LineFiles.Close(listener);
        }

        Assert.Contains("did not take", (await over.WaitAsync(Deadline, TestContext.Current.CancellationToken)).Fault, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_new_run_takes_over_what_is_held_and_says_what_it_makes_of_it()
    {
        var (keeper, service) = Keep(TestContext.Current.CancellationToken);
        Assert.Equal(["coil 3"], await HeldAsync("success"));
        var taken = (await TakeAsync())!;
        Assert.Equal("P-1", Assert.Single(taken.Outputs).Id);
        Assert.Null(await TakeAsync());
        taken.Keeper.Send("normal P-1\n"u8);
        Assert.Equal("yours P-1", await ReadAsync(taken.Keeper));
        Assert.Equal(HoldEnd.None, keeper.Outputs[0].End); // the run has not said that it heard of it
        taken.Keeper.Send("kept P-1\n"u8);
        Assert.Equal("over", await ReadAsync(taken.Keeper));
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
        var taken = (await TakeAsync())!;
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
        Assert.Null(await TakeAsync());
    }

    [Fact]
    public async Task A_person_who_names_outputs_ends_their_hold_and_no_other()
    {
        var (keeper, service) = Keep(TestContext.Current.CancellationToken, "P-1", "P-2");
        var answer = await HoldClient.EndAsync(_data, ["coil of P-2", "coil of nobody"]);
        Assert.Equal(("coil of P-1", "P-2"), (Assert.Single(answer.Left), Assert.Single(answer.Ended)));
        await TestWait.UntilAsync(() => keeper.Outputs[1].End == HoldEnd.Safe, "P-2 is safe");
        Assert.True(keeper.Outputs[0].IsHeld);
        answer = await HoldClient.HeldAsync(_data, null);
        Assert.Equal((0, "P-1"), (answer.Left.Count, Assert.Single(answer.Ended)));
        await service.WaitAsync(Deadline, TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task While_the_run_before_is_on_its_way_out_a_keeper_that_is_to_end_tells_it_to_leave_nothing_and_drives_again_when_it_is_gone()
    {
        using var giveUp = new CancellationTokenSource();
        var (link, keeper, service) = await HandedOverAsync(giveUp.Token);
        using var told = new BlockingCollection<string?>();
        var watching = new HoldLink(link).WatchAsync(told.Add);
        await giveUp.CancelAsync();
        Assert.Equal("P-1", told.Take(TestContext.Current.CancellationToken));
        await TestWait.UntilAsync(() => keeper.Outputs[0].Attempts > 0, "it was driven");
        Assert.False(service.IsCompleted); // the run may have driven it normal since
        Assert.Equal(HoldEnd.None, keeper.Outputs[0].End);
        link.Shutdown(SocketShutdown.Both);
        await service.WaitAsync(Deadline, TestContext.Current.CancellationToken);
        Assert.Equal((HoldEnd.Safe, 2), (keeper.Outputs[0].End, _driven.Count));
        await watching.WaitAsync(Deadline, TestContext.Current.CancellationToken);
        Assert.Null(told.Take(TestContext.Current.CancellationToken)); // and without a keeper it leaves nothing
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_run_before_that_is_gone_without_its_last_word_was_killed_and_nobody_has_to_say_so(bool inOrder)
    {
        using var giveUp = new CancellationTokenSource();
        var (link, keeper, service) = await HandedOverAsync(giveUp.Token);
        if (inOrder)
        {
            new HoldLink(link).Left();
        }

        link.Dispose();
        if (inOrder)
        {
            await TestWait.UntilAsync(() => _left, "it is known to have left");
            Assert.True(keeper.Outputs[0].IsHeld);
            await giveUp.CancelAsync();
        }

        await service.WaitAsync(Deadline, TestContext.Current.CancellationToken);
        Assert.Equal((HoldEnd.Safe, inOrder), (keeper.Outputs[0].End, _left));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)] // a person has ended the verb meanwhile
    public async Task A_gateway_that_waited_in_vain_says_that_it_goes_on_and_nothing_is_driven_beside_it(bool told)
    {
        using var offer = new HoldOffer(Path) { Patience = Deadline };
        offer.Open();
        var over = offer.HandOverAsync([Output("P-1", "coil 3")], Environment.ProcessId);
        using var gateway = Connect();
        var held = HoldWire.Receive(gateway, withFirst: true, out var file);
        gateway.Send("later\n"u8); // ends its patience, as time would
        Assert.Null((await over.WaitAsync(Deadline, TestContext.Current.CancellationToken)).Link);
        using var giveUp = new CancellationTokenSource();
        if (told)
        {
            await giveUp.CancelAsync();
        }

        var keeper = Keeper();
        keeper.Begin(held, HoldService.Speaker(gateway));
        HoldService.Speaker(gateway)("held");
        await new HoldService(new Socket(new SafeSocketHandle(file, ownsHandle: true)), keeper, 0, gateway, () => _left = true).RunAsync(giveUp.Token)
            .WaitAsync(Deadline, TestContext.Current.CancellationToken);
        Assert.Equal((true, HoldEnd.Withdrawn, false), (keeper.IsWithdrawn, keeper.Outputs[0].End, _left));
        Assert.Empty(_driven);
    }

    private async Task<IReadOnlyList<string>> HeldAsync(string? result) => (await HoldClient.HeldAsync(_data, result)).Left;

    private Task<TakenOutputs?> TakeAsync() => HoldClient.TakeAsync(_data, TimeProvider.System);

    private static async Task<string?> ReadAsync(Socket socket)
    {
        var (line, one) = (new List<byte>(), new byte[1]);
        while (await socket.ReceiveAsync(one, TestContext.Current.CancellationToken) == 1 && one[0] != (byte)'\n')
        {
            line.Add(one[0]);
        }

        return Encoding.UTF8.GetString([.. line]);
    }

    private (HoldKeeper Keeper, Task Service) Keep(CancellationToken giveUp, params string[] ids)
    {
        var keeper = Keeper();
        keeper.Begin(ids.Length == 0 ? [Output("P-1", "coil 3")] : [.. ids.Select(id => Output(id, "coil of " + id))]);
        return (keeper, new HoldService(Listen(), keeper, 0).RunAsync(giveUp));
    }

    /// <summary>As the verb does it; the link is the end of the run before.</summary>
    private async Task<(Socket Link, HoldKeeper Keeper, Task Service)> HandedOverAsync(CancellationToken giveUp)
    {
        using var between = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        between.Bind(new UnixDomainSocketEndPoint(Path + ".link"));
        between.Listen();
        var link = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await link.ConnectAsync(new UnixDomainSocketEndPoint(Path + ".link"), TestContext.Current.CancellationToken);
        var run = await between.AcceptAsync(TestContext.Current.CancellationToken);
        var keeper = Keeper();
        keeper.Begin([Output("P-1", "coil 3")], HoldService.Speaker(run));
        return (link, keeper, new HoldService(Listen(), keeper, 0, run, () => _left = true).RunAsync(giveUp));
    }

    private static HeldOutput Output(string id, string place) => new(id, place, true, TimeSpan.FromMinutes(10), null);

    private HoldKeeper Keeper() => new(TimeProvider.System, ids =>
    {
        _driven.Enqueue(ids);
        return Task.FromResult<IReadOnlyDictionary<string, string>>(new Dictionary<string, string>());
    });

    private Socket Listen()
    {
        var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(Path));
        listener.Listen();
        return listener;
    }

    private Socket Connect()
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Connect(new UnixDomainSocketEndPoint(Path));
        return socket;
    }
}
