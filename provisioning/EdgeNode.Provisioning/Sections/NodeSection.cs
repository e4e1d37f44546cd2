using EdgeNode.Core.Model;
using EdgeNode.Provisioning.Grammar;
using EdgeNode.Provisioning.Values;
using EdgeNode.Provisioning.Yaml;

namespace EdgeNode.Provisioning.Sections;

/// <summary><c>node</c>: which node this is and where it stands.</summary>
internal static class NodeSection
{
    /// <summary>Null unless id and site are known.</summary>
    public static NodeOptions? Read(YamlNode? node, FaultList faults)
    {
        if (node is null || SectionReader.Open(node, SiteGrammar.Node, faults) is not { } section)
            return null;

        var id = Scalars.Id(section["id"], faults);
        var site = Scalars.Id(section["site"], faults);
        var asset = Scalars.Text(section["asset"], faults);
        var location = Location(section["location"], faults);
        return id is null || site is null ? null : new NodeOptions(id, site, asset, location);
    }

    private static Location? Location(YamlNode? node, FaultList faults)
    {
        if (node is null || SectionReader.Open(node, SiteGrammar.Location, faults) is not { } section)
            return null;

        var latitude = Numbers.Read(section["lat"], "31.2304", -90, 90, faults);
        var longitude = Numbers.Read(section["lon"], "121.4737", -180, 180, faults);

        // No default: between WGS84 and GCJ-02 lie some hundred metres.
        var datum = Scalars.Choice(section["datum"], SiteGrammar.Datum, faults);
        return latitude is null || longitude is null || datum is null ? null : new Location(latitude.Value, longitude.Value, datum);
    }
}
