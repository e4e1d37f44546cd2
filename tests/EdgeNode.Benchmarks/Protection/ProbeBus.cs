using System.Diagnostics;
using EdgeNode.Core.Model;
using EdgeNode.Core.Ports;

namespace EdgeNode.Benchmarks.Protection;

/// <summary>
/// One transmitter and the one output that it trips. The transmitter shows too much as soon as the output is normal, and goes back as soon
/// as it is safe; so trip follows trip, and each is one delay.
/// </summary>
internal sealed class ProbeBus(double setpoint) : IFieldBus
{
    private readonly Delays _delays = new();
    private volatile bool _normal;
    private long _shownAt;

    public string Id => "probe";

    public BusHealth Health => default;

    public void Begin() => _delays.Begin();

    public Figures End() => _delays.End();

    public void Scan(int device, List<RawSample> samples, CancellationToken stop)
    {
        var high = _normal;
        samples.Add(new RawSample(0, high ? setpoint + 1 : setpoint - 1, Quality.Good, Stopwatch.GetElapsedTime(0)));
        if (high && Volatile.Read(ref _shownAt) == 0)
        {
            Volatile.Write(ref _shownAt, Stopwatch.GetTimestamp());
        }
    }

    /// <summary>The output was written.</summary>
    public void Driven(bool energised)
    {
        var now = Stopwatch.GetTimestamp();
        if (!energised && Interlocked.Exchange(ref _shownAt, 0) is > 0 and var shown)
        {
            _delays.Add(now - shown);
        }

        _normal = energised;
    }

    public void Dispose()
    {
    }
}

/// <summary>The output's line.</summary>
internal sealed class ProbePort(ProbeBus probe) : IOutputPort
{
    public OutputResult Drive(bool energised, CancellationToken stop)
    {
        probe.Driven(energised);
        return new OutputResult(true, energised, "");
    }

    public void Dispose()
    {
    }
}

/// <summary>Ten devices of 100 points each, ten times a second.</summary>
internal sealed class OfferingBus(Site site) : IFieldBus
{
    private readonly int[][] _points =
        [.. site.Devices.Select((_, d) => Enumerable.Range(0, site.Points.Length).Where(p => site.Points[p].Device == d).ToArray())];

    private double _value;

    public string Id => "offer";

    public BusHealth Health => default;

    public void Scan(int device, List<RawSample> samples, CancellationToken stop)
    {
        foreach (var point in _points[device])
        {
            samples.Add(new RawSample(point, _value += 0.001, Quality.Good, Stopwatch.GetElapsedTime(0)));
        }
    }

    public void Dispose()
    {
    }
}

/// <summary>The spool, and a disk that hangs when it is told to: the append does not come back.</summary>
internal sealed class HangingRecorder(IRecorder inner) : IRecorder, IDisposable
{
    private readonly ManualResetEventSlim _flows = new(true);

    public bool Hangs
    {
        set
        {
            if (value)
            {
                _flows.Reset();
            }
            else
            {
                _flows.Set();
            }
        }
    }

    public SpoolFill Fill => inner.Fill;

    public void Dispose() => _flows.Dispose();

    public AppendOutcome AppendReadings(ReadOnlySpan<Reading> readings)
    {
        _flows.Wait();
        return inner.AppendReadings(readings);
    }

    public AppendOutcome AppendEvent(EventRecord record)
    {
        _flows.Wait();
        return inner.AppendEvent(record);
    }

    public AppendOutcome AppendLoss(StreamKind stream, long count, SourceTime first, SourceTime last, string reason)
    {
        _flows.Wait();
        return inner.AppendLoss(stream, count, first, last, reason);
    }

    public AppendOutcome Commit()
    {
        _flows.Wait();
        return inner.Commit();
    }
}
