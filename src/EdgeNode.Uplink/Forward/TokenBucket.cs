namespace EdgeNode.Uplink.Forward;

/// <summary>A rate in readings a second, on the monotonic clock; it saves up one second's worth at most.</summary>
internal sealed class TokenBucket(int perSecond)
{
    private double _tokens = perSecond;
    private TimeSpan _filledAt;

    /// <summary>Readings that may go now.</summary>
    public int Available(TimeSpan now)
    {
        if (now > _filledAt)
        {
            _tokens = Math.Min(perSecond, _tokens + ((now - _filledAt).TotalSeconds * perSecond));
            _filledAt = now;
        }

        return (int)Math.Max(0, _tokens);
    }

    /// <summary>These went.</summary>
    public void Take(int count) => _tokens -= count;

    /// <summary>When <paramref name="count"/> may go; a microsecond late rather than early.</summary>
    public TimeSpan ReadyAt(int count, TimeSpan now)
    {
        var missing = Math.Min(count, perSecond) - _tokens;
        return missing <= 0 ? now : now + TimeSpan.FromSeconds(missing / perSecond) + TimeSpan.FromMicroseconds(1);
    }
}
