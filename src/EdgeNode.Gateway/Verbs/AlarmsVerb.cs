using System.CommandLine;

namespace EdgeNode.Gateway.Verbs;

/// <summary>
/// <c>alarms history</c> and <c>alarms performance</c> only read what the node has kept; the others are hands, and need a running gateway.
/// </summary>
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
        var verb = new Command("alarms", "The alarms of a node. All but history and performance ask the running gateway; those that change something stand in its audit trail with the user's name.");
        return HandCommand.Lists(verb, AlarmsHandVerbs.List(), [.. AlarmsHandVerbs.Make(), history, AlarmsPerformance.Make()]);
    }
}
