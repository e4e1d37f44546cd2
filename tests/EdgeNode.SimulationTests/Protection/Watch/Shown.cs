using EdgeNode.Core.Model;

namespace EdgeNode.SimulationTests.Protection.Watch;

/// <summary>What one measurement has shown to the node: since when each sample of it has said "dangerous". Written from the samples as they were handed over.</summary>
/// <param name="signal">What its samples stand for.</param>
/// <param name="dangerous">What a value says, with room for its rounding.</param>
/// <param name="every">The scan period.</param>
internal sealed class Shown(Signal signal, Func<double, bool> dangerous, TimeSpan every)
{
    /// <summary>Since when all samples have said so; null while the last one has not.</summary>
    public TimeSpan? Since { get; private set; }

    /// <summary>True time of the last sample with a value.</summary>
    public TimeSpan ValidAt { get; private set; } = TimeSpan.MinValue / 2;

    /// <summary>The last raw values, the newest first.</summary>
    public (double Newest, double Before) Raw { get; private set; }

    /// <summary>Since when the member has a vote: no person has put it aside.</summary>
    public TimeSpan? VotesSince { get; set; } = TimeSpan.Zero;

    public void Take(in RawSample sample, TimeSpan now)
    {
        var (value, _) = signal.Take(sample);
        if (sample.Quality.IsBad || !double.IsFinite(sample.Raw))
        {
            Since = null;
            return;
        }

        // A sample that came too late leaves a hole in which the point was stale.
        Since = value is not { } known || !dangerous(known) ? null : now - ValidAt > 2 * every ? now : Since ?? now;
        (ValidAt, Raw) = (now, (sample.Raw, Raw.Newest));
    }

    /// <summary>It has shown danger, with a vote, for so long, and does so now.</summary>
    public bool For(TimeSpan span, TimeSpan now) => Since <= now - span && VotesSince <= now - span && now - ValidAt < 2 * every;
}
