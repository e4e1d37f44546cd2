using System.Text.Json;
using EdgeNode.Core.Model;
using EdgeNode.Gateway.Hands;
using static EdgeNode.Gateway.Verbs.Figures;

namespace EdgeNode.Gateway.Verbs;

/// <summary>What the emergency mode asks of the buses, in words and for programs.</summary>
internal static class PlanEmergencyText
{
    private const int MostNames = 3;

    /// <summary>What is faster, and how busy each bus is by it; nothing for a site without it.</summary>
    public static IEnumerable<string> Lines(SitePlan plan)
    {
        if (plan.Emergency is not { } emergency)
        {
            yield break;
        }

        yield return $"Emergency mode, for {SpanWords.Of(emergency.Options.For)} after each alarm that begins it: {Names(plan.Site, emergency.Devices)} {(emergency.Devices.Length == 1 ? "is" : "are")} read every {SpanWords.Of(emergency.Options.Every!.Value)}.";
        foreach (var (usual, then) in emergency.Buses)
        {
            if (Duty(then) is { } duty)
            {
                yield return $"Bus {then.Options.Id} is busy {Percent(duty)} then, {Percent(Duty(usual)!.Value)} as a rule.";
            }
        }
    }

    /// <summary>One sentence or two each.</summary>
    public static IEnumerable<string> Warnings(SitePlan plan)
    {
        foreach (var (_, then) in plan.Emergency?.Buses ?? [])
        {
            if (EmergencyPlan.IsMet(then))
            {
                continue;
            }

            var start = $"In the emergency mode bus {then.Options.Id} ";
            var what = then.Modbus switch
            {
                { Duty: > 1 } load => $"cannot keep its periods: the readings would take {Percent(load.Duty)} of its time, and each device is read as often as the bus can.",
                { Duty: > BusPlan.Busy } load => $"is busy {Percent(load.Duty)} of its time: little is left for retries and dead units.",
                { } load => $"cannot keep all periods: {Names(plan.Site, load.With(0).Late)} may wait for the others and then miss one.",
                _ => "has a chip that would have to measure more than all of the time, so it misses periods.",
            };
            var met = plan.Emergency!.Met(plan.Site, plan.Site.Buses.IndexOf(then.Options));
            yield return start + what + (met is { } every ? $" With `every: {SpanWords.Of(every)}` in `emergency` it keeps them." : " No `every` in `emergency` helps: fewer points, a faster line or a second bus do.");
        }
    }

    /// <summary>The same for programs.</summary>
    public static void Write(Utf8JsonWriter json, SitePlan plan)
    {
        if (plan.Emergency is not { } emergency)
        {
            return;
        }

        json.WriteStartObject("emergency");
        json.WriteNumber("everySeconds", emergency.Options.Every!.Value.TotalSeconds);
        json.WriteNumber("forSeconds", emergency.Options.For.TotalSeconds);
        json.WriteStartArray("devices");
        foreach (var device in emergency.Devices)
        {
            json.WriteStringValue(plan.Site.Devices[device].Id);
        }

        json.WriteEndArray();
        json.WriteStartArray("buses");
        foreach (var (usual, then) in emergency.Buses)
        {
            json.WriteStartObject();
            json.WriteString("id", then.Options.Id);
            if (Duty(then) is { } duty)
            {
                json.WriteNumber("duty", Math.Round(duty, 4));
                json.WriteNumber("usualDuty", Math.Round(Duty(usual)!.Value, 4));
            }

            json.WriteBoolean("met", EmergencyPlan.IsMet(then));
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static double? Duty(BusPlan bus) => bus.Modbus?.Duty ?? bus.Chips?.Duty;

    private static string Names(Site site, IReadOnlyCollection<int> devices)
    {
        var names = string.Join(", ", devices.Take(MostNames).Select(d => site.Devices[d].Id));
        return devices.Count > MostNames ? $"{names} and {devices.Count - MostNames} more" : names;
    }
}
