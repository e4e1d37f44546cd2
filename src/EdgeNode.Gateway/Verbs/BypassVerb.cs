using System.CommandLine;
using System.Text.Json;
using EdgeNode.Gateway.Hands;
using Spectre.Console;

namespace EdgeNode.Gateway.Verbs;

/// <summary><c>bypass list|set|end</c>: by the local socket of a running gateway.</summary>
internal static class BypassVerb
{
    public static Command Make() => HandCommand.Lists(
        new Command("bypass", "Members of voting groups that have no vote for a time, for work on a sensor. All of it asks the running gateway, ends by itself, and stands in its audit trail with the user's name."),
        List(), Set(), End());

    private static Command List()
    {
        var (data, json) = (Options.Data(), Options.Json());
        var verb = new Command("list", "Who is bypassed, until when, by whom and why.") { data, json };
        verb.SetAction(async (parsed, _) =>
        {
            var (answer, exit) = await HandsClient.AskAsync(parsed.GetRequiredValue(data), j => j.WriteString("do", "bypass.list")).ConfigureAwait(false);
            if (answer is { } a)
            {
                Print(a, parsed.GetValue(json));
            }

            return answer is null ? exit : Exit.Done;
        });
        return verb;
    }

    private static Command Set()
    {
        var (group, member, data, json, why) = (Group(), Member(), Options.Data(), Options.Json(), HandCommand.Why(required: true));
        var time = Options.For("How long: 30min, 2h. Default and limit: the group's bypass for. Once more for the same member moves its end.");
        var verb = new Command("set", "Takes the vote from a member for a time. The group is degraded meanwhile, and votes with those that are left.") { group, member, time, why, data, json };
        verb.SetAction((parsed, _) => HandCommand.RunAsync(parsed, data, json, "bypass.set", j =>
        {
            j.WriteString("group", parsed.GetRequiredValue(group));
            j.WriteString("member", parsed.GetRequiredValue(member));
            if (parsed.GetValue(time) is { } span)
            {
                j.WriteNumber("seconds", span.TotalSeconds);
            }

            HandCommand.WriteWhy(j, parsed.GetValue(why));
        }));
        return verb;
    }

    private static Command End()
    {
        var (group, member, data, json, why) = (Group(), Member(), Options.Data(), Options.Json(), HandCommand.Why());
        var verb = new Command("end", "Gives a member its vote back before its time is over.") { group, member, why, data, json };
        verb.SetAction((parsed, _) => HandCommand.RunAsync(parsed, data, json, "bypass.end", j =>
        {
            j.WriteString("group", parsed.GetRequiredValue(group));
            j.WriteString("member", parsed.GetRequiredValue(member));
            HandCommand.WriteWhy(j, parsed.GetValue(why));
        }));
        return verb;
    }

    private static Argument<string> Group() => new("GROUP") { Description = "Id of a voting group, such as P-101." };

    private static Argument<string> Member() => new("MEMBER") { Description = "Name of the point that is its member, such as PT-101A.pressure." };

    private static void Print(JsonElement answer, bool json)
    {
        if (json)
        {
            HandCommand.Copy(answer);
            return;
        }

        var bypasses = answer.GetProperty("bypasses").EnumerateArray().ToList();
        if (bypasses.Count == 0)
        {
            Console.WriteLine("No member is bypassed.");
            return;
        }

        var table = new Table().RoundedBorder().AddColumns("Group", "Member", "Until (UTC)", "Left", "By", "Why");
        foreach (var b in bypasses)
        {
            table.AddRow(HandCommand.Cell(b, "group"), HandCommand.Cell(b, "member"), HandCommand.Until(b), HandCommand.Left(b), HandCommand.Cell(b, "by"), HandCommand.Cell(b, "why"));
        }

        AnsiConsole.Write(table);
    }
}
