using System.CommandLine;
using System.Reflection;
using EdgeNode.Gateway.Verbs;

namespace EdgeNode.Gateway;

/// <summary>The verbs, and what is common to them: usage errors, signals, exit codes.</summary>
internal static class CommandLine
{
    /// <summary>The version as it stands in the binary, without the source revision.</summary>
    public static string Version { get; } =
        typeof(CommandLine).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "0";

    /// <summary>Parses and runs one command line.</summary>
    public static async Task<int> RunAsync(string[] args)
    {
        var parsed = Root().Parse(args);
        var verb = parsed.CommandResult.Command;

        // In a list of verbs one sentence each; the whole text is in the verb's own help.
        foreach (var one in verb.Subcommands)
        {
            one.Description = FirstSentence(one.Description);
        }

        if (parsed.Errors.Count > 0)
        {
            foreach (var fault in Faults(parsed))
            {
                await Console.Error.WriteLineAsync(fault).ConfigureAwait(false);
            }

            await Console.Error.WriteLineAsync($"Try: {Name(verb)} --help{(verb.Subcommands.Count > 0 ? $", or {Name(verb)} VERB --help" : "")}").ConfigureAwait(false);
            return Exit.Usage;
        }

        // Signals are ours: each verb stops in order and then says how it went.
        var configuration = new InvocationConfiguration { ProcessTerminationTimeout = null, EnableDefaultExceptionHandler = false };
        try
        {
            StandardOutput.Open();
            return await parsed.InvokeAsync(configuration).ConfigureAwait(false);
        }
        catch (OutputException e)
        {
            await Console.Error.WriteLineAsync(e.Message).ConfigureAwait(false);
            return Exit.Failed;
        }
    }

    /// <summary>All verbs.</summary>
    internal static RootCommand Root()
    {
        var root = new RootCommand(
            "EdgeNode, the gateway beside a city's lifelines: reads sensors, raises alarms on the spot, and delivers every reading to the city's broker.");
        root.Add(DemoVerb.Make());
        root.Add(RunVerb.Make());
        root.Add(CheckVerb.Make());
        root.Add(PlanVerb.Make());
        root.Add(ScanVerb.Make());
        root.Add(ReadVerb.Make());
        root.Add(SpoolVerb.Make());
        root.Add(AlarmsVerb.Make());
        root.Add(EmergencyVerb.Make());
        root.Add(GroupsVerb.Make());
        root.Add(BypassVerb.Make());
        root.Add(TripsVerb.Make());
        root.Add(TripsVerb.MakeReset());
        root.Add(SilenceVerb.Make());
        root.Add(MaintenanceVerb.Make());
        root.Add(OutputsVerb.Make());
        root.Add(RestartVerb.Make());
        root.Add(SubstituteVerb.Make());
        root.Add(AuditVerb.Make());
        root.Add(DoctorVerb.Make());
        root.Add(TapVerb.Make());
        return root;
    }

    /// <summary>What is wrong with a command line, in sentences: where verbs are to choose from, the one that is missing or is none, and those that there are.</summary>
    internal static IEnumerable<string> Faults(ParseResult parsed)
    {
        var verb = parsed.CommandResult.Command;
        if (verb.Subcommands.Count == 0 || (parsed.UnmatchedTokens.Count == 0 && verb.Action is not null))
        {
            return parsed.Errors.Select(e => e.Message);
        }

        var known = $"expected {string.Join(", ", verb.Subcommands.Select(c => c.Name))}";
        return parsed.UnmatchedTokens is not [var word, ..] ? [$"{Name(verb)}: a verb is missing; {known}."]
            : [$"{Name(verb)}: '{word}' is neither a verb nor an option here; {known}."];
    }

    private static string? FirstSentence(string? text) => text?.IndexOf(". ", StringComparison.Ordinal) is int end and >= 0 ? text[..(end + 1)] : text;

    private static string Name(Command verb) => verb.Parents.OfType<Command>().FirstOrDefault() is { } parent ? $"{Name(parent)} {verb.Name}" : "edgenode";
}
