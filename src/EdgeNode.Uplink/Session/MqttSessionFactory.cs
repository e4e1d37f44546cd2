using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using EdgeNode.Core.Model;
using MQTTnet;
using MQTTnet.Formatter;
using MQTTnet.Protocol;

namespace EdgeNode.Uplink.Session;

/// <summary>Opens sessions with MQTTnet: MQTT 5, and 3.1.1 where the broker speaks no 5. Options are built anew for each CONNECT.</summary>
internal sealed class MqttSessionFactory(TimeProvider time) : ISessionFactory
{
    /// <summary>CONNACK code of MQTT 3.1.1 for "unacceptable protocol version", as a 3.1.1 broker answers to MQTT 5.</summary>
    private const int OldUnacceptableVersion = 1;

    private readonly MqttClientFactory _clients = new();

    /// <inheritdoc/>
    public async Task<ConnectOutcome> ConnectAsync(BrokerOptions broker, SessionOptions options, ISessionListener listener, CancellationToken stop)
    {
        byte[]? password = null;
        if (options.PasswordFile is { } file)
        {
            if (!PasswordFile.TryRead(file, out password, out var fault))
            {
                return new ConnectOutcome(null, fault);
            }
        }

        foreach (var version in (MqttProtocolVersion[])[MqttProtocolVersion.V500, MqttProtocolVersion.V311])
        {
            if (!BrokerTrust.TryLoad(broker.Host, broker.Tls ? options.CaFile : null, time, out var trust, out var fault))
            {
                return new ConnectOutcome(null, fault);
            }

            using (trust)
            {
                var outcome = await TryConnectAsync(broker, options, version, password, trust!, listener, stop);
                if (outcome is { } decided)
                {
                    return decided;
                }
            }
        }

        return new ConnectOutcome(null, new BrokerFault(FaultKind.Refused, "it speaks neither MQTT 5 nor MQTT 3.1.1"));
    }

    /// <returns>Null when the broker does not speak this version.</returns>
    private async Task<ConnectOutcome?> TryConnectAsync(
        BrokerOptions broker, SessionOptions options, MqttProtocolVersion version, byte[]? password, BrokerTrust trust, ISessionListener listener, CancellationToken stop)
    {
        var stream = new BrokerStream();
        var client = _clients.CreateMqttClient();
        using var deadline = new CancellationTokenSource(options.ConnectDeadline, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, deadline.Token);
        MqttSession? session = null;
        try
        {
            session = new MqttSession(client, version, listener, time);
            var connected = await client.ConnectAsync(Build(broker, options, version, password, trust, stream), either.Token);
            if (connected.ResultCode == MqttClientConnectResultCode.Success)
            {
                session.Opened(connected);
                (var open, session) = (session, null);
                return new ConnectOutcome(open, null);
            }

            return version == MqttProtocolVersion.V500 && IsWrongVersion(connected.ResultCode) ? null : new ConnectOutcome(null, Refusal(connected, options));
        }
        catch (Exception e)
        {
            // MQTTnet wraps and replaces exceptions freely; what happened is told by the stream, the certificate and the deadline.
            stop.ThrowIfCancellationRequested();
            return new ConnectOutcome(null, Describe(e, broker, options, stream, trust, deadline.IsCancellationRequested));
        }
        finally
        {
            if (session is not null)
            {
                await session.DisposeAsync();
            }
        }
    }

    private static MqttClientOptions Build(
        BrokerOptions broker, SessionOptions options, MqttProtocolVersion version, byte[]? password, BrokerTrust trust, BrokerStream stream)
    {
        EndPoint endPoint = IPAddress.TryParse(broker.Host, out var address) ? new IPEndPoint(address, broker.Port) : new DnsEndPoint(broker.Host, broker.Port);
        var builder = new MqttClientOptionsBuilder()
            .WithProtocolVersion(version)
            .WithEndPoint(endPoint)
            .WithStreamProvider(stream)
            .WithClientId(options.ClientId)
            .WithCleanSession(version == MqttProtocolVersion.V311 || options.CleanStart)
            .WithKeepAlivePeriod(options.KeepAlive)
            .WithTimeout(options.ConnectDeadline);
        if (version == MqttProtocolVersion.V500 && options.ExpirySeconds > 0)
        {
            builder.WithSessionExpiryInterval(options.ExpirySeconds);
        }

        if (options.User is { } user)
        {
            builder.WithCredentials(user, password ?? []);
        }

        if (options.Will is { } will)
        {
            builder.WithWillTopic(will.Topic).WithWillPayload(will.Payload).WithWillRetain().WithWillQualityOfServiceLevel(MqttQualityOfServiceLevel.AtLeastOnce);
        }

        if (broker.Tls)
        {
            builder.WithTlsOptions(tls => tls.UseTls()
                .WithTargetHost(broker.Host)
                .WithRevocationMode(X509RevocationMode.NoCheck)
                .WithCertificateValidationHandler(trust.Accept));
        }

        return builder.Build();
    }

    private static bool IsWrongVersion(MqttClientConnectResultCode code) =>
        code == MqttClientConnectResultCode.UnsupportedProtocolVersion || (int)code == OldUnacceptableVersion;

    private static BrokerFault Refusal(MqttClientConnectResult answer, SessionOptions options) => answer.ResultCode switch
    {
        MqttClientConnectResultCode.BadUserNameOrPassword or MqttClientConnectResultCode.NotAuthorized or MqttClientConnectResultCode.BadAuthenticationMethod =>
            new BrokerFault(FaultKind.CredentialsRefused, options.User is { } user
                ? $"it refuses the user {user}: wrong name, wrong password{(options.PasswordFile is { } file ? $" (in {file})" : "")}, or not allowed"
                : "it refuses a client without user and password"),
        MqttClientConnectResultCode.ClientIdentifierNotValid => new BrokerFault(FaultKind.Refused, $"it refuses the client identifier {options.ClientId}"),
        var code => new BrokerFault(FaultKind.Refused, $"it refuses the connection: {ReasonText.Of(code.ToString(), answer.ReasonString)}"),
    };

    private static BrokerFault Describe(Exception e, BrokerOptions broker, SessionOptions options, BrokerStream stream, BrokerTrust trust, bool late)
    {
        if (trust.Fault is { } certificate)
        {
            return certificate;
        }

        var seconds = options.ConnectDeadline.TotalSeconds.ToString("0.#", CultureInfo.InvariantCulture);
        if (!stream.Connected)
        {
            return new BrokerFault(FaultKind.Unreachable, "it cannot be reached: " + (stream.Failure?.SocketErrorCode switch
            {
                SocketError.ConnectionRefused => "the connection is refused: no broker listens there, or the port is wrong",
                SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain => $"the name {broker.Host} is not known",
                SocketError.HostUnreachable or SocketError.NetworkUnreachable or SocketError.NetworkDown => "there is no route to it",
                null when late => $"no answer from its address within {seconds} s",
                null => e.GetBaseException().Message,
                var code => code.ToString()!,
            }));
        }

        if (late)
        {
            return new BrokerFault(FaultKind.NoAnswer, $"it takes the connection but does not answer within {seconds} s: it hangs");
        }

        return broker.Tls && !trust.Asked
            ? new BrokerFault(FaultKind.Refused, "the TLS handshake fails: is the port right, does the broker speak TLS there?")
            : new BrokerFault(FaultKind.Refused, "it closes the connection without an answer");
    }
}
