using System.CommandLine;
using EdgeNode.Gateway.Demo;

namespace EdgeNode.Gateway.Verbs;

/// <summary><c>demo</c>: the whole product in one process with nothing installed.</summary>
internal static class DemoVerb
{
    public static Command Make()
    {
        var duration = Options.For("How long to run; until Ctrl-C when absent.");
        var mqtt = Options.Port("--mqtt-port", "Port of the embedded broker on 127.0.0.1; a free one when absent.");
        var panel = Options.Port("--panel-port", "Port of the operator's panel; accepted, and not used until there is a panel.");
        var scenario = new Option<string>("--scenario") { Description = "What goes wrong in the simulated field, and when (YAML; see provisioning/examples/scenarios). Exit code 78 when the file is wrong.", HelpName = "FILE" };
        var story = new Option<bool>("--story")
        {
            Description = "Plays one story and ends, after about two minutes: a transmitter drifts and is outvoted, the pressure rises, the inlet valve closes, the operator acknowledges and resets. Exit code 1 when an act did not happen as told.",
        };
        var json = Options.Json();
        var verb = new Command("demo", "Shows the product at work, everything simulated. An embedded broker, a simulated pump station and bridge on real Modbus TCP and RTU, on chips and on lines, and a live view. "
            + "Once a minute the pressure rises and the trip closes the inlet valve: on a terminal the keys a and r acknowledge and reset, elsewhere the demo does.")
        {
            duration, mqtt, panel, scenario, story, json,
        };
        verb.Validators.Add(result =>
        {
            if (result.GetValue(story) && (result.GetResult(duration) ?? result.GetResult(scenario)) is not null)
            {
                result.AddError($"--story has its own length and its own faults; leave out {(result.GetResult(duration) is null ? "--scenario" : "--for")}.");
            }
        });
        verb.SetAction((parsed, _) =>
        {
            if (parsed.GetResult(panel) is not null)
            {
                Console.Error.WriteLine("--panel-port: there is no panel yet; the port stays closed.");
            }

            return DemoRun.RunAsync(parsed.GetValue(duration), parsed.GetValue(mqtt), parsed.GetValue(scenario), parsed.GetValue(json), parsed.GetValue(story));
        });
        return verb;
    }
}
