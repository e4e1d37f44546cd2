using System.CommandLine;
using EdgeNode.Hardware;
using EdgeNode.Provisioning;

namespace EdgeNode.Gateway.Verbs;

/// <summary><c>check</c>: every fault of a site file in one go.</summary>
internal static class CheckVerb
{
    public static Command Make()
    {
        var site = Options.Site();
        var json = Options.Json();
        var verb = new Command("check", "Reads a site file and names every fault with line and column. Exit code 78 when there is one.") { site, json };
        verb.SetAction(parsed => Run(parsed.GetRequiredValue(site), parsed.GetValue(json)));
        return verb;
    }

    private static int Run(string path, bool json)
    {
        var result = SiteFile.Load(path, SiteReader.Profiles, FieldTimes.Of);
        if (json)
        {
            WriteJson(result);
        }
        else if (result.Faults.IsEmpty)
        {
            var s = result.Site!;
            foreach (var hint in result.Hints.Select(h => h.ToString()).Concat(SiteHints.Of(s, SiteReader.Profiles)))
            {
                Console.Error.WriteLine("hint: " + hint);
            }

            Console.WriteLine($"{path}: good. Node {s.Node.Id}: {Figures.Count(s.Points.Length, "point")} of {Figures.Count(s.Devices.Length, "device")} "
                + $"on {Figures.Count(s.Buses.Length, "bus", "buses")}, {Figures.Contents(s)}. Revision {s.Revision}.");
        }
        else
        {
            foreach (var fault in result.Faults)
            {
                Console.WriteLine(fault);
            }

            Console.Error.WriteLine($"{path}: {(result.Faults.Length == 1 ? "1 fault" : $"{result.Faults.Length} faults")}.");
        }

        return result.Faults.IsEmpty ? Exit.Done : Exit.Config;
    }

    private static void WriteJson(SiteResult result) => JsonOutput.Write(json =>
    {
        json.WriteBoolean("good", result.Faults.IsEmpty);
        json.WriteString("revision", result.Site?.Revision);
        json.WriteStartArray("faults");
        foreach (var fault in result.Faults)
        {
            Write(fault);
        }

        json.WriteEndArray();
        json.WriteStartArray("hints");
        foreach (var hint in result.Hints)
        {
            Write(hint);
        }

        // Of the site as a whole, without a place.
        foreach (var hint in result.Site is { } site ? SiteHints.Of(site, SiteReader.Profiles) : [])
        {
            json.WriteStartObject();
            json.WriteString("message", hint);
            json.WriteEndObject();
        }

        json.WriteEndArray();

        void Write(SiteFault at)
        {
            json.WriteStartObject();
            json.WriteString("file", at.File);
            json.WriteNumber("line", at.Line);
            json.WriteNumber("column", at.Column);
            json.WriteString("message", at.Message);
            json.WriteEndObject();
        }
    });
}
