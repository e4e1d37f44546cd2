using System.CommandLine;
using System.Text.Json;
using EdgeNode.Core.Evaluate;
using EdgeNode.Gateway.Hands;

namespace EdgeNode.Gateway.Verbs;

/// <summary><c>alarms list|ack|reset|shelve|unshelve|out-of-service|in-service</c>: by the local socket of a running gateway.</summary>
internal static class AlarmsHandVerbs
{
    public static IEnumerable<Command> Make() =>
    [
        Acknowledge(),
        Plain("reset", AlarmInput.Reset, "Releases the latch of alarms whose condition has gone."),
        Shelve(),
        Plain("unshelve", AlarmInput.Unshelve, "Takes alarms off the shelf."),
        Plain("out-of-service", AlarmInput.RemoveFromService, "Takes alarms out of service, for repairs, until a person returns them.", mayGiveReason: true),
        Plain("in-service", AlarmInput.ReturnToService, "Returns alarms to service."),
    ];

    /// <summary>What they begin with.</summary>
    public static Command List()
    {
        var (data, json) = (Options.Data(), Options.Json());
        var all = new Option<bool>("--all") { Description = "Those at rest too." };
        var verb = new Command("list", "The alarms as they are: what is active, waits for an acknowledgement or a reset, or is set aside.") { data, all, json };
        verb.SetAction(async (parsed, _) =>
        {
            var (answer, exit) = await HandsClient.AskAsync(parsed.GetRequiredValue(data), j => j.WriteString("do", "alarms.list")).ConfigureAwait(false);
            return answer is { } a ? AlarmsList.Print(a, parsed.GetValue(all), parsed.GetValue(json)) : exit;
        });
        return verb;
    }

    private static Command Acknowledge()
    {
        var (ids, data, json) = (Ids(), Options.Data(), Options.Json());
        ids.Arity = ArgumentArity.ZeroOrMore;
        var all = new Option<bool>("--all") { Description = "All that wait for it." };
        var verb = new Command("ack", "Acknowledges alarms: somebody knows of them. An active one stays active.") { ids, all, data, json };
        verb.Validators.Add(result =>
        {
            if (result.GetValue(all) == (result.GetValue(ids)?.Length > 0))
            {
                result.AddError("alarms ack takes alarms, or --all for all that wait for it.");
            }
        });
        verb.SetAction((parsed, _) => CommandAsync(parsed, data, json, AlarmInput.Acknowledge, j =>
        {
            if (parsed.GetValue(all))
            {
                j.WriteBoolean("all", true);
            }
            else
            {
                WriteIds(j, parsed.GetRequiredValue(ids));
            }
        }));
        return verb;
    }

    private static Command Shelve()
    {
        var (ids, data, json, why) = (Ids(), Options.Data(), Options.Json(), HandCommand.Why());
        var time = Options.For("How long: 30min, 8h. Default and limit: the alarm's shelve-at-most.");
        var oneShot = new Option<bool>("--one-shot") { Description = "The shelf ends when the alarm clears, if that is sooner." };
        var verb = new Command("shelve", "Sets alarms aside for a time. Their conditions are followed, trips are not touched.") { ids, time, oneShot, why, data, json };
        verb.SetAction((parsed, _) => CommandAsync(parsed, data, json, AlarmInput.Shelve, j =>
        {
            WriteIds(j, parsed.GetRequiredValue(ids));
            if (parsed.GetValue(time) is { } span)
            {
                j.WriteNumber("seconds", span.TotalSeconds);
            }

            j.WriteBoolean("oneShot", parsed.GetValue(oneShot));
            HandCommand.WriteWhy(j, parsed.GetValue(why));
        }));
        return verb;
    }

    private static Command Plain(string name, AlarmInput input, string description, bool mayGiveReason = false)
    {
        var (ids, data, json, why) = (Ids(), Options.Data(), Options.Json(), HandCommand.Why());
        var verb = new Command(name, description) { ids, data, json };
        if (mayGiveReason)
        {
            verb.Add(why);
        }

        verb.SetAction((parsed, _) => CommandAsync(parsed, data, json, input, j =>
        {
            WriteIds(j, parsed.GetRequiredValue(ids));
            HandCommand.WriteWhy(j, mayGiveReason ? parsed.GetValue(why) : null);
        }));
        return verb;
    }

    private static Task<int> CommandAsync(ParseResult parsed, Option<string> data, Option<bool> json, AlarmInput input, Action<Utf8JsonWriter> members) =>
        HandCommand.RunAsync(parsed, data, json, "alarms." + input.Text(), members, "No alarm waits for an acknowledgement.");

    private static Argument<string[]> Ids() => new("ALARM") { Description = "Ids of alarms, such as PAH-101.", Arity = ArgumentArity.OneOrMore };

    private static void WriteIds(Utf8JsonWriter json, string[] ids)
    {
        json.WriteStartArray("ids");
        foreach (var id in ids)
        {
            json.WriteStringValue(id);
        }

        json.WriteEndArray();
    }
}
