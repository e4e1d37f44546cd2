using System.CommandLine;

namespace EdgeNode.Gateway.Verbs;

/// <summary><c>alarms history</c>: what was raised and cleared, and when. It only reads.</summary>
internal static class AlarmsVerb
{
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    public static Command Make()
    {
        var data = Options.Data();
        var json = Options.Json();
        var since = Options.Span("--since", "How far back: 30min, 24h, 720h. Default: 24h.");
        var history = new Command("history", "The alarms of the last hours, oldest first, as the node kept them; safe while the gateway runs, at most some seconds behind it.")
        {
            data, since, json,
        };
        history.SetAction(parsed => AlarmsReport.HistoryAsync(parsed.GetRequiredValue(data), parsed.GetValue(since) ?? Day, parsed.GetValue(json)));
        return new Command("alarms", "The alarms of a node.") { history };
    }
}
