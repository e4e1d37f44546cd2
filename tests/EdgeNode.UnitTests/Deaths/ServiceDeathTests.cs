using System.Net.Sockets;
using System.Text;
using EdgeNode.Gateway;
using EdgeNode.Gateway.Hands;
using EdgeNode.UnitTests.Uplink;
using Microsoft.Extensions.Time.Testing;

namespace EdgeNode.UnitTests.Deaths;

/// <summary>Unhandled exceptions in the services that protection does not hang on: they are told, they come back, and the stop does not end with them.</summary>
public sealed class ServiceDeathTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly string _folder = Directory.CreateTempSubdirectory("edgenode-death-").FullName;
    private readonly LogLines _log = new();

    [Fact]
    public async Task A_request_that_throws_is_answered_as_a_fault_of_the_gateway_the_next_one_is_answered_and_the_stop_is_in_order()
    {
        var path = Path.Combine(_folder, HandsLimits.FileName);
        var asked = 0;
        var server = new HandsServer(
            path, (_, _) => Interlocked.Increment(ref asked) == 1 ? throw new ArgumentOutOfRangeException(nameof(path), "planted") : Task.FromResult(HandsServer.Error("second")), TimeProvider.System, _log);
        server.Start();
        Assert.True(SpinWait.SpinUntil(() => File.Exists(path), Patience));
        Assert.Contains("programming error (ArgumentOutOfRangeException)", await AskAsync(path), StringComparison.Ordinal);
        Assert.Contains("second", await AskAsync(path), StringComparison.Ordinal);
        await server.DisposeAsync();
        Assert.Contains(_log.Lines, l => l.Contains("could not be answered by a programming error", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_part_that_throws_is_told_and_begins_anew_after_the_pause_until_it_is_stopped()
    {
        var time = new FakeTimeProvider();
        using var stop = new CancellationTokenSource();
        var (runs, told) = (0, new List<string>());
        var running = Restarts.RunAsync(
            async token =>
            {
                switch (++runs)
                {
                    case 1:
                        throw new InvalidOperationException("first");
                    case 2:
                        await Task.Yield();
                        throw new OperationCanceledException("a time-out of its own that it let go");
                    default:
                        await Task.Delay(Timeout.InfiniteTimeSpan, token);
                        break;
                }
            },
            e => told.Add(e.Message), time, stop.Token);
        for (var i = 1; i <= 2; i++)
        {
            Assert.True(SpinWait.SpinUntil(() => runs == i && told.Count == i, Patience));
            time.Advance(Restarts.Pause - TimeSpan.FromMilliseconds(1));
            Assert.Equal(i, runs);

            // The pause may have begun only now.
            Assert.True(SpinWait.SpinUntil(
                () =>
                {
                    time.Advance(TimeSpan.FromMilliseconds(1));
                    return Volatile.Read(ref runs) == i + 1;
                }, Patience));
        }

        await stop.CancelAsync();
        await running.WaitAsync(Patience, TestContext.Current.CancellationToken);
        Assert.Equal(["first", "a time-out of its own that it let go"], told);
    }

    [Fact]
    public async Task A_part_that_ends_by_itself_is_not_begun_anew()
    {
        var runs = 0;
        await Restarts.RunAsync(_ => Task.FromResult(++runs), _ => Assert.Fail("nothing threw"), new FakeTimeProvider(), CancellationToken.None);
        Assert.Equal(1, runs);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static async Task<string> AskAsync(string path)
    {
        using var limit = new CancellationTokenSource(Patience);
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), limit.Token);
        await HandsLines.WriteAsync(socket, "{\"do\":\"x\"}\n"u8.ToArray(), limit.Token);
        return await new HandsLines(socket, HandsLimits.AnswerBytes).ReadAsync(limit.Token) is { } line ? Encoding.UTF8.GetString(line.Span) : "";
    }
}
