using System.Text.Json;
using EdgeNode.Core.Model;

namespace EdgeNode.Uplink.Tapping;

/// <summary>One reading as the platform receives it.</summary>
/// <param name="Name">NODE:DEVICE.QUANTITY.</param>
/// <param name="Unit">Registered SenML unit.</param>
/// <param name="Value">In that unit; null when the reading is bad.</param>
/// <param name="Quality">How far to trust it.</param>
/// <param name="Time">When it was read.</param>
/// <param name="Simulated">It comes from the simulated field.</param>
/// <param name="Epoch">With <paramref name="Seq"/>: the key that no two readings share.</param>
/// <param name="Seq">Sequence number in the epoch.</param>
/// <param name="Live">The live lane; otherwise the backlog's.</param>
public readonly record struct TapReading(
    string Name, string Unit, double? Value, Quality Quality, SourceTime Time, bool Simulated, Epoch Epoch, ulong Seq, bool Live);

/// <summary>Reads telemetry back from its bytes. Independent of the encoder: it goes by the contract.</summary>
internal static class SenmlDecoder
{
    /// <summary>Adds the readings of one message.</summary>
    /// <exception cref="FormatException">The message breaks the contract; nothing was added.</exception>
    public static void Decode(ReadOnlyMemory<byte> payload, List<TapReading> into)
    {
        var readings = new List<TapReading>();
        try
        {
            using var document = JsonDocument.Parse(payload);
            var records = document.RootElement;
            if (records.ValueKind != JsonValueKind.Array || records.GetArrayLength() == 0)
            {
                throw new FormatException("telemetry is not an array of records");
            }

            var (epoch, seq, live) = ReadKey(records[0]);
            foreach (var record in records.EnumerateArray())
            {
                readings.Add(ReadRecord(record, epoch, seq++, live));
            }
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or OverflowException)
        {
            throw new FormatException("telemetry breaks the contract: " + e.Message, e);
        }

        into.AddRange(readings);
    }

    private static (Epoch Epoch, ulong Seq, bool Live) ReadKey(JsonElement first)
    {
        if (!Epoch.TryParse(first.GetProperty("epoch").GetString(), out var epoch))
        {
            throw new FormatException("the first record has no epoch");
        }

        var live = first.GetProperty("lane").GetString() switch
        {
            "live" => true,
            "backlog" => false,
            var other => throw new FormatException($"unknown lane {other}"),
        };
        return (epoch, first.GetProperty("seq").GetUInt64(), live);
    }

    private static TapReading ReadRecord(JsonElement record, Epoch epoch, ulong seq, bool live)
    {
        var clock = record.TryGetProperty("tq", out var tq) && tq.GetString() == "unsynchronised" ? ClockQuality.Unsynchronised : ClockQuality.Synchronised;
        var time = new SourceTime((long)(record.GetProperty("t").GetDecimal() * 1_000_000m), clock);
        double? value = record.TryGetProperty("v", out var v) ? v.GetDouble() : null;
        var text = record.TryGetProperty("vs", out var vs) ? vs.GetString() : null;
        if ((value is null) == (text is null))
        {
            throw new FormatException($"record {seq} has not exactly one value");
        }

        if (!Quality.TryParse(text ?? record.GetProperty("q").GetString() ?? "", out var quality) || quality.IsBad != (text is not null))
        {
            throw new FormatException($"record {seq} has no known quality");
        }

        return new TapReading(
            record.GetProperty("n").GetString() ?? "", record.GetProperty("u").GetString() ?? "", value, quality, time,
            record.TryGetProperty("sim", out var sim) && sim.GetBoolean(), epoch, seq, live);
    }
}
