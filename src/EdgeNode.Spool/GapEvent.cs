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
