using System.Buffers;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace EdgeNode.Spool.Export;

/// <summary>One JSON object a line. An event's body stands in it as the JSON that it is.</summary>
internal sealed class JsonRows(IBufferWriter<byte> into) : IRowWriter
{
    private readonly Utf8JsonWriter _json = new(into, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });

    public void Write(SpoolEntry entry)
    {
        _json.Reset(into);
        var time = entry.Reading?.Time ?? entry.Event!.Time;
        _json.WriteStartObject();
        _json.WriteString("epoch", entry.Epoch.ToString());
        _json.WriteNumber("seq", entry.Seq);
        _json.WriteString("time", Words.Of(time));
        _json.WriteString("clock", Words.Of(time.Clock));
        if (entry.Reading is { } reading)
        {
            _json.WriteString("point", reading.Point.Name);
            WriteValue(reading.Quality.IsBad ? null : reading.Value);
            _json.WriteString("unit", reading.Point.Unit);
            _json.WriteString("quality", reading.Quality.ToString());
            _json.WriteBoolean("simulated", reading.Point.Simulated);
        }
        else
        {
            _json.WriteString("kind", entry.Event!.Kind);

            // It was written by our own writer and lay under a checksum: it is not parsed again.
            _json.WritePropertyName("body");
            _json.WriteRawValue(entry.Event.Body.Span, skipInputValidation: true);
        }

        _json.WriteString("state", Words.State(entry));
        _json.WriteEndObject();
        _json.Flush();
        into.Write("\n"u8);
    }

    public void Dispose() => _json.Dispose();

    // JSON knows no infinity.
    private void WriteValue(double? value)
    {
        if (value is { } number && !double.IsFinite(number))
        {
            _json.WriteString("value", number.ToString("R", CultureInfo.InvariantCulture));
        }
        else if (value is { } finite)
        {
            _json.WriteNumber("value", finite);
        }
        else
        {
            _json.WriteNull("value");
        }
    }
}
