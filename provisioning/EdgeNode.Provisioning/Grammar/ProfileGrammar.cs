using System.Collections.Immutable;
using static EdgeNode.Provisioning.Grammar.KeyUse;

namespace EdgeNode.Provisioning.Grammar;

/// <summary>The grammar of a device profile (hardware/profiles): the registers are those of a site file, each with its source.</summary>
internal static class ProfileGrammar
{
    public static readonly Section Profile = new("profile", "a profile",
    [
        new("maker", Required), new("model", Required), new("class", Required), new("serial", Optional),
        new("timeout", Optional), new("max-registers", Optional), new("max-gap", Optional), new("never-read", Optional), new("any-unit-echo", Optional),
        new("sources", Required), new("notes", Optional), new("identify", Optional), new("registers", Required), new("status", Optional),
    ]);

    public static readonly Section Serial = new("serial", "'serial'", [new("baud", Optional), new("format", Optional)]);

    public static readonly Section Register = new("register", "a register of a profile",
        [.. SiteGrammar.Register.Keys, new("source", Required), new("note", Optional), new("optional", Optional)]);

    public static readonly Section Status = new("status-word", "a status word of a profile", [.. SiteGrammar.Status.Keys, new("source", Required), new("note", Optional)]);

    public static readonly Section Identity = new("identity", "a way to identify",
    [
        new("maker", Optional), new("product", Optional), new("server-id", Optional), new("function", Optional), new("register", Optional), new("value", Optional),
        new("source", Required),
    ]);

    public static readonly Choice IdentityFunction = new("identity-function", "a function that reads registers", ["3", "4"], []);

    public static ImmutableArray<Section> Sections { get; } = [Profile, Serial, Register, Status, Identity];
}
