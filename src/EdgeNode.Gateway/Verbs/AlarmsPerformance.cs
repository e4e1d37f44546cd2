using System.CommandLine;
using System.Globalization;
using EdgeNode.Core.Evaluate;
using Spectre.Console;

namespace EdgeNode.Gateway.Verbs;

/// <summary><c>alarms performance</c>: whether a person can work with these alarms, by the figures of ISA-18.2 clause 16. It only reads.</summary>
internal static class AlarmsPerformance
{
    private static readonly TimeSpan Week = TimeSpan.FromDays(7);

    public static Command Make()
    {
        var (data, json) = (Options.Data(), Options.Json());
        var since = Options.Span("--since", "How far back: 24h, 720h. Default: 168h.");
        var verb = new Command(
            "performance", "The figures of ISA-18.2 clause 16 over the last days, as far as the history covers them: average and peak in 10 min, flood, chattering, fleeting, stale, priorities. What comes up while it is shelved, suppressed or out of service counts when it is announced. The node's own faults are not counted.")
        {
            data, since, json,
        };
        verb.SetAction(parsed => RunAsync(parsed.GetRequiredValue(data), parsed.GetValue(since) ?? Week, parsed.GetValue(json)));
        return verb;
    }

    private static async Task<int> RunAsync(string data, TimeSpan since, bool json)
    {
        if (await AlarmsReport.ReadAsync(data).ConfigureAwait(false) is not { } read)
        {
            return Exit.Failed;
        }

        if (PerformanceStretch.Covered(read.All, Written(data), Microseconds(TimeProvider.System.GetUtcNow().UtcDateTime), since) is not var (from, to))
        {
            await Console.Error.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"The history of {data} covers nothing of the last {since.TotalHours:0.##} h; --since reaches further back.")).ConfigureAwait(false);
            return Exit.Failed;
        }

        var figures = PerformanceStretch.Of(read.All, from, to);
        if (json)
        {
            WriteJson(figures, since, from, to);
        }
        else
        {
            Write(figures, since, from, to);
        }

        return Exit.Done;
    }

    private static long Microseconds(DateTime utc) => (utc - DateTime.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;

    /// <summary>A node that has stood still for a week has had no alarms in it, and that says nothing of them: the journal is written all the time.</summary>
    private static long? Written(string data)
    {
        var spool = new DirectoryInfo(Path.Combine(data, "spool"));
        return spool.Exists && spool.EnumerateFiles("journal-*").Select(f => f.LastWriteTimeUtc).DefaultIfEmpty().Max() is var last && last > DateTime.UnixEpoch ? Microseconds(last) : null;
    }

    private static void Write(AlarmPerformance f, TimeSpan since, long from, long to)
    {
        var table = new Table().RoundedBorder().AddColumns("Figure", "Here", "ISA-18.2");
        foreach (var (figure, here, standard) in PerformanceRows.Of(f))
        {
            table.AddRow(new Text(figure), new Text(PlainText.Of(here)), new Text(standard));
        }

        AnsiConsole.Write(table);
        Console.WriteLine(PerformanceStretch.Said(since, from, to));
    }

    private static void WriteJson(AlarmPerformance f, TimeSpan since, long from, long to) => JsonOutput.Write(json =>
    {
        json.WriteNumber("asked", since.TotalHours);
        json.WriteNumber("hours", PerformanceStretch.Hours(from, to));
        json.WriteNumber("from", from / 1_000_000m);
        json.WriteNumber("to", to / 1_000_000m);
        json.WriteNumber("announced", f.Announced);
        json.WriteNumber("perTenMinutes", f.PerTenMinutes);
        json.WriteNumber("peak", f.Peak);
        json.WriteNumber("floodShare", f.FloodShare);
        json.WriteNumber("fleeting", f.Fleeting);
        foreach (var (name, ids) in new[] { ("chattering", f.Chattering), ("stale", f.Stale) })
        {
            json.WriteStartArray(name);
            foreach (var id in ids)
            {
                json.WriteStringValue(id);
            }

            json.WriteEndArray();
        }

        json.WriteStartObject("priorities");
        foreach (var (priority, count) in f.Priorities.OrderBy(p => p.Key, StringComparer.Ordinal))
        {
            json.WriteNumber(priority, count);
        }

        json.WriteEndObject();
    });
}
