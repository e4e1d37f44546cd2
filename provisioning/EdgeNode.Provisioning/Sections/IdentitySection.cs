using System.Collections.Immutable;
using System.Globalization;
using EdgeNode.Core.Model;
using EdgeNode.Provisioning.Grammar;
using EdgeNode.Provisioning.Values;
using EdgeNode.Provisioning.Yaml;

namespace EdgeNode.Provisioning.Sections;

/// <summary>The key 'identify' of a profile: how such a device is told from others. Each row is one of three ways.</summary>
internal static class IdentitySection
{
    private const string Ways = "'maker' and 'product', or 'server-id', or 'function', 'register' and 'value'";

    public static ImmutableArray<ProfileIdentity> Read(YamlNode? node, ImmutableDictionary<string, string> sources, FaultList faults)
    {
        var ways = ImmutableArray.CreateBuilder<ProfileIdentity>();
        foreach (var item in Scalars.List(node, "ways to identify", faults) ?? [])
        {
            if (SectionReader.Open(item, ProfileGrammar.Identity, faults) is { } section && Way(section, sources, faults) is { } way)
                ways.Add(way);
        }

        return ways.ToImmutable();
    }

    private static ProfileIdentity? Way(SectionReader section, ImmutableDictionary<string, string> sources, FaultList faults)
    {
        var source = ProfileFile.Source(section, sources, faults);
        var maker = Scalars.Text(section["maker"], faults);
        var products = Scalars.OneOrMore(section["product"], "products", faults).Select(p => Scalars.Text(p, faults)).OfType<string>().ToImmutableArray();
        var serverId = Scalars.Text(section["server-id"], faults);
        var function = Scalars.Choice(section["function"], ProfileGrammar.IdentityFunction, faults);
        var register = Numbers.Whole(section["register"], "a register", 0, ushort.MaxValue, faults);
        var value = Numbers.Whole(section["value"], "what a register holds", 0, ushort.MaxValue, faults);
        if (source is null || section.HasUnknown)
            return null;

        string[] named = [.. ((string[])["maker", "product", "server-id", "function", "register", "value"]).Where(k => section[k] is not null)];
        switch (string.Join(' ', named))
        {
            case "maker product" when maker is not null && !products.IsEmpty:
                return new IdentityByName(maker, products, source);
            case "server-id" when serverId is not null:
                return new IdentityByServerId(serverId, source);
            case "function register value" when function is not null && register is not null && value is not null:
                return new IdentityByRegister(int.Parse(function, CultureInfo.InvariantCulture), register.Value, value.Value, source);
            case "maker product" or "server-id" or "function register value":
                return null; // said already
            default:
                faults.Add(section.At, named.Length == 0 ? "nothing is said to identify by" : $"{string.Join(", ", named.Select(Words.Quoted))} are not one way to identify", Ways);
                return null;
        }
    }
}
