using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using EdgeNode.Gateway.Hands;

namespace EdgeNode.Gateway.Verbs;

/// <summary><c>maintenance on|off|status</c>: by the local socket of a running gateway.</summary>
internal static class MaintenanceVerb
{
    public static Command Make() => new(
        "maintenance",
        "Marks what is measured while people work on the plant: uncertain:maintenance, NE 107 function check. Alarms, votes and trips work on, it always ends by itself, and it stands in the gateway's audit trail with the user's name.")
    {
        On(), Off(), Status(),
    };

    private static Command On()
    {
        var (data, json, why) = (Options.Data(), Options.Json(), HandCommand.Why(required: true));
        var time = Options.For("How long: 30min, 2h. Default and limit: the site file's maintenance for, 8 h without it. Once more moves the end.");
        var verb = new Command("on", "Begins maintenance, or moves its end.") { time, why, data, json };
        verb.SetAction((parsed, _) => HandCommand.RunAsync(parsed, data, json, "panel.maintenance-on", j =>
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
        var verb = new Command("off", "Ends the maintenance that this command began before its time; that of a key switch ends with the key.") { why, data, json };
        verb.SetAction((parsed, _) =>
            HandCommand.RunAsync(parsed, data, json, "panel.maintenance-off", j => HandCommand.WriteWhy(j, parsed.GetValue(why))));
        return verb;
    }

    private static Command Status()
    {
        var (data, json) = (Options.Data(), Options.Json());
        var verb = new Command("status", "Whether there is maintenance, until when, by whom and why.") { data, json };
        verb.SetAction(async (parsed, _) =>
        {
            var (answer, exit) = await HandsClient.AskAsync(parsed.GetRequiredValue(data), j => j.WriteString("do", "panel.list")).ConfigureAwait(false);
            if (answer is not { } a)
            {
                return exit;
            }

            if (parsed.GetValue(json))
            {
                HandCommand.Copy(a);
            }
            else
            {
                Console.WriteLine(PlainText.Of(Sentence(a)));
            }

            return Exit.Done;
        });
        return verb;
    }

    private static string Sentence(JsonElement answer)
    {
        if (!answer.TryGetProperty("maintenance", out var maintenance))
        {
            return "There is no maintenance.";
        }

        var until = DateTimeOffset.UnixEpoch.AddSeconds((double)maintenance.GetProperty("until").GetDecimal());
        var left = TimeSpan.FromSeconds(maintenance.GetProperty("left").GetDouble());
        var why = maintenance.GetProperty("why").GetString() ?? "";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"Maintenance until {until:yyyy-MM-dd HH:mm:ss} UTC ({(int)left.TotalHours}:{left.Minutes:00}:{left.Seconds:00} left), by {maintenance.GetProperty("by").GetString()}{(why.Length > 0 ? ": " + why : "")}.");
    }
}
