using System.Text.Json;
using EdgeNode.Core.Model;

namespace EdgeNode.SimulationTests.Observed;

/// <summary>A reading as it came.</summary>
internal readonly record struct WireReading(uint Content, SourceTime Time);

/// <summary>Reads telemetry by the contract (SenML JSON, resolved records). Independent of the product's encoder and decoder.</summary>
internal static class WireReader
{
    public static bool TryRead(
        ReadOnlySpan<byte> payload, Contents contents, List<WireReading> into, out Epoch epoch, out ulong seq, out bool live, out string why)
    {
        into.Clear();
        (epoch, seq, live, why) = (default, 0, false, "");
        var json = new Utf8JsonReader(payload);
        if (!json.Read() || json.TokenType != JsonTokenType.StartArray)
        {
            why = "it is no array";
            return false;
        }

        string? lane = null;
        while (json.Read() && json.TokenType == JsonTokenType.StartObject)
        {
            ReadOnlySpan<byte> name = default, unit = default, quality = default;
            var (value, time, simulated, clock, hasValue) = (0.0, 0L, false, ClockQuality.Synchronised, false);
            while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
            {
                var label = json.ValueSpan;
                json.Read();
                if (label.SequenceEqual("n"u8))
                {
                    name = json.ValueSpan;
                }
                else if (label.SequenceEqual("u"u8))
                {
                    unit = json.ValueSpan;
                }
                else if (label.SequenceEqual("t"u8))
                {
                    time = Microseconds(json.ValueSpan);
                }
                else if (label.SequenceEqual("v"u8))
                {
                    (value, hasValue) = (json.GetDouble(), true);
                }
                else if (label.SequenceEqual("q"u8) || label.SequenceEqual("vs"u8))
                {
                    quality = json.ValueSpan;
                }
                else if (label.SequenceEqual("sim"u8))
                {
                    simulated = json.GetBoolean();
                }
                else if (label.SequenceEqual("tq"u8))
                {
                    clock = ClockQuality.Unsynchronised;
                }
                else if (label.SequenceEqual("epoch"u8))
                {
                    lane = Epoch.TryParse(json.GetString(), out epoch) ? lane : "no epoch";
                }
                else if (label.SequenceEqual("seq"u8))
                {
                    seq = json.GetUInt64();
                }
                else if (label.SequenceEqual("lane"u8))
                {
                    lane ??= json.GetString();
                }
            }

            if (contents.Of(name, unit, value, quality, simulated) is not { } content || hasValue == quality.StartsWith("bad:"u8))
            {
                why = $"record {into.Count} is of no known point, or has not exactly one value";
                return false;
            }

            into.Add(new WireReading(content, new SourceTime(time, clock)));
        }

        live = lane == "live";
        why = seq == 0 || lane is not ("live" or "backlog") || into.Count == 0 ? "the first record has no key or no lane" : "";
        return why.Length == 0;
    }

    // Digits with at most six decimals: a double would not hold them.
    private static long Microseconds(ReadOnlySpan<byte> digits)
    {
        var negative = digits[0] == '-';
        long number = 0;
        var decimals = -1;
        foreach (var digit in negative ? digits[1..] : digits)
        {
            if (digit == '.')
            {
                decimals = 0;
                continue;
            }

            number = (number * 10) + (digit - '0');
            decimals += decimals >= 0 ? 1 : 0;
        }

        for (var i = Math.Max(0, decimals); i < 6; i++)
        {
            number *= 10;
        }

        return negative ? -number : number;
    }
}
