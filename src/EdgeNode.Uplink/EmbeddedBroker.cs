using System.Net;
using System.Net.Sockets;
using MQTTnet.Server;

namespace EdgeNode.Uplink;

/// <summary>
/// A small MQTT broker on 127.0.0.1, for the demo and for tests: nothing to install. It speaks MQTT 5 and 3.1.1 and says when a message
/// has no subscriber. Nothing in it survives its end, and it asks for no password: it is not for a plant.
/// </summary>
public sealed class EmbeddedBroker : IAsyncDisposable
{
    /// <summary>Messages that wait for one slow subscriber at most; beyond, new ones are dropped for it.</summary>
    private const int PendingLimit = 4096;

    private const int PortAttempts = 10;

    private readonly MqttServer _server;

    private EmbeddedBroker(MqttServer server, int port)
    {
        _server = server;
        Port = port;
    }

    /// <summary>The TCP port on 127.0.0.1.</summary>
    public int Port { get; }

    /// <summary>Starts a broker.</summary>
    /// <param name="port">1 to 65535, or 0 for a free one.</param>
    /// <exception cref="IOException">The port is taken.</exception>
    public static async Task<EmbeddedBroker> StartAsync(int port = 0)
    {
        for (var attempt = 1; ; attempt++)
        {
            var chosen = port == 0 ? FreePort() : port;
            var server = new MqttServerFactory().CreateMqttServer(new MqttServerOptionsBuilder()
                .WithDefaultEndpoint()
                .WithDefaultEndpointPort(chosen)
                .WithDefaultEndpointBoundIPAddress(IPAddress.Loopback)
                .WithDefaultEndpointBoundIPV6Address(IPAddress.None) // none, as the library understands it
                .WithPersistentSessions()
                .WithMaxPendingMessagesPerClient(PendingLimit)
                .WithPendingMessagesOverflowStrategy(MqttPendingMessagesOverflowStrategy.DropNewMessage)
                .Build());
            try
            {
                await server.StartAsync();
                return new EmbeddedBroker(server, chosen);
            }
            catch (SocketException e)
            {
                server.Dispose();

                // Between finding a free port and taking it somebody else may have taken it.
                if (port != 0 || attempt == PortAttempts)
                {
                    throw new IOException($"port {chosen} on 127.0.0.1 cannot be opened: {(e.SocketErrorCode == SocketError.AddressAlreadyInUse ? "another program has it" : e.SocketErrorCode)}", e);
                }
            }
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _server.StopAsync(new MqttServerStopOptions());
        _server.Dispose();
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
