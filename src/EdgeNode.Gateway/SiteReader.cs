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
        var result = SiteFile.Load(path, Profiles, FieldTimes.Of);
        foreach (var fault in result.Faults)
        {
            Console.Error.WriteLine(fault);
        }

        return result.Faults.IsEmpty ? result.Site : null;
    }

    /// <summary>
    /// The site for the service, or null. A certificate, key or password file that is missing is told and waited for: a station that is
    /// offline for good measures all the same.
    /// </summary>
    public static Site? LoadToRun(string path)
    {
        var result = SiteFile.Load(path, Profiles, FieldTimes.Of);
        foreach (var fault in result.Faults)
        {
            Console.Error.WriteLine(result.Site is null ? fault.ToString() : $"{fault}; measuring begins without it, the uplink looks for it at each connect");
        }

        return result.Site;
    }
}
