using System.CommandLine;
using System.Text.Json;
using EdgeNode.Core.Act;
using EdgeNode.Gateway.Hands;

namespace EdgeNode.Gateway.Verbs;

/// <summary><c>trips list|history|report|inhibit|end-inhibit|trip|test|end-test</c>, and <c>reset</c>: by the local socket of a running gateway.</summary>
internal static class TripsVerb
{
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    public static Command Make() => HandCommand.Lists(
        new Command("trips", "The trips of a node: what takes outputs to their safe state, and whether it may. All but history and report asks the running gateway; what changes something stands in its audit trail with the user's name."),
        List(), History(), Report(),
        Timed(TripAsk.Inhibit, "Disarms trips against their cause for a time. The outputs stay as they are, an alarm stands meanwhile, and a cause that stands at the end trips at once.", "inhibit-at-most"),
        Plain(TripAsk.EndInhibit, "Arms trips again before that time is over.", Ids()),
        Hand(),
        Timed(TripAsk.Test, "Lets trips work and leave their outputs alone for a time, for a proof test. They must be ready.", "test-at-most"),
        Plain(TripAsk.EndTest, "Ends a test before its time is over.", Ids()));

    /// <summary><c>reset TRIP...|--all</c>.</summary>
    public static Command MakeReset()
    {
        var ids = Ids();
        ids.Arity = ArgumentArity.ZeroOrMore;
        var all = new Option<bool>("--all") { Description = "All that stand." };
        var verb = Plain(TripAsk.Reset, "Resets trips, so that their outputs return to normal. Refused while the cause stands, is unknown, may be coming (a delay runs), or has not been gone for the settle time, and while the permissive is not true. Under an inhibit a trip that is named is released whatever its cause is; it trips at once when the inhibit ends before the settle time is over.", ids, all);
        verb.Add(all);
        verb.Validators.Add(result =>
        {
            if (result.GetValue(all) == (result.GetValue(ids)?.Length > 0))
            {
                result.AddError("reset takes trips, or --all for all that stand.");
            }
        });
        return verb;
    }

    private static Command List()
    {
        var (ids, data, json) = (Options.Some("TRIP", "Ids of trips, such as close-inlet."), Options.Data(), Options.Json());
        var verb = new Command("list", "The trips as they are: state, cause with each of its parts, effect, inhibit, test, proof test.") { ids, data, json };
        verb.SetAction(async (parsed, _) =>
        {
            var (answer, exit) = await HandsClient.AskAsync(parsed.GetRequiredValue(data), j => j.WriteString("do", "trips.list")).ConfigureAwait(false);
            return answer is not { } all ? exit
                : Picked.Of(all, "trips", "a trip", parsed.GetValue(ids) ?? []) is { } picked ? TripsList.Print(picked, parsed.GetValue(json)) : Exit.Usage;
        });
        return verb;
    }

    private static Command History()
    {
        var (data, json) = (Options.Data(), Options.Json());
        var since = Options.Span("--since", "How far back: 30min, 24h, 720h. Default: 24h.");
        var verb = new Command("history", "What happened with trips in the last hours, oldest first, as the node kept it; safe while the gateway runs, at most some seconds behind it.") { data, since, json };
        verb.SetAction(parsed => TripsHistory.RunAsync(parsed.GetRequiredValue(data), parsed.GetValue(since) ?? Day, parsed.GetValue(json)));
        return verb;
    }

    private static Command Report()
    {
        var (data, json) = (Options.Data(), Options.Json());
        var ids = Ids();
        ids.Arity = ArgumentArity.ZeroOrMore;
        var since = Options.Span("--since", "How far back: 24h, 2160h. Default: 720h.");
        var verb = new Command("report", "What trips in shadow mode would have done: how often, when, for how long, by what, and which outputs would have moved. For the decision to arm them.") { ids, data, since, json };
        verb.SetAction(parsed => TripsReport.RunAsync(parsed.GetRequiredValue(data), parsed.GetValue(ids) ?? [], parsed.GetValue(since) ?? (30 * Day), parsed.GetValue(json)));
        return verb;
    }

    private static Command Hand()
    {
        var (ids, data, json, why) = (Ids(), Options.Data(), Options.Json(), HandCommand.Why(required: true));
        var verb = new Command(TripAsk.Trip.Text(), "Trips by hand, inhibited or not; a test ends by it. It stands until it is reset. In shadow mode it moves no output.") { ids, why, data, json };
        verb.SetAction((parsed, _) => HandCommand.RunAsync(parsed, data, json, "trips." + TripAsk.Trip.Text(), j =>
        {
            WriteIds(j, parsed.GetRequiredValue(ids));
            HandCommand.WriteWhy(j, parsed.GetValue(why));
        }));
        return verb;
    }

    private static Command Timed(TripAsk ask, string description, string key)
    {
        var (ids, data, json, why) = (Ids(), Options.Data(), Options.Json(), HandCommand.Why(required: true));
        var time = Options.For($"How long: 30min, 2h. Default and limit: the trip's {key}. Once more for the same trip moves its end.");
        var verb = new Command(ask.Text(), description) { ids, time, why, data, json };
        verb.SetAction((parsed, _) => HandCommand.RunAsync(parsed, data, json, "trips." + ask.Text(), j =>
        {
            WriteIds(j, parsed.GetRequiredValue(ids));
            if (parsed.GetValue(time) is { } span)
            {
                j.WriteNumber("seconds", span.TotalSeconds);
            }

            HandCommand.WriteWhy(j, parsed.GetValue(why));
        }));
        return verb;
    }

    private static Command Plain(TripAsk ask, string description, Argument<string[]> ids, Option<bool>? all = null)
    {
        var (data, json, why) = (Options.Data(), Options.Json(), HandCommand.Why());
        var verb = new Command(ask.Text(), description) { ids, why, data, json };
        verb.SetAction((parsed, _) => HandCommand.RunAsync(parsed, data, json, "trips." + ask.Text(), j =>
        {
            if (all is not null && parsed.GetValue(all))
            {
                j.WriteBoolean("all", true);
            }
            else
            {
                WriteIds(j, parsed.GetRequiredValue(ids));
            }

            HandCommand.WriteWhy(j, parsed.GetValue(why));
        }, "No trip stands."));
        return verb;
    }

    private static Argument<string[]> Ids() => new("TRIP") { Description = "Ids of trips, such as close-inlet.", Arity = ArgumentArity.OneOrMore };

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
