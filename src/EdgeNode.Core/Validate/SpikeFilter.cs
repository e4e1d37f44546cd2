using EdgeNode.Core.Model;

namespace EdgeNode.Core.Validate;

/// <summary>
/// The median of three, and it delays only what jumps. A sample within the limit of the one before it passes at once. One that lies farther away is held back
/// until the next sample. If it lies beyond both of its neighbours by more than the limit, it was a spike: its place takes the nearer neighbour, which is the median of the
/// three, <c>uncertain:spike</c>. Otherwise it was real, and passes as it is.
/// </summary>
/// <remarks>
/// What is held back keeps the stamp of its own moment. It is never held for longer than the stale time of the sample before: then, and when a failed read comes
/// in place of the next sample, it passes unconfirmed, as <c>uncertain:spike</c> with its own value, and counts for its setpoints. So a real step costs one
/// scan, and a sensor that jumps and dies still raises its alarm. A jump from nothing, at the start or after an outage, has nothing to be compared with and passes.
/// </remarks>
internal sealed class SpikeFilter(double limit, TimeSpan stale)
{
    private Measured? _held;
    private Measured? _before;

    /// <summary>Monotonic time at which <see cref="Release"/> is due; null while nothing is held back.</summary>
    public TimeSpan? Deadline => _held is null ? null : _before!.Value.TakenAt + stale;

    /// <summary>Takes a sample that is not bad.</summary>
    /// <param name="sample">The sample.</param>
    /// <param name="passed">What passes by it, in the order in which it was taken; room for two.</param>
    /// <returns>How many pass: none, one or two.</returns>
    public int Pass(in Measured sample, Span<Measured> passed)
    {
        var count = 0;
        if (_held is { } held)
        {
            if (IsSpike(_before!.Value.Value, held.Value, sample.Value))
            {
                passed[count++] = held with { Value = Nearer(held.Value, _before.Value.Value, sample.Value), Quality = Quality.Uncertain(Reason.Spike) };
            }
            else
            {
                _before = passed[count++] = held;
            }
        }

        _held = IsJump(sample) ? sample : null;
        if (_held is null)
        {
            _before = passed[count++] = sample;
        }

        return count;
    }

    /// <summary>Lets go of what is held back, unconfirmed.</summary>
    public bool Release(out Measured unconfirmed)
    {
        var any = _held is not null;
        unconfirmed = _held.GetValueOrDefault() with { Quality = Quality.Uncertain(Reason.Spike) };
        _held = null;
        return any;
    }

    private static double Nearer(double value, double a, double b) => Math.Abs(value - a) <= Math.Abs(value - b) ? a : b;

    private bool IsJump(in Measured sample) =>
        _before is { } before && sample.TakenAt - before.TakenAt < stale && Math.Abs(sample.Value - before.Value) > limit;

    private bool IsSpike(double before, double value, double after) =>
        value > before ? value - after > limit : after - value > limit;
}
