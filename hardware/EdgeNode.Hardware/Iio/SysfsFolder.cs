using EdgeNode.Core.Model;

namespace EdgeNode.Hardware.Iio;

/// <summary>Finds the folder of a device by the name that its driver gives it.</summary>
internal static class SysfsFolder
{
    /// <summary>The folder, or null with the reason.</summary>
    /// <param name="root">Where sysfs is mounted.</param>
    /// <param name="kind">IIO or hwmon.</param>
    /// <param name="name">What its file name says.</param>
    /// <param name="at">A part of its real path, such as 1-0076, where several have that name.</param>
    /// <param name="fault">Why there is none.</param>
    public static string? Find(string root, SysfsClass kind, string name, string? at, out string fault)
    {
        var list = Path.Combine(root, kind == SysfsClass.Iio ? "bus/iio/devices" : "class/hwmon");
        try
        {
            var found = (Directory.Exists(list) ? Directory.EnumerateDirectories(list) : [])
                .Where(d => SysfsNumber.TryReadText(Path.Combine(d, "name"), out var text, out _) && text == name)
                .Where(d => at is null || Real(d).Split('/').Contains(at))
                .Order(StringComparer.Ordinal).ToList();
            var where = at is null ? "" : $" at {at}";
            fault = found.Count == 0 ? $"the kernel has no {name}{where} in {list}" : $"there are {found.Count} of the name {name}{where} in {list}; 'at' tells them apart";
            return found.Count == 1 ? found[0] : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            fault = e.Message.TrimEnd('.');
            return null;
        }
    }

    /// <summary>A device of a class is a link into the tree of devices, whose path names what it hangs on.</summary>
    private static string Real(string folder) => Directory.ResolveLinkTarget(folder, returnFinalTarget: true)?.FullName ?? folder;
}
