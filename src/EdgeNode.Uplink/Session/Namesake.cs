using System.Buffers;
using System.Security.Cryptography;
using System.Text.Json;

namespace EdgeNode.Uplink.Session;

/// <summary>A <c>status</c> that another run of this node's identifier published.</summary>
/// <param name="Run">Which run.</param>
/// <param name="Boot">The boot of its machine.</param>
/// <param name="UnixSeconds">Its <c>t</c>.</param>
/// <param name="Online">False for its will and for its goodbye.</param>
internal sealed record OtherStatus(string Run, string Boot, decimal UnixSeconds, bool Online);

/// <summary>
/// Looks in this node's own <c>status</c> topic for another node with its identifier: a cloned card. Brokers of 3.1.1, and mosquitto 2.0, close a session
/// that was taken over without a word; but the other one leaves its status, and after it its will. A run before this one leaves them too: that is
/// the hard part, and <see cref="IsAnother"/> says how they are told apart.
/// </summary>
/// <param name="topic">The status topic.</param>
/// <param name="startedAt">The node's clock when this run began, seconds since 1970.</param>
internal sealed class Namesake(string topic, decimal startedAt)
{
    private const int MaxBytes = 64 * 1024;
    private const int RunBytes = 8;

    /// <summary>
    /// Names this run of the process. The boot id does not: a container's copy shares the machine's, and the epochs of a copied spool
    /// go on alike.
    /// </summary>
    public string Run { get; } = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(RunBytes));

    /// <summary>The node's status topic.</summary>
    public string Topic { get; } = topic;

    /// <summary>The status of another run, or null: our own, one of a version that does not name its run, or none at all. From any thread.</summary>
    public OtherStatus? Read(ReadOnlySequence<byte> payload)
    {
        if (payload.IsEmpty || payload.Length > MaxBytes)
        {
            return null;
        }

        try
        {
            using var json = JsonDocument.Parse(payload);
            return json.RootElement is { ValueKind: JsonValueKind.Object } status && Text(status, "run") is { } run && run != Run
                && status.TryGetProperty("t", out var t) && t.ValueKind == JsonValueKind.Number && t.TryGetDecimal(out var seconds)
                && status.TryGetProperty("online", out var online) && online.ValueKind is JsonValueKind.True or JsonValueKind.False
                    ? new OtherStatus(run, Text(status, "boot") ?? "unknown", seconds, online.ValueKind == JsonValueKind.True)
                    : null;
        }
        catch (JsonException)
        {
            return null; // whoever wrote that, it tells nothing
        }
    }

    /// <summary>
    /// True when it can be no earlier run of this node. Both must hold. The broker has acknowledged a status of this run: what an earlier run
    /// left there is overwritten. And it was stamped after this run began: a broker that was restored from an old copy, or a will that
    /// came late, shows what an earlier run said, and the clock of a later run does not begin before the end of an earlier one.
    /// Of two nodes of which one has its clock behind, the other one sees it.
    /// </summary>
    public bool IsAnother(OtherStatus status, bool brokerHasOurs) => brokerHasOurs && status.UnixSeconds > startedAt;

    private static string? Text(JsonElement status, string name) =>
        status.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
