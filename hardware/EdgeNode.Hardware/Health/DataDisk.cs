using System.Globalization;
using EdgeNode.Core.Model;
using EdgeNode.Hardware.Iio;

namespace EdgeNode.Hardware.Health;

/// <summary>The disk on which the node keeps what it keeps.</summary>
internal static class DataDisk
{
    private const int Exceeded = 0x0B;

    /// <summary>Space that is left for an ordinary process, % of the file system (statvfs: f_bavail of f_blocks).</summary>
    public static Measured Free(string data)
    {
        var drive = new DriveInfo(Existing(data));
        return drive.TotalSize > 0
            ? Measured.Good(100.0 * drive.AvailableFreeSpace / drive.TotalSize)
            : Measured.Missing($"the file system of {data} has no size");
    }

    /// <summary>
    /// How much of its life an eMMC has used, %, in steps of 10: the worst of life_time (types A and B) and pre_eol_info, of which warning is
    /// 80 % and urgent 90 % of the reserved blocks (JESD84-B51, EXT_CSD 267 to 269; drivers/mmc/core/mmc.c). Of a RAID the worst disk's.
    /// SD cards do not tell it; disks of other kinds tell it to the superuser only.
    /// </summary>
    /// <param name="root">Where sysfs is mounted.</param>
    /// <param name="data">A directory on the disk; it need not exist yet.</param>
    public static Measured Wear(string root, string data)
    {
        if (BlockDevice.Of(Existing(data)) is not var (major, minor))
            return Measured.Failed($"the kernel does not tell on which disk {data} lies");
        var list = Path.Combine(root, "dev/block");
        var folder = Path.Combine(list, string.Create(CultureInfo.InvariantCulture, $"{major}:{minor}"));
        if (!Directory.Exists(folder))
            return Measured.Missing($"{data} lies on no disk that the kernel lists: there is no {folder}");
        Measured? worst = null;
        foreach (var disk in BlockDevice.Disks(folder))
        {
            var wear = OfDisk(disk);
            if (wear.Quality.IsBad)
                return wear;
            if (worst is not { } most || wear.Value > most.Value)
                worst = wear;
        }

        return worst ?? Measured.Missing($"there is no disk below {folder}");
    }

    private static Measured OfDisk(string disk)
    {
        var path = Path.Combine(disk, "device/life_time");
        if (!SysfsNumber.TryReadText(path, out var text, out var fault))
        {
            var isCard = SysfsNumber.TryReadText(Path.Combine(disk, "device/type"), out var type, out _) && type == "SD";
            var what = isCard ? "is an SD card, and those do not tell their wear" : "does not tell its wear";
            return fault is null ? Measured.Missing($"{Path.GetFileName(disk)} {what}: there is no {path}") : Measured.Failed(fault);
        }

        var steps = text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(Hex).ToList();
        if (steps.Count != 2 || steps.Contains(null))
            return Measured.Failed($"{path} says {text}, expected two hexadecimal numbers such as 0x01 0x01");
        var worst = steps.Max()!.Value;
        var reserve = SysfsNumber.TryReadText(Path.Combine(disk, "device/pre_eol_info"), out var end, out _) ? Hex(end) switch { 2 => 80, 3 => 90, _ => 0 } : 0;
        if (worst == 0 && reserve == 0)
            return Measured.Not(Reason.Sentinel, $"{path} says {text}: this eMMC does not count its wear");
        return worst >= Exceeded
            ? new Measured(100, Quality.Uncertain(Reason.OverRange), "")
            : Measured.Good(Math.Max(10 * worst, reserve));
    }

    private static int? Hex(string text) =>
        text.StartsWith("0x", StringComparison.Ordinal) && int.TryParse(text.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value) ? value : null;

    /// <summary>A directory that is still to be made lies where its nearest ancestor lies.</summary>
    private static string Existing(string data)
    {
        var path = Path.GetFullPath(data);
        while (!Directory.Exists(path) && Path.GetDirectoryName(path) is { } parent)
            path = parent;
        return path;
    }
}
