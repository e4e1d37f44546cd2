using System.Globalization;
using System.Text.Json;
using Spectre.Console;

namespace EdgeNode.Gateway.Verbs;

/// <summary>What <c>alarms list</c> prints: the most urgent first.</summary>
internal static class AlarmsList
{
    private static readonly string[] Urgency = ["critical", "high", "medium", "low"];

    public static int Print(JsonElement answer, bool all, bool json)
    {
        var alarms = answer.GetProperty("alarms").EnumerateArray().Where(a => all || Text(a, "state") != "normal").ToList();
        var node = answer.GetProperty("node").EnumerateArray().ToList();
        if (json)
        {
            JsonOutput.Write(j =>
            {
                j.WriteBoolean("flood", answer.GetProperty("flood").GetBoolean());
                Write(j, "alarms", alarms);
                Write(j, "node", node);
            });
            return Exit.Done;
        }

        var table = new Table().RoundedBorder().AddColumns("Alarm", "State, since (UTC)", "What");
        foreach (var column in table.Columns.Take(2))
        {
            column.NoWrap();
        }

        foreach (var a in alarms.OrderBy(Rank))
        {
            table.AddRow(new Text(PlainText.Of(Text(a, "id"))), new Text($"{State(a)}\n{AnswerTimes.Moment(a, "since")}"), new Text(PlainText.Of(AlarmWords.What(a))));
        }

        foreach (var a in node.OrderBy(Rank))
        {
            table.AddRow(new Text(PlainText.Of(Text(a, "id"))), new Text($"node\n{AnswerTimes.Moment(a, "since")}"), new Text(PlainText.Of($"{Text(a, "priority")}: {Text(a, "detail")}")));
        }

        AnsiConsole.Write(table);
        var total = answer.GetProperty("alarms").GetArrayLength();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{alarms.Count} of {total} alarms{(all ? "" : ", those that are not at rest")}; {node.Count} faults of the node.")
            + (answer.GetProperty("flood").GetBoolean() ? " Flood: low and medium ones are not announced." : ""));
        return Exit.Done;
    }

    private static void Write(Utf8JsonWriter json, string name, List<JsonElement> items)
    {
        json.WriteStartArray(name);
        foreach (var item in items)
        {
            item.WriteTo(json);
        }

        json.WriteEndArray();
    }

    private static int Rank(JsonElement alarm) => Array.IndexOf(Urgency, Text(alarm, "priority"));

    private static string State(JsonElement a)
    {
        var state = Text(a, "state");
        return state == "shelved" ? $"shelved until {AnswerTimes.Moment(a, "shelvedUntil")}" : state + (a.GetProperty("active").GetBoolean() && state != "unacknowledged" && state != "acknowledged" ? ", active" : "");
    }

    private static string Text(JsonElement a, string name) => a.TryGetProperty(name, out var value) ? value.GetString() ?? "" : "";
}
