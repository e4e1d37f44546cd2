using System.Collections.Immutable;
using EdgeNode.Core.Model;
using EdgeNode.Provisioning.Grammar;
using EdgeNode.Provisioning.Sections;
using EdgeNode.Provisioning.Values;
using EdgeNode.Provisioning.Yaml;

namespace EdgeNode.Provisioning;

/// <summary>A scenario, or what is wrong with its file.</summary>
/// <param name="Scenario">Null when there is a fault.</param>
/// <param name="Faults">In the order of the file.</param>
public sealed record ScenarioResult(Scenario? Scenario, ImmutableArray<SiteFault> Faults);

/// <summary>A scenario file: what goes wrong in the simulated field, and when. It is read against the site that it is for.</summary>
public static class ScenarioFile
{
    /// <summary>Reads a file from disk.</summary>
    /// <param name="path">Relative paths are shown as they are given.</param>
    /// <param name="site">The checked site whose devices and buses it names.</param>
    public static ScenarioResult Load(string path, Site site)
    {
        ArgumentNullException.ThrowIfNull(path);
        ArgumentNullException.ThrowIfNull(site);
        var faults = Empty(path);
        return SourceFile.Read(path, faults) is { } bytes ? Parse(path, bytes, site) : new ScenarioResult(null, faults.InOrder());
    }

    /// <summary>Reads the bytes of a scenario file.</summary>
    /// <param name="fileName">For the faults.</param>
    /// <param name="bytes">UTF-8, with or without byte order mark, at most <see cref="SiteLimits.FileBytes"/>.</param>
    /// <param name="site">The checked site whose devices and buses it names.</param>
    public static ScenarioResult Parse(string fileName, ReadOnlyMemory<byte> bytes, Site site)
    {
        ArgumentNullException.ThrowIfNull(fileName);
        ArgumentNullException.ThrowIfNull(site);
        var faults = Empty(fileName);
        var scenario = SourceText.Read(bytes.Span, faults) is { } text && YamlTree.Read(text, faults) is { } root ? Read(root, site, faults) : null;
        return new ScenarioResult(faults.Any ? null : scenario, faults.InOrder());
    }

    private static FaultList Empty(string file) => new(file, "a scenario", "faults");

    private static Scenario? Read(YamlNode root, Site site, FaultList faults)
    {
        if (SectionReader.Open(root, ScenarioGrammar.Scenario, faults) is not { } section
            || Scalars.List(section["faults"], "faults", faults) is not { } items)
            return null;

        if (items.Length > SiteLimits.ScenarioFaults)
            faults.Add(items[SiteLimits.ScenarioFaults].At, $"there are {Words.Number(items.Length)} faults", $"at most {SiteLimits.ScenarioFaults}");
        var reader = new ScenarioEntries(site, faults);
        foreach (var item in items.Take(SiteLimits.ScenarioFaults))
            reader.Take(item);
        return new Scenario([.. reader.Entries]);
    }
}
