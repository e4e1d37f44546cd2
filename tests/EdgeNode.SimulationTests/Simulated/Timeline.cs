namespace EdgeNode.SimulationTests.Simulated;

/// <summary>
/// The one scheduler of a world: events at their time, timers, and the loops of the node that are due. Nothing here looks at the machine's clock or starts
/// a thread, so that the same beginning gives the same end.
/// </summary>
internal abstract class Timeline
{
    private readonly PriorityQueue<(int What, Action Do), (TimeSpan At, long Order)> _events = new();
    private long _order;

    public VirtualClock Clock { get; } = new();

    public Trace Trace { get; } = new();

    /// <summary>Rounds of the scheduler.</summary>
    public long Rounds { get; private set; }

    /// <summary>The node's loops; none while it does not live.</summary>
    protected abstract IReadOnlyList<Actor> Loops { get; }

    /// <summary>When the node's next timer fires, in true time.</summary>
    protected virtual TimeSpan NextTimer => TimeSpan.MaxValue;

    /// <summary>Does something after a time.</summary>
    public void Later(TimeSpan after, int what, Action action) => _events.Enqueue((what, action), (Clock.Now + after, _order++));

    /// <summary>Fires the next timer.</summary>
    protected virtual void FireTimer() => throw new InvalidOperationException("This world has no timers.");

    /// <summary>Runs one piece of what the node has posted to itself; false when there is none.</summary>
    protected virtual bool RunPosted() => false;

    /// <summary>Lets the world run for a while, or until something holds. Also from within a call of one of the loops: then all others run on.</summary>
    /// <returns>Whether it holds; true without a condition.</returns>
    internal bool Pump(TimeSpan span, Func<bool>? until)
    {
        var end = Clock.Now + span;
        while (until?.Invoke() != true)
        {
            if (RunPosted())
            {
                continue;
            }

            if (!Step(end))
            {
                Clock.MoveTo(end > Clock.Now ? end : Clock.Now);
                return until?.Invoke() ?? true;
            }
        }

        return true;
    }

    // The earliest of what is due. On a tie: the world, then timers, then the loops in their order.
    private bool Step(TimeSpan end)
    {
        var at = _events.TryPeek(out _, out var first) ? first.At : TimeSpan.MaxValue;
        var timers = NextTimer;
        Actor? actor = null;
        var loops = Loops;
        for (var i = 0; i < loops.Count; i++)
        {
            var candidate = loops[i];
            if (!candidate.Busy && !candidate.Stopped && candidate.DueAt < (actor?.DueAt ?? TimeSpan.MaxValue))
            {
                actor = candidate;
            }
        }

        var due = actor?.DueAt ?? TimeSpan.MaxValue;
        var next = at <= timers ? at : timers;
        next = next <= due ? next : due;
        if (next > end)
        {
            return false;
        }

        Rounds++;
        Clock.MoveTo(next > Clock.Now ? next : Clock.Now);
        if (next == at)
        {
            var (what, action) = _events.Dequeue();
            Trace.Add(Clock.Now, what);
            action();
        }
        else if (next == timers)
        {
            FireTimer();
        }
        else
        {
            Trace.Add(Clock.Now, 50 + actor!.Number);
            try
            {
                actor.Run();
            }
            catch (LifeEnded)
            {
                // Unwound to here: nothing of that life is on the stack any more.
            }
        }

        return true;
    }
}
