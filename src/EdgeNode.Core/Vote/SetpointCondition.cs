using EdgeNode.Core.Model;

namespace EdgeNode.Core.Vote;

/// <summary>
/// A value beside its setpoint, with deadband: true at the setpoint, false again only past the deadband. What is beyond the range of its sensor counts
/// in that direction whatever its number says, so that a real overpressure does not disarm its own alarm. A value that may be the sensor's last word
/// (<see cref="TakesNothingBack"/>) can make it true, and never false: a wire that breaks is no proof that the pressure has gone.
/// </summary>
/// <param name="high">True when the value is wrong above the setpoint, false when it is wrong below.</param>
/// <param name="setpoint">In the unit of the values.</param>
/// <param name="deadband">In the unit of the values, 0 or more.</param>
public sealed class SetpointCondition(bool high, double setpoint, double deadband)
{
    private double _value;

    /// <summary>What the last usable value said; unknown before the first.</summary>
    public Condition Last { get; private set; }

    /// <summary>Takes a reading into account.</summary>
    /// <param name="value">In the unit of the setpoint; meaningless when the quality is bad.</param>
    /// <param name="quality">Its quality.</param>
    /// <returns>Unknown for a reading that says nothing, which changes nothing of <see cref="Last"/>.</returns>
    public Condition Judge(double value, Quality quality)
    {
        var said = !quality.IsMeasured ? Condition.Unknown : IsBeyondTheSensor(quality) ? Condition.True : Ask(value, Last);
        if (said == Condition.Unknown || (said == Condition.False && TakesNothingBack(quality)))
        {
            return Condition.Unknown;
        }

        _value = value;
        return Last = said;
    }

    /// <summary>A current that is about to be declared a failure, a jump that nothing has confirmed, and what a device says while it is being worked on: it need not be the process's.</summary>
    public static bool TakesNothingBack(Quality quality) => quality.Level == QualityLevel.Uncertain && quality.Reason is Reason.SensorFailure or Reason.Spike or Reason.FunctionCheck;

    /// <summary>Takes over that the run before left it true: until a value says otherwise, past the deadband, it is. The last one may have been seen already.</summary>
    public void RestoreTrue() => Last = Last == Condition.False ? Ask(_value, Condition.True) : Condition.True;

    /// <summary>What a value says after a condition, without taking it into account.</summary>
    /// <param name="value">In the unit of the setpoint.</param>
    /// <param name="before">The condition so far: the deadband counts only while it is true.</param>
    public Condition Ask(double value, Condition before)
    {
        var past = before == Condition.True ? deadband : 0;
        return (high ? value >= setpoint - past : value <= setpoint + past) ? Condition.True : Condition.False;
    }

    private bool IsBeyondTheSensor(Quality quality) =>
        quality.Level == QualityLevel.Uncertain && quality.Reason == (high ? Reason.OverRange : Reason.UnderRange);
}
