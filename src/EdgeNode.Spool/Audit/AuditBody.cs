using System.Text.Json;

namespace EdgeNode.Spool.Audit;

/// <summary>
/// Reads members of a body that somebody may have written by hand: a sound hash says nothing of types. What is not there, or is something
/// else than was asked for, is null.
/// </summary>
internal readonly ref struct AuditBody
{
    private readonly JsonDocument? _json;

    private AuditBody(JsonDocument? json) => _json = json;

    internal static AuditBody Of(ReadOnlyMemory<byte> body)
    {
        try
        {
            return new AuditBody(JsonDocument.Parse(body));
        }
        catch (JsonException)
        {
            return default;
        }
    }

    public void Dispose() => _json?.Dispose();

    internal string? Text(string name)
    {
        try
        {
            return Member(name) is { ValueKind: JsonValueKind.String } text ? text.GetString() : null;
        }
        catch (InvalidOperationException)
        {
            // No UTF-8, or half of a surrogate pair.
            return null;
        }
    }

    internal ulong? Number(string name) =>
        Member(name) is { ValueKind: JsonValueKind.Number } number && number.TryGetUInt64(out var value) ? value : null;

    private JsonElement? Member(string name) =>
        _json is { RootElement: { ValueKind: JsonValueKind.Object } root } && root.TryGetProperty(name, out var member) ? member : null;
}
