using EdgeNode.Core.Model;
using EdgeNode.Core.Vote;

namespace EdgeNode.Core.Evaluate;

/// <summary>
/// Judges the readings of an alarm's point: true, false, or null for unknown. A condition comes true at its setpoint and goes only past
/// the deadband, and never by a value that may be a sensor's last word. A bad reading says nothing about the asset; only the kinds that are of the quality itself
/// are always known. A stale one is true from the finding (<see cref="Validate.PointValidator.TryDue"/>) to the next value.
/// </summary>
/// <param name="options">What is watched.</param>
public sealed class PointCondition(AlarmOptions options)
{
    private readonly RateWindow? _rate = options.Kind == AlarmKind.Rate ? new RateWindow(options.RateOver) : null;
    private readonly SetpointCondition? _setpoint =
        options.Kind <= AlarmKind.LowLow ? new SetpointCondition(options.Kind.IsHigh(), options.Setpoint, options.Deadband) : null;

    private double? _own;
    private double? _reference = options.ReferencePoint is null ? options.Reference : null;
    private bool _ownInDoubt;
    private bool _referenceInDoubt;
    private bool? _stale;

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
    /// <param name="stale">No value has come for the point's stale time, whatever the reason is that the reading gives.</param>
    public bool? Judge(in Reading reading, TimeSpan at, bool before, bool stale = false)
    {
        double? value = reading.Quality.IsMeasured ? reading.Value : null;
        if (options.Kind == AlarmKind.Deviation)
        {
            return Deviates(reading, value, before);
        }

        if (reading.Quality.Reason == Reason.Substituted)
        {
            return null; // neither what is measured nor whether anything is can be said by it
        }

        Value = value ?? Value;
        var doubt = SetpointCondition.TakesNothingBack(reading.Quality);
        return options.Kind switch
        {
            AlarmKind.Bad => value is null,
            AlarmKind.Stale => _stale = value is not null ? false : stale ? true : _stale, // a failed read brings nothing fresh
            AlarmKind.Active => reading.IsOn,
            AlarmKind.Inactive => !reading.IsOn,
            AlarmKind.Rate => value is { } v && _rate!.Rate(v, at, keep: !doubt) is { } rate ? Said(Math.Abs(rate), before, doubt) : null,
            _ => _setpoint!.Judge(reading.Value, reading.Quality).Known(),
        };
    }

    private bool? Deviates(in Reading reading, double? value, bool before)
    {
        var doubt = SetpointCondition.TakesNothingBack(reading.Quality);
        if (reading.Point == options.ReferencePoint)
        {
            (_reference, _referenceInDoubt) = ((value * options.ReferenceFactor) + options.ReferenceOffset, doubt);
        }

        if (reading.Point == options.Point)
        {
            (_own, _ownInDoubt) = (value, doubt);
            Value = value ?? Value;
        }

        return _own is { } own && _reference is { } reference ? Said(Math.Abs(own - reference), before, _ownInDoubt || _referenceInDoubt) : null;
    }

    /// <param name="value">How far away, or how fast.</param>
    /// <param name="before">The last known condition.</param>
    /// <param name="doubt">It may be a sensor's last word, which can make it true and never false.</param>
    private bool? Said(double value, bool before, bool doubt) => Reaches(value, before) ? true : doubt ? null : false;

    private bool Reaches(double value, bool before) => value >= options.Setpoint - (before ? options.Deadband : 0);
}
