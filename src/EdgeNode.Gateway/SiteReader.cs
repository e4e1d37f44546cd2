using EdgeNode.Core.Model;
using EdgeNode.Hardware;
using EdgeNode.Provisioning;

namespace EdgeNode.Gateway;

/// <summary>Loads a site file for a verb that needs a good one.</summary>
internal static class SiteReader
{
    /// <summary>The profiles that come with the hardware: what a site file may name.</summary>
    public static ProfileCatalog Profiles { get; } = new(DeviceProfiles.All);

    /// <summary>The site, or null after all faults were written to standard error.</summary>
    public static Site? Load(string path)
    {
        var result = SiteFile.Load(path, Profiles);
        foreach (var fault in result.Faults)
        {
            Console.Error.WriteLine(fault);
        }

        return result.Faults.IsEmpty ? result.Site : null;
    }
}
