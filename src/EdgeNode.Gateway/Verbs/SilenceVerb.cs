using System.CommandLine;

namespace EdgeNode.Gateway.Verbs;

/// <summary><c>silence [ANNUNCIATOR...]</c>: by the local socket of a running gateway.</summary>
internal static class SilenceVerb
{
    public static Command Make()
    {
        var (data, json) = (Options.Data(), Options.Json());
        var ids = new Argument<string[]>("ANNUNCIATOR") { Description = "Ids of sirens, such as SIREN. Without one: all that sound.", Arity = ArgumentArity.ZeroOrMore };
        var verb = new Command(
            "silence",
            "Stills the sirens until the next alarm, as the button does. Nothing is acknowledged, lamps flash on, and after 15 min without an acknowledgement they sound again. A siren that does not say silence: allowed in the site file is not silenced: it is still once its alarms are acknowledged, set aside (shelved, out of service) or gone.")
        {
            ids, data, json,
        };
        verb.SetAction((parsed, _) => HandCommand.RunAsync(parsed, data, json, "panel.silence", j =>
        {
            if (parsed.GetValue(ids) is { Length: > 0 } named)
            {
                j.WriteStartArray("ids");
                foreach (var id in named)
                {
                    j.WriteStringValue(id);
                }

                j.WriteEndArray();
            }
        }, "Nothing sounds."));
        return verb;
    }
}
