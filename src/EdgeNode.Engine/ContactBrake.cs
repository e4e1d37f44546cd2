namespace EdgeNode.Engine;

/// <summary>
/// Whether a change of a contact is told by itself: <see cref="Singly"/> within a minute are, and what comes beyond is told once a minute, with how many changes there were and how the last one left it.
/// A door that rattles must not fill the audit trail.
/// </summary>
internal sealed class ContactBrake
{
    /// <summary>So many changes within <see cref="Span"/> are told one by one; five times opened and closed. An assumption.</summary>
    public const int Singly = 10;

    /// <summary>As alarms count their chatter.</summary>
    public static readonly TimeSpan Span = TimeSpan.FromMinutes(1);

    private readonly Queue<TimeSpan> _told = new();
    private TimeSpan? _since;
    private int _changes;

    /// <summary>It has changed.</summary>
    /// <returns>It is told by itself; false: it counts.</returns>
    public bool Take(TimeSpan at)
    {
        while (_told.TryPeek(out var first) && at - first >= Span)
        {
            _told.Dequeue();
        }

        if (_since is null && _told.Count < Singly)
        {
            _told.Enqueue(at);
            return true;
        }

        _since ??= at;
        _changes++;
        return false;
    }

    /// <summary>A minute is over, or the run is. One that had few changes ends the brake.</summary>
    /// <param name="now">Monotonic time.</param>
    /// <param name="end">The run ends: nothing may wait.</param>
    /// <returns>How many changes are to be told together; 0: none.</returns>
    public int Tell(TimeSpan now, bool end = false)
    {
        if (!end && !(now - _since >= Span))
        {
            return 0;
        }

        var changes = _changes;
        (_since, _changes) = (changes < Singly ? (TimeSpan?)null : now, 0);
        return changes;
    }
}
