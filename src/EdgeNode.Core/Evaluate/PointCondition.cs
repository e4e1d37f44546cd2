using EdgeNode.Core.Model;
using EdgeNode.Core.Vote;

namespace EdgeNode.Core.Evaluate;

/// <summary>
/// Judges the readings of an alarm's point: true, false, or null for unknown. A condition comes true at its setpoint and goes only past
/// the deadband. A bad reading says nothing about the asset; only the kinds that are of the quality itself are always known.
/// </summary>
/// <param name="options">What is watched.</param>
public sealed class PointCondition(AlarmOptions options)
{
    private readonly RateWindow? _rate = options.Kind == AlarmKind.Rate ? new RateWindow(options.RateOver) : null;
    private readonly SetpointCondition? _setpoint =
        options.Kind <= AlarmKind.LowLow ? new SetpointCondition(options.Kind.IsHigh(), options.Setpoint, options.Deadband) : null;

    private double? _own;
    private double? _reference = options.ReferencePoint is null ? options.Reference : null;

    /// <summary>The last value that was judged, in the point's unit; 0 and meaningless before the first.</summary>
    public double Value { get; private set; }

    /// <summary>Takes over that the run before left it true, for the deadband.</summary>
    /// <returns>It is true still by what this run has seen; false where that says otherwise, or nothing of a deadband.</returns>
    public bool RestoreTrue()
    {
        _setpoint?.RestoreTrue();
        return _setpoint is not null ? _setpoint.Last == Vote.Condition.True
            : options.Kind == AlarmKind.Deviation && _own is { } own && _reference is { } reference && Reaches(Math.Abs(own - reference), before: true);
    }

    /// <summary>Judges a reading.</summary>
    /// <param name="reading">Of the alarm's point, or of the one from which a deviation is measured.</param>
    /// <param name="at">Monotonic time at which it was taken.</param>
    /// <param name="before">The last known condition, for the deadband.</param>
    public bool? Judge(in Reading reading, TimeSpan at, bool before)
    {
        double? value = reading.Quality.IsMeasured ? reading.Value : null;
        if (options.Kind == AlarmKind.Deviation)
        {
            return Deviates(reading.Point, value, before);
        }

        if (reading.Quality.Reason == Reason.Substituted)
        {
            return null; // neither what is measured nor whether anything is can be said by it
        }

        Value = value ?? Value;
        return options.Kind switch
        {
            AlarmKind.Bad => value is null,
            AlarmKind.Stale => value is not null ? false : reading.Quality.Reason is Reason.Stale or Reason.NotYetRead ? true : null, // a failed read brings nothing fresh
            AlarmKind.Active => value is { } v ? v != 0 : null,
            AlarmKind.Inactive => value is { } v ? v == 0 : null,
            AlarmKind.Rate => value is { } v && _rate!.Rate(v, at) is { } rate ? Reaches(Math.Abs(rate), before) : null,
            _ => _setpoint!.Judge(reading.Value, reading.Quality).Known(),
        };
    }

    private bool? Deviates(int point, double? value, bool before)
    {
        if (point == options.ReferencePoint)
        {
            _reference = (value * options.ReferenceFactor) + options.ReferenceOffset;
        }

        if (point == options.Point)
        {
            _own = value;
            Value = value ?? Value;
        }

        return _own is { } own && _reference is { } reference ? Reaches(Math.Abs(own - reference), before) : null;
    }

    private bool Reaches(double value, bool before) => value >= options.Setpoint - (before ? options.Deadband : 0);
}
