namespace EdgeNode.Uplink.Forward;

/// <summary>Waits between connection attempts: each twice the one before, each shortened by a random half so that a thousand stations do not come back at once.</summary>
internal sealed class Backoff(TimeSpan first, TimeSpan longest, Func<double> random)
{
    private readonly TimeSpan _first = first;
    private TimeSpan _next = first;

    /// <summary>The next wait.</summary>
    public TimeSpan Next()
    {
        var wait = _next * (0.5 + (random() / 2));
        _next = TimeSpan.FromTicks(Math.Min(_next.Ticks * 2, longest.Ticks));
        return wait;
    }

    /// <summary>After a session that held.</summary>
    public void Reset() => _next = _first;
}
