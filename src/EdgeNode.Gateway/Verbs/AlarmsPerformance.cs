using System.CommandLine;
using System.Globalization;
using EdgeNode.Core.Evaluate;
using EdgeNode.Core.Model;
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
            "performance", "The figures of ISA-18.2 clause 16 over the last days: average and peak in 10 min, flood, chattering, fleeting, stale, priorities. The node's own faults are not counted.")
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

        var to = (TimeProvider.System.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
        var from = to - (since.Ticks / TimeSpan.TicksPerMicrosecond);
        var spells = read.All.Where(o => o.Raised is not null && !o.Id.StartsWith(NodeAlarmIds.Prefix, StringComparison.Ordinal))
            .Select(o => new AlarmSpell(o.Id, o.Text("priority"), o.Raised!.Value.UnixMicroseconds, o.Cleared?.UnixMicroseconds));
        var figures = AlarmPerformance.Of(spells, from, to);
        if (json)
        {
            WriteJson(figures, since);
        }
        else
        {
            Write(figures, since);
        }

        return Exit.Done;
    }

    private static void Write(AlarmPerformance f, TimeSpan since)
    {
        var table = new Table().RoundedBorder().AddColumns("Figure", "Here", "ISA-18.2");
        foreach (var (figure, here, standard) in PerformanceRows.Of(f))
        {
            table.AddRow(new Text(figure), new Text(PlainText.Of(here)), new Text(standard));
        }

        AnsiConsole.Write(table);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"The last {since.TotalHours:0.##} h, as far as the history reaches."));
    }

    private static void WriteJson(AlarmPerformance f, TimeSpan since) => JsonOutput.Write(json =>
    {
        json.WriteNumber("hours", since.TotalHours);
        json.WriteNumber("raised", f.Raised);
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
