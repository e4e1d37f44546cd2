using System.CommandLine;
using System.Text.Json;
using EdgeNode.Gateway.Hands;
using Spectre.Console;

namespace EdgeNode.Gateway.Verbs;

/// <summary>What the verbs have in common that ask a running gateway to do something.</summary>
internal static class HandCommand
{
    /// <summary>A verb with verbs of its own, of which the first shows what there is: alone it does what that does, and whoever says show means list.</summary>
    /// <param name="verb">The verb.</param>
    /// <param name="list">The first of its own.</param>
    /// <param name="others">The others.</param>
    public static Command Lists(Command verb, Command list, params IEnumerable<Command> others)
    {
        list.Aliases.Add("show");
        verb.Action = list.Action;
        foreach (var option in list.Options)
        {
            verb.Add(option);
        }

        foreach (var one in others.Prepend(list))
        {
            verb.Add(one);
        }

        return verb;
    }

    /// <summary>Asks, and prints what became of each.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="data">Its option for the data directory.</param>
    /// <param name="json">Its option for JSON.</param>
    /// <param name="what">What is to be done.</param>
    /// <param name="members">Writes the other members of the request.</param>
    /// <param name="nothing">Said when there was nothing to do.</param>
    public static async Task<int> RunAsync(
        ParseResult parsed, Option<string> data, Option<bool> json, string what, Action<Utf8JsonWriter> members, string nothing = "")
    {
        var (answer, exit) = await HandsClient.AskAsync(parsed.GetRequiredValue(data), j =>
        {
            j.WriteString("do", what);
            members(j);
        }).ConfigureAwait(false);
        return answer is { } a ? Print(a, parsed.GetValue(json), nothing) : exit;
    }

    /// <summary>Prints what became of each.</summary>
    public static int Print(JsonElement a, bool json, string nothing)
    {
        if (json)
        {
            Copy(a);
        }
        else
        {
            var results = a.GetProperty("results").EnumerateArray().ToList();
            if (results.Count == 0)
            {
                Console.WriteLine(nothing);
            }

            foreach (var result in results)
            {
                var said = result.GetProperty("said").GetString() ?? "";
                Console.WriteLine(PlainText.Of($"{result.GetProperty("id").GetString()}: {said}{(said.EndsWith('?') ? "" : ".")}"));
            }
        }

        return Exit.Of(a);
    }

    /// <summary>The gateway's answer as it is.</summary>
    public static void Copy(JsonElement answer) => JsonOutput.Write(j =>
    {
        foreach (var member in answer.EnumerateObject())
        {
            member.WriteTo(j);
        }
    });

    /// <summary>A text of the answer in a table.</summary>
    public static Text Cell(JsonElement item, string name) => new(PlainText.Of(item.GetProperty(name).GetString() ?? ""));

    /// <summary>When something ends.</summary>
    public static Text Until(JsonElement item) => new(AnswerTimes.Moment(item, "until"));

    /// <summary>How long until then.</summary>
    public static Text Left(JsonElement item) => new(AnswerTimes.Hours(item.GetProperty("left").GetDouble()));

    /// <summary>The reason that a person gives.</summary>
    public static Option<string> Why(bool required = false)
    {
        var why = new Option<string>("--why") { Description = "The reason, for the audit trail.", HelpName = "TEXT", Required = required };
        why.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string>() is { } text && (text.Length > HandsLimits.WhyLength || (required && text.Trim().Length == 0)))
            {
                result.AddError($"--why takes {(required ? "1 to" : "at most")} {HandsLimits.WhyLength} characters.");
            }
        });
        return why;
    }

    public static void WriteWhy(Utf8JsonWriter json, string? why)
    {
        if (why is { Length: > 0 })
        {
            json.WriteString("why", why);
        }
    }
}
