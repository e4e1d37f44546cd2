using EdgeNode.Core.Model;

namespace EdgeNode.Uplink.Session;

/// <summary>Why a broker is not connected.</summary>
internal enum FaultKind
{
    Unreachable,
    NoAnswer,
    CredentialsRefused,
    IdentifierRefused,
    Certificate,
    LocalFile,
    Refused,
    Lost,
    TakenOver,
    PacketTooLarge,
    MessageMalformed,
    Flooded,
}

/// <summary>A kind for programs and a sentence for the technician. The sentence holds nothing that changes from attempt to attempt, so that it is logged once.</summary>
internal sealed record BrokerFault(FaultKind Kind, string Words)
{
    /// <summary>What the broker added in free text; it may change from attempt to attempt.</summary>
    public string Added { get; init; } = "";

    /// <summary>For a log line and the report.</summary>
    public string Told => Added.Length == 0 ? Words : $"{Words} ({Added})";

    /// <summary>The word in <c>status</c>.</summary>
    public string State => Kind switch
    {
        FaultKind.Unreachable => "unreachable",
        FaultKind.NoAnswer => "no-answer",
        FaultKind.CredentialsRefused => "credentials-refused",
        FaultKind.Certificate => "certificate",
        FaultKind.LocalFile => "local-file",
        FaultKind.Refused or FaultKind.IdentifierRefused => "refused",
        FaultKind.TakenOver => "taken-over",
        FaultKind.PacketTooLarge => "packet-too-large",
        FaultKind.MessageMalformed => "message-malformed",
        FaultKind.Flooded => "sends-too-large",
        _ => "lost",
    };
}

/// <summary>How a broker is written in logs and status.</summary>
internal static class BrokerText
{
    internal static string Address(this BrokerOptions broker) =>
        broker.Host.Contains(':', StringComparison.Ordinal) ? $"[{broker.Host}]:{broker.Port}" : $"{broker.Host}:{broker.Port}";
}
