namespace EdgeNode.SimulationTests.Simulated;

/// <summary>One of the node's loops, which on a real node has a thread of its own: here it runs when it is due.</summary>
/// <param name="number">Names it in the trace.</param>
/// <param name="clock">True time.</param>
/// <param name="run">One round; returns how long until the next is due, null when only a signal matters.</param>
internal sealed class Actor(int number, VirtualClock clock, Func<TimeSpan?> run)
{
    public int Number => number;

    /// <summary>True time of the next round.</summary>
    public TimeSpan DueAt { get; private set; } = clock.Now;

    /// <summary>In the middle of a round that takes its time: on the disk, say. The others run on.</summary>
    public bool Busy { get; private set; }

    /// <summary>It is stopped and stays so.</summary>
    public bool Stopped { get; set; }

    /// <summary>Something happened that it waits for; it wakes up after <paramref name="delay"/>.</summary>
    public void Signal(TimeSpan delay)
    {
        var at = clock.Now + delay;
        DueAt = at < DueAt ? at : DueAt;
    }

    public void Run()
    {
        DueAt = TimeSpan.MaxValue;
        Busy = true;
        try
        {
            if (run() is { } wait)
            {
                // Waits of the engine have whole milliseconds, rounded up.
                Signal(TimeSpan.FromMilliseconds(Math.Ceiling(wait.TotalMilliseconds)));
            }
        }
        finally
        {
            Busy = false;
        }
    }
}
