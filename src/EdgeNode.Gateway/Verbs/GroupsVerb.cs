using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using EdgeNode.Gateway.Hands;
using Spectre.Console;

namespace EdgeNode.Gateway.Verbs;

/// <summary><c>groups list</c>: by the local socket of a running gateway.</summary>
internal static class GroupsVerb
{
    public static Command Make() => HandCommand.Lists(
        new Command("groups", "The voting groups of a node: value, spread, votes, and who has none and why. It asks the running gateway and changes nothing; bypass and substitute do."),
        List());

    private static int Print(JsonElement answer, bool json)
    {
        if (json)
        {
            HandCommand.Copy(answer);
            return Exit.Done;
        }

        var groups = answer.GetProperty("groups").EnumerateArray().ToList();
        if (groups.Count == 0)
        {
            Console.WriteLine("The site has no voting groups.");
            return Exit.Done;
        }

        var table = new Table().RoundedBorder().AddColumns("Group, member", "Value", "Vote");
        table.Columns[0].NoWrap();
        foreach (var (id, value, vote) in GroupRows.Of(groups))
        {
            table.AddRow(Cell(id), Cell(value), Cell(vote));
        }

        AnsiConsole.Write(table);
        var degraded = groups.Count(GroupRows.IsDegraded);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{degraded} of {groups.Count} groups {(degraded == 1 ? "is" : "are")} degraded."));
        return Exit.Done;
    }

    private static Command List()
    {
        var (ids, data, json) = (Options.Some("GROUP", "Ids of voting groups, such as P-101."), Options.Data(), Options.Json());
        var verb = new Command(
            "list", "The groups as they are: value, spread, the vote in force and how long a repair may still take, how many members are past each setpoint; and each member's value, quality, and vote or why it has none.")
        {
            ids, data, json,
        };
        verb.SetAction(async (parsed, _) =>
        {
            var (answer, exit) = await HandsClient.AskAsync(parsed.GetRequiredValue(data), j => j.WriteString("do", "groups.list")).ConfigureAwait(false);
            return answer is not { } all ? exit
                : Picked.Of(all, "groups", "a voting group", parsed.GetValue(ids) ?? []) is { } picked ? Print(picked, parsed.GetValue(json)) : Exit.Usage;
        });
        return verb;
    }

    private static Text Cell(string text) => new(PlainText.Lines(text));
}
