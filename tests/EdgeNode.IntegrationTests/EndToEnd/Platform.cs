using System.Globalization;
using System.Text.Json;

namespace EdgeNode.IntegrationTests.EndToEnd;

/// <summary>One telemetry record as an independent subscriber (mosquitto_sub) received it.</summary>
internal sealed record Arrived(string Epoch, long Seq, string Lane, string Name, double? Value, string Quality, double Time)
{
    /// <summary>Names the record for ever.</summary>
    public (string Epoch, long Seq) Key => (Epoch, Seq);
}

/// <summary>Reads what mosquitto_sub wrote: a line for each message, topic, blank, payload. SenML is resolved by the rules of RFC 8428 that the contract uses.</summary>
internal static class Platform
{
    public static List<Arrived> Telemetry(string file)
    {
        var records = new List<Arrived>();
        foreach (var (topic, payload) in Messages(file))
        {
            if (!topic.EndsWith("/telemetry", StringComparison.Ordinal))
            {
                continue;
            }

            using var json = JsonDocument.Parse(payload);
            var first = json.RootElement[0];
            var epoch = first.GetProperty("epoch").GetString()!;
            var seq = first.GetProperty("seq").GetInt64();
            var lane = first.GetProperty("lane").GetString()!;
            foreach (var record in json.RootElement.EnumerateArray())
            {
                records.Add(new Arrived(
                    epoch, seq++, lane, record.GetProperty("n").GetString()!,
                    record.TryGetProperty("v", out var v) ? v.GetDouble() : null,
                    record.TryGetProperty("q", out var q) ? q.GetString()! : record.GetProperty("vs").GetString()!,
                    record.GetProperty("t").GetDouble()));
            }
        }

        return records;
    }

    /// <summary>The bodies of the events of a kind, redeliveries left out.</summary>
    public static List<JsonElement> Events(string file, string kind)
    {
        var bodies = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
        foreach (var (topic, payload) in Messages(file))
        {
            if (topic.EndsWith("/event", StringComparison.Ordinal))
            {
                using var json = JsonDocument.Parse(payload);
                if (json.RootElement.TryGetProperty(kind, out var body))
                {
                    var key = string.Create(CultureInfo.InvariantCulture, $"{json.RootElement.GetProperty("epoch").GetString()} {json.RootElement.GetProperty("seq").GetInt64()}");
                    bodies[key] = body.Clone();
                }
            }
        }

        return [.. bodies.Values];
    }

    public static IEnumerable<(string Topic, string Payload)> Messages(string file)
    {
        if (!File.Exists(file))
        {
            yield break;
        }

        using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        var text = new StreamReader(stream).ReadToEnd();
        foreach (var line in text[..(text.LastIndexOf('\n') + 1)].Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            var blank = line.IndexOf(' ', StringComparison.Ordinal);
            yield return (line[..blank], line[(blank + 1)..]);
        }
    }
}
