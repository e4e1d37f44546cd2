using System.Collections.Immutable;
using static EdgeNode.Provisioning.Grammar.KeyUse;

namespace EdgeNode.Provisioning.Grammar;

/// <summary>The grammar of a scenario file; a test compares provisioning/schema/scenario.schema.json with it.</summary>
internal static class ScenarioGrammar
{
    public static readonly Section Scenario = new("scenario", "a scenario", [new("faults", Required)]);

    public static readonly Section Entry = new("entry", "a fault",
    [
        new("at", Required), new("for", Optional), new("device", Optional), new("bus", Optional), new("fault", Required),
        new("by", Optional), new("code", Optional), new("rate", Optional),
    ]);

    public static readonly Choice Fault = new("fault", "a fault of the simulated field",
        ["delay", "silence", "noise", "wrong-unit", "exception", "stuck", "drift", "unplug"], []);

    public static ImmutableArray<Section> Sections { get; } = [Scenario, Entry];
}
