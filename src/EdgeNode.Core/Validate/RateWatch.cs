namespace EdgeNode.Core.Validate;

/// <summary>
/// Whether a value changed faster than the process can. The rate is the mean from the last value to this one, so after an outage it is the slower the longer
/// that was, and only what cannot have happened in all that time is in doubt.
/// </summary>
internal sealed class RateWatch(double perSecond)
{
    private double _value;
    private TimeSpan? _at;

    /// <summary>Takes a sample.</summary>
    /// <returns>True when it lies farther from the one before than the time between them allows.</returns>
    public bool IsTooFast(in Measured sample)
    {
        var too = _at is { } at && sample.TakenAt > at && Math.Abs(sample.Value - _value) > perSecond * (sample.TakenAt - at).TotalSeconds;
        (_value, _at) = (sample.Value, sample.TakenAt);
        return too;
    }
}
