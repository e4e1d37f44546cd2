using EdgeNode.Core.Model;
using EdgeNode.Core.Ports;

namespace EdgeNode.Hardware.Health;

/// <summary>
/// Makes samples of a bus's counters: totals since the start as they stand, and shares of the time since the scan before.
/// </summary>
internal sealed class BusHealthReader(BusHealthOptions options, TimeProvider time)
{
    private readonly Func<BusPeriod, Measured>[] _quantities = [.. options.Values.Select(v => BusPeriod.Of(v.Quantity))];
    private BusHealth _before;
    private TimeSpan? _beforeAt;

    public void Scan(in BusHealth health, List<RawSample> samples)
    {
        var now = time.Monotonic();
        var period = new BusPeriod(_before, health, _beforeAt is { } at ? now - at : TimeSpan.Zero);
        for (var i = 0; i < _quantities.Length; i++)
        {
            var measured = _quantities[i](period);
            samples.Add(new RawSample(options.Values[i].Point, measured.Value, measured.Quality, now));
        }

        (_before, _beforeAt) = (health, now);
    }
}
