using System.Globalization;
using EdgeNode.Core.Model;
using EdgeNode.Hardware.Iio;

namespace EdgeNode.Hardware.Health;

/// <summary>Whether the board's own supply is too low, and whether it has slowed down.</summary>
/// <remarks>
/// Undervoltage: the hwmon rpi_volt (drivers/hwmon/raspberrypi-hwmon.c, in the mainline kernel) asks the firmware each 2 s for what has
/// happened since it asked last, so in0_lcrit_alarm is 1 for 2 s after a dip of any length. Throttling: only Raspberry Pi's own kernel
/// publishes it, as get_throttled of the firmware (drivers/firmware/raspberrypi.c there): hexadecimal, bits 0 to 3 are undervoltage,
/// frequency capped, throttled, soft temperature limit, now; 16 to 19 are the same since they were asked for last. Its first reader leaves one
/// warning ("deprecated, use hwmon") in the kernel's log. On other boards the kernel slows the processor itself, by a cooling device of
/// cpufreq (Documentation/driver-api/thermal/sysfs-api.rst).
/// </remarks>
internal static class BoardSupply
{
    private const uint UndervoltageNow = 1 << 0;
    private const uint SlowNow = (1 << 1) | (1 << 2) | (1 << 3);

    /// <summary>1 while, or up to 2 s after, the supply is too low.</summary>
    public static Measured Undervoltage(string root)
    {
        if (SysfsFolder.Find(root, SysfsClass.Hwmon, "rpi_volt", null, out var fault) is { } folder)
        {
            var path = Path.Combine(folder, "in0_lcrit_alarm");
            return SysfsNumber.TryRead(path, out var alarm, out var told) ? Measured.Flag(alarm != 0)
                : told is null ? Measured.Missing($"there is no {path}")
                : Measured.Failed(told);
        }

        return FirmwareBits(root, UndervoltageNow) ?? Measured.Missing($"{fault}, and no get_throttled in {Firmware(root)}");
    }

    /// <summary>1 while the processor is slower than it could be, for heat or for want of supply.</summary>
    public static Measured Throttled(string root)
    {
        if (FirmwareBits(root, SlowNow) is { } bits)
            return bits;

        // There the firmware slows down, and the kernel's own cooling devices would say 0 meanwhile.
        if (Directory.Exists(Firmware(root)))
            return Measured.Missing($"no get_throttled in {Firmware(root)}: this kernel does not tell when a Raspberry Pi slows down");
        var list = Path.Combine(root, "class/thermal");
        var all = SysfsList.Of(list, "type").Where(c => Path.GetFileName(c.Folder).StartsWith("cooling_device", StringComparison.Ordinal)).ToList();
        var processors = all.Where(c => c.Says.Contains("cpufreq", StringComparison.Ordinal) || c.Says == "Processor").ToList();
        if (processors.Count == 0)
            return Measured.Missing($"no get_throttled in {Firmware(root)}, and no cooling device of cpufreq in {list} ({SysfsList.Found(all)})");
        var slow = false;
        foreach (var (folder, _) in processors)
        {
            if (!SysfsNumber.TryRead(Path.Combine(folder, "cur_state"), out var state, out var told))
                return Measured.Failed(told ?? $"there is no {folder}/cur_state");
            slow |= state > 0;
        }

        return Measured.Flag(slow);
    }

    private static string Firmware(string root) => Path.Combine(root, "bus/platform/drivers/raspberrypi-firmware");

    /// <summary>Null when the firmware's driver does not publish them. The device's own name differs from board to board, its driver's does not.</summary>
    private static Measured? FirmwareBits(string root, uint mask) => SysfsList.Of(Firmware(root), "get_throttled") switch
    {
        [] => null,
        [var (folder, text), ..] => uint.TryParse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var bits)
            ? Measured.Flag((bits & mask) != 0)
            : Measured.Failed($"{folder}/get_throttled says {text}, expected a hexadecimal number"),
    };
}
