using EdgeNode.Core.Model;

namespace EdgeNode.Core.Evaluate;

/// <summary>One alarm went up or came down.</summary>
/// <param name="Alarm">Index into <see cref="Site.Alarms"/>.</param>
/// <param name="Active">Raised, or cleared.</param>
/// <param name="Time">When the delay had run out.</param>
/// <param name="Value">The value that decided, in the point's unit.</param>
/// <param name="Quality">Quality of the point at that moment; an alarm of a bad point holds.</param>
public readonly record struct AlarmTransition(int Alarm, bool Active, SourceTime Time, double Value, Quality Quality);

/// <summary>
/// One setpoint with deadband, on-delay and off-delay. The condition comes true at the setpoint and goes
/// only past the deadband. A bad reading says nothing about the asset, so the last known condition holds and its delay runs on:
/// a sensor that goes high and then dies still raises its alarm, and nothing falls back to normal by itself.
/// </summary>
public sealed class AlarmEvaluator
{
    private readonly AlarmOptions _options;
    private readonly int _alarm;
    private bool _condition;
    private bool _judged;
    private bool _decided;
    private TimeSpan _conditionSince;
    private double _value;
    private Quality _quality = Quality.Bad(Reason.NotYetRead);

    /// <param name="alarm">Index of the alarm.</param>
    /// <param name="options">Setpoint and delays.</param>
    public AlarmEvaluator(int alarm, AlarmOptions options)
    {
        _alarm = alarm;
        _options = options;
    }

    /// <summary>Raised and not cleared.</summary>
    public bool Active { get; private set; }

    /// <summary>Quality of the point at its last reading.</summary>
    public Quality Quality => _quality;

    /// <summary>The last value that was judged, in the point's unit; 0 and meaningless before the first.</summary>
    public double Value => _value;

    /// <summary>Monotonic time at which a delay runs out; null when none runs.</summary>
    public TimeSpan? Deadline => _condition == Active ? null : _conditionSince + Delay;

    private TimeSpan Delay => _condition ? _options.OnDelay : _options.OffDelay;

    /// <summary>
    /// Takes over the state in which the run before left the alarm, unless this run has raised or cleared it already. It may come late:
    /// an alarm that the readings deny by then clears, and says so.
    /// </summary>
    /// <returns>False when this run knows better.</returns>
    public bool Restore(bool active)
    {
        if (_decided)
        {
            return false;
        }

        Active = active;
        _condition = _judged ? _condition : active;
        return true;
    }

    /// <summary>Takes a reading of the alarm's point into account, read at <paramref name="takenAt"/>.</summary>
    public void Observe(in Reading reading, TimeSpan takenAt)
    {
        _quality = reading.Quality;
        if (reading.Quality.IsBad)
        {
            return;
        }

        _value = reading.Value;
        var condition = Compare(reading.Value);
        if (condition != _condition || !_judged)
        {
            _condition = condition;
            _conditionSince = takenAt;
            _judged = true;
        }
    }

    /// <summary>Raises or clears when a delay has run out by <paramref name="now"/>.</summary>
    public bool Advance(ClockReading now, out AlarmTransition transition)
    {
        transition = default;
        if (Deadline is not { } deadline || now.Monotonic < deadline)
        {
            return false;
        }

        Active = _condition;
        _decided = true;
        transition = new AlarmTransition(_alarm, Active, now.WallAt(deadline), _value, _quality);
        return true;
    }

    private bool Compare(double value)
    {
        var past = _condition ? _options.Deadband : 0;
        return _options.Kind == AlarmKind.High
            ? value >= _options.Setpoint - past
            : value <= _options.Setpoint + past;
    }
}
