using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using EdgeNode.Gateway.Hands;
using Spectre.Console;

namespace EdgeNode.Gateway.Verbs;

/// <summary><c>outputs list|safe|reset</c>: by the local socket of a running gateway; <c>safe</c> also without one.</summary>
internal static class OutputsVerb
{
    public static Command Make() => HandCommand.Lists(
        new Command("outputs", "What the node drives. What changes something stands in the gateway's audit trail with the user's name."),
        List(), Safe(), Reset());

    private static Command List()
    {
        var (ids, data, json) = (Options.Some("OUTPUT", "Ids of outputs, such as XV-101."), Options.Data(), Options.Json());
        var verb = new Command("list", "The outputs as they are: what is asked for and why, whether it is so, the last travel, faults, and what makes them safe without the node.") { ids, data, json };
        verb.SetAction(async (parsed, _) =>
        {
            var (answer, exit) = await HandsClient.AskAsync(parsed.GetRequiredValue(data), j => j.WriteString("do", "outputs.list")).ConfigureAwait(false);
            if (answer is not { } all)
            {
                return exit;
            }

            if (Picked.Of(all, "outputs", "an output", parsed.GetValue(ids) ?? []) is not { } picked)
            {
                return Exit.Usage;
            }

            Print(picked, parsed.GetValue(json));
            return Exit.Done;
        });
        return verb;
    }

    private static Command Safe()
    {
        var (ids, data, json, why) = (Ids(), Options.Data(), Options.Json(), HandCommand.Why());
        ids.Arity = ArgumentArity.ZeroOrMore;
        var site = new Option<string?>("--site")
        {
            Description = "The site file: where no gateway runs, or it does not answer, the verb opens the lines and the devices itself. For ExecStopPost.",
            HelpName = "FILE",
        };
        var verb = new Command(
            "safe", "Drives outputs to their safe state; all when none is named. With a running gateway they stay so until outputs reset; without one (--site) each is tried for some seconds, and nothing holds it when the verb has ended; the next run of the gateway enters it into its audit trail. In the middle of edgenode restart the hold of what is named ends by this, of all when none is named; the others stay held. Exit code 69 when one could not be driven, or is not known to be safe; without a gateway 1 when one reads back something else.")
        {
            ids, why, site, data, json,
        };
        verb.Validators.Add(result =>
        {
            if (result.GetValue(site) is null && string.IsNullOrWhiteSpace(result.GetValue(why)))
            {
                result.AddError("outputs safe takes --why TEXT, for the audit trail; or --site FILE where no gateway runs.");
            }
        });
        verb.SetAction((parsed, stop) =>
        {
            var (named, reason) = (parsed.GetValue(ids) ?? [], parsed.GetValue(why) ?? "");
            return parsed.GetValue(site) is { } path
                ? SafeAlone.RunAsync(path, parsed.GetRequiredValue(data), named, reason, parsed.GetValue(json), stop)
                : HandCommand.RunAsync(parsed, data, json, "outputs.safe", j => WriteSafe(j, named, reason), "The site has no outputs.");
        });
        return verb;
    }

    /// <summary>The request's members.</summary>
    public static void WriteSafe(Utf8JsonWriter json, string[] ids, string why)
    {
        if (ids.Length > 0)
        {
            WriteIds(json, ids);
        }

        HandCommand.WriteWhy(json, why);
    }

    private static Command Reset()
    {
        var (ids, data, json, why) = (Ids(), Options.Data(), Options.Json(), HandCommand.Why());
        var verb = new Command("reset", "Ends the hold that outputs safe, a first start, a crash, or a trip that stood when the site file lost it has put on outputs. Trips and minimum times keep them safe all the same.") { ids, why, data, json };
        verb.SetAction((parsed, _) => HandCommand.RunAsync(parsed, data, json, "outputs.reset", j =>
        {
            WriteIds(j, parsed.GetRequiredValue(ids));
            HandCommand.WriteWhy(j, parsed.GetValue(why));
        }));
        return verb;
    }

    private static Argument<string[]> Ids() => new("OUTPUT") { Description = "Ids of outputs, such as XV-101.", Arity = ArgumentArity.OneOrMore };

    private static void WriteIds(Utf8JsonWriter json, string[] ids)
    {
        json.WriteStartArray("ids");
        foreach (var id in ids)
        {
            json.WriteStringValue(id);
        }

        json.WriteEndArray();
    }

    private static void Print(JsonElement answer, bool json)
    {
        if (json)
        {
            HandCommand.Copy(answer);
            return;
        }

        var outputs = answer.GetProperty("outputs").EnumerateArray().ToList();
        if (outputs.Count == 0)
        {
            Console.WriteLine("The site has no outputs.");
            return;
        }

        var table = new Table().RoundedBorder().AddColumns("Output", "Asked for, since (UTC)", "Is", "Without the node");
        foreach (var o in outputs)
        {
            var since = DateTimeOffset.UnixEpoch.AddSeconds((double)o.GetProperty("since").GetDecimal());
            var backstops = o.GetProperty("backstop").EnumerateArray().Select(b => b.GetString()).ToList();
            var hold = o.TryGetProperty("holdThroughRestart", out var h) ? h.GetDouble() : 0;
            table.AddRow(
                Cell(Text(o, "id")),
                Cell($"{Text(o, "position")} ({Text(o, "state")})\n{since.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture)}"),
                Cell(string.Join('\n', Is(o))),
                Cell((backstops.Count > 0 ? string.Join(", ", backstops) : "nothing is named")
                    + (hold > 0 ? string.Create(CultureInfo.InvariantCulture, $"\nedgenode restart: stays for at most {hold:0.###} s") : "")));
        }

        AnsiConsole.Write(table);
    }

    private static IEnumerable<string> Is(JsonElement output)
    {
        if (output.GetProperty("fault").GetBoolean())
        {
            yield return "FAULT: " + Text(output, "detail");
        }
        else
        {
            yield return output.GetProperty("driven").ValueKind switch
            {
                JsonValueKind.True => Text(output, "readBack") is { Length: > 0 } read ? $"driven, reads back {read}" : "driven, and cannot be read back",
                JsonValueKind.False => "not driven",
                _ => "nothing heard yet",
            };
        }

        foreach (var (name, word) in new[] { ("contact", "contact"), ("proof", "limit switches"), ("handOffAuto", "hand-off-auto") })
        {
            if (output.TryGetProperty(name, out var value))
            {
                yield return $"{word}: {(value.ValueKind == JsonValueKind.String ? value.GetString() : "no value")}";
            }
        }

        if (output.TryGetProperty("lastTravel", out var travel))
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"last travel: {travel.GetDouble():0.###} s");
        }
    }

    private static string Text(JsonElement output, string name) =>
        output.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() ?? "" : "";

    private static Text Cell(string text) => new(PlainText.Lines(text));
}
