using System.Globalization;
using EdgeNode.Core.Model;
using EdgeNode.Core.Ports;
using EdgeNode.Core.Validate;

namespace EdgeNode.UnitTests.Health;

/// <summary>A site of one bus whose last device is its own health, with every quantity of its kind.</summary>
internal static class Watched
{
    public static Site Site(BusOptions bus, params DeviceOptions[] devices)
    {
        var quantities = BusQuantities.Of(bus);
        const int first = 100; // behind the points of the other devices
        var health = new BusHealthOptions("BUS", 0, TimeSpan.FromMinutes(1), [.. quantities.Select((q, i) => new QuantityPoint(q, first + i))]);
        return new Site(
            new NodeOptions("en-1", "test", null, null), null, new SpoolOptions(TimeSpan.FromSeconds(1), 1 << 24), [bus], [.. devices, health],
            [
                .. Enumerable.Range(0, first).Select(i => Point($"D.{i}", "1")),
                .. quantities.Select(q => Point($"BUS.{q}", BusQuantities.All.Single(a => a.Name == q).Unit)),
            ], []);
    }

    /// <summary>Each quantity as the site would show it: a number, or why there is none.</summary>
    public static Dictionary<string, string> Look(IFieldBus bus, Site site)
    {
        var samples = new List<RawSample>();
        bus.Scan(site.Devices.Length - 1, samples, TestContext.Current.CancellationToken);
        Assert.Equal(((BusHealthOptions)site.Devices[^1]).Values.Select(v => v.Point), samples.Select(s => s.Point));
        return samples.ToDictionary(
            s => site.Points[s.Point].Name["BUS.".Length..],
            s => s.Quality.IsGood ? Math.Round(s.Raw, 3).ToString(CultureInfo.InvariantCulture) : s.Quality.ToString());
    }

    private static PointOptions Point(string name, string unit) => new(name, 0, UnitTable.Get(unit), 1, 0, null, TimeSpan.FromMinutes(3), null);
}
