using EdgeNode.Core.Act;
using EdgeNode.Core.Model;
using EdgeNode.Core.Record;

namespace EdgeNode.Provisioning.Sections;

/// <summary>What a site leaves open of its protection without contradicting itself: each with its place, and what to write.</summary>
internal static class ProtectionHints
{
    /// <summary>Only for a site without faults.</summary>
    public static void Give(Site site, SiteDraft draft)
    {
        foreach (var (options, trip) in site.Trips.Zip(draft.Trips).Where(t => t.First.Armed))
        {
            Travel(site, options, trip, draft.Faults);
            Simulated(site, options, trip, draft.Faults);
        }

        foreach (var (options, output) in site.Outputs.Zip(draft.Outputs))
            Watchdog(site, options, output, draft.Faults);
    }

    /// <summary>The sum that is held against half of the process safety time ends where such an output is driven.</summary>
    private static void Travel(Site site, TripOptions trip, TripDraft at, FaultList faults)
    {
        var unproved = trip.Effect.Select(o => site.Outputs[o]).Where(o => o.Proof is null).ToList();
        if (unproved.Count == 0)
            return;
        faults.Hint(
            at.Section.PlaceOf("effect"),
            $"{trip.Id}: {string.Join(" and ", unproved.Select(o => $"{o.Id} has no `proof`, so how long it takes to be {o.Word(o.SafeEnergised)} is not in the sum"))} that is held against half of the process safety time ({Words.Seconds(TripChain.Limit(trip))}). "
            + $"With limit switches write {string.Join(" and ", unproved.Select(o => $"`proof: {{ {o.Word(o.SafeEnergised)}: CONTACT, {o.Word(!o.SafeEnergised)}: CONTACT, within: TRAVEL }}` at {o.Id}"))}; without, a `process-safety-time` that is shorter by twice the travel. What moves at once, such as a contactor, lacks nothing.");
    }

    /// <summary>It trips as any other, by what nobody has measured; or it moves what is not there.</summary>
    private static void Simulated(Site site, TripOptions trip, TripDraft at, FaultList faults)
    {
        var seen = trip.Cause.Leaves.SelectMany(l => l.IsAlarm ? Evidence.PointsOf(site, site.Alarms[l.Index]) : [l.Index]).Select(p => site.Points[p])
            .Where(p => p is { Simulated: true, IsComputed: false }).Select(p => site.Devices[p.Device].Id).Distinct().ToList();
        if (seen.Count > 0)
            faults.Hint(at.Section.PlaceOf("cause"), Said("its cause goes by", seen, "so what that says is not of the plant"));
        var driven = trip.Effect.Select(o => site.Outputs[o].Place).OfType<RegisterOutput>().Select(p => site.Devices[p.Device]).Where(d => d.Simulated).Select(d => d.Id).Distinct().ToList();
        if (driven.Count > 0)
            faults.Hint(at.Section.PlaceOf("effect"), Said("its effect is at", driven, "so nothing of the plant moves"));

        string Said(string what, List<string> devices, string follows) =>
            $"{trip.Id}: {what} {string.Join(" and ", devices)}, which {(devices.Count == 1 ? "is" : "are")} simulated, {follows}: it protects nothing there. Write `mode: shadow` at the trip, or take `simulated: true` away once the real device is there.";
    }

    /// <summary>An armed trip or a hold with such an output is refused; anything else may be meant so.</summary>
    private static void Watchdog(Site site, OutputOptions output, OutputDraft at, FaultList faults)
    {
        if (output.Place is not RegisterOutput { DeviceWatchdog: null, Device: var device })
            return;
        faults.Hint(
            at.Section.PlaceOf("device"),
            $"{output.Id}: nothing says that {site.Devices[device].Id} has a watchdog of its own, so the output stays as it is {(output.Backstops.Contains(Backstop.WatchdogRelay) ? "" : "when the gateway's machine hangs, and ")}when the line to the device breaks; after the gateway's death only ExecStopPost of its unit makes it {output.Word(output.SafeEnergised)}. "
            + "Set the device's watchdog, and write `device-watchdog: 10s` beside it, as it is set there, and `device-watchdog` among its `backstop`s.");
    }
}
