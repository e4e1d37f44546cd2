using System.Buffers;
using EdgeNode.Uplink.Forward;
using MQTTnet;
using MQTTnet.Exceptions;
using MQTTnet.Formatter;
using MQTTnet.Protocol;

namespace EdgeNode.Uplink.Session;

/// <summary>One connection of an MQTTnet client: used once, never reconnected.</summary>
internal sealed class MqttSession : ISession
{
    /// <summary>Not among the codes of a PUBACK; mosquitto says it there all the same.</summary>
    private const MqttClientPublishReasonCode PacketTooLarge = (MqttClientPublishReasonCode)0x95;

    private const int DefaultReceiveMaximum = 65_535; // MQTT 5, section 3.2.2.3.3

    private static readonly TimeSpan PatienceForReason = TimeSpan.FromMilliseconds(100);

    private readonly IMqttClient _client;
    private readonly MqttProtocolVersion _version;
    private readonly ISessionListener _listener;
    private readonly TimeProvider _time;
    private readonly Func<BrokerFault?> _ownEnd;
    private readonly CancellationTokenSource _ended = new();
    private volatile bool _disposed;

    /// <param name="client">Not yet connected; owned.</param>
    /// <param name="version">What is spoken.</param>
    /// <param name="listener">Told of all that happens.</param>
    /// <param name="time">The clocks.</param>
    /// <param name="ownEnd">Why we broke the connection off, when it was us.</param>
    public MqttSession(IMqttClient client, MqttProtocolVersion version, ISessionListener listener, TimeProvider time, Func<BrokerFault?> ownEnd)
    {
        _client = client;
        _version = version;
        _listener = listener;
        _time = time;
        _ownEnd = ownEnd;
        client.DisconnectedAsync += OnDisconnected;
        client.ApplicationMessageReceivedAsync += OnReceived;
    }

    /// <inheritdoc/>
    public SessionTraits Traits { get; private set; }

    /// <summary>CONNACK came.</summary>
    public void Opened(MqttClientConnectResult connected, bool fallback) => Traits = new SessionTraits(
        _version == MqttProtocolVersion.V500 ? "MQTT 5" : "MQTT 3.1.1",
        connected.ReceiveMaximum is { } most and > 0 ? most : DefaultReceiveMaximum,
        connected.MaximumPacketSize is { } size and > 0 ? size : null)
    {
        ServerKeepAlive = connected.ServerKeepAlive > 0 ? TimeSpan.FromSeconds(connected.ServerKeepAlive) : null,
        Fallback = fallback,
    };

    /// <inheritdoc/>
    public void Publish(Outgoing message) => _ = PublishAsync(message);

    /// <inheritdoc/>
    public void Ping() => _ = PingAsync();

    /// <inheritdoc/>
    public async Task<bool> SubscribeAsync(IReadOnlyList<string> filters, CancellationToken stop)
    {
        var options = new MqttClientSubscribeOptionsBuilder();
        foreach (var filter in filters)
        {
            options.WithTopicFilter(filter, MqttQualityOfServiceLevel.AtLeastOnce);
        }

        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, _ended.Token);
        try
        {
            var result = await _client.SubscribeAsync(options.Build(), either.Token);
            return result.Items.All(i => i.ResultCode <= MqttClientSubscribeResultCode.GrantedQoS2);
        }
        catch (Exception e)
        {
            stop.ThrowIfCancellationRequested();
            await ReportAsync(e);
            return false;
        }
    }

    /// <inheritdoc/>
    public void Listen(string filter, bool on) => _ = ListenAsync(filter, on);

    /// <inheritdoc/>
    public async Task CloseAsync(CancellationToken stop)
    {
        try
        {
            // Nothing is to be kept for a client that says goodbye (MQTT 5, section 3.14.2.2.2).
            var goodbye = new MqttClientDisconnectOptions();
            if (_version == MqttProtocolVersion.V500)
            {
                goodbye.SessionExpiryInterval = 0;
            }

            await _client.DisconnectAsync(goodbye, stop);
        }
        catch (Exception)
        {
            // The connection was gone before us: then the broker publishes the will, which says the same.
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;
        await _ended.CancelAsync();
        _client.Dispose();
        _ended.Dispose();
    }

    private async Task PublishAsync(Outgoing message)
    {
        try
        {
            var result = await _client.PublishAsync(
                new MqttApplicationMessage
                {
                    Topic = message.Topic,
                    Payload = new ReadOnlySequence<byte>(message.Payload.Written),
                    QualityOfServiceLevel = MqttQualityOfServiceLevel.AtLeastOnce,
                    Retain = message.Retain,
                },
                _ended.Token);
            _listener.Completed(message, Outcome(result));
        }
        catch (Exception e)
        {
            await ReportAsync(e);
        }
    }

    private async Task PingAsync()
    {
        try
        {
            await _client.PingAsync(_ended.Token);
            _listener.Pong();
        }
        catch (Exception e)
        {
            await ReportAsync(e);
        }
    }

    private async Task ListenAsync(string filter, bool on)
    {
        try
        {
            if (on)
            {
                // QoS 0: what does not arrive now arrives in the next session.
                var options = new MqttClientSubscribeOptionsBuilder().WithTopicFilter(f =>
                {
                    f.WithTopic(filter).WithAtMostOnceQoS();
                    if (_version == MqttProtocolVersion.V500)
                    {
                        f.WithNoLocal();
                    }
                });
                await _client.SubscribeAsync(options.Build(), _ended.Token);
            }
            else
            {
                await _client.UnsubscribeAsync(new MqttClientUnsubscribeOptionsBuilder().WithTopicFilter(filter).Build(), _ended.Token);
            }
        }
        catch (Exception e)
        {
            await ReportAsync(e);
        }
    }

    private static PublishOutcome Outcome(MqttClientPublishResult result) => result.ReasonCode switch
    {
        MqttClientPublishReasonCode.Success => PublishOutcome.Delivered,
        MqttClientPublishReasonCode.NoMatchingSubscribers => PublishOutcome.NobodyListens,
        PacketTooLarge => PublishOutcome.Refused(TooLarge.Words, RefusalKind.ForGood),
        var code => PublishOutcome.Refused(ReasonText.Of(code.ToString()), KindOf(code), ReasonText.Clean(result.ReasonString)),
    };

    /// <summary>MQTT 5, table 3.4.2.1: what each code can mean for the message that it answers.</summary>
    private static RefusalKind KindOf(MqttClientPublishReasonCode code) => code switch
    {
        MqttClientPublishReasonCode.QuotaExceeded or MqttClientPublishReasonCode.PacketIdentifierInUse => RefusalKind.Transient,
        MqttClientPublishReasonCode.NotAuthorized or MqttClientPublishReasonCode.TopicNameInvalid => RefusalKind.Configuration,
        MqttClientPublishReasonCode.PayloadFormatInvalid => RefusalKind.ForGood,
        _ => RefusalKind.Unclear,
    };

    private Task OnReceived(MqttApplicationMessageReceivedEventArgs args)
    {
        _listener.Received(args.ApplicationMessage.Topic, args.ApplicationMessage.Payload);
        return Task.CompletedTask;
    }

    private Task OnDisconnected(MqttClientDisconnectedEventArgs args)
    {
        if (args.ClientWasConnected)
        {
            Lost(args.Reason == MqttClientDisconnectReason.NormalDisconnection || args.Exception is not null
                ? Gone
                : Closed(args.Reason, args.ReasonString));
        }

        return Task.CompletedTask;
    }

    /// <summary>A failed call tells less than the DISCONNECT that often comes with it: that one may speak first.</summary>
    private async Task ReportAsync(Exception e)
    {
        if (e is MqttClientUnexpectedDisconnectReceivedException { ReasonCode: { } code } told)
        {
            Lost(Closed((MqttClientDisconnectReason)(int)code, told.ReasonString));
            return;
        }

        await Task.Delay(PatienceForReason, _time);
        Lost(Gone);
    }

    private void Lost(BrokerFault fault)
    {
        if (!_disposed)
        {
            _listener.Lost(_ownEnd() ?? fault);
        }
    }

    private static BrokerFault Gone { get; } = new(FaultKind.Lost, "the connection was lost");

    private static BrokerFault Closed(MqttClientDisconnectReason reason, string? text) => reason switch
    {
        MqttClientDisconnectReason.SessionTakenOver => new BrokerFault(FaultKind.TakenOver, "another client with the same identifier took over; is a second station running with this node id?"),
        MqttClientDisconnectReason.PacketTooLarge => new BrokerFault(FaultKind.PacketTooLarge, "it closed the session: a message was too large for it"),
        MqttClientDisconnectReason.PayloadFormatInvalid or MqttClientDisconnectReason.MalformedPacket =>
            new BrokerFault(FaultKind.MessageMalformed, "it closed the session over a message: " + ReasonText.Of(reason.ToString())) { Added = ReasonText.Clean(text) },
        MqttClientDisconnectReason.NotAuthorized => new BrokerFault(FaultKind.CredentialsRefused, "it closed the session: not authorised"),
        _ => new BrokerFault(FaultKind.Lost, "it closed the session: " + ReasonText.Of(reason.ToString())) { Added = ReasonText.Clean(text) },
    };
}
