using System.Diagnostics;

namespace EdgeNode.Benchmarks.Protection;

/// <summary>Quantiles of delays, in milliseconds.</summary>
internal sealed record Figures(int Count, double P50, double P99, double P999, double Max);

/// <summary>Collects delays, in ticks of <see cref="Stopwatch"/>; one thread adds.</summary>
internal sealed class Delays
{
    private readonly List<long> _ticks = new(100_000);
    private volatile bool _counts;

    public void Begin() => _counts = true;

    public void Add(long ticks)
    {
        if (_counts)
        {
            _ticks.Add(ticks);
        }
    }

    public Figures End()
    {
        _counts = false;
        var sorted = _ticks.ToArray();
        Array.Sort(sorted);
        return sorted.Length == 0
            ? throw new InvalidOperationException("not one delay was measured: the chain from sample to output stands still")
            : new Figures(sorted.Length, At(0.5), At(0.99), At(0.999), At(1));

        double At(double quantile) => sorted[Math.Min(sorted.Length - 1, (int)(sorted.Length * quantile))] * 1e3 / Stopwatch.Frequency;
    }
}
