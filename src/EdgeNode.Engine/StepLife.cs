namespace EdgeNode.Engine;

/// <summary>The sign of life of the station's step: counted up once a step, which is at least every <see cref="BusLoop.LongestWait"/>.</summary>
public sealed class StepLife
{
    private long _beats;

    /// <summary>Steps done since the start; from any thread.</summary>
    public long Beats => Interlocked.Read(ref _beats);

    /// <summary>A step was done.</summary>
    public void Beat() => Interlocked.Increment(ref _beats);
}

/// <summary>
/// How long another thread has waited for a sign of life. Only time in which that thread itself was awake counts, since a machine that was
/// suspended, or a process that was stopped and goes on, would look like a dead step at first sight.
/// </summary>
/// <param name="life">The signs.</param>
internal sealed class LifeWatch(StepLife life)
{
    /// <summary>Most that one look adds.</summary>
    private static readonly TimeSpan Look = BusLoop.LongestWait;

    private long _beats = life.Beats;
    private TimeSpan? _lookedAt;
    private long _looksAnewAt;

    /// <summary>Signs since the start.</summary>
    public long Beats => life.Beats;

    /// <summary>Without a sign for so long.</summary>
    public TimeSpan Silent { get; private set; }

    /// <summary>
    /// This thread itself stood still, and the step has not looked anew since: what it last said may be long past. The first sign after such a time
    /// may be the end of the step that was interrupted, so the second counts.
    /// </summary>
    public bool IsPast => life.Beats < _looksAnewAt;

    /// <summary>Looks for a sign.</summary>
    public void LookAt(TimeSpan now)
    {
        var elapsed = now - (_lookedAt ?? now);
        _looksAnewAt = elapsed >= OutputWriter.LifeLimit ? life.Beats + 2 : _looksAnewAt;
        Silent = life.Beats == _beats ? Silent + (elapsed < Look ? elapsed : Look) : TimeSpan.Zero;
        (_beats, _lookedAt) = (life.Beats, now);
    }
}
