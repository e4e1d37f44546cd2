using System.Collections.Immutable;
using EdgeNode.Core.Model;
using EdgeNode.Core.Validate;
using EdgeNode.Provisioning.Grammar;
using EdgeNode.Provisioning.Values;
using EdgeNode.Provisioning.Yaml;

namespace EdgeNode.Provisioning.Sections;

/// <summary><c>devices</c>: what hangs on the buses, and with the registers of each the points of the site.</summary>
internal static class DevicesSection
{
    private const int DefaultMaxGap = 8;
    private static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(1);

    // Whatever no built-in driver takes is Modbus's; 'quantities' is everybody's who has a profile with more than one.
    private static readonly ImmutableArray<string> ModbusKeys =
        [.. SiteGrammar.Device.Supported.Where(k => k == "quantities" || !DriverTable.All.Any(d => d.Required.Contains(k) || d.Optional.Contains(k)))];

    public static void Read(YamlNode? node, SiteDraft draft)
    {
        if (Scalars.List(node, "devices", draft.Faults) is not { } items)
        {
            draft.DevicesAreUnclear = true;
            return;
        }

        if (items.IsEmpty)
            draft.Faults.Add(node!.At, "the list of devices is empty", "at least one device");
        var registers = new RegistersSection(draft);
        var builtIn = new BuiltInDevices(draft);
        for (var i = 0; i < items.Length; i++)
        {
            if (i == SiteLimits.Devices)
            {
                draft.Faults.Add(items[i].At, $"there are {Words.Number(items.Length)} devices", $"at most {SiteLimits.Devices}");
                draft.DevicesAreUnclear = true;
                return;
            }

            Device(items[i], registers, builtIn, draft);
        }
    }

    private static void Device(YamlNode item, RegistersSection registers, BuiltInDevices builtIn, SiteDraft draft)
    {
        var kind = Drivers(item, draft);
        if (SectionReader.Open(item, SiteGrammar.Device, draft.Faults) is not { } section)
        {
            Unread(item, draft);
            return;
        }

        var id = Scalars.Id(section["id"], draft.Faults);
        if (id is null)
            draft.DevicesAreUnclear = true;
        else
            draft.ClaimTag(id, "a device", section["id"]!.At);

        if (kind is { } drivers)
            builtIn.Read(section, id, Bus(section["bus"], draft), drivers);
        else
            Modbus(section, id, registers, draft);
        draft.Devices[^1] = draft.Devices[^1] with { Simulated = Scalars.Flag(section["simulated"], draft.Faults) ?? false };
    }

    private static void Modbus(SectionReader section, string? id, RegistersSection registers, SiteDraft draft)
    {
        string[] rows = section["profile"] is null ? ["registers"] : [];

        // With a profile of another bus it is the profile that is wrong, or the bus, and not that there is no address.
        var isForeign = section["profile"] is YamlScalar profileName && DriverTable.Find(profileName.Text) is not null;
        DeviceKeys.Check(section, "a Modbus bus", isForeign && section["address"] is null ? [] : ["address", .. rows], ModbusKeys, draft.Faults);
        var bus = Bus(section["bus"], draft);
        var profile = ProfileChoice.Read(section, bus, draft);
        var limits = RequestKeys.Read(section, draft.Faults);
        if (limits.AnyUnitEcho == true && bus?.Options is ModbusRtuBusOptions or ModbusRtuOverTcpBusOptions)
            draft.Faults.Add(section.PlaceOf("any-unit-echo"), "'any-unit-echo' means nothing on a serial line", "'any-unit-echo' only on a modbus-tcp bus");
        if (profile is not null)
            limits = limits.Over(profile.Profile.Limits);
        var echo = limits.AnyUnitEcho ?? false;
        var address = Address(section["address"], echo, draft.Faults);
        var every = Sizes.Duration(section["every"], SiteLimits.Every, draft.Faults);
        var most = limits.MaxRegisters ?? SiteLimits.RegistersPerRead;

        var device = new DeviceDraft(id ?? "") { IsUnclear = profile is null && (section["registers"] is null || section["profile"] is not null) };
        if (profile is not null)
            device.Unread = [.. profile.Profile.Registers.Except(profile.Rows).Select(r => r.Name)];
        if (id is not null)
            draft.DeviceById.TryAdd(id, device);
        var home = new RegisterHome(device, draft.Devices.Count, bus, address, every, most, limits.NeverRead);
        var values = registers.Read(section["registers"], profile, home);
        draft.Devices.Add(new ModbusDeviceOptions(
            id ?? "", bus?.Index ?? -1, every ?? TimeSpan.Zero, address ?? -1, limits.Timeout ?? DefaultTimeout, most, limits.MaxGap ?? DefaultMaxGap, limits.NeverRead, echo, values)
        {
            Writes = WritesSection.Read(section["writes"], draft.Faults),
            Status = StatusSection.Read(section, profile, values, home, registers, draft),
            Profile = profile?.Profile.Name,
        });
    }

    /// <summary>
    /// Which built-in drivers the device may have: those of every bus by its profile; others by its bus, or by its profile where the bus is
    /// not known; null for Modbus.
    /// </summary>
    private static DriverBus? Drivers(YamlNode item, SiteDraft draft) =>
        item is not YamlMapping map ? null
        : map.Peek("profile") is { } named && DriverTable.Find(named.Text) is { Bus: DriverBus.Any } ? DriverBus.Any
        : map.Peek("bus") is { } bus && draft.BusById.TryGetValue(bus.Text, out var its) && (its.Drivers is not null || its.Options is not null) ? its.Drivers
        : map.Peek("profile") is { } profile ? DriverTable.Find(profile.Text)?.Bus
        : null;

    /// <summary>A device of which only the id is known, if that.</summary>
    private static void Unread(YamlNode item, SiteDraft draft)
    {
        if ((item as YamlMapping)?.Peek("id") is { } id)
            draft.DeviceById.TryAdd(id.Text, new DeviceDraft(id.Text) { IsUnclear = true });
        else
            draft.DevicesAreUnclear = true;
    }

    /// <summary>A bus by its id; null when there is none: with a fault, unless an earlier fault explains it.</summary>
    public static BusDraft? Bus(YamlNode? node, SiteDraft draft)
    {
        if (Scalars.Read(node, "the id of a bus", draft.Faults) is not { } scalar)
            return null;
        if (draft.BusById.TryGetValue(scalar.Text, out var bus))
            return bus;
        if (!draft.BusesAreUnclear)
            draft.Faults.Add(scalar.At, $"there is no bus {Words.Quoted(scalar.Text)}", Known(draft), Suggest.Nearest(scalar.Text, draft.BusById.Keys));
        return null;
    }

    private static string Known(SiteDraft draft) =>
        draft.BusById.Count <= 8 ? Words.Or([.. draft.BusById.Keys]) : "the id of a bus";

    /// <summary>1 to 247 by the standard (Modbus over serial line 1.02, section 2.2); some TCP devices want 0 or 255, and those echo what they like.</summary>
    private static int? Address(YamlNode? node, bool echo, FaultList faults)
    {
        if (Scalars.Read(node, "an address from 1 to 247", faults) is not { } scalar)
            return null;
        if (Numbers.TryWhole(scalar.Text, out var address) && address is >= 0 and <= 255 && (echo || address is >= 1 and <= 247))
            return (int)address;
        faults.Add(
            scalar.At,
            $"{Words.Quoted(scalar.Text)} is not a Modbus address",
            echo ? "a whole number from 0 to 255" : "a whole number from 1 to 247 (0 and 248 to 255 only together with 'any-unit-echo: true')");
        return null;
    }
}
