using System.Collections.Immutable;
using System.Globalization;
using EdgeNode.Core.Act;
using EdgeNode.Core.Model;

namespace EdgeNode.Provisioning.Sections;

/// <summary>Buses and chips that cannot keep the periods that the site file asks for.</summary>
internal static class BusSense
{
    private const int MostNames = 3;

    /// <summary>Only for a site without faults. What decides a trip is refused: its sensors would be read less often than the site file says. Anything else is told.</summary>
    public static void CheckLoad(Site site, ImmutableArray<DeviceTimes> times, SiteDraft draft)
    {
        foreach (var place in site.Devices.Index().Where(d => times[d.Index].Load > 1).GroupBy(d => (d.Item.Bus, (d.Item as ChipOptions)?.Address)))
        {
            var (bus, load) = (draft.Buses[place.Key.Bus], times[place.First().Index].Load);
            var what = place.Key.Address is { } chip
                ? $"the chip at 0x{chip:X2} of {Words.Quoted(bus.Id)} cannot keep its periods: its measurements"
                : $"the bus {Words.Quoted(bus.Id)} cannot keep its periods: the readings of its devices";
            what += $" take {Math.Ceiling(load * 100).ToString(CultureInfo.InvariantCulture)} % of its time";
            var remedy = $"periods ('every') that are {(Math.Ceiling(load * 10) / 10).ToString("0.0", CultureInfo.InvariantCulture)} times as long or more";
            remedy += place.Key.Address is null ? ", fewer registers, a faster line, or a second bus; 'edgenode plan' shows what each takes" : ", or another chip for some of its inputs";
            var decided = site.Trips.Where(t => TripChain.Sources(site, t).Intersect(place.Select(d => d.Index)).Any()).Select(t => Words.Quoted(t.Id)).ToList();
            if (decided.Count == 0)
                draft.Faults.Hint(bus.At, $"{what}. Write {remedy}.");
            else
                draft.Faults.Add(bus.At, $"{what}, and {(decided.Count == 1 ? "the trip" : "trips")} {Listed(decided)} {(decided.Count == 1 ? "is" : "are")} decided by them", remedy);
        }
    }

    private static string Listed(List<string> names) =>
        string.Join(", ", names.Take(MostNames)) + (names.Count > MostNames ? $" and {names.Count - MostNames} more" : "");
}
