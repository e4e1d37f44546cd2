using EdgeNode.Core.Model;

namespace EdgeNode.UnitTests.Scenarios;

/// <summary>Holds readings against the truth.</summary>
internal static class Judge
{
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(1.2);

    /// <summary>After a still line the first spacing of pulses is that of the stillness.</summary>
    private static readonly TimeSpan PulseGrace = TimeSpan.FromSeconds(7);

    /// <summary>Whatever is called good is what the instrument measures; but for those that are stuck or drift, which nobody can tell by one value.</summary>
    public static void NoLie(VirtualField field, Scenario scenario, IEnumerable<Seen> readings)
    {
        foreach (var seen in readings.Where(r => r.Quality.IsGood && !scenario.Entries.Any(e => IsExcused(r, e))))
        {
            var (low, high) = field.Truth.Of(seen.Point, seen.At);
            Assert.True(seen.Value >= low && seen.Value <= high, $"{seen} is good, and the truth lies from {low} to {high}");
        }
    }

    private static bool IsExcused(Seen seen, ScenarioEntry entry)
    {
        var site = VirtualField.Site;
        var device = site.Devices[site.Points.Single(p => p.Name == seen.Point).Device];
        var unplugged = entry.Fault is UnplugFault && site.Buses[entry.Bus] is GpioBusOptions && device.Bus == entry.Bus;
        var itself = entry.Fault.Layer == ScenarioLayer.Value && entry.Device is { } its && site.Devices[its] == device;
        if (!(unplugged || itself) || seen.At < entry.At)
            return false;

        // Pulses that did not come to the chip are in no total.
        return seen.Point == "FT-101.total" || entry.For is not { } length || seen.At <= entry.At + length + (seen.Point == "FT-101.flow" ? PulseGrace : Grace);
    }
}
