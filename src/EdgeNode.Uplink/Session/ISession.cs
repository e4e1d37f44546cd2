using System.Buffers;
using EdgeNode.Core.Model;
using EdgeNode.Uplink.Forward;

namespace EdgeNode.Uplink.Session;

/// <summary>One MQTT session, open until it is disposed of or lost.</summary>
internal interface ISession : IPublishPort, IAsyncDisposable
{
    SessionTraits Traits { get; }

    /// <summary>Subscribes with QoS 1; false when the broker refuses or the session is lost.</summary>
    Task<bool> SubscribeAsync(IReadOnlyList<string> filters, CancellationToken stop);

    /// <summary>DISCONNECT, so that the broker does not publish the will; never throws.</summary>
    Task CloseAsync(CancellationToken stop);
}

/// <summary>What a session tells, from threads of its own.</summary>
internal interface ISessionListener
{
    void Completed(Outgoing message, PublishOutcome outcome);

    void Pong();

    /// <summary>A message arrived; the payload is only valid during the call.</summary>
    void Received(string topic, ReadOnlySequence<byte> payload);

    /// <summary>The session is over and was not closed by us; may be called more than once.</summary>
    void Lost(BrokerFault fault);
}

/// <summary>What a CONNECT carries. Made anew for each attempt.</summary>
internal sealed record SessionOptions(
    string ClientId, string? User, string? PasswordFile, string? CaFile, Will? Will, TimeSpan KeepAlive, TimeSpan ConnectDeadline)
{
    /// <summary>Seconds that the broker keeps the session after a loss; 0 for none.</summary>
    public uint ExpirySeconds { get; init; }

    /// <summary>Begin with nothing of an earlier session.</summary>
    public bool CleanStart { get; init; } = true;

    /// <summary>Client certificate, PEM, for a broker that asks for one.</summary>
    public string? CertificateFile { get; init; }

    /// <summary>Its private key, PEM.</summary>
    public string? KeyFile { get; init; }

    /// <summary>Bytes of the largest packet that is taken from the broker.</summary>
    public int MostPacketBytes { get; init; } = UplinkSettings.PacketTakenMost;

    /// <summary>No 3.1.1 in its place: the attempt asks whether the broker takes MQTT 5.</summary>
    public bool OnlyMqtt5 { get; init; }
}

/// <summary>The retained message that the broker publishes when we are gone.</summary>
internal sealed record Will(string Topic, byte[] Payload);

/// <summary>A session, or why there is none.</summary>
internal readonly record struct ConnectOutcome(ISession? Session, BrokerFault? Fault);

/// <summary>The seam between what is said and how it is carried.</summary>
internal interface ISessionFactory
{
    /// <summary>One attempt at one broker. Failures are outcomes; only cancellation throws.</summary>
    Task<ConnectOutcome> ConnectAsync(BrokerOptions broker, SessionOptions options, ISessionListener listener, CancellationToken stop);
}
