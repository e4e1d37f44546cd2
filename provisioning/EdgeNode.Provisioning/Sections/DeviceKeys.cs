using EdgeNode.Core.Validate;
using EdgeNode.Provisioning.Grammar;

namespace EdgeNode.Provisioning.Sections;

/// <summary>Which keys go together in a device: that depends on its bus and on its profile.</summary>
internal static class DeviceKeys
{
    private static readonly string[] Always = ["id", "bus", "every", "simulated"];

    /// <summary>Keys that are missing, and keys that mean nothing here.</summary>
    /// <param name="section">The device.</param>
    /// <param name="with">What decides: "a Modbus bus", "'ina226'".</param>
    /// <param name="required">Must be there.</param>
    /// <param name="optional">May be there.</param>
    /// <param name="faults">Where they go.</param>
    public static void Check(SectionReader section, string with, IReadOnlyCollection<string> required, IReadOnlyCollection<string> optional, FaultList faults)
    {
        foreach (var key in required.Where(k => section[k] is null && !section.HasUnknown))
            faults.Add(section.At, $"the key {Words.Quoted(key)} is missing", $"with {with}: {string.Join(", ", required)}{(required.Contains("registers") ? " or profile" : "")}");
        foreach (var key in SiteGrammar.Device.Supported.Where(k => section[k] is not null && !Always.Contains(k) && !required.Contains(k) && !optional.Contains(k)))
            faults.Add(section.PlaceOf(key), $"{Words.Quoted(key)} means nothing with {with}", Home(key) is { } home ? $"{Words.Quoted(key)} only with {home}" : null);
    }

    private static string? Home(string key)
    {
        var drivers = DriverTable.All.Where(d => d.Required.Contains(key) || d.Optional.Contains(key)).Select(d => d.Name).ToList();
        if (key == "quantities")
            drivers.Add("a profile of a Modbus bus");
        return drivers.Count > 0 ? Words.Or(drivers) : "a Modbus bus";
    }
}
