using System.CommandLine;

namespace EdgeNode.Gateway.Verbs;

/// <summary><c>spool status</c>, <c>verify</c> and <c>export</c>: what is waiting, whether every frame is sound, and all of it. They only read.</summary>
internal static class SpoolVerb
{
    public static Command Make()
    {
        var verb = new Command("spool", "Looks into the spool of a data directory; safe while the gateway runs.");
        verb.Add(Sub("status", "What is waiting to be delivered, how old it is, and how full the spool is.", SpoolReport.Status));
        verb.Add(Sub("verify", "Checks every frame of every segment. Exit code 1 when something is damaged.", SpoolReport.Verify));
        verb.Add(SpoolExportVerb.Make());
        return verb;
    }

    /// <summary>The spool of a data directory, or of a copied spool folder; null after it was said why there is none.</summary>
    public static string? Find(string data)
    {
        var directory = Path.Combine(data, "spool");
        if (!Directory.Exists(directory) && HoldsJournal(data))
        {
            directory = data;
        }

        if (!Directory.Exists(directory))
        {
            Console.Error.WriteLine($"{directory}: there is no spool here. Expected the directory that `edgenode run --data DIR` was given, or a copy of it.");
            return null;
        }

        if (ReadRights.Missing(directory, "journal-*") is { } file)
        {
            Console.Error.WriteLine(ReadRights.Sentence(file));
            return null;
        }

        return directory;
    }

    private static Command Sub(string name, string description, Func<string, bool, int> report)
    {
        var data = Options.Data();
        var json = Options.Json();
        var verb = new Command(name, description) { data, json };
        verb.SetAction(parsed =>
        {
            if (Find(parsed.GetRequiredValue(data)) is not { } directory)
            {
                return Exit.Failed;
            }

            return report(directory, parsed.GetValue(json));
        });
        return verb;
    }

    private static bool HoldsJournal(string directory)
    {
        try
        {
            return Directory.Exists(directory) && Directory.EnumerateFiles(directory, "journal-*").Any();
        }
        catch (UnauthorizedAccessException)
        {
            return false;
        }
    }
}
