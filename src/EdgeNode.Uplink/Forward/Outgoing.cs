using EdgeNode.Core.Model;
using EdgeNode.Uplink.Payload;

namespace EdgeNode.Uplink.Forward;

/// <summary>What a message in flight carries.</summary>
internal enum OutgoingKind
{
    Event,
    Live,
    Backlog,
    Status,
    Meta,
    Alarm,
    ClearAlarm,
}

/// <summary>What became of a message.</summary>
internal enum Verdict
{
    /// <summary>PUBACK without error.</summary>
    Delivered,

    /// <summary>MQTT 5, reason 0x10: accepted, and given to nobody.</summary>
    NobodyListens,

    /// <summary>Any other negative reason code.</summary>
    Refused,
}

/// <summary>What a refusal is about; it decides what is done.</summary>
internal enum RefusalKind
{
    /// <summary>It passes by itself: quota exceeded. The topic waits.</summary>
    Transient,

    /// <summary>A person will repair it: not authorised. The topic waits, and nothing is given up.</summary>
    Configuration,

    /// <summary>Perhaps this message, perhaps anything: unspecified error. The one message is looked for, with much patience.</summary>
    Unclear,

    /// <summary>This message, for what it is: payload format invalid, packet too large.</summary>
    ForGood,
}

/// <summary>A verdict and, when refused, the name of the broker's reason code in words.</summary>
internal readonly record struct PublishOutcome(Verdict Verdict, string Detail)
{
    public RefusalKind Kind { get; init; }

    /// <summary>What the broker added to its reason code: free text, which may differ each time, so that nothing is decided by it.</summary>
    public string? Added { get; init; }

    /// <summary>For the log.</summary>
    public string Words => string.IsNullOrEmpty(Added) ? Detail : $"{Detail} ({Added})";

    /// <summary>The message itself may be what is refused.</summary>
    public bool IsOfMessage => Verdict == Verdict.Refused && Kind is RefusalKind.Unclear or RefusalKind.ForGood;

    public static PublishOutcome Delivered => new(Verdict.Delivered, "");

    public static PublishOutcome NobodyListens => new(Verdict.NobodyListens, "no matching subscribers");

    public static PublishOutcome Refused(string detail, RefusalKind kind = RefusalKind.Transient, string added = "") =>
        new(Verdict.Refused, detail) { Kind = kind, Added = added };
}

/// <summary>One message between publish and PUBACK. Its buffer belongs to the session until the PUBACK: it may still be on its way into the socket.</summary>
internal sealed class Outgoing
{
    public OutgoingKind Kind { get; set; }

    public string Topic { get; set; } = "";

    public bool Retain => Kind is OutgoingKind.Status or OutgoingKind.Meta or OutgoingKind.Alarm or OutgoingKind.ClearAlarm;

    public PayloadBuffer Payload { get; } = new();

    /// <summary>Monotonic time of the publish.</summary>
    public TimeSpan SentAt { get; set; }

    /// <summary>The one message that tries whether a closed gate has opened.</summary>
    public bool Probe { get; set; }

    /// <summary>A record that was refused before and is tried again, alone.</summary>
    public bool Retried { get; set; }

    /// <summary>Of events and telemetry.</summary>
    public Epoch Epoch { get; set; }

    /// <summary>First sequence number.</summary>
    public ulong First { get; set; }

    /// <summary>Last sequence number.</summary>
    public ulong Last { get; set; }

    /// <summary>Index of an alarm.</summary>
    public int Alarm { get; set; }

    public bool IsTelemetry => Kind is OutgoingKind.Live or OutgoingKind.Backlog;

    public bool IsSingle => First == Last;

    public Position FirstPosition => new(Epoch.Start, First);

    public Position AfterLast => new(Epoch.Start, Last + 1);
}

/// <summary>Where messages go. Their outcome comes back later, through <see cref="Conversation"/>.</summary>
internal interface IPublishPort
{
    void Publish(Outgoing message);

    void Ping();

    /// <summary>Begins or ends to listen, at QoS 0.</summary>
    void Listen(string filter, bool on);
}
