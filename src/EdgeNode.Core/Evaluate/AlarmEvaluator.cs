using EdgeNode.Core.Model;
using EdgeNode.Core.Vote;

namespace EdgeNode.Core.Evaluate;

/// <summary>One alarm went up or came down.</summary>
/// <param name="Alarm">Index into <see cref="Site.Alarms"/>.</param>
/// <param name="Active">Raised, or cleared.</param>
/// <param name="Time">When the delay had run out.</param>
/// <param name="Value">The value that decided, in the point's unit.</param>
/// <param name="Quality">Quality of the point at that moment; an alarm of a bad point holds.</param>
public readonly record struct AlarmTransition(int Alarm, bool Active, SourceTime Time, double Value, Quality Quality)
{
    /// <summary>Of a group: who the condition is about.</summary>
    public GroupVotes Votes { get; init; }
}

/// <summary>
/// A condition with on-delay and off-delay: a setpoint with deadband, or what a group has voted.
/// An unknown condition says nothing about the asset, so the last known one holds and its delay runs on:
/// a sensor that goes high and then dies still raises its alarm, and nothing falls back to normal by itself.
/// </summary>
public sealed class AlarmEvaluator
{
    private readonly AlarmOptions _options;
    private readonly SetpointCondition _setpoint;
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
        _setpoint = new SetpointCondition(options.Kind == AlarmKind.High, options.Setpoint, options.Deadband);
    }

    /// <summary>Raised and not cleared.</summary>
    public bool Active { get; private set; }

    /// <summary>Of a group: who the condition is about.</summary>
    public GroupVotes Votes { get; private set; }

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
        if (active)
        {
            _setpoint.RestoreTrue();
        }

        return true;
    }

    /// <summary>Takes a reading of the alarm's point into account, read at <paramref name="takenAt"/>.</summary>
    public void Observe(in Reading reading, TimeSpan takenAt) =>
        Observe(new ConditionReport(_setpoint.Judge(reading.Value, reading.Quality), takenAt, reading.Quality.IsBad ? _value : reading.Value, reading.Quality));

    /// <summary>Takes a condition into account.</summary>
    public void Observe(in ConditionReport report)
    {
        (_quality, _value, Votes) = (report.Quality, report.Value, report.Votes);
        if (report.Condition == Vote.Condition.Unknown)
        {
            return;
        }

        var condition = report.Condition == Vote.Condition.True;
        if (condition != _condition || !_judged)
        {
            _condition = condition;
            _conditionSince = report.Since;
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
        transition = new AlarmTransition(_alarm, Active, now.WallAt(deadline), _value, _quality) { Votes = Votes };
        return true;
    }
}
