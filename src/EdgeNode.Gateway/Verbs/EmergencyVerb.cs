using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using EdgeNode.Core.Model;
using EdgeNode.Gateway.Hands;

namespace EdgeNode.Gateway.Verbs;

/// <summary><c>emergency on|off|status</c>: by the local socket of a running gateway.</summary>
internal static class EmergencyVerb
{
    public static Command Make() => new(
        "emergency",
        "The emergency mode of the running gateway: its points are measured and reported more often, for a limited time. Alarms begin it by themselves, as `emergency` in the site file says; "
        + "what a person does stands in the audit trail with the user's name.")
    {
        On(), Off(), Status(),
    };

    private static Command On()
    {
        var (data, json, why) = (Options.Data(), Options.Json(), HandCommand.Why());
        var time = Options.For("How long from now: 30min, 2h, up to 24h. Default: `for` of the site file's `emergency`.");
        time.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<TimeSpan?>() > EmergencyOptions.Longest)
            {
                result.AddError($"--for takes at most {EmergencyOptions.Longest.TotalHours.ToString(CultureInfo.InvariantCulture)}h here.");
            }
        });
        var verb = new Command("on", "Begins the emergency mode, or prolongs it.") { time, why, data, json };
        verb.SetAction((parsed, _) => AskAsync(parsed.GetRequiredValue(data), parsed.GetValue(json), "on", j =>
        {
            if (parsed.GetValue(time) is { } span)
            {
                j.WriteNumber("seconds", span.TotalSeconds);
            }

            HandCommand.WriteWhy(j, parsed.GetValue(why));
        }));
        return verb;
    }

    private static Command Off()
    {
        var (data, json, why) = (Options.Data(), Options.Json(), HandCommand.Why());
        var verb = new Command("off", "Ends the emergency mode, until the next alarm begins it.") { why, data, json };
        verb.SetAction((parsed, _) => AskAsync(parsed.GetRequiredValue(data), parsed.GetValue(json), "off", j => HandCommand.WriteWhy(j, parsed.GetValue(why))));
        return verb;
    }

    private static Command Status()
    {
        var (data, json) = (Options.Data(), Options.Json());
        var verb = new Command("status", "Says whether the emergency mode is on, since when, until when, and why.") { data, json };
        verb.SetAction((parsed, _) => AskAsync(parsed.GetRequiredValue(data), parsed.GetValue(json), "status", _ => { }));
        return verb;
    }

    private static async Task<int> AskAsync(string data, bool json, string what, Action<Utf8JsonWriter> members)
    {
        var (answer, exit) = await HandsClient.AskAsync(data, j =>
        {
            j.WriteString("do", "emergency." + what);
            members(j);
        }).ConfigureAwait(false);
        if (answer is not { } a)
        {
            return exit;
        }

        if (json)
        {
            HandCommand.Copy(a);
        }
        else
        {
            Console.WriteLine(PlainText.Of(Sentence(a)));
        }

        return a.GetProperty("ok").GetBoolean() ? Exit.Done : Exit.Failed;
    }

    private static string Sentence(JsonElement a)
    {
        var said = a.TryGetProperty("said", out var words) ? words.GetString()! : a.GetProperty("on").GetBoolean() ? "it is on" : "it is off";
        var end = a.GetProperty("on").GetBoolean()
            ? $", since {AnswerTimes.Moment(a, "since")}, until {AnswerTimes.Moment(a, "until")} UTC, by {Cause(a)}."
            : a.GetProperty("inSite").GetBoolean() || a.TryGetProperty("said", out _) ? "." : ": the site file has no `emergency`.";
        return $"Emergency mode: {said}{end}";
    }

    private static string Cause(JsonElement a) =>
        a.TryGetProperty("alarm", out var alarm) ? "the alarm " + alarm.GetString()
        : a.GetProperty("by").GetString() + (a.TryGetProperty("why", out var why) ? $" ({why.GetString()})" : "");
}
