using System.Net.Sockets;
using System.Text.Json;
using EdgeNode.Core.Ports;
using EdgeNode.Gateway.Hands;
using EdgeNode.Gateway.Hold;
using EdgeNode.UnitTests.Engine;
using EdgeNode.UnitTests.Uplink;
using static EdgeNode.UnitTests.Outputs.OutputSite;

namespace EdgeNode.UnitTests.Outputs;

/// <summary>A planned restart that is asked for while the one before is not accounted for.</summary>
public sealed class RestartHandsTests : IDisposable
{
    private readonly string _data = Directory.CreateTempSubdirectory("edgenode-again-").FullName;
    private readonly TrailFake _trail = new();
    private RestartHands? _hands;

    private string Sock => Path.Combine(_data, HoldWire.FileName);

    private string Held => Path.Combine(_data, HeldSite.FileName);

    public void Dispose() => Directory.Delete(_data, recursive: true);

    [Fact]
    public async Task It_is_refused_while_an_output_of_the_one_before_is_not_known_to_be_safe_and_this_site_does_not_drive_it()
    {
        await File.WriteAllTextAsync(Held, SafeAloneTests.Good.Replace("backstop: hard-wired", "backstop: hard-wired, hold-through-restart: 5s", StringComparison.Ordinal), TestContext.Current.CancellationToken);
        Assert.Equal(["XV-101"], HeldSite.NotIn(HeldSite.Load(_data)!, Of()));
        var said = await AskAsync();
        Assert.Contains("edgenode outputs safe XV-101 --site FILE", said, StringComparison.Ordinal);
        Assert.True(File.Exists(Held));
        Assert.False(File.Exists(Sock));
        Assert.Equal(said, await AskAsync()); // it is no restart that is being prepared
    }

    [Fact]
    public async Task It_is_refused_while_another_process_keeps_outputs_which_is_still_found_then()
    {
        using (var keeper = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified))
        {
            keeper.Bind(new UnixDomainSocketEndPoint(Sock));
            keeper.Listen();
            Assert.Contains("is not over", await AskAsync(), StringComparison.Ordinal);
            Assert.True(await HoldClient.IsKeptAsync(_data));
        }

        await File.WriteAllTextAsync(Held, "not one that can be read", TestContext.Current.CancellationToken);
        Assert.Equal("", await AskAsync());
        using var asker = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        asker.Connect(new UnixDomainSocketEndPoint(Sock));
        asker.Dispose();
        await TestWait.UntilAsync(() => _trail.Entries.Count == 1, "that one came to nothing");
        Assert.True(File.Exists(Held)); // it held nothing, so that is not its own
    }

    private async Task<string> AskAsync()
    {
        _hands ??= new RestartHands(Of(), _data, new StationBoard(Of()) { Outputs = [] }, DrivenPorts.None, _trail) { End = static (_, _) => { } };
        var answer = JsonElement.Parse((await _hands.AnswerAsync(JsonElement.Parse("""{"do":"restart.offer","why":"update"}"""), new HandsPeer(Environment.ProcessId, 7, "mei"))).AsSpan());
        return answer.GetProperty("ok").GetBoolean() ? "" : answer.GetProperty("error").GetString()!;
    }
}
