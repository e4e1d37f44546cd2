using EdgeNode.Core.Model;
using EdgeNode.Spool.Format;
using EdgeNode.Spool.Ledger;

namespace EdgeNode.Spool;

/// <summary>The upper age of readings that wait.</summary>
public sealed partial class Journal
{
    /// <summary>How often it is looked for what is too old.</summary>
    public static readonly TimeSpan ExpiryEvery = TimeSpan.FromMinutes(1);

    /// <summary>
    /// So long the two clocks must have kept their relation before anything goes by its age: a wall clock that was set wrong by hours, and is
    /// set right soon after, must not cost what waits.
    /// </summary>
    public static readonly TimeSpan SteadyFor = TimeSpan.FromMinutes(5);

    // The clocks may part by this much meanwhile: 5 min of the fastest slewing of the kernel (500 ppm) are 0.15 s. Microseconds.
    private const long SteadyWithin = 1_000_000;

    // Places that the disk does not give, in one go.
    private const int MaxUnreadExpiring = 3;

    // Frames looked at in one go; what is left comes with the next commit.
    private const int MaxExpiring = 1000;

    private readonly SegmentReader _expiryReader = new();
    private readonly TimeSpan? _age;
    private readonly Unread _expiryUnread = new();
    private TimeSpan _expireAt;
    private (TimeSpan Since, long Relation)? _steady;

    private enum Age
    {
        Old,
        Young,
        Unknown,
    }

    // Only by a clock that is set. A reading whose clock was not is as old as the next one that knows.
    private void Expire()
    {
        if (_age is not { } age || !IsSteady(_clock.Read(), out var now) || now.Monotonic < _expireAt)
        {
            return;
        }

        var cutoff = now.Wall.UnixMicroseconds - (age.Ticks / TimeSpan.TicksPerMicrosecond);
        var passed = new List<Loss>();
        var expired = 0;
        var at = default(Position);
        var (looked, unread) = (0, 0);
        for (; looked < MaxExpiring && FindOld(at, out var run, out var mark, out var end, out var first, out var last); looked++)
        {
            if (IsHeld(StreamKind.Telemetry, run.Start, first) || unread == MaxUnreadExpiring)
            {
                break;
            }

            if (_expiryUnread.IsPostponed(StreamKind.Telemetry, run.Start, first, now.Monotonic, out var dark, out _))
            {
                at = new Position(run.Start, dark + 1);
                continue;
            }

            if (!_expiryReader.TryFind(StreamKind.Telemetry, run, mark, end, first, out var records, out var body)
                || !SampleWalk.TryOpen(run.Kept ? FrameType.Kept : FrameType.Samples, body, out var samples))
            {
                // What cannot be read is for the uplink's reader to judge, whenever that comes; it holds up nothing here.
                var next = _expiryReader.Salvage(StreamKind.Telemetry, run, first) ?? run.Last + 1;
                if (_expiryReader.Failed || next == first)
                {
                    unread++;
                    next = Math.Max(next, first + 1);
                }

                _expiryUnread.Failed(StreamKind.Telemetry, run.Start, first, next - 1, now.Monotonic);
                at = new Position(run.Start, next);
                continue;
            }

            last = Math.Min(last, records.Last);
            var loss = AgeOf(samples, run, first, last, cutoff, out var verdict);
            if (verdict == Age.Young)
            {
                break;
            }

            if (loss is not null)
            {
                passed.Add(loss);
                expired = verdict == Age.Old ? passed.Count : expired;
            }

            at = new Position(run.Start, last + 1);
        }

        _expireAt = looked == MaxExpiring && expired > 0 ? now.Monotonic : now.Monotonic + ExpiryEvery;
        lock (_gate)
        {
            foreach (var loss in passed.Take(expired))
            {
                _telemetry.Runs.Carve(loss.Start, loss.From, loss.To!.Value);
            }

            _telemetry.Changed();
            _givenUp.AddRange(passed.Take(expired));
        }
    }

    private bool IsSteady(ClockReading reading, out ClockReading now)
    {
        now = reading;
        var relation = now.Wall.UnixMicroseconds - (now.Monotonic.Ticks / TimeSpan.TicksPerMicrosecond);
        if (now.Wall.Clock != ClockQuality.Synchronised)
        {
            _steady = null;
        }
        else if (_steady is not { } steady || Math.Abs(relation - steady.Relation) > SteadyWithin)
        {
            _steady = (now.Monotonic, relation);
        }

        return _steady is { } since && now.Monotonic - since.Since >= SteadyFor;
    }

    private bool FindOld(Position from, out Run run, out int mark, out int end, out ulong first, out ulong last)
    {
        lock (_gate)
        {
            (run, mark, end) = (null!, 0, 0);
            if (!_telemetry.TryFind(from, new Position(uint.MaxValue, ulong.MaxValue), out var found, out first, out last))
            {
                return false;
            }

            (run, mark, end) = (found!, found!.OffsetFor(first), found.EndOffset);
            return true;
        }
    }

    private static Loss? AgeOf(SampleWalk samples, Run run, ulong first, ulong last, long cutoff, out Age age)
    {
        age = Age.Unknown;
        ulong count = 0;
        long oldest = 0;
        long newest = 0;
        while (samples.Next())
        {
            if (samples.Seq < first || samples.Seq > last)
            {
                continue;
            }

            var time = samples.Reading.Time;
            if (time.Clock == ClockQuality.Synchronised)
            {
                age = age == Age.Young || time.UnixMicroseconds >= cutoff ? Age.Young : Age.Old;
            }

            oldest = count == 0 ? time.UnixMicroseconds : oldest;
            newest = time.UnixMicroseconds;
            count++;
        }

        return count == 0 ? null : new Loss(StreamKind.Telemetry, run.Start, first, last, count, oldest, newest, Expired, default);
    }
}
