using System.Net;
using EdgeNode.Core.Model;
using EdgeNode.IntegrationTests.Peers;
using EdgeNode.Uplink;
using Xunit;

namespace EdgeNode.IntegrationTests.Uplink;

public class EmbeddedBrokerTests
{
    [Fact]
    public async Task Everything_arrives_through_the_embedded_broker()
    {
        await using var broker = await EmbeddedBroker.StartAsync();
        var address = RunningUplink.Plain(broker.Port);
        await using var uplink = new RunningUplink([address], address);
        await uplink.TapSees(r => r.Subscribed); // a retained message just then may pass this broker's subscriber by

        uplink.Outbox.AppendNumbers(2000);
        uplink.Outbox.AppendEvent("node");

        await uplink.AssertAllArrived(2000);
        await uplink.TapSees(r => r.Events == 1);
    }

    [Fact]
    public async Task It_says_when_nobody_listens()
    {
        await using var broker = await EmbeddedBroker.StartAsync();
        await using var uplink = new RunningUplink([RunningUplink.Plain(broker.Port)]);
        uplink.Outbox.AppendNumbers(3);

        await uplink.UntilLogged("Nobody listens");
        Assert.Equal(3, uplink.Outbox.Waiting(StreamKind.Telemetry));
    }

    [Fact]
    public async Task Two_stations_with_one_node_id_are_told_so_without_a_line_for_each_attempt()
    {
        await using var broker = await EmbeddedBroker.StartAsync();
        await using var first = new RunningUplink([RunningUplink.Plain(broker.Port)]);
        await using var second = new RunningUplink([RunningUplink.Plain(broker.Port)]);

        await first.UntilLogged("is a second station running with this node id?");
        await second.UntilLogged("is a second station running with this node id?");
        await Task.Delay(2000, TestContext.Current.CancellationToken);

        Assert.All([first, second], u => Assert.True(u.Alarms.IsActive(NodeAlarm.IdentityTakenOver)));
        Assert.All([first, second], u => Assert.Equal(1, u.Logged("is a second station running")));
        Assert.All([first, second], u => Assert.InRange(u.Log.Lines.Count, 2, 9)); // a busy machine can lose a connection for its own reasons, and says so
    }

    [Fact]
    public async Task A_session_that_was_taken_over_is_named()
    {
        await using var broker = new RawBroker(async (session, packet) =>
        {
            await session.AnswerAsync(packet);
            await session.SendAsync(0xE0, 1, 0x8E);
        });
        await using var uplink = new RunningUplink([RunningUplink.Plain(broker.Port)]);

        await uplink.UntilLogged("another client with the same identifier took over");
    }

    [Fact]
    public async Task It_listens_on_loopback_only_and_a_taken_port_is_a_sentence()
    {
        var port = FreePort.Next();
        await using var broker = await EmbeddedBroker.StartAsync(port);
        Assert.Equal(port, broker.Port);

        var listeners = System.Net.NetworkInformation.IPGlobalProperties.GetIPGlobalProperties().GetActiveTcpListeners();
        Assert.Equal(IPAddress.Loopback, Assert.Single(listeners, l => l.Port == port).Address);
        var taken = await Assert.ThrowsAsync<IOException>(() => EmbeddedBroker.StartAsync(port));
        Assert.Contains($"port {port}", taken.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_broker_that_speaks_only_3_1_1_is_spoken_to_in_3_1_1()
    {
        await using var old = new RawBroker((session, packet) => packet is { Type: RawPacket.Connect, Level: 5 } ? session.SendAsync(0x20, 2, 0, 1) : session.AnswerAsync(packet));
        await using var uplink = new RunningUplink([RunningUplink.Plain(old.Port)]);
        uplink.Outbox.AppendNumbers(7);

        await uplink.UntilLogged("(MQTT 3.1.1)");
        await uplink.Until(() => uplink.Outbox.Waiting(StreamKind.Telemetry) == 0);
        Assert.Single(uplink.Log.Lines);
    }
}
