namespace EdgeNode.SimulationTests.Protection.Plant;

/// <summary>What is wrong with a transmitter.</summary>
internal enum SensorFault
{
    None,
    Drift,
    Stuck,
    Noise,
    Spikes,
    FailLow,
    FailHigh,
    Silent,
}

/// <summary>A pressure transmitter, 0 to 10 bar: of a current loop (mA) or digital (bar). Driven beyond its range by the process it saturates.</summary>
/// <param name="random">Of its noise.</param>
/// <param name="isLoop">It sends a current; a digital one sends the value, and not-a-number when it has failed.</param>
internal sealed class Transmitter(Random random, bool isLoop)
{
    /// <summary>Where a loop's current ends as long as the sensor works (NE 43 leaves up to 20.5 mA to the measurement, failure begins at 21), mA.</summary>
    private const double Saturated = 20.7;

    private const double Noise = 0.01;

    private double _stuckAt;
    private TimeSpan _since;

    public SensorFault Fault { get; private set; }

    public bool IsLoop => isLoop;

    /// <summary>It fails, or is repaired.</summary>
    public void Set(SensorFault fault, double pressure, TimeSpan now) => (Fault, _stuckAt, _since) = (fault, pressure, now);

    /// <summary>What it sends: mA or bar, before any scale. Null: nothing.</summary>
    /// <param name="pressure">True pressure, bar.</param>
    /// <param name="now">True time.</param>
    public double? Read(double pressure, TimeSpan now)
    {
        var noise = (random.NextDouble() - 0.5) * 2;
        var shown = pressure + (Noise * noise);
        switch (Fault)
        {
            case SensorFault.Drift:
                shown += (now - _since).TotalSeconds * 0.003 * (_since.Ticks % 2 == 0 ? 1 : -1);
                break;
            case SensorFault.Stuck:
                shown = _stuckAt;
                break;
            case SensorFault.Noise:
                shown += noise;
                break;
            case SensorFault.Spikes when noise > 0.9:
                shown += 4;
                break;
            case SensorFault.FailLow:
                return isLoop ? 3.4 : double.NaN;
            case SensorFault.FailHigh:
                return isLoop ? 21.6 : double.PositiveInfinity;
            case SensorFault.Silent:
                return null;
        }

        return isLoop ? Math.Clamp(4 + (1.6 * shown), 3.7, Saturated) : Math.Clamp(shown, -0.5, 10.8);
    }
}
