using System.Text.Json;
using EdgeNode.Core.Act;
using EdgeNode.Core.Model;
using EdgeNode.Hardware;
using EdgeNode.Hardware.Modbus;
using static EdgeNode.Gateway.Verbs.Figures;

namespace EdgeNode.Gateway.Verbs;

/// <summary>The worst case of each trip, from the sensor to the final element in its safe position, part by part; of an output without <c>proof</c> to where it is driven, since nobody knows its travel.</summary>
internal static class PlanTrips
{
    /// <summary>The cases of a trip that have a chain.</summary>
    public static IEnumerable<(string Key, string What, TripChain Chain)> Cases(Site site, TripOptions trip)
    {
        var times = FieldTimes.Of(site);
        yield return ("seen", "Its sensors tell it", TripChain.Seen(site, times, trip));
        if (TripChain.Blind(site, times, trip) is { } blind)
        {
            yield return ("silent", "Its sensors fall silent", blind);
        }

        if (TripChain.Dead(site, trip) is { } dead)
        {
            yield return ("nodeDead", "The node dies", dead);
        }
    }

    /// <summary>One trip in a sentence.</summary>
    public static string Headline(Site site, TripOptions trip)
    {
        var worst = Cases(site, trip).Max(c => c.Chain.Total);
        var unproved = Unproved(site, trip);
        return $"Trip {trip.Id}{(trip.Armed ? "" : " (shadow)")}: from the process to {Names(site, trip)} at most {Seconds(worst)}"
            + $"{(unproved.Count == 0 ? "" : $", the travel of {string.Join(" and ", unproved)} not counted (no `proof`)")}; half of the process safety time is {Seconds(TripChain.Limit(trip))}.";
    }

    /// <summary>What the figures leave out.</summary>
    public static IEnumerable<string> Assumptions(Site site)
    {
        if (site.Trips.IsEmpty)
        {
            yield break;
        }

        yield return $"Trips: the node itself is taken with {Seconds(TripChain.Own)}. What lies before the sensor's own output (its damping, an impulse line) is not in the sums, and an output without `proof` has no travel here: its sum ends where it is driven.";
        if (site.Trips.SelectMany(t => TripChain.Sources(site, t)).Any(d => site.Devices[d] is ModbusDeviceOptions))
        {
            yield return "Trips by Modbus sensors: the worst round of a bus is one in which each other device falls silent, at the worst of its requests. "
                + $"Until then its replies are assumed to begin {Seconds(ModbusLoad.UsualTurnAround)} after the request. Outputs that are written anew, and what people ask of the bus, are not in the sums.";
        }

        foreach (var trip in site.Trips.Where(t => t.OnBad.Kind != OnBadKind.TripAfter))
        {
            yield return $"Trip {trip.Id} does not come while its cause is unknown: for that time there is no worst case.";
        }
    }

    /// <summary>The parts of a chain and their sum.</summary>
    public static IEnumerable<(string Part, string Takes)> Rows(TripChain chain) =>
        [.. chain.Parts.Select(p => (p.What, Seconds(p.Time))), ("together", Seconds(chain.Total))];

    public static void Write(Utf8JsonWriter json, Site site)
    {
        json.WriteStartArray("trips");
        foreach (var trip in site.Trips)
        {
            json.WriteStartObject();
            json.WriteString("id", trip.Id);
            json.WriteBoolean("armed", trip.Armed);
            json.WriteNumber("processSafetySeconds", trip.ProcessSafetyTime.TotalSeconds);
            json.WriteNumber("limitSeconds", TripChain.Limit(trip).TotalSeconds);
            json.WriteStartArray("withoutTravel");
            Unproved(site, trip).ForEach(json.WriteStringValue);
            json.WriteEndArray();
            foreach (var (key, _, chain) in Cases(site, trip))
            {
                json.WriteStartObject(key);
                json.WriteNumber("seconds", chain.Total.TotalSeconds);
                json.WriteStartArray("parts");
                foreach (var (part, time) in chain.Parts)
                {
                    json.WriteStartObject();
                    json.WriteString("what", part);
                    json.WriteNumber("seconds", time.TotalSeconds);
                    json.WriteEndObject();
                }

                json.WriteEndArray();
                json.WriteEndObject();
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static string Names(Site site, TripOptions trip) =>
        string.Join(" and ", trip.Effect.Select(o => site.Outputs[o]).Select(o => $"{o.Id} {(o.Proof is null ? "driven to " : "")}{o.Word(o.SafeEnergised)}"));

    private static List<string> Unproved(Site site, TripOptions trip) => [.. trip.Effect.Select(o => site.Outputs[o]).Where(o => o.Proof is null).Select(o => o.Id)];
}
