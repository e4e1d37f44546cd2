using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using EdgeNode.Core.Model;
using EdgeNode.Provisioning.Grammar;
using EdgeNode.Provisioning.Sections;
using EdgeNode.Provisioning.Values;
using EdgeNode.Provisioning.Yaml;

namespace EdgeNode.Provisioning;

/// <summary>A profile, or what is wrong with its file.</summary>
/// <param name="Profile">Null when there is a fault.</param>
/// <param name="Faults">In the order of the file.</param>
public sealed record ProfileResult(DeviceProfile? Profile, ImmutableArray<SiteFault> Faults);

/// <summary>A device profile of hardware/profiles: YAML into the record that a device of the site takes its registers from.</summary>
public static class ProfileFile
{
    /// <summary>Reads one.</summary>
    /// <param name="name">As <c>profile</c> has it in a site file: the file's name without its ending.</param>
    /// <param name="text">YAML.</param>
    public static ProfileResult Parse(string name, string text)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(text);
        var faults = new FaultList(name + ".yaml");
        var profile = SourceText.Read(Encoding.UTF8.GetBytes(text), faults) is { } source && YamlTree.Read(source, faults) is { } root ? Read(name, root, faults) : null;
        return new ProfileResult(faults.Any ? null : profile, faults.InOrder());
    }

    private static DeviceProfile? Read(string name, YamlNode root, FaultList faults)
    {
        if (!name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-') || !Scalars.IsId(name))
            faults.Add(Place.Start, $"{Words.Quoted(name)} is not the name of a profile", "lower-case letters, digits and -");
        if (SectionReader.Open(root, ProfileGrammar.Profile, faults) is not { } section)
            return null;

        var limits = RequestKeys.Read(section, faults);
        var sources = Sources(section["sources"], faults);
        var profile = new DeviceProfile(
            name, Scalars.Text(section["maker"], faults) ?? "", Scalars.Text(section["model"], faults) ?? "", Scalars.Text(section["class"], faults) ?? "",
            Registers(section["registers"], sources, limits, faults))
        {
            Limits = limits,
            Sources = sources,
            Identities = IdentitySection.Read(section["identify"], sources, faults),
            Notes = [.. (Scalars.List(section["notes"], "notes", faults) ?? []).Select(n => Scalars.Text(n, faults) ?? "")],
        };
        profile = profile with { Status = Status(section["status"], profile, faults) };
        foreach (var unused in sources.Keys.Except(profile.Registers.Select(r => r.Source)).Except(profile.Identities.Select(i => i.Source)).Except(profile.Status.Select(s => s.Source)))
            faults.Add(section["sources"]!.At, $"no register has the source {Words.Quoted(unused)}", "sources that the rows name");
        if (section["serial"] is not { } node || SectionReader.Open(node, ProfileGrammar.Serial, faults) is not { } serial)
            return profile;
        return profile with
        {
            Baud = Scalars.Choice(serial["baud"], SiteGrammar.Baud, faults) is { } baud ? int.Parse(baud, CultureInfo.InvariantCulture) : null,
            Format = Scalars.Choice(serial["format"], SiteGrammar.Format, faults) is { } format ? BusesSection.Format(format) : null,
        };
    }

    private static ImmutableArray<ProfileStatus> Status(YamlNode? node, DeviceProfile profile, FaultList faults)
    {
        var words = ImmutableArray.CreateBuilder<ProfileStatus>();
        foreach (var row in StatusRow.Read(node, ProfileGrammar.Status, faults))
        {
            var source = Source(row.Section, profile.Sources, faults);
            var note = Scalars.Text(row.Section["note"], faults);
            foreach (var quantity in (row.Of ?? []).Where(q => !profile.Registers.Any(r => r.Name == q.Text)))
                faults.Add(quantity.At, $"the profile has no register {Words.Quoted(quantity.Text)}", Words.Or([.. profile.Registers.Select(r => r.Name)]));
            if (row.Word is { } word && source is not null)
                words.Add(new ProfileStatus(word, [.. (row.Of ?? []).Select(q => q.Text)], source, note));
        }

        return words.ToImmutable();
    }

    private static ImmutableDictionary<string, string> Sources(YamlNode? node, FaultList faults)
    {
        var sources = ImmutableDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        if (node is not YamlMapping { Entries.IsEmpty: false } map)
        {
            if (node is not null)
                faults.Add(node.At, "'sources' has no source", "names and where to find them, such as manual: \"https://...\"");
            return sources.ToImmutable();
        }

        foreach (var (key, value) in map.Entries)
        {
            if (Scalars.Id(key, faults) is { } id && Scalars.Text(value, faults) is { } text && !sources.TryAdd(id, text))
                faults.Add(key.At, $"there is already a source {Words.Quoted(id)}", "a name of its own");
        }

        return sources.ToImmutable();
    }

    /// <summary>The source that a row names; null with a fault when the profile has none of that name.</summary>
    internal static string? Source(SectionReader row, ImmutableDictionary<string, string> sources, FaultList faults)
    {
        if (Scalars.Read(row["source"], "one of the profile's 'sources'", faults) is not { } source)
            return null;
        if (!sources.ContainsKey(source.Text))
            faults.Add(source.At, $"there is no source {Words.Quoted(source.Text)}", Words.Or([.. sources.Keys.Order(StringComparer.Ordinal)]));
        return source.Text;
    }

    private static ImmutableArray<ProfileRegister> Registers(YamlNode? node, ImmutableDictionary<string, string> sources, RequestLimits limits, FaultList faults)
    {
        if (Scalars.List(node, "registers", faults) is not { } items)
            return [];
        var registers = ImmutableArray.CreateBuilder<ProfileRegister>();
        foreach (var item in items)
        {
            if (SectionReader.Open(item, ProfileGrammar.Register, faults) is not { } section)
                continue;
            var row = RegisterRow.Read(section, faults);
            var source = Source(section, sources, faults);
            var note = Scalars.Text(section["note"], faults);
            var optional = Scalars.Flag(section["optional"], faults) ?? false;
            if (row is not { Name: { } name, Unit: { } unit, Options: { } options } || source is null)
                continue;
            if (registers.Any(r => r.Name == name))
                faults.Add(section["name"]!.At, $"the profile already has a register {Words.Quoted(name)}", "a name of its own");
            if (options.End - options.First > (limits.MaxRegisters ?? SiteLimits.RegistersPerRead))
                faults.Add(section["type"]!.At, "the type takes more registers than 'max-registers' allows");
            registers.Add(new ProfileRegister(name, unit, row.Scale, row.Offset, options with { Point = registers.Count }, source, note, optional));
        }

        if (registers.All(r => r.Optional))
            faults.Add(node!.At, "no register is read unless a site file names it", "at least one that is not optional");
        return registers.ToImmutable();
    }
}
