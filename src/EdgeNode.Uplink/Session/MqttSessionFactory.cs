using System.Net;
using EdgeNode.Core.Model;
using MQTTnet;
using MQTTnet.Formatter;
using MQTTnet.Protocol;

namespace EdgeNode.Uplink.Session;

/// <summary>Opens sessions with MQTTnet: MQTT 5, and 3.1.1 where the broker takes no 5. Options are built and files read anew for each CONNECT.</summary>
/// <param name="time">The clocks.</param>
/// <param name="settings">Named limits; tests shorten them.</param>
internal sealed class MqttSessionFactory(TimeProvider time, UplinkSettings? settings = null) : ISessionFactory
{
    /// <summary>CONNACK code of MQTT 3.1.1 for "unacceptable protocol version", as a 3.1.1 broker answers to MQTT 5.</summary>
    private const int OldUnacceptableVersion = 1;

    private readonly MqttClientFactory _clients = new();
    private readonly SpokenVersions _versions = new(time, (settings ?? new UplinkSettings()).Mqtt5Again);

    private enum Answer
    {
        Decided,
        WrongVersion,
        None,
    }

    /// <inheritdoc/>
    public async Task<ConnectOutcome> ConnectAsync(BrokerOptions broker, SessionOptions options, ISessionListener listener, CancellationToken stop)
    {
        byte[]? password = null;
        if (options.PasswordFile is { } file && !PasswordFile.TryRead(file, out password, out var fault))
        {
            return new ConnectOutcome(null, fault);
        }

        ClientCertificate? own = null;
        if (broker.Tls && options.CertificateFile is { } certificate && !ClientCertificate.TryLoad(certificate, options.KeyFile ?? "", out own, out fault))
        {
            return new ConnectOutcome(null, fault);
        }

        using (own)
        {
            if (options.OnlyMqtt5 || !_versions.IsOld(broker))
            {
                var (answer, outcome) = await TryConnectAsync(broker, options, MqttProtocolVersion.V500, password, own, listener, stop);
                if (answer == Answer.Decided)
                {
                    _versions.Forget(broker);
                    return outcome;
                }

                _versions.TakesNo5(broker, dropped: answer == Answer.None);
                if (answer == Answer.None || options.OnlyMqtt5)
                {
                    return outcome; // the next attempt is one of 3.1.1
                }
            }

            var (old, last) = await TryConnectAsync(broker, options, MqttProtocolVersion.V311, password, own, listener, stop);
            if (old != Answer.Decided)
            {
                _versions.Forget(broker);
            }

            return last;
        }
    }

    private async Task<(Answer Answer, ConnectOutcome Outcome)> TryConnectAsync(
        BrokerOptions broker, SessionOptions options, MqttProtocolVersion version, byte[]? password, ClientCertificate? own, ISessionListener listener, CancellationToken stop)
    {
        if (!BrokerTrust.TryLoad(broker.Host, broker.Tls ? options.CaFile : null, time, out var trust, out var fault))
        {
            return (Answer.Decided, new ConnectOutcome(null, fault));
        }

        using var trusted = trust!;
        var stream = new BrokerStream(broker.Host, broker.Tls ? trusted : null, own, options.MostPacketBytes);
        var client = _clients.CreateMqttClient();
        using var deadline = new CancellationTokenSource(options.ConnectDeadline, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, deadline.Token);
        MqttSession? session = null;
        try
        {
            session = new MqttSession(client, version, listener, time, () => stream.TooLarge ? Flooded(options) : null);
            var connected = await client.ConnectAsync(Build(broker, options, version, password, stream), either.Token);
            if (connected.ResultCode == MqttClientConnectResultCode.Success)
            {
                session.Opened(connected, fallback: version == MqttProtocolVersion.V311 && _versions.IsInDoubt(broker));
                (var open, session) = (session, null);
                return (Answer.Decided, new ConnectOutcome(open, null));
            }

            return IsWrongVersion(connected.ResultCode)
                ? (Answer.WrongVersion, new ConnectOutcome(null, new BrokerFault(FaultKind.Refused, "it speaks neither MQTT 5 nor MQTT 3.1.1")))
                : (Answer.Decided, new ConnectOutcome(null, ConnectFaults.Refusal(connected, options)));
        }
        catch (Exception e)
        {
            stop.ThrowIfCancellationRequested();
            var described = ConnectFaults.Describe(e, broker, options, stream, trusted, own, time.GetUtcNow().UtcDateTime, deadline.IsCancellationRequested);
            // A broker that hangs has said nothing of MQTT 5; only one that closes without a word may mean it.
            var dropped = stream.Ready && !deadline.IsCancellationRequested && described.Kind != FaultKind.Certificate;
            return (dropped ? Answer.None : Answer.Decided, new ConnectOutcome(null, described));
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
        BrokerOptions broker, SessionOptions options, MqttProtocolVersion version, byte[]? password, BrokerStream stream)
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
        if (version == MqttProtocolVersion.V500)
        {
            builder.WithMaximumPacketSize((uint)options.MostPacketBytes);
            if (options.ExpirySeconds > 0)
            {
                builder.WithSessionExpiryInterval(options.ExpirySeconds);
            }
        }

        if (options.User is { } user)
        {
            builder.WithCredentials(user, password ?? []);
        }

        if (options.Will is { } will)
        {
            builder.WithWillTopic(will.Topic).WithWillPayload(will.Payload).WithWillRetain().WithWillQualityOfServiceLevel(MqttQualityOfServiceLevel.AtLeastOnce);
        }

        return builder.Build();
    }

    private static BrokerFault Flooded(SessionOptions options) => new(
        FaultKind.Flooded, $"it sends a packet above {options.MostPacketBytes} bytes, which is not taken: is there a large retained message on one of the node's alarm topics?");

    private static bool IsWrongVersion(MqttClientConnectResultCode code) =>
        code == MqttClientConnectResultCode.UnsupportedProtocolVersion || (int)code == OldUnacceptableVersion;
}
