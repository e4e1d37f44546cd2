using BenchmarkDotNet.Attributes;
using EdgeNode.Core;
using EdgeNode.Core.Model;

namespace EdgeNode.Benchmarks.Micro;

/// <summary>One step with a scan of 20 samples in a station of 200 points and 10 alarms: validate, evaluate, choose what to record.</summary>
public class StationStep
{
    private static readonly TimeSpan BetweenScans = TimeSpan.FromMilliseconds(100);

    private readonly RawSample[] _samples = new RawSample[BenchSite.PointsPerUnit];
    private Station _station = null!;
    private ClockReading _now = new(TimeSpan.FromHours(1), new SourceTime(1_800_000_000_000_000, ClockQuality.Synchronised));
    private int _unit;

    [GlobalSetup]
    public void Start()
    {
        _station = new Station(BenchSite.Load(), _now.Monotonic);
        if (Step() != BenchSite.PointsPerUnit)
        {
            throw new InvalidOperationException("The station does not record what it is given.");
        }
    }

    [Benchmark]
    public int Step()
    {
        _now = new ClockReading(_now.Monotonic + BetweenScans, _now.Wall.Add(BetweenScans));
        _unit = (_unit + 1) % BenchSite.Units;
        for (var i = 0; i < _samples.Length; i++)
        {
            _samples[i] = new RawSample((_unit * BenchSite.PointsPerUnit) + i, i, Quality.Good, _now.Monotonic);
        }

        return _station.Step(_now, _samples).Recorded.Count;
    }
}
