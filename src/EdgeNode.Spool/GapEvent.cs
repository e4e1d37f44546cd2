using System.Buffers;
using System.Text.Json;
using EdgeNode.Core.Model;
using EdgeNode.Spool.Format;

namespace EdgeNode.Spool;

/// <summary>The body by which the platform learns what it will never get (DESIGN section 6).</summary>
internal static class GapEvent
{
    internal static EventRecord Of(Loss loss, ulong spool, SourceTime now)
    {
        var body = new ArrayBufferWriter<byte>(256);
        using (var json = new Utf8JsonWriter(body))
        {
            json.WriteStartObject();
            json.WriteString("stream", loss.Stream == StreamKind.Telemetry ? "telemetry" : "event");
            json.WriteString("epoch", new Epoch(spool, loss.Start).ToString());
            json.WriteNumber("from", loss.From);
            if (loss.To is { } to)
            {
                json.WriteNumber("to", to);
                json.WriteNumber("count", loss.Count);
                if (!loss.IsWhole)
                {
                    json.WriteNumber("left", loss.Left);
                }
            }
            else
            {
                json.WriteNull("to");
                json.WriteNumber("atMost", loss.AtMost);
                json.WriteNull("count");
            }

            Seconds(json, "first", loss.FirstTime);
            Seconds(json, "last", loss.LastTime);
            json.WriteString("reason", loss.Reason);
            json.WriteEndObject();
        }

        return new EventRecord(EventFrame.Gap, now, body.WrittenMemory);
    }

    /// <summary>The loss that a gap event names: where the event was copied from an old segment, its loss frame may be gone.</summary>
    /// <returns>Null for any other event, and for one that makes no sense.</returns>
    internal static Loss? Read(ReadOnlySpan<byte> frameBody)
    {
        if (!EventFrame.IsGap(frameBody) || !EventFrame.TryRead(frameBody, out var head, out var record))
        {
            return null;
        }

        try
        {
            using var json = JsonDocument.Parse(record!.Body);
            var gap = json.RootElement;
            if (!Epoch.TryParse(gap.GetProperty("epoch").GetString(), out var epoch))
            {
                return null;
            }

            var open = gap.GetProperty("to").ValueKind == JsonValueKind.Null;
            return new Loss(
                gap.GetProperty("stream").GetString() == "event" ? StreamKind.Event : StreamKind.Telemetry,
                epoch.Start,
                gap.GetProperty("from").GetUInt64(),
                open ? null : gap.GetProperty("to").GetUInt64(),
                gap.GetProperty(open ? "atMost" : "count").GetUInt64(),
                Microseconds(gap.GetProperty("first")),
                Microseconds(gap.GetProperty("last")),
                gap.GetProperty("reason").GetString() ?? "",
                new Position(head.Start, head.Seq))
            {
                Left = gap.TryGetProperty("left", out var left) ? left.GetUInt64() : 0,
            };
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException or OverflowException)
        {
            return null;
        }
    }

    private static long? Microseconds(JsonElement seconds) =>
        seconds.ValueKind == JsonValueKind.Null ? null : (long)(seconds.GetDecimal() * 1_000_000m);

    // Decimal, so that microseconds survive as they are.
    private static void Seconds(Utf8JsonWriter json, string name, long? microseconds)
    {
        if (microseconds is { } us)
        {
            json.WriteNumber(name, us / 1_000_000m);
        }
        else
        {
            json.WriteNull(name);
        }
    }
}
