using EdgeNode.Core.Model;
using EdgeNode.Core.Ports;
using EdgeNode.Core.Validate;
using EdgeNode.Hardware.Gpio;
using EdgeNode.Simulation.Gpio;
using EdgeNode.UnitTests.Uplink;
using Microsoft.Extensions.Time.Testing;

namespace EdgeNode.UnitTests.Lines;

/// <summary>Remembers totals, as the durable store does.</summary>
internal sealed class KeptTotals : ITotals
{
    public bool IsReady { get; set; } = true;

    public Dictionary<string, double> Kept { get; } = [];

    public double? Restore(string key) => Kept.TryGetValue(key, out var total) ? total : null;

    public void Keep(string key, double total) => Kept[key] = total;
}

/// <summary>One device on a simulated GPIO chip, in virtual time.</summary>
internal sealed class LineRig : IDisposable
{
    public LineRig(DeviceOptions device, KeptTotals? totals = null)
    {
        Totals = totals ?? new KeptTotals();
        Chip = new SimulatedGpioChip(Time);
        string[] names = device is PulseMeterOptions ? ["FT-1.flow", "FT-1.total"] : ["LS-1.state"];
        var site = new Site(
            new NodeOptions("en-1", "test", null, null), null, new SpoolOptions(TimeSpan.FromSeconds(1), 1 << 26),
            [new GpioBusOptions("gpio0", "/dev/gpiochip0")], [device],
            [.. names.Select(n => new PointOptions(n, 0, UnitTable.Get("1"), 1, 0, null, TimeSpan.FromSeconds(3), null))], []);
        Bus = new GpioBus(site, 0, Chip, Chip, Totals, Time, Log);
    }

    public FakeTimeProvider Time { get; } = new();

    public SimulatedGpioChip Chip { get; }

    public KeptTotals Totals { get; }

    public LogLines Log { get; } = new();

    public GpioBus Bus { get; }

    public static PulseMeterOptions Meter(LineOptions? line = null, long rollOver = 0, double zeroAfter = 60) => new(
        "FT-1", 0, TimeSpan.FromSeconds(1), line ?? Line(17), 0, 1, TimeSpan.FromSeconds(zeroAfter), rollOver);

    public static SwitchOptions Switch(LineOptions? line = null, int debounce = 50) => new(
        "LS-1", 0, TimeSpan.FromSeconds(1), (line ?? Line(6)) with { Debounce = TimeSpan.FromMilliseconds(debounce) }, 0);

    public static LineOptions Line(int number, bool activeLow = false, string? name = null) => new(name is null ? number : -1, name, activeLow, LinePull.AsIs, TimeSpan.Zero);

    public List<RawSample> Scan()
    {
        var samples = new List<RawSample>();
        Bus.Scan(0, samples, TestContext.Current.CancellationToken);
        return samples;
    }

    public List<RawSample> Resume()
    {
        var samples = new List<RawSample>();
        Bus.Resume(samples, TestContext.Current.CancellationToken);
        return samples;
    }

    /// <summary>Pulses at a steady rate; the last one falls on the end of the time.</summary>
    public void Pulses(int count, double seconds)
    {
        for (var i = 0; i < count; i++)
        {
            Time.Advance(TimeSpan.FromTicks((long)(seconds / count * TimeSpan.TicksPerSecond)));
            Chip.Pulse(17);
        }
    }

    public void Advance(double seconds) => Time.Advance(TimeSpan.FromSeconds(seconds));

    public void Dispose() => Bus.Dispose();
}
