using EdgeNode.Core.Model;
using EdgeNode.Core.Ports;

namespace EdgeNode.SimulationTests.Simulated;

/// <summary>
/// A bus whose every value is another one: a counter over all points, so that no two readings can be taken for each other. Point 0 swings
/// between 1 and 9 each half minute, for the alarm that watches it. A device that is down gives bad samples.
/// </summary>
internal sealed class SimulatedBus(World world, string id, Site site) : IFieldBus
{
    private static readonly TimeSpan Swing = TimeSpan.FromSeconds(30);

    private readonly int[][] _points = [.. site.Devices.Select((_, d) => Enumerable.Range(0, site.Points.Length).Where(p => site.Points[p].Device == d).ToArray())];

    public string Id => id;

    public BusHealth Health => default;

    public void Scan(int device, List<RawSample> samples, CancellationToken stop)
    {
        foreach (var point in _points[device])
        {
            var raw = point == 0 ? (world.Clock.Now.Ticks / Swing.Ticks % 2 == 0 ? 1 : 9) : ++world.Samples / 8.0;
            samples.Add(world.DeviceDown == device
                ? new RawSample(point, 0, Quality.Bad(Reason.Timeout), world.Clock.Monotonic)
                : new RawSample(point, raw, Quality.Good, world.Clock.Monotonic));
        }
    }

    public void Dispose()
    {
    }
}
