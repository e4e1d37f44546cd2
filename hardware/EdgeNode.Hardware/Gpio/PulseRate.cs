namespace EdgeNode.Hardware.Gpio;

/// <summary>
/// Pulses a second from the spacing of pulses. Counting them in each period would make steps of one pulse a period, and a slow meter
/// would swing between 0 and one.
/// </summary>
/// <param name="start">Monotonic time at which the line was taken.</param>
/// <param name="zeroAfter">Without a pulse for this long the rate is 0.</param>
internal sealed class PulseRate(TimeSpan start, TimeSpan zeroAfter)
{
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
        return _last is null ? rate : Math.Min(rate, 1 / silence.TotalSeconds);
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
