using System.Collections.Immutable;
using System.Security.Cryptography;
using EdgeNode.Core.Model;
using EdgeNode.Provisioning.Grammar;
using EdgeNode.Provisioning.Sections;
using EdgeNode.Provisioning.Yaml;

namespace EdgeNode.Provisioning;

/// <summary>
/// The site file: YAML that a technician writes, into the record that the gateway runs by. All faults of a file come at once, each
/// with its place. Whatever the bytes are, the answer is a site or faults, never an exception.
/// </summary>
public static class SiteFile
{
    private const int RevisionDigits = 12;

    /// <summary>Reads a file from disk.</summary>
    /// <param name="path">Relative paths are shown as they are given.</param>
    /// <param name="profiles">What a Modbus device may name as its profile.</param>
    /// <param name="times">What the buses of a checked site make of each device, in the order of <see cref="Site.Devices"/>.</param>
    public static SiteResult Load(string path, ProfileCatalog profiles, Func<Site, ImmutableArray<DeviceTimes>> times)
    {
        ArgumentNullException.ThrowIfNull(path);
        var faults = new FaultList(path);
        if (SourceFile.Read(path, faults) is { } bytes)
            return Parse(path, bytes, Path.GetDirectoryName(Path.GetFullPath(path)) ?? "/", profiles, times);
        return new SiteResult(null, faults.InOrder());
    }

    /// <summary>Reads the bytes of a site file.</summary>
    /// <param name="fileName">For the faults.</param>
    /// <param name="bytes">UTF-8, with or without byte order mark, at most <see cref="SiteLimits.FileBytes"/>.</param>
    /// <param name="baseDirectory">Where the files lie that the site file names.</param>
    /// <param name="profiles">What a Modbus device may name as its profile.</param>
    /// <param name="times">What the buses of a checked site make of each device, in the order of <see cref="Site.Devices"/>.</param>
    public static SiteResult Parse(
        string fileName, ReadOnlyMemory<byte> bytes, string baseDirectory, ProfileCatalog profiles, Func<Site, ImmutableArray<DeviceTimes>> times)
    {
        ArgumentNullException.ThrowIfNull(fileName);
        ArgumentNullException.ThrowIfNull(baseDirectory);
        ArgumentNullException.ThrowIfNull(profiles);
        ArgumentNullException.ThrowIfNull(times);
        var faults = new FaultList(fileName);
        var site = SourceText.Read(bytes.Span, faults) is { } text && YamlTree.Read(text, faults) is { } root
            ? Read(root, new SiteFiles(fileName, baseDirectory), profiles, times, faults)
            : null;
        return faults.StopsRun
            ? new SiteResult(null, faults.InOrder())
            : new SiteResult(site! with { Revision = Convert.ToHexStringLower(SHA256.HashData(bytes.Span))[..RevisionDigits] }, faults.InOrder()) { Hints = faults.HintsInOrder() };
    }

    private static Site? Read(YamlNode root, SiteFiles files, ProfileCatalog profiles, Func<Site, ImmutableArray<DeviceTimes>> times, FaultList faults)
    {
        if (SectionReader.Open(root, SiteGrammar.Site, faults) is not { } section)
            return null;

        var draft = new SiteDraft(profiles, faults);
        NoteGroups((YamlMapping)root, draft);
        var node = NodeSection.Read(section["node"], faults);
        var uplink = UplinkSection.Read(section["uplink"], node, files, faults);
        var spool = SpoolSection.Read(section["spool"], faults);
        BusesSection.Read(section["buses"], draft);
        DevicesSection.Read(section["devices"], draft);
        InputsSection.Read(section["inputs"], draft);
        OutputsSection.Read(section["outputs"], draft);
        ContactSense.Check(draft);
        AnnunciatorsSection.Read(section["annunciators"], draft);
        HeartbeatSection.Read(section["heartbeat"], draft);
        var maintenance = HeartbeatSection.Maintenance(section["maintenance"], faults);
        PointsSection.Read(section["points"], draft);
        GroupsSection.Read(section["groups"], draft);
        var trips = new TripsSection(section["trips"], draft);
        foreach (var output in draft.Outputs)
            ProtectionPoints.Add(output, draft);
        AlarmsSection.Read(section["alarms"], draft);
        trips.ReadCauses();
        GroupsSection.CheckAllBad(draft);
        var emergency = EmergencySection.Read(section["emergency"], draft);
        if (faults.StopsRun)
            return null;
        var site = new Site(
            node!, uplink, spool, [.. draft.Buses.Select(b => b.Options!)], [.. draft.Devices], [.. draft.Points.Select(p => p.Finish(draft.Devices))], [.. draft.AllAlarms])
        {
            Groups = [.. draft.Groups.Select(g => g.Options!)],
            Emergency = emergency,
            Inputs = [.. draft.Inputs],
            Outputs = [.. draft.Outputs.Select(o => o.Options!)],
            Annunciators = [.. draft.Annunciators],
            Heartbeat = draft.Heartbeat,
            Maintenance = maintenance,
            Trips = [.. draft.Trips.Select(t => t.Options!)],
        };
        var its = times(site);
        BusSense.CheckLoad(site, its, draft);
        TripSense.CheckChains(site, its, draft);
        ProtectionHints.Give(site, draft);
        return site;
    }

    private static void NoteGroups(YamlMapping root, SiteDraft draft)
    {
        foreach (var entry in root.Entries)
        {
            if (entry is { Key.Text: "groups", Value: YamlSequence groups })
                draft.GroupIds.UnionWith(groups.Items.OfType<YamlMapping>().Select(g => g.Peek("id")?.Text ?? ""));
            if (entry is { Key.Text: "inputs", Value: YamlSequence inputs })
                draft.InputIds.UnionWith(inputs.Items.OfType<YamlMapping>().Select(i => i.Peek("id")?.Text ?? ""));
        }
    }
}
