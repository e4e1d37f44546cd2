using EdgeNode.Core.Model;

namespace EdgeNode.Benchmarks.Wear;

/// <summary>A store that keeps scans first in, first out, and makes them durable once a group.</summary>
internal interface IContestant : IDisposable
{
    /// <summary>Keeps one scan.</summary>
    void Append(ReadOnlySpan<Reading> scan);

    /// <summary>
    /// Makes what was appended durable, and gives up the oldest scans so that <paramref name="keep"/> are left, as if the broker had just
    /// acknowledged the others.
    /// </summary>
    void Commit(int keep);
}

/// <summary>The data of all contestants: ten units of twenty float32 points, a scan of one unit every 100 ms.</summary>
internal sealed class Load
{
    public const int ScansPerGroup = BenchSite.Units;
    public const int ReadingsPerGroup = BenchSite.Units * BenchSite.PointsPerUnit;

    private readonly Reading[] _scan = new Reading[BenchSite.PointsPerUnit];
    private readonly Random _noise = new(1);
    private readonly float[] _values = new float[ReadingsPerGroup];

    /// <summary>The next scan of a unit, at this wall time: values that wander, as an instrument's do.</summary>
    public ReadOnlySpan<Reading> Scan(int unit, long unixMicroseconds)
    {
        var time = new SourceTime(unixMicroseconds, ClockQuality.Synchronised);
        for (var i = 0; i < _scan.Length; i++)
        {
            ref var value = ref _values[(unit * _scan.Length) + i];
            value = (value == 0 ? 4f : value) + ((float)_noise.NextDouble() - 0.5f) / 100;
            _scan[i] = new Reading((unit * _scan.Length) + i, value, Quality.Good, time);
        }

        return _scan;
    }

    /// <summary>One second of the station: ten scans and the commit.</summary>
    public void Group(IContestant into, long unixMicroseconds, int keep)
    {
        for (var unit = 0; unit < ScansPerGroup; unit++)
        {
            into.Append(Scan(unit, unixMicroseconds + (unit * 100_000)));
        }

        into.Commit(keep);
    }
}
