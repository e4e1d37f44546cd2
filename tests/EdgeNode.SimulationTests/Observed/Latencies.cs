namespace EdgeNode.SimulationTests.Observed;

/// <summary>Counts durations in buckets of a millisecond, up to an hour.</summary>
internal sealed class Latencies
{
    private readonly List<long> _buckets = [];

    public long Count { get; private set; }

    public TimeSpan Max { get; private set; }

    public void Add(TimeSpan latency)
    {
        var bucket = (int)Math.Clamp(Math.Ceiling(latency.TotalMilliseconds), 0, 3_600_000);
        while (_buckets.Count <= bucket)
        {
            _buckets.Add(0);
        }

        _buckets[bucket]++;
        Count++;
        Max = latency > Max ? latency : Max;
    }

    /// <summary>So much of them took at most this long.</summary>
    public TimeSpan Quantile(double part)
    {
        var left = (long)Math.Ceiling(Count * part);
        for (var i = 0; i < _buckets.Count; i++)
        {
            left -= _buckets[i];
            if (left <= 0)
            {
                return TimeSpan.FromMilliseconds(i);
            }
        }

        return Max;
    }

    public override string ToString() =>
        $"p50 {Quantile(0.5).TotalMilliseconds:F0} ms, p99 {Quantile(0.99).TotalMilliseconds:F0} ms, max {Max.TotalMilliseconds:F0} ms of {Count}";
}
