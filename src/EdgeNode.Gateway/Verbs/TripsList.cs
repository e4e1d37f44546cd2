using System.Globalization;
using System.Text.Json;
using Spectre.Console;

namespace EdgeNode.Gateway.Verbs;

/// <summary>What <c>trips list</c> prints.</summary>
internal static class TripsList
{
    public static int Print(JsonElement answer, bool json, IAnsiConsole? console = null)
    {
        if (json)
        {
            HandCommand.Copy(answer);
            return Exit.Done;
        }

        var trips = answer.GetProperty("trips").EnumerateArray().ToList();
        if (trips.Count == 0)
        {
            Console.WriteLine("The site has no trips.");
            return Exit.Done;
        }

        var table = new Table().RoundedBorder().AddColumns("Trip", "State, since (UTC)", "Cause", "Effect");
        foreach (var column in table.Columns.Take(2))
        {
            column.NoWrap();
        }

        foreach (var t in trips)
        {
            table.AddRow(Cell(Text(t, "id")), Cell($"{State(t)}\n{AnswerTimes.Moment(t, "since")}"), Cell(Cause(t)), Cell(Effect(t)));
        }

        (console ?? AnsiConsole.Console).Write(table);
        var standing = trips.Count(t => Text(t, "state") != "ready");
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{standing} of {trips.Count} trips stand{(standing > 0 ? "; edgenode reset TRIP resets one" : "")}."));
        return Exit.Done;
    }

    private static string State(JsonElement t) => Text(t, "state") + (Text(t, "mode") == "shadow" ? ", shadow" : "");

    private static string Cause(JsonElement t)
    {
        var leaves = string.Join('\n', t.GetProperty("leaves").EnumerateArray().Select(l => $"  {Text(l, "of")} is {Text(l, "is")}{AlarmWords.Simulated(l)}{(Flag(l) ? ", and its delay runs" : "")}"));
        return $"{Text(t, "cause")} since {AnswerTimes.Moment(t, "causeSince")}{(Flag(t) && Text(t, "state") != "ready" ? "\nmay be coming, so it does not settle" : "")}\n{leaves}";

        static bool Flag(JsonElement of) => of.TryGetProperty("pending", out var pending) && pending.GetBoolean();
    }

    private static string Effect(JsonElement t)
    {
        var lines = new List<string>
        {
            string.Join(", ", t.GetProperty("effect").EnumerateArray().Select(e => e.GetString())) + (t.GetProperty("acts").GetBoolean() ? " safe" : Text(t, "state") == "ready" ? "" : " left alone"),
        };
        Add("settledAt", "may be reset from");
        Add("inhibitedUntil", "inhibited until");
        Add("testUntil", "in test until");
        if (t.TryGetProperty("proofTestDue", out var due))
        {
            lines.Add($"proof test due {due.GetString()}{(t.GetProperty("proofTestOverdue").GetBoolean() ? ", OVERDUE" : "")}");
        }

        if (t.TryGetProperty("by", out var by))
        {
            lines.Add($"by {by.GetString()}");
        }

        return string.Join('\n', lines);

        void Add(string name, string words)
        {
            if (t.TryGetProperty(name, out _))
            {
                lines.Add($"{words} {AnswerTimes.Moment(t, name)}");
            }
        }
    }

    private static Text Cell(string text) => new(PlainText.Lines(text));

    private static string Text(JsonElement t, string name) => t.GetProperty(name).GetString() ?? "";
}
