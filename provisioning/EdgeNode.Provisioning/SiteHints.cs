using System.Collections.Immutable;
using EdgeNode.Core.Model;

namespace EdgeNode.Provisioning;

/// <summary>What is allowed and yet most likely not meant; said beside the faults, and no reason to refuse a site.</summary>
public static class SiteHints
{
    /// <summary>The notes of the profiles that the site uses, each once; then hints in the order of the points.</summary>
    public static ImmutableArray<string> Of(Site site, ProfileCatalog profiles) =>
    [
        .. site.Devices.OfType<ModbusDeviceOptions>().Select(d => d.Profile).OfType<string>().Distinct().Select(profiles.Find).OfType<DeviceProfile>()
            .SelectMany(p => p.Notes, (p, note) => $"{p.Name}: {note}"),
        .. site.Devices.OfType<ModbusDeviceOptions>()
            .SelectMany(d => d.Registers.Select(r => (Of: site.Points[r.Point].Name, Register: r)).Concat(d.Status.Select(s => (Of: $"the status word of {d.Id}", s.Register))))
            .Where(r => r.Register.Register > 40_000 && r.Register.Function == 3 || r.Register.Register is > 30_000 and < 40_000 && r.Register.Function == 4)
            .Select(named =>
            {
                var (of, r) = named;
                var number = r.Function == 3 ? r.Register - 40_001 : r.Register - 30_001;
                return $"{of}: register {r.Register} is counted from 0 here. If the manual means its table's number {r.Register}, write register: {number} (function {r.Function} says the table).";
            }),
        .. site.Heartbeat is not null ? [] : site.Outputs.Where(o => o.Backstops.Contains(Backstop.WatchdogRelay))
            .Select(o => $"{o.Id}: its backstop is a watchdog relay, and the site file has no heartbeat to feed one. With `heartbeat: {{ bus: gpio0, line: 26 }}` the node feeds it; without, something else must."),
        .. site.Outputs.Where((_, i) => !site.Trips.Any(t => t.Effect.Contains(i))).Select(o => $"{o.Id}: no trip has it among its effects, so it stays in its normal state while the gateway runs. After the first start, and a stop that was not orderly, it is safe until `edgenode outputs reset {o.Id}`."),
        .. site.Trips.Where(t => t.Armed && t.OnBad.Kind != OnBadKind.TripAfter)
            .Select(t => $"{t.Id}: it does not trip while its cause is unknown (on-bad: {(t.OnBad.Kind == OnBadKind.Hold ? "hold" : "alarm-only")}); `on-bad: {{ trip-after: 10s }}` does."),
    ];
}
