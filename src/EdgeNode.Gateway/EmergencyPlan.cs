using System.Collections.Immutable;
using EdgeNode.Core.Model;

namespace EdgeNode.Gateway;

/// <summary>What the emergency mode takes of the buses that it makes busier.</summary>
/// <param name="Site">As it is scanned meanwhile.</param>
/// <param name="Options">The mode.</param>
/// <param name="Devices">Devices that are scanned faster, as indexes into <see cref="Site.Devices"/>.</param>
/// <param name="Buses">Their buses, as they are and as they are then.</param>
internal sealed record EmergencyPlan(Site Site, EmergencyOptions Options, ImmutableArray<int> Devices, ImmutableArray<(BusPlan Usual, BusPlan Then)> Buses)
{
    /// <summary>Null for a site without the mode, or one whose mode scans nothing faster.</summary>
    public static EmergencyPlan? Of(Site site, ImmutableArray<BusPlan> usual)
    {
        if (site.Emergency is not { Every: not null } options)
        {
            return null;
        }

        var then = options.Scanned(site);
        var devices = Enumerable.Range(0, site.Devices.Length).Where(d => then.Devices[d].Every < site.Devices[d].Every).ToImmutableArray();
        var buses = devices.Select(d => site.Devices[d].Bus).Distinct().Order().ToArray();
        var plans = BusPlan.All(then);
        return devices.IsEmpty ? null : new EmergencyPlan(then, options, devices, [.. buses.Select(b => (usual[b], plans[b]))]);
    }

    /// <summary>A bus keeps its periods, and has something left for retries and dead units.</summary>
    public static bool IsMet(BusPlan bus) =>
        bus.Modbus is { } modbus ? modbus.Duty <= BusPlan.Busy && modbus.With(0).Late.IsEmpty : bus.Chips?.Chips.All(c => c.Share <= 1) ?? true;

    /// <summary>The shortest `every` that is met on a bus, in steps of 10 ms, at most a fifth too long; null when none is that is shorter than the present periods.</summary>
    /// <param name="site">The site as it is usually.</param>
    /// <param name="bus">Index of the bus.</param>
    public TimeSpan? Met(Site site, int bus)
    {
        var longest = Devices.Where(d => site.Devices[d].Bus == bus).Max(d => site.Devices[d].Every);
        for (var every = Options.Every!.Value; every < longest; every = Rounded(every * 1.2))
        {
            if (IsMet(BusPlan.All((Options with { Every = every }).Scanned(site))[bus]))
            {
                return every;
            }
        }

        return null;
    }

    private static TimeSpan Rounded(TimeSpan span) => TimeSpan.FromMilliseconds(Math.Ceiling(span.TotalMilliseconds / 10) * 10);
}
