using System.Text.Json;
using EdgeNode.Core.Ports;

namespace EdgeNode.Uplink.Payload;

/// <summary>Events: <c>{"epoch":"..","seq":5,"t":..,"KIND":{body}}</c>.</summary>
internal sealed class EventEncoder : IDisposable
{
    private readonly Utf8JsonWriter _json = new(Stream.Null, Json.Options);

    /// <summary>Encodes one event.</summary>
    public void Encode(QueuedEvent queued, PayloadBuffer into)
    {
        into.Clear();
        _json.Reset(into);
        _json.WriteStartObject();
        _json.WriteString(Names.Epoch, queued.Epoch.ToString());
        _json.WriteNumber(Names.Seq, queued.Seq);
        _json.WriteTime(Names.Time, queued.Record.Time);
        _json.WriteClockDoubt(queued.Record.Time);
        _json.WritePropertyName(queued.Record.Kind);

        // The body was written by our own writer and lay under a checksum: it is not parsed again.
        _json.WriteRawValue(queued.Record.Body.Span, skipInputValidation: true);
        _json.WriteEndObject();
        _json.Flush();
    }

    /// <inheritdoc/>
    public void Dispose() => _json.Dispose();
}
