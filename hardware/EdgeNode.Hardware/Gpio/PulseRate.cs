namespace EdgeNode.Hardware.Gpio;

/// <summary>
/// Pulses a second from the spacing of pulses. Counting them in each period would make steps of one pulse a period, and a slow meter
/// would swing between 0 and one.
/// </summary>
/// <param name="start">Monotonic time at which the line was taken.</param>
/// <param name="zeroAfter">Without a pulse for this long the rate is 0.</param>
internal sealed class PulseRate(TimeSpan start, TimeSpan zeroAfter)
{
    /// <summary>
    /// An edge needs this long at most from the line into our hands: the kernel stamps it in its interrupt and queues it in a thread, and the
    /// meter itself is not exact to the last per cent. What is that little overdue may be on its way.
    /// </summary>
    private static readonly TimeSpan OnItsWay = TimeSpan.FromMilliseconds(5);

    private TimeSpan? _last;
    private double? _rate;

    /// <summary>Takes what was counted since the last call.</summary>
    /// <returns>Pulses a second; null before the first two pulses, unless zero-after has passed.</returns>
    public double? Take(PulseCount count, long edges, TimeSpan now)
    {
        if (edges > 0)
        {
            _rate = Spacing(count, edges) ?? _rate;
            _last = count.Last;
        }

        var silence = now - (_last ?? start);
        if (silence >= zeroAfter)
            return _rate = 0;
        if (_rate is not { } rate || silence <= TimeSpan.Zero)
            return _rate;

        // The next pulse is at least this late, so the rate is at most that: a flow that stops sinks towards 0.
        return _last is null || (silence - OnItsWay).TotalSeconds * rate <= 1 ? rate : 1 / silence.TotalSeconds;
    }

    private double? Spacing(PulseCount count, long edges)
    {
        if (_last is { } last && count.Last - last is var span && span > TimeSpan.Zero && count.First - last < zeroAfter)
            return edges / span.TotalSeconds;

        // The pulse before was too long ago to tell the present flow. Two of now do; one says only that there is some.
        if (count.SinceFirst > 1 && count.Last > count.First)
            return (count.SinceFirst - 1) / (count.Last - count.First).TotalSeconds;
        return _rate is null ? null : 1 / zeroAfter.TotalSeconds;
    }
}
