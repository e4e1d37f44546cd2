using System.Runtime.InteropServices;
using System.Runtime.InteropServices.Marshalling;

namespace EdgeNode.Hardware.Health;

/// <summary>From a directory to the disks under it.</summary>
internal static partial class BlockDevice
{
    private const int MostLevels = 8; // partition, LUKS, LVM, RAID: four are in use
    private const int AtCurrentDirectory = -100; // AT_FDCWD
    private const int DeviceOffset = 136; // stx_dev_major and stx_dev_minor of struct statx, statx(2)

    /// <summary>Number of the device on which a directory lies; null when the kernel does not tell.</summary>
    public static unsafe (uint Major, uint Minor)? Of(string directory)
    {
        var stat = stackalloc uint[64]; // struct statx is 256 bytes
        return statx(AtCurrentDirectory, directory, 0, 0, stat) == 0 ? (stat[DeviceOffset / 4], stat[(DeviceOffset / 4) + 1]) : null;
    }

    /// <summary>The disks under a block device, through partitions and what is stacked on them.</summary>
    /// <param name="folder">Its folder or link in sysfs.</param>
    public static IEnumerable<string> Disks(string folder) => Disks(folder, MostLevels);

    private static IEnumerable<string> Disks(string folder, int levels)
    {
        var real = Directory.ResolveLinkTarget(folder, returnFinalTarget: true)?.FullName ?? folder;
        var slaves = Path.Combine(real, "slaves");
        var below = Directory.Exists(slaves) ? Directory.GetDirectories(slaves) : [];
        if (below.Length > 0 && levels > 0)
            return below.SelectMany(b => Disks(b, levels - 1));
        return [File.Exists(Path.Combine(real, "partition")) ? Path.GetDirectoryName(real)! : real];
    }

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Custom, StringMarshallingCustomType = typeof(Utf8StringMarshaller))]
    private static unsafe partial int statx(int directory, string path, int flags, uint mask, uint* stat);
}
