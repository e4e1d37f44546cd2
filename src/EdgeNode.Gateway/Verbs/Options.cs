using System.CommandLine;
using EdgeNode.Provisioning;

namespace EdgeNode.Gateway.Verbs;

/// <summary>Options that several verbs share, so that they read the same everywhere.</summary>
internal static class Options
{
    /// <summary>What a timer of the runtime can hold is a little more.</summary>
    private static readonly TimeSpan LongestFor = TimeSpan.FromDays(30);

    public static Option<string> Site() => new("--site") { Description = "The site file (YAML).", HelpName = "FILE", Required = true };

    public static Option<string> Data() => new("--data")
    {
        Description = "What the node keeps: spool/, audit/, history/. Default: $STATE_DIRECTORY, or ./data.",
        HelpName = "DIR",
        DefaultValueFactory = _ => Environment.GetEnvironmentVariable("STATE_DIRECTORY") is { Length: > 0 } state ? state : "data",
    };

    public static Option<bool> Json() => new("--json") { Description = "One JSON object on standard output; everything else on standard error." };

    public static Option<TimeSpan?> For(string description) => Span("--for", description);

    public static Option<TimeSpan?> Span(string name, string description) => new(name)
    {
        Description = description,
        HelpName = "TIME",
        CustomParser = result =>
        {
            if (Duration.TryParse(result.Tokens.Count == 1 ? result.Tokens[0].Value : "", out var span) && span > TimeSpan.Zero && span <= LongestFor)
            {
                return span;
            }

            result.AddError($"{name} takes a time with its unit, such as 20s, 5min or 1h, up to 720h.");
            return null;
        },
    };

    public static Option<int> Port(string name, string description) => new(name)
    {
        Description = description,
        HelpName = "N",
        CustomParser = result =>
        {
            if (result.Tokens.Count == 1 && int.TryParse(result.Tokens[0].Value, out var port) && port is >= 0 and <= 65535)
            {
                return port;
            }

            result.AddError($"{name} takes a port number from 0 to 65535; 0 finds a free one.");
            return 0;
        },
    };

    /// <summary>Ids of those that are wanted of a list; none means all.</summary>
    public static Argument<string[]> Some(string name, string what) => new(name) { Description = what + " Default: all.", Arity = ArgumentArity.ZeroOrMore };
}
