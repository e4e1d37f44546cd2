using EdgeNode.Hardware.Iio;

namespace EdgeNode.Hardware.Health;

/// <summary>
/// Temperature of the processor, Cel: a thermal zone of its own (Documentation/driver-api/thermal/sysfs-api.rst, m°C), else the sensor of
/// a processor in hwmon. The hottest one where it has several. A zone of a battery or a radio is never taken for it.
/// </summary>
internal static class ProcessorTemperature
{
    /// <summary>In order of preference: parts of a zone's type. cpu-thermal is that of a Raspberry Pi, soc-thermal Rockchip's, x86_pkg_temp Intel's.</summary>
    private static readonly string[] Zones = ["cpu", "pkg", "soc"];

    private static readonly string[] Sensors = ["cpu_thermal", "coretemp", "k10temp"];

    public static Measured Read(string root)
    {
        var list = Path.Combine(root, "class/thermal");
        var all = SysfsList.Of(list, "type").Where(z => Path.GetFileName(z.Folder).StartsWith("thermal_zone", StringComparison.Ordinal)).ToList();
        var files = Zones.Select(part => all.Where(z => z.Says.Contains(part, StringComparison.OrdinalIgnoreCase)).Select(z => Path.Combine(z.Folder, "temp")).ToList())
            .FirstOrDefault(f => f.Count > 0);
        var hwmon = Path.Combine(root, "class/hwmon");
        files ??= [.. SysfsList.Of(hwmon, "name").Where(h => Sensors.Contains(h.Says)).Select(h => Path.Combine(h.Folder, "temp1_input"))];
        if (files.Count == 0)
            return Measured.Missing($"no thermal zone of a processor in {list} ({SysfsList.Found(all)}), and none of {string.Join(", ", Sensors)} in {hwmon}");

        double? hottest = null;
        var fault = "";
        foreach (var file in files)
        {
            if (SysfsNumber.TryRead(file, out var value, out var told))
                hottest = Math.Max(value / 1000, hottest ?? double.MinValue);
            else
                fault = told ?? $"there is no {file}";
        }

        return hottest is { } temperature ? Measured.Good(temperature) : Measured.Failed(fault);
    }
}
