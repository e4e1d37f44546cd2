using EdgeNode.Core.Model;
using EdgeNode.Provisioning.Grammar;
using EdgeNode.Provisioning.Values;
using EdgeNode.Provisioning.Yaml;

namespace EdgeNode.Provisioning.Sections;

/// <summary><c>spool</c>: how long and how much is kept on disk.</summary>
internal static class SpoolSection
{
    private static readonly SpoolOptions Default = new(TimeSpan.FromSeconds(1), 4L << 30);

    public static SpoolOptions Read(YamlNode? node, FaultList faults)
    {
        if (node is null || SectionReader.Open(node, SiteGrammar.Spool, faults) is not { } section)
            return Default;

        // drop-oldest is the only answer of the spool as a whole; a site file may say so. Points say what goes first.
        Scalars.Choice(section["when-full"], SiteGrammar.WhenFull, faults);
        return new SpoolOptions(
            Sizes.Duration(section["commit"], SiteLimits.Commit, faults) ?? Default.Commit,
            Sizes.Bytes(section["limit"], SiteLimits.SpoolLeast, SiteLimits.SpoolMost, faults) ?? Default.LimitBytes)
        {
            Age = Sizes.Duration(section["age"], SiteLimits.SpoolAge, faults),
        };
    }
}
