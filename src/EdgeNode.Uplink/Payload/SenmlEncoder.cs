using System.Text.Json;
using EdgeNode.Core.Model;
using EdgeNode.Core.Ports;
using EdgeNode.Core.Validate;

namespace EdgeNode.Uplink.Payload;

/// <summary>
/// Readings as SenML JSON (RFC 8428), each record resolved, so that a receiver needs no state. Our own labels
/// (<c>q</c>, <c>sim</c>, <c>tq</c>, <c>epoch</c>, <c>seq</c>, <c>lane</c>) do not end in an underscore: a receiver that does not
/// know them may ignore them (RFC 8428 section 4.4).
/// </summary>
internal sealed class SenmlEncoder(string node) : IDisposable
{
    /// <summary>Most points whose encoded name is kept; the table starts anew beyond.</summary>
    private const int MaxNames = 8192;

    private readonly Utf8JsonWriter _json = new(Stream.Null, Json.Options);
    private readonly Dictionary<SpooledPoint, PointText> _points = [];

    /// <summary>Encodes readings from the start of the batch until <paramref name="maxBytes"/> are full; at least one, whatever its size.</summary>
    /// <returns>How many it took.</returns>
    public int Encode(ReadingBatch batch, bool live, int maxBytes, PayloadBuffer into)
    {
        into.Clear();
        into.Add((byte)'[');
        var count = 0;
        foreach (var reading in batch.Readings)
        {
            var before = into.Count;
            if (count > 0)
            {
                into.Add((byte)',');
            }

            _json.Reset(into);
            _json.WriteStartObject();
            WriteReading(reading);
            if (count == 0)
            {
                _json.WriteString(Names.Epoch, batch.Epoch.ToString());
                _json.WriteNumber(Names.Seq, batch.FirstSeq);
                _json.WriteString(Names.Lane, live ? Names.Live : Names.Backlog);
            }

            _json.WriteEndObject();
            _json.Flush();
            if (count > 0 && into.Count + 1 > maxBytes)
            {
                into.Truncate(before);
                break;
            }

            count++;
        }

        into.Add((byte)']');
        return count;
    }

    /// <inheritdoc/>
    public void Dispose() => _json.Dispose();

    private void WriteReading(in SpooledReading reading)
    {
        var point = TextOf(reading.Point);
        _json.WriteString(Names.Name, point.Name);
        _json.WriteString(Names.Unit, point.UnitText);
        _json.WriteTime(Names.Time, reading.Time);
        var value = point.Unit is { } unit ? unit.ToSenml(reading.Value) : reading.Value;

        // A record has exactly one value field (RFC 8428 section 4.2), so a bad reading says its reason as a string value.
        // JSON knows no infinity: a conversion that overflows is bad too.
        if (reading.Quality.IsBad || !double.IsFinite(value))
        {
            var quality = reading.Quality.IsBad ? reading.Quality : Quality.Bad(Reason.NotANumber);
            _json.WriteString(Names.Text, quality.ToString());
        }
        else
        {
            _json.WriteNumber(Names.Value, value);
            _json.WriteString(Names.Quality, reading.Quality.ToString());
        }

        if (reading.Point.Simulated)
        {
            _json.WriteBoolean(Names.Simulated, true);
        }

        _json.WriteClockDoubt(reading.Time);
    }

    private PointText TextOf(SpooledPoint point)
    {
        if (_points.TryGetValue(point, out var known))
        {
            return known;
        }

        if (_points.Count == MaxNames)
        {
            _points.Clear();
        }

        // A symbol that the table no longer has comes from a spool of another version: better as it is than not at all.
        var unit = UnitTable.TryFind(point.Unit, out var found) ? found : null;
        var text = new PointText(
            JsonEncodedText.Encode(node + ":" + point.Name, Json.Options.Encoder),
            JsonEncodedText.Encode(unit?.Senml ?? point.Unit, Json.Options.Encoder),
            unit);
        _points.Add(point, text);
        return text;
    }

    private sealed record PointText(JsonEncodedText Name, JsonEncodedText UnitText, Unit? Unit);
}
