using EdgeNode.Core.Model;

namespace EdgeNode.SimulationTests.Protection.Watch;

/// <summary>
/// What the samples, as they were handed over, say of one alarm: when it has to be active, when it has to be clear, and from when on it may come and go. Written from what the
/// site file promises. Where a sample may be read in two ways (a signal that fails, a value at the very setpoint) it says neither.
/// </summary>
/// <param name="on">The alarm's on-delay.</param>
/// <param name="off">Its off-delay.</param>
internal abstract class Evidence(TimeSpan on, TimeSpan off)
{
    /// <summary>So long after a start nothing is expected of it yet, beside its delays.</summary>
    public virtual TimeSpan Memory => TimeSpan.Zero;

    public TimeSpan On => on;

    public TimeSpan Off => off;

    /// <summary>A sample of one of its points.</summary>
    public abstract void Take(in RawSample sample, TimeSpan now);

    /// <summary>It has to be active.</summary>
    /// <param name="now">True time.</param>
    /// <param name="patience">What a step may take.</param>
    public abstract bool MustBeActive(TimeSpan now, TimeSpan patience);

    /// <summary>It has to be clear.</summary>
    public abstract bool MustBeClear(TimeSpan now, TimeSpan patience);

    /// <summary>The samples have said for so long without a break that its condition is gone, whatever its off-delay makes of that. False where nobody can be sure.</summary>
    public virtual bool SaysGone(TimeSpan now, TimeSpan span) => false;

    /// <summary>It may have come up at a moment that is not longer ago than <paramref name="gap"/>.</summary>
    public abstract bool MayRaise(TimeSpan now, TimeSpan gap);

    /// <summary>It may have cleared at a moment that is not longer ago than <paramref name="gap"/>.</summary>
    public abstract bool MayClear(TimeSpan now, TimeSpan gap);

    protected static double? Value(in RawSample sample) => sample.Quality.IsBad || !double.IsFinite(sample.Raw) ? null : sample.Raw;
}

/// <summary>A value beside a setpoint with a deadband.</summary>
/// <param name="signal">What its samples stand for.</param>
/// <param name="high">It is wrong above the setpoint.</param>
/// <param name="setpoint">In the unit of the value.</param>
/// <param name="deadband">In the unit of the value.</param>
/// <param name="every">The scan period.</param>
internal sealed class SetpointEvidence(Signal signal, bool high, double setpoint, double deadband, TimeSpan every, TimeSpan on, TimeSpan off) : Evidence(on, off)
{
    /// <summary>Room for the rounding of a register, bar or m or l/min.</summary>
    private const double Room = 0.001;

    private TimeSpan _validAt = TimeSpan.MinValue / 2;
    private TimeSpan? _turned = TimeSpan.MinValue / 2;
    private TimeSpan? _returned = TimeSpan.MinValue / 2;

    /// <summary>Since when no sample has been a value; null while the last one is. One that does not come at all is not known of here.</summary>
    public TimeSpan? LostSince { get; private set; }

    /// <summary>Since when each sample has been past the setpoint; null while the last one is not.</summary>
    public TimeSpan? PastSince { get; private set; }

    /// <summary>Since when each sample has been on the right side of the deadband; null while the last one is not.</summary>
    public TimeSpan? BackSince { get; private set; }

    public override void Take(in RawSample sample, TimeSpan now)
    {
        var (taken, isNone) = signal.Take(sample);
        if (taken is not { } value)
        {
            (PastSince, BackSince) = (null, null);
            LostSince = isNone ? LostSince ?? now : null;
            _turned ??= now;
            return;
        }

        LostSince = null;
        if (!IsFresh(now))
        {
            (PastSince, BackSince) = (null, null);
            _turned ??= now;
        }

        _validAt = now;
        var past = high ? value - setpoint : setpoint - value;
        PastSince = past >= Room ? PastSince ?? now : null;
        BackSince = past < -deadband - Room ? BackSince ?? now : null;
        _turned = BackSince is not null ? null : past >= -Room ? _turned ?? now : _turned;
        _returned = PastSince is not null ? null : past < -deadband + Room ? _returned ?? now : _returned;
    }

    public bool IsFresh(TimeSpan now) => now - _validAt < 2 * every;

    public override bool MustBeActive(TimeSpan now, TimeSpan patience) => PastSince <= now - On - patience && IsFresh(now);

    public override bool MustBeClear(TimeSpan now, TimeSpan patience) => BackSince <= now - Off - patience && IsFresh(now);

    public override bool SaysGone(TimeSpan now, TimeSpan span) => BackSince <= now - span && IsFresh(now);

    public override bool MayRaise(TimeSpan now, TimeSpan gap) => _turned <= now - On + gap;

    public override bool MayClear(TimeSpan now, TimeSpan gap) => _returned <= now - Off + gap;
}

/// <summary>
/// Two of three members beside one setpoint, degraded to one of two and one of one, and with nobody left true. Two that are past it are enough whatever the third does, fails or not;
/// with one lost one is enough; two that are back outvote the third, and of two that are left neither is past.
/// </summary>
/// <param name="members">The members, each beside the setpoint.</param>
/// <param name="points">Their points.</param>
/// <param name="votesSince">Since when a member has had a vote that no person has put aside; null: it has none.</param>
internal sealed class VoteEvidence(SetpointEvidence[] members, int[] points, Func<int, TimeSpan?> votesSince, TimeSpan on, TimeSpan off) : Evidence(on, off)
{
    /// <summary>A jump waits for the next sample, and a failing current is declared after 2 s.</summary>
    private static readonly TimeSpan Believed = TimeSpan.FromSeconds(3);

    /// <summary>A failing current is declared after its time, a point that does not answer is stale after three scans: by then each has no vote.</summary>
    private static readonly TimeSpan Declared = TimeSpan.FromSeconds(8);

    private TimeSpan _twoPastAt = TimeSpan.MinValue / 2;
    private TimeSpan _twoBackAt = TimeSpan.MinValue / 2;

    public override void Take(in RawSample sample, TimeSpan now)
    {
        // Up to this sample the others and the one before it decided.
        _twoPastAt = Count(m => m.PastSince, Believed, now) >= 2 ? now : _twoPastAt;
        _twoBackAt = Count(m => m.BackSince, Believed, now) >= 2 ? now : _twoBackAt;
        members[Array.IndexOf(points, sample.Point)].Take(sample, now);
    }

    public override bool MustBeActive(TimeSpan now, TimeSpan patience)
    {
        var span = On + patience + TimeSpan.FromSeconds(1);
        var lost = members.Count(m => m.LostSince <= now - span - Declared);
        return lost == members.Length || Count(m => m.PastSince, span, now) >= (lost > 0 ? 1 : 2);
    }

    public override bool MustBeClear(TimeSpan now, TimeSpan patience) => Count(m => m.BackSince, Off + patience + Believed, now) >= 2;

    public override bool SaysGone(TimeSpan now, TimeSpan span) => Count(m => m.BackSince, span + Believed, now) >= 2;

    public override bool MayRaise(TimeSpan now, TimeSpan gap) => _twoBackAt <= now - On + gap && (gap > TimeSpan.Zero || Count(m => m.BackSince, Believed, now) < 2);

    public override bool MayClear(TimeSpan now, TimeSpan gap) => _twoPastAt <= now - Off + gap;

    private int Count(Func<SetpointEvidence, TimeSpan?> since, TimeSpan span, TimeSpan now)
    {
        var count = 0;
        for (var m = 0; m < members.Length; m++)
        {
            count += since(members[m]) <= now - span && votesSince(m) <= now - span && members[m].IsFresh(now) ? 1 : 0;
        }

        return count;
    }
}

/// <summary>A point without a fresh value.</summary>
/// <param name="stale">Its stale time.</param>
internal sealed class StaleEvidence(TimeSpan stale) : Evidence(TimeSpan.Zero, TimeSpan.Zero)
{
    private TimeSpan _validAt = TimeSpan.MinValue / 2;

    public override TimeSpan Memory => stale;

    public override void Take(in RawSample sample, TimeSpan now) => _validAt = Value(sample) is null ? _validAt : now;

    public override bool MustBeActive(TimeSpan now, TimeSpan patience) => now - _validAt >= stale + patience;

    public override bool MustBeClear(TimeSpan now, TimeSpan patience) => now - _validAt >= patience && now - _validAt < stale - patience;

    public override bool MayRaise(TimeSpan now, TimeSpan gap) => now - _validAt >= stale - gap;

    public override bool MayClear(TimeSpan now, TimeSpan gap) => now - _validAt <= gap;
}

/// <summary>A point without a usable value.</summary>
/// <param name="stale">Its stale time.</param>
internal sealed class BadEvidence(TimeSpan stale) : Evidence(TimeSpan.Zero, TimeSpan.Zero)
{
    /// <summary>A value after an outage is believed at once; one that jumps waits for the next, or for as long as the one before is fresh.</summary>
    private static readonly TimeSpan Believed = TimeSpan.FromSeconds(3);

    private TimeSpan _validAt = TimeSpan.MinValue / 2;
    private TimeSpan _badAt = TimeSpan.MinValue / 2;
    private TimeSpan? _badSince = TimeSpan.MinValue / 2;
    private TimeSpan? _goodSince;

    public override TimeSpan Memory => stale;

    public override void Take(in RawSample sample, TimeSpan now)
    {
        var bad = Value(sample) is null;
        _badSince = bad ? _badSince ?? now : null;
        _goodSince = bad ? null : now - _validAt < stale ? _goodSince ?? now : now;
        (_validAt, _badAt) = bad ? (_validAt, now) : (now, _badAt);
    }

    public override bool MustBeActive(TimeSpan now, TimeSpan patience) => _badSince <= now - patience || now - _validAt >= stale + patience;

    public override bool MustBeClear(TimeSpan now, TimeSpan patience) => _goodSince <= now - patience - Believed && now - _validAt < stale - patience;

    public override bool MayRaise(TimeSpan now, TimeSpan gap) => _badSince is not null || now - _badAt <= gap || now - _validAt >= stale - gap;

    public override bool MayClear(TimeSpan now, TimeSpan gap) => now - _validAt <= Believed + gap;
}

/// <summary>
/// How fast a value moves over a stretch. Whatever samples the stretch is measured between, the rate over it lies between the least and the greatest of the rates from sample to
/// sample; nothing older than two stretches counts.
/// </summary>
/// <param name="limit">A second.</param>
/// <param name="deadband">A second.</param>
/// <param name="over">The stretch.</param>
internal sealed class RateEvidence(double limit, double deadband, TimeSpan over) : Evidence(TimeSpan.Zero, TimeSpan.Zero)
{
    private const double Room = 1e-6;

    private readonly Queue<(TimeSpan At, double Rate)> _rates = new();
    private (TimeSpan At, double Value)? _last;
    private TimeSpan _validSince;
    private TimeSpan _changedAt;

    public override TimeSpan Memory => 2 * over;

    public override void Take(in RawSample sample, TimeSpan now)
    {
        if (Value(sample) is not { } value)
        {
            return;
        }

        if (_last is not { } last || now - last.At > over / 2)
        {
            _validSince = now; // with a hole in it a stretch may be another one than the samples show
        }
        else
        {
            _rates.Enqueue((now, (value - last.Value) / (now - last.At).TotalSeconds));
        }

        _last = (now, value);
        while (_rates.Count > 0 && _rates.Peek().At < now - (2 * over))
        {
            _rates.Dequeue();
        }

        _changedAt = now;
    }

    public override bool MustBeActive(TimeSpan now, TimeSpan patience) =>
        IsWhole(now, patience) && (_rates.All(r => r.Rate >= limit + Room) || _rates.All(r => r.Rate <= -limit - Room));

    public override bool MustBeClear(TimeSpan now, TimeSpan patience) => IsWhole(now, patience) && _rates.All(r => Math.Abs(r.Rate) < limit - deadband - Room);

    public override bool MayRaise(TimeSpan now, TimeSpan gap) => !IsWhole(now, TimeSpan.Zero) || _rates.Any(r => Math.Abs(r.Rate) >= limit - Room);

    public override bool MayClear(TimeSpan now, TimeSpan gap) =>
        !IsWhole(now, TimeSpan.Zero) || _rates.Any(r => Math.Abs(r.Rate) < limit - deadband + Room) || (_rates.Any(r => r.Rate > 0) && _rates.Any(r => r.Rate < 0));

    private bool IsWhole(TimeSpan now, TimeSpan patience) => now - _validSince > (2 * over) + patience && now - _changedAt >= patience && now - _changedAt < over / 4 && _rates.Count > 0;
}
