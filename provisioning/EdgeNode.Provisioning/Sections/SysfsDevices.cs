using System.Collections.Immutable;
using EdgeNode.Core.Model;
using EdgeNode.Core.Validate;
using EdgeNode.Provisioning.Grammar;
using EdgeNode.Provisioning.Values;
using EdgeNode.Provisioning.Yaml;

namespace EdgeNode.Provisioning.Sections;

/// <summary>Sensors that the kernel drives: by device name and channel, or by the path of a file.</summary>
internal sealed class SysfsDevices(BuiltInDevices devices, SiteDraft draft)
{
    private FaultList Faults => draft.Faults;

    public DeviceOptions? Read(BuiltInHome home, Driver driver)
    {
        var kind = driver.Name switch { "iio" => SysfsClass.Iio, "hwmon" => SysfsClass.Hwmon, _ => SysfsClass.File };
        var name = Scalars.Text(home.Section["name"], Faults);
        var at = Scalars.Text(home.Section["at"], Faults);
        if (Scalars.List(home.Section["channels"], "channels", Faults) is not { } items)
            return null;
        if (items.IsEmpty)
            Faults.Add(home.Section["channels"]!.At, "the list of channels is empty", "at least one channel");

        var channels = ImmutableArray.CreateBuilder<SysfsChannel>();
        var names = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var item in items.Take(SiteLimits.ListItems))
        {
            if (SectionReader.Open(item, SiteGrammar.Channel, Faults) is { } section && Channel(home, section, kind, names) is { } channel)
                channels.Add(channel);
            else
                home.Device.IsUnclear = true;
        }

        if (items.Length > SiteLimits.ListItems)
            Faults.Add(items[SiteLimits.ListItems].At, $"there are {Words.Number(items.Length)} channels", $"at most {SiteLimits.ListItems}");
        return new SysfsDeviceOptions(home.Id, home.BusIndex, home.Period, kind, name, at, channels.ToImmutable());
    }

    private SysfsChannel? Channel(BuiltInHome home, SectionReader section, SysfsClass kind, Dictionary<string, int> names)
    {
        var id = Scalars.Id(section["name"], Faults);
        if (id is not null && !names.TryAdd(id, section["name"]!.At.Line))
            Faults.Add(section["name"]!.At, $"the device already has a channel {Words.Quoted(id)} in line {names[id]}", "a name of its own");
        var unit = Amounts.Unit(section["unit"], Faults);
        var scale = Numbers.Read(section["scale"], "0.001", Faults);
        if (scale == 0)
            Faults.Add(section["scale"]!.At, "the scale is 0, so that the value would never change", "value = the kernel's number x scale + offset");
        var offset = Numbers.Read(section["offset"], "-40", Faults);

        var (key, other) = kind == SysfsClass.File ? ("file", "channel") : ("channel", "file");
        if (section[other] is not null)
            Faults.Add(section.PlaceOf(other), $"{Words.Quoted(other)} means nothing here", $"{Words.Quoted(key)} in a device of this profile");
        if (section[key] is null && !section.HasUnknown)
            Faults.Add(section.At, $"the key {Words.Quoted(key)} is missing", kind == SysfsClass.File ? "the full path of a file with a number in it" : $"a channel such as {Example(kind)}");
        var channel = kind == SysfsClass.File ? File(section["file"]) : Name(section["channel"]);
        if (id is null || unit is null || channel is null)
            return null;

        // Written scale and offset are for the kernel's own number; without them its unit is known.
        var (times, plus) = (scale ?? 1, offset ?? 0);
        if (kind != SysfsClass.File && scale is null && offset is null)
        {
            if (!SysfsChannels.TryFind(kind, channel, out var published, out var factor))
                Faults.Add(section["channel"]!.At, $"the unit in which the kernel publishes {Words.Quoted(channel)} is not known", $"a channel of {Words.Or([.. SysfsChannels.Known(kind)])}, or 'scale' with it");
            else if (published.Quantity != unit.Quantity)
                Faults.Add(section["unit"]!.At, $"{Words.Quoted(unit.Symbol)} is of the quantity {Amounts.Name(unit.Quantity)}, but the kernel publishes {Words.Quoted(channel)} in {published.Symbol}", $"{published.Symbol} or another unit of {Amounts.Name(published.Quantity)}, or 'scale' with it");
            else
                (times, plus) = (published.SpanTo(unit, factor), published.To(unit, 0));
        }

        return new SysfsChannel(devices.Point(home, id, unit, times, plus), channel);
    }

    private static string Example(SysfsClass kind) => kind == SysfsClass.Iio ? "pressure or voltage0" : "temp1 or in0";

    private string? File(YamlNode? node)
    {
        if (Scalars.Text(node, Faults) is not { } path)
            return null;
        if (path.StartsWith('/') && !path.EndsWith('/'))
            return path;
        Faults.Add(node!.At, $"{Words.Quoted(path)} is not a full path", "the full path of a file with a number in it, such as /sys/class/thermal/thermal_zone0/temp");
        return null;
    }

    /// <summary>Part of a file's name, so nothing that could lead out of the folder.</summary>
    private string? Name(YamlNode? node)
    {
        if (Scalars.Text(node, Faults) is not { } name)
            return null;
        if (Scalars.IsId(name))
            return name;
        Faults.Add(node!.At, $"{Words.Quoted(name)} is not a channel", "the kernel's name without in_ and _raw or _input, such as pressure, voltage0 or temp1");
        return null;
    }
}
