using System.Globalization;
using System.Text.Json;
using EdgeNode.Core.Model;
using EdgeNode.Core.Ports;
using Spectre.Console;

namespace EdgeNode.Gateway.Verbs;

/// <summary>What <c>alarms history</c> prints.</summary>
internal static class AlarmsReport
{
    public static async Task<int> HistoryAsync(string data, TimeSpan since, bool json)
    {
        if (await ReadAsync(data).ConfigureAwait(false) is not { } read)
        {
            return Exit.Failed;
        }

        var (all, source) = (read.All.Occurrences, read.Source);

        // An alarm that is still up is shown however old it is.
        var from = (TimeProvider.System.GetUtcNow() - since - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
        var shown = all.Where(o => o.Last.UnixMicroseconds >= from || o.IsUp).ToList();
        if (json)
        {
            WriteJson(shown, source);
        }
        else
        {
            Write(shown, all.Count - shown.Count, LastSite.Load(data), data);
        }

        return Exit.Done;
    }

    /// <summary>What the node kept of alarms; null after it was said why there is nothing.</summary>
    public static Task<(AlarmRecord All, string Source)?> ReadAsync(string data) => ReadAsync(data, AlarmHistory.ReadAsync);

    /// <summary>What the node kept of trips; null after it was said why there is nothing.</summary>
    public static Task<(List<QueuedEvent> All, string Source)?> ReadTripsAsync(string data) => ReadAsync(data, d => AlarmHistory.ReadEventsAsync(d, "trip"));

    private static async Task<(T All, string Source)?> ReadAsync<T>(string data, Func<string, Task<(T All, string Source, string? Note)>> read)
    {
        if (!await MayReadAsync(data).ConfigureAwait(false))
        {
            return null;
        }

        var (all, source, note) = await read(data).ConfigureAwait(false);
        if (note is not null)
        {
            await Console.Error.WriteLineAsync(note).ConfigureAwait(false);
        }

        return source == "none" ? null : (all, source);
    }

    /// <summary>The data directory is there and may be read; else it was said what helps.</summary>
    private static async Task<bool> MayReadAsync(string data)
    {
        if (!Directory.Exists(data))
        {
            await Console.Error.WriteLineAsync($"{data}: there is no such directory. Expected the one that `edgenode run --data DIR` was given, or a copy of it.").ConfigureAwait(false);
            return false;
        }

        foreach (var (folder, pattern) in new[] { ("history", "history*"), ("spool", "journal-*") })
        {
            var directory = Path.Combine(data, folder);
            if (Directory.Exists(directory) && ReadRights.Missing(directory, pattern) is { } file)
            {
                await Console.Error.WriteLineAsync(ReadRights.Sentence(file)).ConfigureAwait(false);
                return false;
            }
        }

        return true;
    }

    private static void Write(List<AlarmOccurrence> shown, int older, Site? site, string data)
    {
        var table = new Table().RoundedBorder().AddColumns("Alarm", "Raised (UTC), lasted", "What was said");
        foreach (var column in table.Columns.Take(2))
        {
            column.NoWrap();
        }

        foreach (var o in shown)
        {
            var when = o.Raised is null ? $"before {Time(o.Cleared)}" : $"{Time(o.Raised)}\n{Lasted(o)}";
            table.AddRow(new Text(PlainText.Of(o.Id)), new Text(when), new Text(PlainText.Of(AlarmWords.Said(o.Body, site))));
        }

        AnsiConsole.Write(table);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"{shown.Count} shown, {older} older ones not (--since). A ? behind a time: the clock was not synchronised.")
            + (site is null ? $" Values are in SI units, as the platform gets them: there is no {LastSite.FileName} in {data} to say others." : ""));
    }

    private static void WriteJson(List<AlarmOccurrence> shown, string source) => JsonOutput.Write(json =>
    {
        json.WriteString("source", source);
        json.WriteStartArray("alarms");
        foreach (var o in shown)
        {
            json.WriteStartObject();
            json.WriteString("id", o.Id);
            WriteTime(json, "raised", o.Raised);
            WriteTime(json, "cleared", o.Cleared);
            json.WriteBoolean("up", o.IsUp);
            json.WritePropertyName("event");
            o.Body.WriteTo(json);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    });

    private static void WriteTime(Utf8JsonWriter json, string name, SourceTime? time)
    {
        if (time is { } t)
        {
            json.WriteNumber(name, t.UnixMicroseconds / 1_000_000m);
        }
        else
        {
            json.WriteNull(name);
        }
    }

    private static string Lasted(AlarmOccurrence o)
    {
        if (o.Cleared is not { } cleared || o.Raised is not { } raised)
        {
            return o.EndLost ? "over, its end is not known" : "not cleared";
        }

        // Between an unsynchronised stamp and a synchronised one lies the correction, not the alarm alone.
        var span = TimeSpan.FromMicroseconds(cleared.UnixMicroseconds - raised.UnixMicroseconds);
        return raised.Clock != cleared.Clock ? "?" : span < TimeSpan.FromMinutes(1)
            ? span.TotalSeconds.ToString("0.0", CultureInfo.InvariantCulture) + " s" : span.ToString(@"d\.hh\:mm\:ss", CultureInfo.InvariantCulture);
    }

    private static string? Time(SourceTime? time) => time is { } t
        ? t.ToDateTimeOffset().ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture) + (t.Clock == ClockQuality.Synchronised ? "" : " ?") : null;
}
