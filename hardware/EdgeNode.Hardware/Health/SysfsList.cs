using EdgeNode.Hardware.Iio;

namespace EdgeNode.Hardware.Health;

/// <summary>The folders of a class, each with what one of its files says.</summary>
internal static class SysfsList
{
    /// <summary>In the order of their numbers; those without the file are left out. Empty when there is no such class.</summary>
    /// <param name="list">Full path of the class, such as /sys/class/thermal.</param>
    /// <param name="file">What tells them apart, such as type.</param>
    public static List<(string Folder, string Says)> Of(string list, string file)
    {
        var found = new List<(string, string)>();
        if (!Directory.Exists(list))
            return found;
        foreach (var folder in Directory.EnumerateDirectories(list).OrderBy(f => f.Length).ThenBy(f => f, StringComparer.Ordinal))
        {
            if (SysfsNumber.TryReadText(Path.Combine(folder, file), out var text, out _))
                found.Add((folder, text));
        }

        return found;
    }

    /// <summary>What there is instead, for a sentence.</summary>
    public static string Found(IEnumerable<(string Folder, string Says)> list)
    {
        var names = list.Select(l => l.Says).Distinct().ToList();
        return names.Count == 0 ? "there is none of any type" : "there is " + string.Join(", ", names);
    }
}
