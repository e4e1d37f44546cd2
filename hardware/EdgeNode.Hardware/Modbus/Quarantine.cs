namespace EdgeNode.Hardware.Modbus;

/// <summary>
/// Replies that may still be on their way. RTU has no transaction number: a late reply passes for the reply to the next request of the same
/// unit, function and count, with the values of other registers. Nothing but time tells them apart, so a unit that owes a reply is not asked
/// again until that reply has come or its slowest answer is over. Other units need not wait: a reply bears its unit's address.
/// </summary>
internal sealed class Quarantine
{
    /// <summary>Slowest reply that is waited for beyond the configured deadline of a unit.</summary>
    public static readonly TimeSpan Cap = TimeSpan.FromSeconds(10);

    private readonly Entry[] _units = new Entry[256];

    /// <summary>Monotonic time before which the unit is not asked.</summary>
    public TimeSpan Until(byte unit) => _units[unit].Until;

    /// <summary>The port was opened: whoever used it before may have asked anybody.</summary>
    public void Opened(TimeSpan now, TimeSpan slowest)
    {
        foreach (ref var u in _units.AsSpan())
            u = u with { Owed = Math.Max(u.Owed, 1), Since = now, Until = now + slowest };
    }

    /// <summary>A request had no reply.</summary>
    /// <param name="sent">When it was sent.</param>
    /// <param name="now">When it was given up.</param>
    /// <param name="configured">How long the unit may take.</param>
    public void Unanswered(byte unit, TimeSpan sent, TimeSpan now, TimeSpan configured) => Owe(unit, sent, now + Max(configured, _units[unit].Late));

    /// <summary>
    /// Bytes came that were perhaps the reply, spoilt, and perhaps not. Twice the slowest reply so far says which, so that a spoilt one is
    /// asked for again within the deadline.
    /// </summary>
    public void Doubtful(byte unit, TimeSpan sent, TimeSpan now, TimeSpan configured)
    {
        var slowest = _units[unit].Slowest;
        Owe(unit, sent, now + (slowest > TimeSpan.Zero ? Min(2 * slowest, configured) : configured));
    }

    /// <summary>The reply came in time.</summary>
    public void Answered(byte unit, TimeSpan took)
    {
        ref var u = ref _units[unit];
        u.Slowest = Max(u.Slowest, took);
    }

    /// <summary>A reply came that was not waited for.</summary>
    /// <param name="at">When; null when it may have lain in a buffer before.</param>
    /// <returns>True when the unit owed one.</returns>
    public bool CameLate(byte unit, TimeSpan? at)
    {
        ref var u = ref _units[unit];
        if (u.Owed == 0)
            return false;
        if (at is { } time)
            u.Late = Max(u.Late, Min(time - u.Since, Cap));
        if (--u.Owed == 0)
            u.Until = TimeSpan.MinValue;
        return true;
    }

    /// <summary>The unit had its time. What it still owes will not come.</summary>
    public void Over(byte unit)
    {
        ref var u = ref _units[unit];
        if (u.Owed == 0)
            return;
        u.Owed = 0;
        u.Late /= 2; // was it slow once, it need not be for ever
    }

    private void Owe(byte unit, TimeSpan sent, TimeSpan until)
    {
        ref var u = ref _units[unit];
        if (u.Owed++ == 0)
            u.Since = sent;
        u.Until = until;
    }

    private static TimeSpan Max(TimeSpan a, TimeSpan b) => a > b ? a : b;

    private static TimeSpan Min(TimeSpan a, TimeSpan b) => a < b ? a : b;

    /// <param name="Owed">Replies that may still come.</param>
    /// <param name="Since">When the first of them was asked for.</param>
    /// <param name="Until">Until when they are waited for.</param>
    /// <param name="Slowest">Slowest reply that came in time.</param>
    /// <param name="Late">Slowest one that came after its deadline, as far as remembered.</param>
    private record struct Entry(int Owed, TimeSpan Since, TimeSpan Until, TimeSpan Slowest, TimeSpan Late);
}
