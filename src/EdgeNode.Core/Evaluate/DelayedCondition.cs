namespace EdgeNode.Core.Evaluate;

/// <summary>
/// A condition behind its on- and off-delay. An unknown condition says nothing, so the last known one holds, and an on-delay runs on: a sensor that
/// goes high and then dies still raises its alarm. An off-delay stands still and begins anew: nothing falls back to normal by itself.
/// </summary>
/// <param name="onDelay">The condition must be true this long.</param>
/// <param name="offDelay">The condition must be false this long.</param>
public sealed class DelayedCondition(TimeSpan onDelay, TimeSpan offDelay)
{
    private bool _judged;
    private bool _unknown;
    private TimeSpan _since;

    /// <summary>The last known condition, without delays.</summary>
    public bool Condition { get; private set; }

    /// <summary>With delays.</summary>
    public bool Active { get; private set; }

    /// <summary>As trips read it: true while it is active; else unknown while nobody can say it; else false.</summary>
    public bool? Known => Active ? true : IsSaid ? false : null;

    /// <summary>The last judgement was of this run, and not unknown.</summary>
    public bool IsSaid => _judged && !_unknown;

    /// <summary>
    /// What it is about to become: true while its on-delay runs, false while its off-delay does or would, if somebody could say how it is; null while it is what its condition was last known to be.
    /// </summary>
    public bool? Pending => Condition == Active ? null : Condition;

    /// <summary>It has changed at least once in this run.</summary>
    public bool Decided { get; private set; }

    /// <summary>It is known to be gone, and its off-delay runs.</summary>
    public bool IsGoing => Active && Deadline is not null;

    /// <summary>Monotonic time at which a delay runs out; null when none runs.</summary>
    public TimeSpan? Deadline => Condition == Active || (Active && _unknown) ? null : _since + (Condition ? onDelay : offDelay);

    /// <summary>Takes over what the run before left. It may come late; not after this run has decided.</summary>
    /// <param name="active">It was active.</param>
    /// <param name="holds">What this run has judged so far holds it, by the deadband.</param>
    public void Restore(bool active, bool holds = false)
    {
        Active = active;
        Condition = _judged ? Condition || holds : active;
    }

    /// <summary>Takes a judgement into account.</summary>
    /// <param name="condition">True, false, or null for unknown.</param>
    /// <param name="at">Monotonic time of what was judged.</param>
    public void Observe(bool? condition, TimeSpan at)
    {
        var again = _unknown && Active && condition == false;
        _unknown = condition is null;
        if (condition is { } known && (known != Condition || !_judged || again))
        {
            Condition = known;
            _since = at;
            _judged = true;
        }
    }

    /// <summary>What is true was so earlier than this run has seen it: an on-delay that runs has begun then.</summary>
    public void Backdate(TimeSpan since)
    {
        if (_judged && Condition && !Active && since < _since)
        {
            _since = since;
        }
    }

    /// <summary>The delay has run out.</summary>
    public void Decide()
    {
        Active = Condition;
        Decided = true;
    }
}
