namespace EdgeNode.Core;

/// <summary>What comes due by itself, in the order in which it goes at one moment.</summary>
internal enum DueKind : byte
{
    /// <summary>A point has something to say: it goes stale, for one.</summary>
    Point,

    /// <summary>A value in place of readings is over.</summary>
    Substitution,

    /// <summary>A bypass of a group is over.</summary>
    Bypass,

    /// <summary>A delay of an alarm, or a time of its states.</summary>
    Alarm,
}

/// <summary>Something that is due.</summary>
/// <param name="At">Monotonic time.</param>
/// <param name="Kind">What.</param>
/// <param name="Index">Of which point, group or alarm.</param>
internal readonly record struct Due(TimeSpan At, DueKind Kind, int Index);

/// <summary>
/// What is due within one run, in the order of time. Between runs it knows only a moment before which nothing is due, so that a sample costs no look at all points and alarms.
/// </summary>
internal sealed class DueQueue
{
    private readonly PriorityQueue<Due, (TimeSpan At, DueKind Kind, int Index)> _queue = new();
    private TimeSpan _next = TimeSpan.MinValue;

    /// <summary>Nothing is known of what is due.</summary>
    public void Forget() => _next = TimeSpan.MinValue;

    /// <summary>Nothing but what was added is due by then.</summary>
    public bool IsQuiet(TimeSpan until) => until < _next;

    /// <summary>All is looked at anew, and added.</summary>
    public void Clear()
    {
        _queue.Clear();
        _next = TimeSpan.MaxValue;
    }

    /// <summary>Something is due at another moment from now on; null: at none.</summary>
    public void Note(TimeSpan? at) => _next = at < _next ? at.Value : _next;

    /// <summary>The same, with what it is, within a run up to a moment.</summary>
    public void Add(TimeSpan? at, DueKind kind, int index, TimeSpan until)
    {
        if (at is { } due && due <= until)
        {
            _queue.Enqueue(new Due(due, kind, index), (due, kind, index));
        }
        else
        {
            Note(at);
        }
    }

    /// <summary>The first one.</summary>
    public bool TryPeek(out Due due) => _queue.TryPeek(out due, out _);

    /// <summary>Takes it out.</summary>
    public void Remove() => _queue.Dequeue();
}
