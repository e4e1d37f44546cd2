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

/// <summary><c>registers</c> of a device: each row is a point.</summary>
internal sealed class RegistersSection(SiteDraft draft)
{
    // Two devices may share an address, say for fast and slow quantities; the same quantity twice is a forgotten change of a copied line.
    private readonly Dictionary<(int Bus, int Address, string Name), (string Device, int Line)> _seen = [];
    private bool _full;

    private FaultList Faults => draft.Faults;

    public ImmutableArray<RegisterOptions> Read(YamlNode? node, RegisterHome home)
    {
        if (Scalars.List(node, "registers", Faults) is not { } items)
        {
            home.Device.IsUnclear = true;
            return [];
        }

        if (items.IsEmpty)
            Faults.Add(node!.At, "the list of registers is empty", "at least one register");
        var registers = ImmutableArray.CreateBuilder<RegisterOptions>();
        var names = new Dictionary<string, Place>(StringComparer.Ordinal);
        foreach (var item in items)
        {
            if (draft.Points.Count >= SiteLimits.Points)
            {
                if (!_full)
                    Faults.Add(item.At, $"there are more than {SiteLimits.Points} points", $"at most {SiteLimits.Points}");
                (_full, draft.DevicesAreUnclear, home.Device.IsUnclear) = (true, true, true);
                break;
            }

            if (Register(item, home, names) is { } register)
                registers.Add(register);
        }

        return registers.ToImmutable();
    }

    private RegisterOptions? Register(YamlNode item, RegisterHome home, Dictionary<string, Place> names)
    {
        if (SectionReader.Open(item, SiteGrammar.Register, Faults) is not { } section)
        {
            home.Device.IsUnclear = true;
            return null;
        }

        var (function, register) = RegisterPlace.Read(section, Faults);
        var type = RegisterForm.Type(section["type"], Faults);
        var order = RegisterForm.Order(section["order"], type, Faults);
        var invalid = RegisterForm.Invalid(section["invalid"], type, Faults);
        var (firstBit, bitCount) = RegisterForm.Bits(section, type, Faults);
        var index = Point(section, home, names);
        if (register is null || type is null)
            return null;

        var number = function ?? (type == RegisterType.Bit ? 1 : 3);
        if (number <= 2 != (type == RegisterType.Bit))
        {
            Faults.Add(
                section["type"]!.At,
                $"function {function} does not give {Words.Quoted(((YamlScalar)section["type"]!).Text)}",
                "'bit' with function 1 (coils) or 2 (discrete inputs), any other type with 3 or 4");
        }

        var options = new RegisterOptions(index, number, register.Value, type.Value, order, firstBit, bitCount, invalid) { With = RegisterPlace.With(section, type, Faults) };
        CheckPlace(options, (section["register"] ?? section["reference"])!.At, section["type"]!, home);
        return options;
    }

    /// <summary>The row's point, known from now on to the sections that follow.</summary>
    private int Point(SectionReader section, RegisterHome home, Dictionary<string, Place> names)
    {
        var unit = Amounts.Unit(section["unit"], Faults);
        var scale = Numbers.Read(section["scale"], "0.1", Faults);
        if (scale == 0)
            Faults.Add(section["scale"]!.At, "the scale is 0, so that the value would never change", "value = raw x scale + offset");
        var offset = Numbers.Read(section["offset"], "-40", Faults);

        var name = Scalars.Id(section["name"], Faults);
        var index = draft.Points.Count;
        var point = new PointDraft($"{home.Device.Id}.{name}", index, home.Index, home.Every) { Unit = unit, Scale = scale ?? 1, Offset = offset ?? 0 };
        draft.Points.Add(point);
        if (name is null)
        {
            home.Device.IsUnclear = true;
            return index;
        }

        var at = section["name"]!.At;
        if (!names.TryAdd(name, at))
        {
            Faults.Add(at, $"the device already has a register {Words.Quoted(name)} in line {names[name].Line}", "a name of its own");
            return index;
        }

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

    private void CheckPlace(RegisterOptions register, Place at, YamlNode type, RegisterHome home)
    {
        var last = register.End - 1;
        var what = $"{Words.Quoted(((YamlScalar)type).Text)} takes {Words.Number(register.End - register.First)} registers{(register.With is null ? "" : ", its second one included")}";
        if (last > ushort.MaxValue)
            Faults.Add(at, $"{what}, and register {Words.Number(register.Register)} is too near to the end", $"at most {Words.Number(ushort.MaxValue + 1 - register.Count)}");
        if (register.End - register.First > home.MaxRegisters)
            Faults.Add(type.At, $"{what}, but 'max-registers' allows {Words.Number(home.MaxRegisters)} in one request", $"'max-registers' of at least {Words.Number(register.End - register.First)}");
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
