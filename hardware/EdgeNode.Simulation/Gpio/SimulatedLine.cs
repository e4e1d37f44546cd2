namespace EdgeNode.Simulation.Gpio;

/// <summary>
/// One line: the level that the contact drives, what becomes of it on the way, and the kernel's queue of edges when it was taken for
/// them. Time is an input: what was to happen until then has happened when a call returns. Under its chip's lock.
/// </summary>
/// <param name="random">Of the bounces.</param>
internal sealed class SimulatedLine(Random random)
{
    // A contact bounces for less than 3 ms: at most three times there and back, half a millisecond each.
    private const int MostBounces = 3;
    private static readonly TimeSpan HalfBounce = TimeSpan.FromMilliseconds(0.5);

    // A contact that nobody moves is shaken now and then; further apart than any debouncing waits.
    private static readonly TimeSpan LeastRest = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan MostRest = TimeSpan.FromMilliseconds(1500);

    private readonly PriorityQueue<bool?, (TimeSpan At, int Order)> _coming = new();
    private int _order;
    private bool _driven;
    private bool _flipped;
    private bool? _stuckAt;
    private TimeSpan? _shakenAt;
    private (bool High, TimeSpan At)? _candidate;
    private bool _debounced;

    /// <summary>The queue; null while nobody counts edges.</summary>
    public SimulatedEdges? Edges { get; private set; }

    /// <summary>The electrical level.</summary>
    public bool High => _stuckAt ?? (_driven != _flipped);

    /// <summary>The contact drives this level from a time on, which may lie a little ahead.</summary>
    public void Drive(bool high, TimeSpan at) => _coming.Enqueue(high, (at, _order++));

    /// <summary>A cut or shorted wire: the level stays as it is.</summary>
    public void Stick(bool stuck, TimeSpan now)
    {
        Settle(now);
        _stuckAt = stuck ? _stuckAt ?? High : null;
        Raw(now);
    }

    /// <summary>The contact bounces with each change, and by itself.</summary>
    public void Bounce(bool bounces, TimeSpan now)
    {
        Settle(now);
        _shakenAt = bounces ? _shakenAt ?? now : null;
    }

    /// <summary>Somebody counts the edges from now on.</summary>
    public void Take(SimulatedEdges edges, TimeSpan now)
    {
        Settle(now);
        (Edges, _debounced, _candidate) = (edges, High, null);
    }

    /// <summary>Nobody does any more.</summary>
    public void Free(SimulatedEdges edges)
    {
        if (Edges == edges)
            Edges = null;
    }

    /// <summary>Lets everything happen that is due.</summary>
    public void Settle(TimeSpan now)
    {
        Shake(now);
        while (_coming.TryPeek(out _, out var due) && due.At <= now)
        {
            if (_coming.Dequeue() is { } high)
            {
                if (_shakenAt is not null && high != _driven)
                    Bounces(due.At);
                _driven = high;
            }
            else
            {
                _flipped = !_flipped;
            }

            Raw(due.At);
            Shake(now);
        }

        Confirm(now);
    }

    private void Shake(TimeSpan now)
    {
        while (_shakenAt is { } at && at <= now && (!_coming.TryPeek(out _, out var next) || at <= next.At))
        {
            Bounces(at);
            _shakenAt = at + LeastRest + ((MostRest - LeastRest) * random.NextDouble());
        }
    }

    private void Bounces(TimeSpan at)
    {
        // There and back each time, so that it ends at the level that the contact drives.
        for (var i = 1 + (2 * random.Next(MostBounces)); i >= 0; i--)
        {
            at += HalfBounce;
            _coming.Enqueue(null, (at, _order++));
        }
    }

    /// <summary>The level may have changed: an edge at once, or one that has to hold for the time of debouncing.</summary>
    private void Raw(TimeSpan at)
    {
        Confirm(at);
        var high = High;
        if (Edges is not { } edges)
            return;
        if (edges.Request.Debounce == TimeSpan.Zero)
            Debounced(edges, high, at);
        else if (high != (_candidate?.High ?? _debounced))
            _candidate = (high, at);
    }

    private void Confirm(TimeSpan now)
    {
        if (Edges is not { } edges || _candidate is not var (high, at) || now - at < edges.Request.Debounce)
            return;
        _candidate = null;
        Debounced(edges, high, at + edges.Request.Debounce);
    }

    private void Debounced(SimulatedEdges edges, bool high, TimeSpan at)
    {
        if (high == _debounced)
            return;
        _debounced = high;
        if (high != edges.Request.ActiveLow)
            edges.Add(at);
    }
}
