using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using MQTTnet.Channel;

namespace EdgeNode.Uplink.Session;

/// <summary>
/// Opens the connection itself, TLS included, so that "cannot be reached", "the handshake fails" and "does not answer" are told apart.
/// </summary>
/// <param name="host">For the server's name in the handshake.</param>
/// <param name="trust">Null without TLS.</param>
/// <param name="certificate">Shown to a broker that asks for one.</param>
/// <param name="mostBytes">Bytes of the largest packet that is taken.</param>
internal sealed class BrokerStream(string host, BrokerTrust? trust, ClientCertificate? certificate, int mostBytes) : IMqttClientStreamProvider
{
    /// <summary>The broker's host took the connection.</summary>
    public bool Connected { get; private set; }

    /// <summary>Ready for MQTT: the TLS handshake is over too.</summary>
    public bool Ready { get; private set; }

    /// <summary>The broker sent a packet that is larger than what is taken; the connection is broken off there.</summary>
    public bool TooLarge { get; private set; }

    /// <summary>Why the connection was not made.</summary>
    public SocketException? Failure { get; private set; }

    /// <summary>Why TLS was not agreed.</summary>
    public Exception? TlsFailure { get; private set; }

    /// <inheritdoc/>
    public async Task<Stream> ConnectAsync(EndPoint brokerEndPoint, CancellationToken cancellationToken)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        Stream? stream = null;
        try
        {
            await socket.ConnectAsync(brokerEndPoint, cancellationToken);
            Connected = true;
            stream = new NetworkStream(socket, ownsSocket: true);
            if (trust is not null)
            {
                stream = await SecureAsync(stream, trust, cancellationToken);
            }

            Ready = true;
            return new PacketGuard(stream, mostBytes, _ => TooLarge = true);
        }
        catch (Exception e)
        {
            Failure = Connected ? null : e as SocketException;
            if (stream is not null)
            {
                await stream.DisposeAsync();
            }

            socket.Dispose();
            throw;
        }
    }

    private async Task<SslStream> SecureAsync(Stream plain, BrokerTrust trust, CancellationToken stop)
    {
        var secure = new SslStream(plain, leaveInnerStreamOpen: false);
        try
        {
            await secure.AuthenticateAsClientAsync(
                new SslClientAuthenticationOptions
                {
                    TargetHost = host,
                    CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
                    RemoteCertificateValidationCallback = trust.Accept,
                    ClientCertificateContext = certificate?.Context,
                },
                stop);
            return secure;
        }
        catch (Exception e)
        {
            TlsFailure = e;
            await secure.DisposeAsync();
            throw;
        }
    }
}
