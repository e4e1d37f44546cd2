using System.Net;
using System.Net.Sockets;
using MQTTnet.Channel;

namespace EdgeNode.Uplink.Session;

/// <summary>Opens the connection itself, so that "cannot be reached" and "does not answer" are told apart.</summary>
internal sealed class BrokerStream : IMqttClientStreamProvider
{
    /// <summary>The broker's host took the connection.</summary>
    public bool Connected { get; private set; }

    /// <summary>Why the connection was not made.</summary>
    public SocketException? Failure { get; private set; }

    /// <inheritdoc/>
    public async Task<Stream> ConnectAsync(EndPoint brokerEndPoint, CancellationToken cancellationToken)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(brokerEndPoint, cancellationToken);
            Connected = true;
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch (SocketException e)
        {
            Failure = e;
            socket.Dispose();
            throw;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
