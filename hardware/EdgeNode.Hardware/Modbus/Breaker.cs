namespace EdgeNode.Hardware.Modbus;

/// <summary>
/// Leaves alone what does not answer: three misses in a row open it, then one probe per interval is let through.
/// The interval starts at 5 s and doubles with each failed probe up to 60 s. An answer closes it.
/// </summary>
/// <param name="isAlone">Nobody else is on the link whom a probe would hold up: the interval stays at 5 s, so that a device that was mended is read again soon.</param>
internal sealed class Breaker(bool isAlone = false)
{
    /// <summary>Misses in a row that open it.</summary>
    public const int MissLimit = 3;

    /// <summary>First probe interval.</summary>
    public static readonly TimeSpan FirstInterval = TimeSpan.FromSeconds(5);

    /// <summary>Longest probe interval.</summary>
    public static readonly TimeSpan IntervalCap = TimeSpan.FromSeconds(60);

    private TimeSpan _interval;
    private TimeSpan _probeAt;

    /// <summary>Misses since the last answer.</summary>
    public int Misses { get; private set; }

    public bool IsOpen => Misses >= MissLimit;

    /// <summary>True when closed, or when a probe is due.</summary>
    public bool MayTry(TimeSpan now) => !IsOpen || now >= _probeAt;

    /// <summary>An answer came.</summary>
    /// <returns>True when this closed it.</returns>
    public bool Answered()
    {
        var closed = IsOpen;
        Misses = 0;
        return closed;
    }

    /// <summary>No answer came.</summary>
    /// <returns>True when this opened it.</returns>
    public bool Missed(TimeSpan now)
    {
        var wasOpen = IsOpen;
        Misses = Math.Min(Misses + 1, MissLimit);
        if (!IsOpen)
            return false;

        var doubled = _interval * 2;
        _interval = !wasOpen || isAlone ? FirstInterval : doubled < IntervalCap ? doubled : IntervalCap;
        _probeAt = now + _interval;
        return !wasOpen;
    }
}
