using System.Globalization;
using System.Text.Json;
using EdgeNode.Core.Model;
using Spectre.Console;

namespace EdgeNode.Gateway.Verbs;

/// <summary>What <c>trips report</c> prints: what trips in shadow mode would have done, for whoever decides whether to arm them.</summary>
internal static class TripsReport
{
    public static async Task<int> RunAsync(string data, string[] ids, TimeSpan since, bool json)
    {
        if (await AlarmsReport.ReadTripsAsync(data).ConfigureAwait(false) is not var (all, source))
        {
            return Exit.Failed;
        }

        var from = (TimeProvider.System.GetUtcNow() - since - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
        var spells = ShadowSpells.Of(all.Select(e => (e.Record.Time, AlarmHistory.Body(e.Record) ?? default)))
            .Where(s => s.From.UnixMicroseconds >= from && (ids.Length == 0 || ids.Contains(s.Trip, StringComparer.Ordinal))).ToList();
        if (json)
        {
            WriteJson(spells, source);
        }
        else
        {
            Write(spells);
        }

        return Exit.Done;
    }

    private static void Write(List<ShadowSpell> spells)
    {
        if (spells.Count == 0)
        {
            Console.WriteLine("No trip in shadow mode would have tripped in that time.");
            return;
        }

        var table = new Table().RoundedBorder().AddColumns("Would have tripped (UTC)", "Trip", "For", "By", "Would have moved");
        foreach (var column in table.Columns.Take(3))
        {
            column.NoWrap();
        }

        foreach (var s in spells)
        {
            table.AddRow(Cell(Time(s.From)), Cell(s.Trip), Cell(ShadowSpells.Long(s.Length)), Cell(string.Join(", ", s.By)), Cell(string.Join(", ", s.Effect)));
        }

        AnsiConsole.Write(table);
        foreach (var line in ShadowSpells.Sums(spells))
        {
            Console.WriteLine(PlainText.Of(line));
        }

        Console.WriteLine("For is until the cause had gone; an armed trip stands until it is reset. A ? stands for an end that the history does not have, or behind a time of a clock that was not synchronised.");

        static Text Cell(string text) => new(PlainText.Of(text));
    }

    private static void WriteJson(List<ShadowSpell> spells, string source) => JsonOutput.Write(json =>
    {
        json.WriteString("source", source);
        json.WriteStartArray("trips");
        foreach (var trip in spells.GroupBy(s => s.Trip, StringComparer.Ordinal).OrderBy(g => g.Key, StringComparer.Ordinal))
        {
            json.WriteStartObject();
            json.WriteString("id", trip.Key);
            json.WriteNumber("times", trip.Count());
            json.WriteNumber("seconds", (decimal)ShadowSpells.Sum(trip).TotalSeconds);
            json.WriteNumber("longest", (decimal)ShadowSpells.Longest(trip).TotalSeconds);
            json.WriteStartArray("would");
            foreach (var s in trip)
            {
                json.WriteStartObject();
                json.WriteNumber("t", s.From.UnixMicroseconds / 1_000_000m);
                json.WriteString("tq", s.From.Clock == ClockQuality.Synchronised ? "synchronised" : "unsynchronised");
                if (s.Length is { } length)
                {
                    json.WriteNumber("seconds", (decimal)length.TotalSeconds);
                }

                Strings(json, "by", s.By);
                Strings(json, "effect", s.Effect);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
    });

    private static void Strings(Utf8JsonWriter json, string name, IReadOnlyList<string> values)
    {
        json.WriteStartArray(name);
        foreach (var value in values)
        {
            json.WriteStringValue(value);
        }

        json.WriteEndArray();
    }

    private static string Time(SourceTime time) =>
        time.ToDateTimeOffset().ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture) + (time.Clock == ClockQuality.Synchronised ? "" : " ?");
}
