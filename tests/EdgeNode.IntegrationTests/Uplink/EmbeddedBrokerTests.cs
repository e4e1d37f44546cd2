using System.Net;
using System.Net.Sockets;
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
        Assert.All([first, second], u => Assert.InRange(u.Log.Lines.Count, 2, 4));
    }

    [Fact]
    public async Task A_session_that_was_taken_over_is_named()
    {
        using var broker = new OldBroker(takesOver: true);
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
        using var old = new OldBroker();
        await using var uplink = new RunningUplink([RunningUplink.Plain(old.Port)]);
        uplink.Outbox.AppendNumbers(7);

        await uplink.UntilLogged("(MQTT 3.1.1)");
        await uplink.Until(() => uplink.Outbox.Waiting(StreamKind.Telemetry) == 0);
        Assert.Single(uplink.Log.Lines);
    }

    /// <summary>As much of an MQTT 3.1.1 broker as a publisher meets: CONNACK, PUBACK, SUBACK, PINGRESP.</summary>
    private sealed class OldBroker : IDisposable
    {
        private readonly bool _takesOver;
        private readonly TcpListener _listener = new(IPAddress.Loopback, 0);

        /// <param name="takesOver">Speak MQTT 5 for once: CONNACK, then DISCONNECT with reason 0x8E.</param>
        public OldBroker(bool takesOver = false)
        {
            _takesOver = takesOver;
            _listener.Start();
            Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
            _ = Task.Run(ServeAsync);
        }

        public int Port { get; }

        public void Dispose() => _listener.Dispose();

        private async Task ServeAsync()
        {
            try
            {
                while (true)
                {
                    using var client = await _listener.AcceptTcpClientAsync();
                    try
                    {
                        await ServeAsync(client.GetStream());
                    }
                    catch (IOException)
                    {
                        // The client is gone; the next one.
                    }
                }
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                // The test is over.
            }
        }

        private async Task ServeAsync(NetworkStream stream)
        {
            while (true)
            {
                var first = await ReadAsync(stream, 1);
                var (length, shift, digit) = (0, 0, (byte)0);
                do
                {
                    digit = (await ReadAsync(stream, 1))[0];
                    length |= (digit & 0x7F) << shift;
                    shift += 7;
                }
                while ((digit & 0x80) != 0);

                var body = await ReadAsync(stream, length);
                var identifierAt = (first[0] >> 4) == 3 ? 2 + (body[0] << 8) + body[1] : 0;
                switch (first[0] >> 4)
                {
                    case 1 when _takesOver:
                        await stream.WriteAsync(new byte[] { 0x20, 3, 0, 0, 0 });
                        await stream.WriteAsync(new byte[] { 0xE0, 1, 0x8E });
                        break;
                    case 3 when _takesOver:
                        break;
                    case 1 when body[6] != 4: // protocol level
                        await stream.WriteAsync(new byte[] { 0x20, 2, 0, 1 });
                        return;
                    case 1:
                        await stream.WriteAsync(new byte[] { 0x20, 2, 0, 0 });
                        break;
                    case 3:
                        await stream.WriteAsync(new byte[] { 0x40, 2, body[identifierAt], body[identifierAt + 1] });
                        break;
                    case 8:
                        await stream.WriteAsync(new byte[] { 0x90, 3, body[0], body[1], 0 });
                        break;
                    case 10:
                        await stream.WriteAsync(new byte[] { 0xB0, 2, body[0], body[1] });
                        break;
                    case 12:
                        await stream.WriteAsync(new byte[] { 0xD0, 0 });
                        break;
                    default:
                        return;
                }
            }
        }

        private static async Task<byte[]> ReadAsync(NetworkStream stream, int count)
        {
            var bytes = new byte[count];
            await stream.ReadExactlyAsync(bytes);
            return bytes;
        }
    }
}
