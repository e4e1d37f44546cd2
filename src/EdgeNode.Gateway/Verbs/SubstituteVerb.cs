using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using EdgeNode.Gateway.Hands;
using Spectre.Console;

namespace EdgeNode.Gateway.Verbs;

/// <summary><c>substitute list|set|end</c>: by the local socket of a running gateway.</summary>
internal static class SubstituteVerb
{
    public static Command Make() => HandCommand.Lists(
        new Command("substitute", "Values put by hand in place of readings, for a time. They are marked as such, and no alarm, vote or trip goes by them. All of it asks the running gateway, ends by itself, and stands in its audit trail with the user's name."),
        List(), Set(), End());

    private static Command List()
    {
        var (data, json) = (Options.Data(), Options.Json());
        var verb = new Command("list", "Which points have a value by hand, until when, by whom and why.") { data, json };
        verb.SetAction(async (parsed, _) =>
        {
            var (answer, exit) = await HandsClient.AskAsync(parsed.GetRequiredValue(data), j => j.WriteString("do", "substitute.list")).ConfigureAwait(false);
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
        var (point, data, json, why) = (Point(), Options.Data(), Options.Json(), HandCommand.Why(required: true));
        var value = new Argument<string>("VALUE") { Description = "The value with its unit, such as \"4.2 bar\"; within the point's range." };
        var time = Options.For("How long: 30min, 2h. Default: 1h, at most 8h. Once more for the same point replaces value and end.");
        var verb = new Command("set", "Puts a value in place of a point's readings for a time. A member of a voting group has no vote meanwhile, and counts to the group's bypass: at-most.") { point, value, time, why, data, json };
        verb.SetAction((parsed, _) => HandCommand.RunAsync(parsed, data, json, "substitute.set", j =>
        {
            j.WriteString("point", parsed.GetRequiredValue(point));
            j.WriteString("value", parsed.GetRequiredValue(value));
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
        var (point, data, json, why) = (Point(), Options.Data(), Options.Json(), HandCommand.Why());
        var verb = new Command("end", "Gives a point its own readings back before the time is over.") { point, why, data, json };
        verb.SetAction((parsed, _) => HandCommand.RunAsync(parsed, data, json, "substitute.end", j =>
        {
            j.WriteString("point", parsed.GetRequiredValue(point));
            HandCommand.WriteWhy(j, parsed.GetValue(why));
        }));
        return verb;
    }

    private static Argument<string> Point() => new("POINT") { Description = "Name of a point, such as LT-201.level." };

    private static void Print(JsonElement answer, bool json)
    {
        if (json)
        {
            HandCommand.Copy(answer);
            return;
        }

        var substitutes = answer.GetProperty("substitutes").EnumerateArray().ToList();
        if (substitutes.Count == 0)
        {
            Console.WriteLine("No point has a value by hand.");
            return;
        }

        var table = new Table().RoundedBorder().AddColumns("Point", "Value", "Until (UTC)", "Left", "By", "Why");
        foreach (var s in substitutes)
        {
            table.AddRow(
                HandCommand.Cell(s, "point"),
                new Text(PlainText.Of(string.Create(CultureInfo.InvariantCulture, $"{s.GetProperty("value").GetDouble():G6} {s.GetProperty("unit").GetString()}"))),
                HandCommand.Until(s), HandCommand.Left(s), HandCommand.Cell(s, "by"), HandCommand.Cell(s, "why"));
        }

        AnsiConsole.Write(table);
    }
}
