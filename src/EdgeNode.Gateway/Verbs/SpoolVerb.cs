using System.CommandLine;

namespace EdgeNode.Gateway.Verbs;

/// <summary><c>spool status</c> and <c>spool verify</c>: what is waiting, and whether every frame is sound. Both only read.</summary>
internal static class SpoolVerb
{
    public static Command Make()
    {
        var verb = new Command("spool", "Looks into the spool of a data directory; safe while the gateway runs.");
        verb.Add(Sub("status", "What is waiting to be delivered, how old it is, and how full the spool is.", SpoolReport.Status));
        verb.Add(Sub("verify", "Checks every frame of every segment. Exit code 1 when something is damaged.", SpoolReport.Verify));
        return verb;
    }

    private static Command Sub(string name, string description, Func<string, bool, int> report)
    {
        var data = Options.Data();
        var json = Options.Json();
        var verb = new Command(name, description) { data, json };
        verb.SetAction(parsed =>
        {
            var directory = Path.Combine(parsed.GetRequiredValue(data), "spool");
            if (!Directory.Exists(directory))
            {
                Console.Error.WriteLine($"{directory}: there is no spool here. Expected the directory that `edgenode run --data DIR` was given.");
                return Exit.Failed;
            }

            if (ReadRights.Missing(directory, "journal-*") is { } file)
            {
                Console.Error.WriteLine(ReadRights.Sentence(file));
                return Exit.Failed;
            }

            return report(directory, parsed.GetValue(json));
        });
        return verb;
    }
}
