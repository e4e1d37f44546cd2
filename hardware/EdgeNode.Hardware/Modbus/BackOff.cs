namespace EdgeNode.Hardware.Modbus;

/// <summary>
/// When the link may be dialled again: at once when the last connection had answered, then after 0.5 to 1 s, doubling up to 2.5 to 5 s:
/// who has mended something waits beside it for the first reading. The jitter keeps a street of gateways from dialling in step after a power cut.
/// </summary>
/// <param name="jitter">Seeded by the caller, so that a run can be repeated.</param>
internal sealed class BackOff(Random jitter)
{
    /// <summary>Upper end of the first delay.</summary>
    public static readonly TimeSpan First = TimeSpan.FromSeconds(1);

    /// <summary>Upper end of every delay.</summary>
    public static readonly TimeSpan Cap = TimeSpan.FromSeconds(5);

    private TimeSpan _next;
    private bool _unanswered;

    /// <summary>Monotonic time before which nothing is dialled.</summary>
    public TimeSpan Until { get; private set; } = TimeSpan.MinValue;

    /// <summary>A reply came: the next loss is dialled at once.</summary>
    public void Answered()
    {
        _next = TimeSpan.Zero;
        _unanswered = false;
    }

    /// <summary>
    /// A connection was lost. One without a single reply is forgiven once, since a peer that drops the connection when asked for a
    /// dead unit must not cost its neighbours a delay.
    /// </summary>
    /// <returns>True when there is a delay now.</returns>
    public bool Lost(TimeSpan now, bool hadReply)
    {
        if (hadReply)
            return false;
        if (!_unanswered)
        {
            _unanswered = true;
            return false;
        }

        Failed(now);
        return true;
    }

    /// <summary>A dial failed.</summary>
    public void Failed(TimeSpan now)
    {
        _next = _next == TimeSpan.Zero ? First : Min(_next * 2, Cap);
        Until = now + (_next * (0.5 + (0.5 * jitter.NextDouble())));
    }

    private static TimeSpan Min(TimeSpan a, TimeSpan b) => a < b ? a : b;
}
