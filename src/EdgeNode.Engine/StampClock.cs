using EdgeNode.Core.Model;

namespace EdgeNode.Engine;

/// <summary>
/// Makes stamps of the two clocks (DESIGN section 9). While the wall clock is not synchronised a stamp is an anchor plus the monotonic
/// time, so that steps of the wall clock change nothing; once it is, stamps are the wall clock's. The anchor is chosen once a boot:
/// the later of wall clock and floor, and what the spool knows of this boot goes before both. Pure: it is told what the clocks say,
/// in the order of the monotonic time. Not for several threads at once.
/// </summary>
public sealed class StampClock
{
    /// <summary>Stretches of a boot that are remembered; of more the oldest but the first is forgotten, and its stamps stay as they are.</summary>
    public const int MaxStretches = 16;

    /// <summary>A gradual offset below this is not worth an event, microseconds.</summary>
    public const long SmallestTold = 1_000;

    private readonly long _buildDate;
    private readonly Queue<TimeCorrection> _untold = new();
    private List<Stretch> _stretches = [];
    private (long Monotonic, long Relation)? _firstGood;
    private long? _good;
    private long _floor;
    private long _shift;
    private bool _recovered;

    /// <param name="buildDate">Unix microseconds before which no stamp may lie; a wall clock before it is wrong, whatever the kernel says.</param>
    public StampClock(long buildDate) => _floor = _buildDate = buildDate;

    private Stretch? Open => _stretches is [.., { To: null } last] ? last : null;

    /// <summary>The stamp of now.</summary>
    /// <param name="monotonic">Time since boot; never before that of an earlier call.</param>
    /// <param name="wall">The wall clock, Unix microseconds.</param>
    /// <param name="synchronised">The kernel's word.</param>
    public ClockReading Read(TimeSpan monotonic, long wall, bool synchronised)
    {
        var now = Microseconds(monotonic);
        if (synchronised && wall >= _buildDate)
        {
            if (Open is { } ended)
            {
                End(ended, now, wall - now);
            }

            _good = wall - now;
            _firstGood ??= (now, wall - now);
            return new ClockReading(monotonic, new SourceTime(wall, ClockQuality.Synchronised));
        }

        var open = Open ?? Begin(now, wall);
        return new ClockReading(
            monotonic, new SourceTime(now + open.Anchor, open.Provisional ? ClockQuality.Provisional : ClockQuality.Unsynchronised));
    }

    /// <summary>What is known by now of a stamp of this boot.</summary>
    public SourceTime Correct(SourceTime stamp)
    {
        if (stamp.Clock == ClockQuality.Synchronised)
        {
            return stamp;
        }

        var time = stamp.UnixMicroseconds + (stamp.Clock == ClockQuality.Provisional ? _shift : 0);
        Stretch? of = null;
        foreach (var stretch in _stretches)
        {
            // Before the spool has told, provisional stamps are of the provisional stretch alone, and it has no others.
            var own = _recovered || stretch.Provisional == (stamp.Clock == ClockQuality.Provisional);
            if (own && time >= stretch.From && (stretch.To is not { } to || time <= to))
            {
                if (of is not null)
                {
                    // The clock was set back across the end of a stretch and lost again: nobody can tell which one it is of.
                    of = null;
                    break;
                }

                of = stretch;
            }
        }

        if (of?.Correction is { } correction)
        {
            return new SourceTime(correction.Apply(time), ClockQuality.Synchronised);
        }

        return _recovered ? new SourceTime(time, ClockQuality.Unsynchronised) : stamp;
    }

    /// <summary>What the spool knows. The stamps made before are shifted by what <see cref="Correct"/> adds to provisional ones.</summary>
    /// <param name="lastStamp">Of its newest record, Unix microseconds.</param>
    /// <param name="thisBoot">Readings of earlier processes of this boot, oldest first.</param>
    public void Recover(long lastStamp, IReadOnlyList<ClockReading> thisBoot)
    {
        ArgumentNullException.ThrowIfNull(thisBoot);
        if (_recovered)
        {
            return;
        }

        _recovered = true;
        _floor = Math.Max(_floor, lastStamp);
        var own = _stretches;
        var ownGood = _good;
        _stretches = [];
        _good = null;
        var at = 0L;
        foreach (var reading in thisBoot)
        {
            Replay(reading, at);
            at = Microseconds(reading.Monotonic);
        }

        var before = _stretches.Count;
        if (own is [{ Provisional: true } first, ..])
        {
            before -= Open is null ? 0 : 1;
            Settle(first);
            own.RemoveAt(0);
        }
        else if (Open is { } ended && _firstGood is { } good)
        {
            ended.End(good.Monotonic, good.Relation);
            before--;
        }

        _good = ownGood ?? _good;
        _stretches.AddRange(own);
        for (var i = 0; i < _stretches.Count; i++)
        {
            // What ended in an earlier process was told by it, if it lived long enough: the first one counts most.
            if (i >= before || !_stretches[i].Gradual)
            {
                Tell(_stretches[i]);
            }
        }
    }

    /// <summary>Takes the oldest correction to be told; none before <see cref="Recover"/>.</summary>
    public TimeCorrection? TakeCorrection() => _untold.TryDequeue(out var correction) ? correction : null;

    internal static long Microseconds(TimeSpan monotonic) => monotonic.Ticks / TimeSpan.TicksPerMicrosecond;

    private Stretch Begin(long now, long wall)
    {
        var stretch = _good is { } good
            ? new Stretch(good, now + good, gradual: true)
            : new Stretch(Math.Max(wall, _floor) - now, Math.Max(wall, _floor), gradual: false) { Provisional = !_recovered };
        _stretches.Add(stretch);
        if (_stretches.Count > MaxStretches)
        {
            _stretches.RemoveAt(1);
        }

        return stretch;
    }

    private void End(Stretch stretch, long now, long relation)
    {
        stretch.End(now, relation);
        if (_recovered)
        {
            Tell(stretch);
        }
    }

    private void Tell(Stretch stretch)
    {
        if (stretch.Correction is { } correction && _untold.Count < MaxStretches
            && (!correction.Gradual || Math.Abs(correction.Offset) >= SmallestTold))
        {
            _untold.Enqueue(correction);
        }
    }

    // When synchronisation came and went lies between two readings. Each stretch is taken as long as it can have been: where two of them
    // then meet, a stamp stays as it is, and none is corrected by the wrong one.
    private void Replay(ClockReading reading, long before)
    {
        var now = Microseconds(reading.Monotonic);
        var relation = reading.Wall.UnixMicroseconds - now;
        var synchronised = reading.Wall.Clock == ClockQuality.Synchronised;
        if (synchronised || (Open is { } open && open.Anchor != relation))
        {
            Open?.End(now, relation);
            _good = relation;
        }

        if (!synchronised && Open is null)
        {
            _stretches.Add(new Stretch(relation, before + relation, gradual: _good is not null));
        }
    }

    /// <summary>Gives this process's first stretch its place on the timeline of the boot.</summary>
    private void Settle(Stretch first)
    {
        var began = first.From - first.Anchor;
        Stretch settled;
        if (Open is { } goesOn)
        {
            settled = goesOn;
        }
        else
        {
            settled = _good is { } good
                ? new Stretch(good, began + good, gradual: true)
                : new Stretch(Math.Max(first.Anchor, _floor - began), Math.Max(first.From, _floor), gradual: false);
            _stretches.Add(settled);
        }

        _shift = settled.Anchor - first.Anchor;
        if (first.Correction is { } known)
        {
            var ended = known.To - first.Anchor;
            settled.End(ended, first.Anchor + known.Offset);
        }
    }

    /// <summary>A time without synchronisation. Stamps are anchor plus monotonic time.</summary>
    private sealed class Stretch(long anchor, long from, bool gradual)
    {
        public long Anchor { get; } = anchor;

        /// <summary>The first stamp.</summary>
        public long From { get; } = from;

        /// <summary>The clock was right when it began, and ran away.</summary>
        public bool Gradual { get; } = gradual;

        public bool Provisional { get; init; }

        /// <summary>The last stamp; null while it lasts.</summary>
        public long? To => Correction?.To;

        public TimeCorrection? Correction { get; private set; }

        public void End(long now, long relation) => Correction = new TimeCorrection(From, now + Anchor, relation - Anchor, Gradual);
    }
}
