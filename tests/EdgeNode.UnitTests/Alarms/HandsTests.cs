using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using EdgeNode.Core.Model;
using EdgeNode.Core.Ports;
using EdgeNode.Engine;
using EdgeNode.Gateway.Hands;
using EdgeNode.UnitTests.CoreLaws;
using EdgeNode.UnitTests.Engine;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace EdgeNode.UnitTests.Alarms;

/// <summary>The local socket with real connections, before a station that a test steps.</summary>
public sealed class HandsTests : IAsyncDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    private readonly string _folder = Directory.CreateTempSubdirectory("edgenode-hands-").FullName;
    private readonly FakeTimeProvider _time = new();
    private readonly SampleMailbox _mailbox = new(() => { });
    private readonly TrailFake _trail = new();
    private readonly StationLoop _loop;
    private readonly HandsServer _server;

    public HandsTests()
    {
        var site = TestSite.Of([TestSite.Point(stale: 1e6)], [TestSite.Alarm(on: 0) with { Latch = true, ShelveAtMost = TimeSpan.FromHours(1) }, TestSite.Alarm(setpoint: 9) with { Id = "PAHH-101" }]);
        var clock = new FakeStationClock(_time);
        var queue = new RecorderQueue();
        StationLoop? loop = null;

        // Each command is taken by a step at once, on the thread that posts it: the test has no loop of its own.
        var commands = new CommandMailbox(() => loop!.RunDue());
        _loop = loop = new StationLoop(site, _mailbox, queue, new NodeAlarmBoard(queue, clock, NullLogger.Instance), clock, NullLogger.Instance, null, commands);
        _server = Serve(new AlarmHands(site, loop, new HandsDesk(commands, _trail, TimeProvider.System)).AnswerAsync, TimeProvider.System);
    }

    private string SocketPath => Path.Combine(_folder, HandsLimits.FileName);

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task An_alarm_is_acknowledged_cleared_and_reset_and_the_trail_names_the_user_that_the_kernel_names()
    {
        Read(7);
        Assert.Equal(["refused: it is unacknowledged: its condition stands, and a latch is reset once that has gone"], await DoAsync("reset"));
        Assert.Equal(["done: it is acknowledged now"], await DoAsync("acknowledge"));
        Assert.Equal(["nothing: it is acknowledged already"], await DoAsync("acknowledge"));
        Read(5);
        Assert.Equal(["done: it is normal now"], await DoAsync("reset"));

        Assert.Equal(["alarm-reset refused", "alarm-acknowledge done", "alarm-acknowledge nothing", "alarm-reset done"], _trail.Entries.Select(e => $"{e.What} {e.Body.GetProperty("outcome").GetString()}"));
        Assert.All(_trail.Entries, e =>
        {
            Assert.Equal(Environment.UserName, e.Who);
            Assert.Equal(Environment.ProcessId, e.Body.GetProperty("pid").GetInt32());
            Assert.Equal("PAH-101", e.Body.GetProperty("id").GetString());
        });
    }

    [Fact]
    public async Task A_shelf_is_bounded_by_the_site_file_and_the_trail_says_for_how_long_and_why()
    {
        Assert.Equal(["done: it is shelved for 1h, as long as its shelve-at-most allows, or until it clears"], await DoAsync("shelve", ",\"seconds\":7200,\"oneShot\":true,\"why\":\"pump test\""));
        var entry = Assert.Single(_trail.Entries).Body;
        Assert.Equal((3600, true, "pump test"), (entry.GetProperty("seconds").GetInt32(), entry.GetProperty("oneShot").GetBoolean(), entry.GetProperty("why").GetString()));
        var status = new AlarmStatus[2];
        _loop.CopyAlarms(status);
        Assert.Equal((AlarmState.Shelved, Environment.UserName), (status[0].State, status[0].ChangedBy));
        Assert.Equal(["done: it is out-of-service now"], await DoAsync("out-of-service"));
        Assert.Equal(["refused: it is out-of-service: what is out of service needs no shelf"], await DoAsync("shelve"));
        Assert.Equal(["done: it is normal now"], await DoAsync("in-service"));
        Assert.Equal(["refused: it is normal: it is on no shelf"], await DoAsync("unshelve"));
    }

    [Fact]
    public async Task What_the_site_does_not_have_is_refused_by_name_and_stands_in_the_trail()
    {
        var answer = await AskAsync("""{"do":"alarms.acknowledge","ids":["NOPE-1","NODE-SPOOL-DISK"]}""");
        Assert.False(answer.GetProperty("ok").GetBoolean());
        Assert.Equal(2, _trail.Entries.Count);
        Assert.Contains("no such alarm", answer.GetProperty("results")[0].GetProperty("said").GetString(), StringComparison.Ordinal);
        Assert.Contains("fault of the node itself", answer.GetProperty("results")[1].GetProperty("said").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task All_that_wait_are_acknowledged_at_once_and_those_at_rest_are_left_alone()
    {
        Read(7);
        var answer = await AskAsync("""{"do":"alarms.acknowledge","all":true}""");
        Assert.Equal("PAH-101", Assert.Single(answer.GetProperty("results").EnumerateArray()).GetProperty("id").GetString());
        Assert.Empty((await AskAsync("""{"do":"alarms.acknowledge","all":true,"why":"round"}""")).GetProperty("results").EnumerateArray());

        // The second found nothing, and was given all the same.
        Assert.Equal(["alarm-acknowledge PAH-101 done", "alarm-acknowledge all nothing"], _trail.Entries.Select(e =>
            $"{e.What} {(e.Body.TryGetProperty("all", out var all) && all.GetBoolean() ? "all" : e.Body.GetProperty("id").GetString())} {e.Body.GetProperty("outcome").GetString()}"));
        Assert.Equal((Environment.UserName, "round"), (_trail.Entries[1].Who, _trail.Entries[1].Body.GetProperty("why").GetString()));
    }

    [Fact]
    public async Task The_list_shows_all_alarms_as_they_are()
    {
        Read(7);
        var list = await AskAsync("""{"do":"alarms.list"}""");
        Assert.Equal(["PAH-101 unacknowledged True True", "PAHH-101 normal False False"], list.GetProperty("alarms").EnumerateArray().Select(a =>
            $"{a.GetProperty("id").GetString()} {a.GetProperty("state").GetString()} {a.GetProperty("active").GetBoolean()} {a.GetProperty("announced").GetBoolean()}"));
        Assert.Empty(_trail.Entries);
    }

    [Theory]
    [InlineData("nonsense", "no JSON")]
    [InlineData("[1]", "one JSON object in one line")]
    [InlineData("{}", "is not something to do here")]
    [InlineData("{\"do\":\"alarms.raise\",\"ids\":[\"PAH-101\"]}", "is not something to do here")]
    [InlineData("{\"do\":\"alarms.suppress\",\"ids\":[\"PAH-101\"]}", "is not something to do here")]
    [InlineData("{\"do\":\"alarms.acknowledge\"}", "'ids' is missing")]
    [InlineData("{\"do\":\"alarms.reset\",\"all\":true}", "'ids' is missing")]
    [InlineData("{\"do\":\"alarms.acknowledge\",\"ids\":[7]}", "'ids' is missing")]
    [InlineData("{\"do\":\"alarms.acknowledge\",\"ids\":[\"\\ud800\"]}", "no Unicode")]
    [InlineData("{\"do\":\"alarms.shelve\",\"ids\":[\"PAH-101\"],\"seconds\":-1}", "'seconds' is no time")]
    [InlineData("{\"do\":\"alarms.shelve\",\"ids\":[\"PAH-101\"],\"seconds\":1e300}", "'seconds' is no time")]
    public async Task A_wrong_request_is_answered_with_what_is_wrong_and_does_nothing(string request, string said)
    {
        var answer = await AskAsync(request);
        Assert.False(answer.GetProperty("ok").GetBoolean());
        Assert.Contains(said, answer.GetProperty("error").GetString(), StringComparison.Ordinal);
        Assert.Empty(_trail.Entries);
    }

    [Fact]
    public async Task A_request_that_does_not_end_is_cut_off()
    {
        using var socket = await ConnectAsync();
        var sent = new byte[HandsLimits.RequestBytes];
        Array.Fill(sent, (byte)'x');
        await HandsLines.WriteAsync(socket, sent, Patience());
        var lines = new HandsLines(socket, HandsLimits.AnswerBytes);
        Assert.Contains("longer than", Encoding.UTF8.GetString((await lines.ReadAsync(Patience()))!.Value.Span), StringComparison.Ordinal);
        Assert.Null(await lines.ReadAsync(Patience()));
    }

    [Fact]
    public async Task Several_requests_may_come_in_one_piece_and_one_in_several()
    {
        using var socket = await ConnectAsync();
        var both = Encoding.UTF8.GetBytes("{\"do\":\"alarms.list\"}\n{\"do\":\"alarms.list\"}\n");
        await HandsLines.WriteAsync(socket, both.AsMemory(0, 25), Patience());
        var lines = new HandsLines(socket, HandsLimits.AnswerBytes);
        Assert.NotNull(await lines.ReadAsync(Patience()));
        await HandsLines.WriteAsync(socket, both.AsMemory(25), Patience());
        Assert.NotNull(await lines.ReadAsync(Patience()));
    }

    [Fact]
    public async Task The_socket_is_for_its_user_and_group_and_goes_with_the_server()
    {
        (await ConnectAsync()).Dispose();
        Assert.Equal(
            UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.GroupWrite, File.GetUnixFileMode(SocketPath));
        await _server.DisposeAsync();
        Assert.False(File.Exists(SocketPath));
    }

    [Fact]
    public async Task One_connection_more_than_the_limit_is_closed_and_the_others_go_on()
    {
        var sockets = new List<Socket>();
        for (var i = 0; i < HandsLimits.Connections; i++)
        {
            sockets.Add(await ConnectAsync());
            Assert.NotNull(await AskAsync(sockets[i], """{"do":"alarms.list"}""")); // it is served, and not only waits
        }

        using (var more = await ConnectAsync())
        {
            Assert.Equal(0, await more.ReceiveAsync(new byte[1], SocketFlags.None, Patience()));
        }

        Assert.NotNull(await AskAsync(sockets[0], """{"do":"alarms.list"}"""));
        sockets.ForEach(s => s.Dispose());
    }

    [Fact]
    public async Task What_a_killed_run_left_is_replaced_and_what_another_one_listens_on_is_not()
    {
        (await ConnectAsync()).Dispose();
        await using (var second = Serve((_, _) => Task.FromResult(HandsServer.Error("the wrong one")), TimeProvider.System))
        {
            Assert.True((await AskAsync("""{"do":"alarms.list"}""")).GetProperty("ok").GetBoolean());
        }

        Assert.True((await AskAsync("""{"do":"alarms.list"}""")).GetProperty("ok").GetBoolean());
        Assert.True(await HandsClient.IsRunningAsync(_folder));
        await _server.DisposeAsync();
        Assert.False(await HandsClient.IsRunningAsync(_folder));

        using (var left = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified))
        {
            left.Bind(new UnixDomainSocketEndPoint(SocketPath)); // bound, and nobody listens: as after a kill
        }

        Assert.False(await HandsClient.IsRunningAsync(_folder)); // `run` begins over it

        await using var next = Serve((_, _) => Task.FromResult(HandsServer.Error("the next one")), TimeProvider.System);
        await UntilAsync(async () => (await AskAsync("{}")).GetProperty("error").GetString() == "the next one");
    }

    [Fact]
    public async Task Who_connects_and_says_nothing_is_closed()
    {
        await _server.DisposeAsync();
        await using var server = Serve((_, _) => Task.FromResult(HandsServer.Error("heard")), _time);
        using var socket = await ConnectAsync();
        Assert.Contains("heard", Encoding.UTF8.GetString(await AskBytesAsync(socket, "{}")), StringComparison.Ordinal);
        var closed = socket.ReceiveAsync(new byte[1], SocketFlags.None, Patience()).AsTask();
        while (!closed.IsCompleted)
        {
            _time.Advance(HandsLimits.Idle);
            await Task.WhenAny(closed, Task.Delay(20, TestContext.Current.CancellationToken));
        }

        Assert.Equal(0, await closed);
    }

    [Fact]
    public async Task Where_no_gateway_runs_the_verb_says_so()
    {
        var (answer, exit) = await HandsClient.AskAsync(Path.Combine(_folder, "nowhere"), j => j.WriteString("do", "alarms.list"));
        Assert.Equal((null, 69), (answer, exit));
        var asked = await HandsClient.AskAsync(_folder, j => j.WriteString("do", "alarms.list"));
        while (asked.Answer is null)
        {
            asked = await HandsClient.AskAsync(_folder, j => j.WriteString("do", "alarms.list")); // it has not begun to listen yet
        }

        Assert.Equal(0, asked.Exit);
    }

    private HandsServer Serve(HandsAnswer answer, TimeProvider time)
    {
        var server = new HandsServer(SocketPath, answer, time, NullLogger.Instance);
        server.Start();
        return server;
    }

    private void Read(double value)
    {
        var list = _mailbox.Rent();
        list.Add(new RawSample(0, value, Quality.Good, _time.Monotonic()));
        _mailbox.Post(list);
        _loop.RunDue();
    }

    private async Task<List<string>> DoAsync(string what, string more = "")
    {
        var answer = await AskAsync($$"""{"do":"alarms.{{what}}","ids":["PAH-101"]{{more}}}""");
        return [.. answer.GetProperty("results").EnumerateArray().Select(r => $"{r.GetProperty("outcome").GetString()}: {r.GetProperty("said").GetString()}")];
    }

    private async Task<JsonElement> AskAsync(string request)
    {
        using var socket = await ConnectAsync();
        return (await AskAsync(socket, request))!.Value;
    }

    private static async Task<JsonElement?> AskAsync(Socket socket, string request) => JsonElement.Parse(await AskBytesAsync(socket, request));

    private static async Task<byte[]> AskBytesAsync(Socket socket, string request)
    {
        await HandsLines.WriteAsync(socket, Encoding.UTF8.GetBytes(request + "\n"), Patience());
        return (await new HandsLines(socket, HandsLimits.AnswerBytes).ReadAsync(Patience()))!.Value.ToArray();
    }

    private async Task<Socket> ConnectAsync()
    {
        Socket? socket = null;
        await UntilAsync(async () =>
        {
            socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            try
            {
                await socket.ConnectAsync(new UnixDomainSocketEndPoint(SocketPath), Patience());
                return true;
            }
            catch (SocketException)
            {
                socket.Dispose(); // not listening yet
                return false;
            }
        });
        return socket!;
    }

    private static async Task UntilAsync(Func<Task<bool>> done)
    {
        var until = TimeProvider.System.GetUtcNow() + Deadline;
        while (!await done())
        {
            Assert.True(TimeProvider.System.GetUtcNow() < until, "waited 60 s");
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }
    }

    private static CancellationToken Patience() => new CancellationTokenSource(Deadline).Token;
}
