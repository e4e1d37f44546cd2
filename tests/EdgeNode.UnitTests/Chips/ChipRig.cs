using EdgeNode.Core.Model;
using EdgeNode.Core.Validate;
using EdgeNode.Hardware.I2c;
using EdgeNode.Simulation.I2c;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace EdgeNode.UnitTests.Chips;

/// <summary>An I2C bus with the real drivers above and chip models below, in virtual time.</summary>
internal sealed class ChipRig : IDisposable
{
    public ChipRig(Func<TimeProvider, ISimulatedChip[]> chips, params ReadOnlySpan<(string Driver, int Address, ChipSettings Settings)> devices)
    {
        Chips = chips(Time);
        Wire = new SimulatedI2cBus(Time.Advance, Chips);
        var options = new List<DeviceOptions>();
        var points = new List<PointOptions>();
        foreach (var (driver, address, settings) in devices)
        {
            var row = DriverTable.Find(driver)!;
            var quantities = row.Quantities.IsEmpty ? [("current", "mA")] : row.Quantities;
            options.Add(new ChipOptions(
                $"D{options.Count}", 0, TimeSpan.FromSeconds(1), driver, address, [.. Enumerable.Range(points.Count, quantities.Length)], settings));
            points.AddRange(quantities.Select(q => new PointOptions(
                $"D{options.Count - 1}.{q.Item1}", options.Count - 1, UnitTable.Get(q.Item2), 1, 0, null, TimeSpan.FromSeconds(3), null)));
        }

        var site = new Site(
            new NodeOptions("en-1", "test", null, null), null, new SpoolOptions(TimeSpan.FromSeconds(1), 1 << 26),
            [new I2cBusOptions("i2c1", 1)], [.. options], [.. points], []);
        Bus = new I2cBus(site, 0, Wire, Time, NullLogger.Instance);
    }

    public FakeTimeProvider Time { get; } = new();

    public ISimulatedChip[] Chips { get; }

    public SimulatedI2cBus Wire { get; }

    public I2cBus Bus { get; }

    /// <summary>One scan to its end; time passes only while the bus waits by its own wish.</summary>
    public List<RawSample> Read(int device = 0)
    {
        var samples = Scan(device);
        while (Bus.Pending is not null)
        {
            Wait();
            Bus.Resume(samples, TestContext.Current.CancellationToken);
        }

        return samples;
    }

    public List<RawSample> Scan(int device)
    {
        var samples = new List<RawSample>();
        Bus.Scan(device, samples, TestContext.Current.CancellationToken);
        return samples;
    }

    /// <summary>Time passes until the bus has something to do.</summary>
    public void Wait()
    {
        if (Bus.Pending - Time.Monotonic() is { } wait && wait > TimeSpan.Zero)
            Time.Advance(wait);
    }

    public void Dispose() => Bus.Dispose();
}
