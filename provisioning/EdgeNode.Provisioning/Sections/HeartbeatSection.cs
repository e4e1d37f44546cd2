using EdgeNode.Core.Model;
using EdgeNode.Provisioning.Grammar;
using EdgeNode.Provisioning.Values;
using EdgeNode.Provisioning.Yaml;

namespace EdgeNode.Provisioning.Sections;

/// <summary><c>heartbeat</c>, the line for an external watchdog relay; and <c>maintenance</c>, how long it may last.</summary>
internal static class HeartbeatSection
{
    /// <summary>Watchdog relays wait for a second or more. Our own figure.</summary>
    private static readonly TimeSpan Every = TimeSpan.FromMilliseconds(500);

    public static void Read(YamlNode? node, SiteDraft draft)
    {
        if (node is null || SectionReader.Open(node, SiteGrammar.Heartbeat, draft.Faults) is not { } section)
            return;
        var place = Lines.Driven(section, "heartbeat", draft);
        var every = Sizes.Duration(section["every"], SiteLimits.Heartbeat, draft.Faults) ?? Every;
        draft.Heartbeat = place is null ? null : new HeartbeatOptions(place, every);
    }

    public static MaintenanceOptions Maintenance(YamlNode? node, FaultList faults) =>
        node is not null && SectionReader.Open(node, SiteGrammar.Maintenance, faults) is { } section && Sizes.Duration(section["for"], SiteLimits.Maintenance, faults) is { } longest
            ? new MaintenanceOptions(longest)
            : MaintenanceOptions.Default;
}
