using System.Collections.Frozen;
using System.Text;

namespace EdgeNode.Hardware;

/// <summary>The device profiles of hardware/profiles, which travel inside the program. What their YAML means is not known here.</summary>
public static class DeviceProfiles
{
    private const string Folder = "profiles/";

    /// <summary>Names, and the YAML of each.</summary>
    public static IReadOnlyDictionary<string, string> All { get; } = typeof(DeviceProfiles).Assembly.GetManifestResourceNames()
        .Where(n => n.StartsWith(Folder, StringComparison.Ordinal))
        .ToFrozenDictionary(n => n[Folder.Length..], Read, StringComparer.Ordinal);

    private static string Read(string resource)
    {
        using var stream = typeof(DeviceProfiles).Assembly.GetManifestResourceStream(resource)!;
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return reader.ReadToEnd();
    }
}
