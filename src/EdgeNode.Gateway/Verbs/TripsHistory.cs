using System.Globalization;
using System.Text.Json;
using EdgeNode.Core.Model;
using EdgeNode.Core.Ports;
using Spectre.Console;

namespace EdgeNode.Gateway.Verbs;

/// <summary>What <c>trips history</c> prints: the events of trips, as the node kept them.</summary>
internal static class TripsHistory
{
    public static async Task<int> RunAsync(string data, TimeSpan since, bool json)
    {
        if (await AlarmsReport.ReadTripsAsync(data).ConfigureAwait(false) is not var (all, source))
        {
            return Exit.Failed;
        }

        var from = (TimeProvider.System.GetUtcNow() - since - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
        var shown = all.Where(e => e.Record.Time.UnixMicroseconds >= from).ToList();
        if (json)
        {
            WriteJson(shown, source);
        }
        else
        {
            Write(shown, all.Count - shown.Count);
        }

        return Exit.Done;
    }

    private static void Write(List<QueuedEvent> shown, int older)
    {
        var table = new Table().RoundedBorder().AddColumns("When (UTC)", "Trip", "What");
        foreach (var column in table.Columns.Take(2))
        {
            column.NoWrap();
        }

        foreach (var e in shown)
        {
            var body = AlarmHistory.Body(e.Record) ?? default;
            table.AddRow(new Text(Time(e.Record.Time)), new Text(PlainText.Of(Text(body, "id"))), new Text(PlainText.Of(Said(body))));
        }

        AnsiConsole.Write(table);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{shown.Count} shown, {older} older ones not (--since). A ? behind a time: the clock was not synchronised."));
    }

    private static void WriteJson(List<QueuedEvent> shown, string source) => JsonOutput.Write(json =>
    {
        json.WriteString("source", source);
        json.WriteStartArray("trips");
        foreach (var e in shown)
        {
            json.WriteStartObject();
            json.WriteNumber("t", e.Record.Time.UnixMicroseconds / 1_000_000m);
            json.WriteString("tq", e.Record.Time.Clock == ClockQuality.Synchronised ? "synchronised" : "unsynchronised");
            if (AlarmHistory.Body(e.Record) is { ValueKind: JsonValueKind.Object } body)
            {
                foreach (var member in body.EnumerateObject())
                {
                    member.WriteTo(json);
                }
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
    });

    private static string Said(JsonElement body)
    {
        var said = Text(body, "change");
        if (body.ValueKind == JsonValueKind.Object && body.TryGetProperty("cause", out var cause))
        {
            var parts = cause.EnumerateArray().Select(c => Text(c, "of") + (Text(c, "is") == "true" ? Text(c, "vote") == "all-bad" && Text(c, "of") != Text(c, "group") + ".all-bad" ? $" (no member of {Text(c, "group")} has a vote)" : "" : $" ({Text(c, "is")})") + (c.TryGetProperty("sim", out _) ? " (simulated)" : "")).ToList();
            var effect = string.Join(", ", body.GetProperty("effect").EnumerateArray().Select(e => e.GetString()));
            said += $"{(parts.Count == 0 ? "" : " by " + string.Join(", ", parts))}: {effect} {(body.GetProperty("acts").GetBoolean() ? "safe" : "left alone")}";
        }

        var suppressed = Text(body, "suppressedBy");
        var shadow = Text(body, "mode") == "shadow" ? "in shadow mode" : "";
        var by = Text(body, "by");
        var why = Text(body, "why");
        return string.Join(", ", new[] { said, $"now {Text(body, "state")}", suppressed.Length == 0 ? "" : "suppressed by " + suppressed, shadow, by.Length == 0 ? "" : "by " + by, why }.Where(s => s.Length > 0));
    }

    private static string Text(JsonElement body, string name) =>
        body.ValueKind == JsonValueKind.Object && body.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : "";

    private static string Time(SourceTime time) =>
        time.ToDateTimeOffset().ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture) + (time.Clock == ClockQuality.Synchronised ? "" : " ?");
}
