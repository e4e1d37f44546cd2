using System.Collections.Concurrent;
using System.Collections.Immutable;
using EdgeNode.Core.Model;

namespace EdgeNode.Provisioning;

/// <summary>The profiles of Modbus devices that a site file may name. A profile is parsed when the first device asks for it.</summary>
public sealed class ProfileCatalog
{
    private readonly IReadOnlyDictionary<string, string> _files;
    private readonly ConcurrentDictionary<string, DeviceProfile> _parsed = new(StringComparer.Ordinal);

    /// <summary>A catalogue of these files.</summary>
    /// <param name="files">Names, and the YAML of each.</param>
    public ProfileCatalog(IReadOnlyDictionary<string, string> files)
    {
        ArgumentNullException.ThrowIfNull(files);
        _files = files;
        Names = [.. files.Keys.Order(StringComparer.Ordinal)];
    }

    /// <summary>No profile at all, for a site that needs none.</summary>
    public static ProfileCatalog Empty { get; } = new(ImmutableDictionary<string, string>.Empty);

    /// <summary>In alphabetical order.</summary>
    public ImmutableArray<string> Names { get; }

    /// <summary>A profile by its name; null when there is none.</summary>
    /// <exception cref="InvalidOperationException">Its file is wrong. The files are part of the program, and a test reads them all.</exception>
    public DeviceProfile? Find(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return _files.TryGetValue(name, out var text) ? _parsed.GetOrAdd(name, Parse, text) : null;
    }

    private static DeviceProfile Parse(string name, string text)
    {
        var result = ProfileFile.Parse(name, text);
        return result.Profile ?? throw new InvalidOperationException("A profile of the program is wrong: " + string.Join("; ", result.Faults));
    }
}
