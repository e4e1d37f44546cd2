using EdgeNode.Core.Model;

namespace EdgeNode.Core.Validate;

/// <summary>
/// Whether a value still moves. A quantised sensor may rest on one digit for long, so by default only a raw value that does not change at all counts as resting,
/// and the time is the plant's to choose. Behind a converter with noise the width of that noise is given, and resting means not to leave it.
/// </summary>
/// <remarks>An outage of a stale time or more says nothing of what the sensor did meanwhile: the time begins anew.</remarks>
internal sealed class StuckWatch(StuckOptions options, TimeSpan stale)
{
    private double _rest;
    private TimeSpan? _last;
    private TimeSpan _since;

    /// <summary>Takes a sample.</summary>
    /// <returns>True when it has not moved for too long.</returns>
    public bool IsStuck(in Measured sample)
    {
        var value = options.Within > 0 ? sample.Value : sample.Raw;
        if (_last is not { } last || sample.TakenAt - last >= stale || Math.Abs(value - _rest) > options.Within)
        {
            (_rest, _since) = (value, sample.TakenAt);
        }

        _last = sample.TakenAt;
        return sample.TakenAt - _since >= options.For;
    }
}
