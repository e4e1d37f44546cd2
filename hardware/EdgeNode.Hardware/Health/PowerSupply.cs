using EdgeNode.Hardware.Iio;

namespace EdgeNode.Hardware.Health;

/// <summary>
/// Mains and battery as the kernel's power supplies have them (Documentation/ABI/testing/sysfs-class-power): of a UPS hat with a driver, of a
/// board with a charger. What belongs to a device that is plugged in (scope Device) says nothing of the cabinet.
/// </summary>
internal static class PowerSupply
{
    private static readonly string[] External = ["Mains", "USB", "Wireless"];
    private static readonly string[] Battery = ["Battery"];

    /// <summary>1 while power comes in from outside, by any way.</summary>
    public static Measured Mains(string root)
    {
        var supplies = Of(root, External, out var missing);
        if (supplies.Count == 0)
            return missing;
        Measured? off = null;
        foreach (var folder in supplies)
        {
            var online = Number(folder, "online");
            if (online is { Quality.IsGood: true, Value: > 0 })
                return Measured.Flag(true);

            // One that is off and one that does not tell: nobody knows.
            off = off is { Quality.IsBad: true } ? off : online;
        }

        return off!.Value;
    }

    /// <summary>Charge, %; of several batteries the lowest.</summary>
    public static Measured Charge(string root) => Lowest(root, "capacity", 1);

    /// <summary>Voltage, V (the kernel has microvolt); of several batteries the lowest.</summary>
    public static Measured Voltage(string root) => Lowest(root, "voltage_now", 1e6);

    private static Measured Lowest(string root, string file, double unit)
    {
        var batteries = Of(root, Battery, out var missing);
        Measured? lowest = null;
        foreach (var folder in batteries)
        {
            var value = Number(folder, file);
            if (value.Quality.IsBad)
                return value;
            if (lowest is not { } least || value.Value < least.Value)
                lowest = value;
        }

        return lowest is { } found ? Measured.Good(found.Value / unit) : missing;
    }

    private static Measured Number(string folder, string file)
    {
        var path = Path.Combine(folder, file);
        return SysfsNumber.TryRead(path, out var value, out var fault) ? Measured.Good(value)
            : fault is null ? Measured.Missing($"there is no {path}")
            : Measured.Failed(fault);
    }

    private static List<string> Of(string root, string[] types, out Measured missing)
    {
        var list = Path.Combine(root, "class/power_supply");
        var all = SysfsList.Of(list, "type").Where(s => !Says(s.Folder, "scope", "Device") && !Says(s.Folder, "present", "0")).ToList();
        missing = Measured.Missing($"no power supply of type {string.Join(" or ", types)} in {list} ({SysfsList.Found(all)})");
        return [.. all.Where(s => types.Contains(s.Says)).Select(s => s.Folder)];
    }

    private static bool Says(string folder, string file, string text) => SysfsNumber.TryReadText(Path.Combine(folder, file), out var says, out _) && says == text;
}
