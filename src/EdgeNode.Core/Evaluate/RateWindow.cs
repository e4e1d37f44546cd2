namespace EdgeNode.Core.Evaluate;

/// <summary>
/// How fast a value has moved over a stretch of time: from the youngest sample that is at least so old, to now. Over a stretch and not
/// from sample to sample, because the last digit of a fast sensor is noise.
/// </summary>
/// <param name="over">The stretch; more than 0.</param>
public sealed class RateWindow(TimeSpan over)
{
    /// <summary>Samples that are kept of one stretch; of a faster point some are left out, evenly.</summary>
    private const int Kept = 64;

    // One more on each side: the one that the stretch begins with, and the next one while that is still needed.
    private readonly (TimeSpan At, double Value)[] _past = new (TimeSpan, double)[Kept + 2];
    private int _first;
    private int _count;

    /// <summary>Takes a value and gives the rate, in its unit a second; null while less than half of the stretch is known.</summary>
    /// <param name="value">The value.</param>
    /// <param name="at">Monotonic time at which it was taken.</param>
    /// <param name="keep">False for one that is only asked about: no later rate is measured from it.</param>
    public double? Rate(double value, TimeSpan at, bool keep = true)
    {
        while (_count > 1 && Past(1).At <= at - over)
        {
            Drop();
        }

        // After a hole of more than another stretch the rate would be of the hole.
        if (_count > 0 && Past(0).At < at - over - over)
        {
            _count = 0;
        }

        var since = _count > 0 ? at - Past(0).At : TimeSpan.Zero;
        double? rate = _count > 0 && since >= over / 2 ? (value - Past(0).Value) / since.TotalSeconds : null;
        if (keep && (_count == 0 || at - Past(_count - 1).At >= over / Kept))
        {
            if (_count == _past.Length)
            {
                Drop();
            }

            _past[(_first + _count++) % _past.Length] = (at, value);
        }

        return rate;
    }

    private (TimeSpan At, double Value) Past(int n) => _past[(_first + n) % _past.Length];

    private void Drop()
    {
        _first = (_first + 1) % _past.Length;
        _count--;
    }
}
