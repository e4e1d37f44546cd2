namespace EdgeNode.Core.Evaluate;

/// <summary>
/// A condition behind its on- and off-delay. An unknown condition says nothing, so the last known one holds and its delay runs on:
/// a sensor that goes high and then dies still raises its alarm, and nothing falls back to normal by itself.
/// </summary>
/// <param name="onDelay">The condition must be true this long.</param>
/// <param name="offDelay">The condition must be false this long.</param>
public sealed class DelayedCondition(TimeSpan onDelay, TimeSpan offDelay)
{
    private bool _judged;
    private TimeSpan _since;

    /// <summary>The last known condition, without delays.</summary>
    public bool Condition { get; private set; }

    /// <summary>With delays.</summary>
    public bool Active { get; private set; }

    /// <summary>It has changed at least once in this run.</summary>
    public bool Decided { get; private set; }

    /// <summary>Monotonic time at which a delay runs out; null when none runs.</summary>
    public TimeSpan? Deadline => Condition == Active ? null : _since + (Condition ? onDelay : offDelay);

    /// <summary>Takes over what the run before left. It may come late; not after this run has decided.</summary>
    public void Restore(bool active)
    {
        Active = active;
        Condition = _judged ? Condition : active;
    }

    /// <summary>Takes a judgement into account.</summary>
    /// <param name="condition">True, false, or null for unknown.</param>
    /// <param name="at">Monotonic time of what was judged.</param>
    public void Observe(bool? condition, TimeSpan at)
    {
        if (condition is { } known && (known != Condition || !_judged))
        {
            Condition = known;
            _since = at;
            _judged = true;
        }
    }

    /// <summary>The delay has run out.</summary>
    public void Decide()
    {
        Active = Condition;
        Decided = true;
    }
}
