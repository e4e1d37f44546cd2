using System.Collections.Immutable;
using EdgeNode.Core.Model;
using EdgeNode.Provisioning.Grammar;
using EdgeNode.Provisioning.Values;
using EdgeNode.Provisioning.Yaml;

namespace EdgeNode.Provisioning.Sections;

/// <summary>What a register needs to know of its device.</summary>
/// <param name="Device">Its id, and whether all of its quantities are known.</param>
/// <param name="Index">Position in the site.</param>
/// <param name="Bus">Null when unknown.</param>
/// <param name="Address">Null when faulty.</param>
/// <param name="Every">Null when faulty.</param>
/// <param name="MaxRegisters">Most registers of one request.</param>
/// <param name="NeverRead">Registers that must not be touched.</param>
internal sealed record RegisterHome(
    DeviceDraft Device, int Index, BusDraft? Bus, int? Address, TimeSpan? Every, int MaxRegisters, ImmutableArray<RegisterRange> NeverRead);

/// <summary>The registers of a device, from its profile and from <c>registers</c>: each row is a point.</summary>
internal sealed class RegistersSection(SiteDraft draft)
{
    // Two devices may share an address, say for fast and slow quantities; the same quantity twice is a forgotten change of a copied line.
    private readonly Dictionary<(int Bus, int Address, string Name), (string Device, int Line)> _seen = [];
    private bool _full;

    private FaultList Faults => draft.Faults;

    /// <summary>The profile's rows first; a row of the device with the same name takes the place of the profile's.</summary>
    public ImmutableArray<RegisterOptions> Read(YamlNode? node, ProfileChoice? profile, RegisterHome home)
    {
        var registers = ImmutableArray.CreateBuilder<RegisterOptions>();
        var own = Scalars.List(node, "registers", Faults) is { } items ? items : [];
        home.Device.IsUnclear |= node is not (null or YamlSequence);
        if (node is YamlSequence && own.IsEmpty)
            Faults.Add(node.At, "the list of registers is empty", "at least one register");
        if (profile is not null)
            FromProfile(profile, [.. own.OfType<YamlMapping>().Select(r => r.Peek("name")?.Text ?? "")], home, registers);

        var names = new Dictionary<string, Place>(StringComparer.Ordinal);
        foreach (var item in own)
        {
            if (IsFull(item.At, home))
                break;
            if (Own(item, home, names) is { } register)
                registers.Add(register);
        }

        return registers.ToImmutable();
    }

    private void FromProfile(ProfileChoice profile, HashSet<string> replaced, RegisterHome home, ImmutableArray<RegisterOptions>.Builder registers)
    {
        foreach (var row in profile.Rows.Where(r => !replaced.Contains(r.Name)))
        {
            if (IsFull(profile.At, home))
                return;
            var options = row.Register with { Point = Point(row.Name, row.Unit, row.Scale, row.Offset, profile.At, home) };
            CheckRequest(options, profile.At, profile.At, $"{Words.Quoted(row.Name)} of {Words.Quoted(profile.Profile.Name)}", home);
            registers.Add(options);
        }
    }

    private RegisterOptions? Own(YamlNode item, RegisterHome home, Dictionary<string, Place> names)
    {
        if (SectionReader.Open(item, SiteGrammar.Register, Faults) is not { } section)
        {
            home.Device.IsUnclear = true;
            return null;
        }

        var row = RegisterRow.Read(section, Faults);
        var name = row.Name;
        if (name is null)
            home.Device.IsUnclear = true;
        var isFirst = name is not null && names.TryAdd(name, section["name"]!.At);
        if (name is not null && !isFirst)
            Faults.Add(section["name"]!.At, $"the device already has a register {Words.Quoted(name)} in line {names[name].Line}", "a name of its own");

        var index = Point(name, row.Unit, row.Scale, row.Offset, isFirst ? section["name"]!.At : null, home);
        if (row.Options is not { } options)
            return null;
        CheckRequest(options, (section["register"] ?? section["reference"])!.At, section["type"]!.At, Words.Quoted(((YamlScalar)section["type"]!).Text), home);
        return options with { Point = index };
    }

    private bool IsFull(Place at, RegisterHome home)
    {
        if (draft.Points.Count < SiteLimits.Points)
            return false;
        if (!_full)
            Faults.Add(at, $"there are more than {SiteLimits.Points} points", $"at most {SiteLimits.Points}");
        (_full, draft.DevicesAreUnclear, home.Device.IsUnclear) = (true, true, true);
        return true;
    }

    /// <summary>The row's point, known from now on to the sections that follow; not so without a place, when it has no good name.</summary>
    private int Point(string? name, Unit? unit, double scale, double offset, Place? namedAt, RegisterHome home)
    {
        var index = draft.Points.Count;
        var point = new PointDraft($"{home.Device.Id}.{name}", index, home.Index, home.Every) { Unit = unit, Scale = scale, Offset = offset };
        draft.Points.Add(point);
        if (name is null || namedAt is not { } at)
            return index;

        draft.PointByName.TryAdd(point.Name, point);
        if (home is { Bus: { } bus, Address: { } address } && !_seen.TryAdd((bus.Index, address, name), (home.Device.Id, at.Line)))
        {
            var (other, line) = _seen[(bus.Index, address, name)];
            Faults.Add(
                at,
                $"{Words.Quoted(name)} of address {Words.Number(address)} on bus {Words.Quoted(bus.Id)} is already read by {Words.Quoted(other)} in line {line}",
                "an address of its own for each device, or other quantities");
        }

        return index;
    }

    /// <summary>Whether the device's requests can hold the register at all.</summary>
    public void CheckRequest(RegisterOptions register, Place at, Place typeAt, string what, RegisterHome home)
    {
        var taken = register.End - register.First;
        if (taken > home.MaxRegisters)
        {
            Faults.Add(
                typeAt,
                $"{what} takes {Words.Number(taken)} registers{RegisterRow.Second(register)}, but 'max-registers' allows {Words.Number(home.MaxRegisters)} in one request",
                $"'max-registers' of at least {Words.Number(taken)}");
        }

        var last = register.End - 1;
        foreach (var never in home.NeverRead)
        {
            // Coils are no registers.
            if (register.Type != RegisterType.Bit && register.First <= never.Last && last >= never.First)
            {
                var shown = last == register.First ? Words.Number(last) : $"{Words.Number(register.First)}..{Words.Number(last)}";
                Faults.Add(at, $"register {shown} lies in 'never-read' {Words.Number(never.First)}..{Words.Number(never.Last)}", "a register outside of it");
                return;
            }
        }
    }
}
