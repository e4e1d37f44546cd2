using System.Collections.Immutable;
using EdgeNode.Core.Model;

namespace EdgeNode.Core.Record;

/// <summary>
/// The last readings of each point, so that an alarm or a trip can show what its points said before, and after it came up. Nothing is allocated
/// but at those moments. "Before" is what had counted by then, the reading that decided it included; "after" is what counts from then on, readings of the very moment included.
/// </summary>
/// <remarks>
/// Bounds: <see cref="Readings"/> of each point before and as many after, <see cref="Points"/> of one snapshot, <see cref="Open"/> at once.
/// An event with all of it is below 16 KiB, a quarter of what the spool takes.
/// </remarks>
public sealed class Evidence
{
    /// <summary>Readings of one point before the moment, and as many after it.</summary>
    public const int Readings = 8;

    /// <summary>Most points of one snapshot: two groups of the largest size. What is asked for beyond it is counted and left out.</summary>
    public const int Points = 16;

    /// <summary>Most snapshots that wait for what comes after; beyond it none is taken.</summary>
    public const int Open = 32;

    /// <summary>Longest wait for what comes after.</summary>
    public static readonly TimeSpan AfterAtMost = TimeSpan.FromMinutes(1);

    private readonly Kept[] _kept;
    private readonly long[] _seen;
    private readonly List<LateSnapshot> _told;
    private readonly List<Waiting> _open = [];

    /// <param name="points">How many points the site has.</param>
    /// <param name="told">Takes what came after, once it is complete or its time is over.</param>
    public Evidence(int points, List<LateSnapshot> told)
    {
        _kept = new Kept[points * Readings];
        _seen = new long[points];
        _told = told;
    }

    /// <summary>
    /// The points that are evidence for an alarm: the members of its group; of an alarm of one point that, with what it is computed of or measured from. A trip
    /// is computed of its cause, and the fault of an output of its contacts.
    /// </summary>
    public static int[] PointsOf(Site site, AlarmOptions alarm)
    {
        ArgumentNullException.ThrowIfNull(site);
        ArgumentNullException.ThrowIfNull(alarm);
        return [.. Watched(site, alarm).Concat(alarm.Group is null && site.Points[alarm.Point].IsComputed ? Protecting(site, alarm.Point) : []).Distinct()];
    }

    /// <summary>One of the points that are evidence for an alarm is simulated, so it says nothing of the plant.</summary>
    public static bool IsSimulated(Site site, AlarmOptions alarm) => PointsOf(site, alarm).Any(p => site.Points[p].Simulated);

    /// <summary>The same of what a cause names.</summary>
    public static bool IsSimulated(Site site, AlarmCause what)
    {
        ArgumentNullException.ThrowIfNull(site);
        return what.IsAlarm ? IsSimulated(site, site.Alarms[what.Index]) : site.Points[what.Index].Simulated;
    }

    private static ImmutableArray<int> Watched(Site site, AlarmOptions alarm)
    {
        if (alarm.Group is { } group)
        {
            return site.Groups[group].Members;
        }

        int[] members = site.GroupOf(alarm.Point) is { } its ? [.. site.Groups[its].Members] : [];
        return alarm.ReferencePoint is { } reference ? [alarm.Point, .. members, reference] : [alarm.Point, .. members];
    }

    // What a cause names is not followed through a trip's own alarm: such a cause may be that trip's.
    private static IEnumerable<int> Protecting(Site site, int point) =>
        site.Trips.Where(t => t.Points.Tripped == point || t.Points.Blind == point).SelectMany(t => t.Cause.Leaves)
            .SelectMany(l => l.IsAlarm ? Watched(site, site.Alarms[l.Index]) : [l.Index])
            .Concat(site.Outputs.Where(o => o.Points.Fault == point).SelectMany(Contacts));

    private static IEnumerable<int> Contacts(OutputOptions output)
    {
        int?[] contacts = [output.Proof?.EnergisedPoint, output.Proof?.DeEnergisedPoint, output.ReadBack, output.HandOffAuto?.HandPoint, output.HandOffAuto?.AutoPoint];
        return contacts.OfType<int>();
    }

    /// <summary>When the next snapshot ends by time; null when none is open.</summary>
    public TimeSpan? Deadline
    {
        get
        {
            TimeSpan? earliest = null;
            foreach (var waiting in _open)
            {
                earliest = earliest is { } e && e <= waiting.End ? e : waiting.End;
            }

            return earliest;
        }
    }

    /// <summary>Takes a reading into account.</summary>
    /// <param name="reading">The reading.</param>
    /// <param name="at">Monotonic time at which it counts.</param>
    public void Observe(in Reading reading, TimeSpan at)
    {
        var kept = new Kept(at, reading.Value, reading.Quality);
        _kept[(reading.Point * Readings) + (int)(_seen[reading.Point] % Readings)] = kept;
        _seen[reading.Point]++;
        for (var i = 0; i < _open.Count; i++)
        {
            if (_open[i].Take(reading.Point, kept))
            {
                Tell(i--);
            }
        }
    }

    /// <summary>Takes a snapshot for some points: what they said up to a moment, now, and what they say after it, later.</summary>
    /// <param name="of">Id of the alarm or trip. One that is still open under the same id ends with what it has.</param>
    /// <param name="points">Indexes into <see cref="Site.Points"/>, each once.</param>
    /// <param name="at">The moment by the monotonic clock; not after the latest reading but for a delay that has run out.</param>
    /// <param name="time">The same as a stamp.</param>
    /// <returns>What came before; null when <see cref="Open"/> of them wait.</returns>
    public Snapshot? Snapshot(string of, ReadOnlySpan<int> points, TimeSpan at, SourceTime time)
    {
        if (_open.FindIndex(w => w.Of == of) is var same and >= 0)
        {
            Tell(same);
        }

        if (_open.Count == Open)
        {
            return null;
        }

        var omitted = Math.Max(0, points.Length - Points);
        var those = points[..(points.Length - omitted)].ToArray();
        var before = new List<PointEvidence>(those.Length);
        var after = new List<EvidenceReading>[those.Length];
        for (var i = 0; i < those.Length; i++)
        {
            after[i] = [];
            before.Add(new PointEvidence(those[i], Split(those[i], at, after[i])));
        }

        var waiting = new Waiting(of, time, at, those, after, omitted);
        _open.Add(waiting);
        if (waiting.IsFull)
        {
            Tell(_open.Count - 1);
        }

        return new Snapshot([.. before], omitted);
    }

    /// <summary>Ends those whose time is over.</summary>
    public void Advance(TimeSpan now)
    {
        for (var i = 0; i < _open.Count; i++)
        {
            if (now >= _open[i].End)
            {
                Tell(i--);
            }
        }
    }

    /// <summary>Ends all with what they have: the node stops.</summary>
    public void EndAll()
    {
        while (_open.Count > 0)
        {
            Tell(0);
        }
    }

    /// <summary>The step that finds a moment may come late: what counted after it is in the ring by then.</summary>
    private ImmutableArray<EvidenceReading> Split(int point, TimeSpan at, List<EvidenceReading> after)
    {
        var before = ImmutableArray.CreateBuilder<EvidenceReading>(Readings);
        for (var n = Math.Max(0, _seen[point] - Readings); n < _seen[point]; n++)
        {
            ref readonly var kept = ref _kept[(point * Readings) + (int)(n % Readings)];
            if (kept.At <= at)
            {
                before.Add(kept.Since(at));
            }
            else if (kept.At < at + AfterAtMost)
            {
                after.Add(kept.Since(at));
            }
        }

        return before.DrainToImmutable();
    }

    private void Tell(int index)
    {
        _told.Add(_open[index].Told());
        _open.RemoveAt(index);
    }

    private readonly record struct Kept(TimeSpan At, double Value, Quality Quality)
    {
        public EvidenceReading Since(TimeSpan moment) => new(At - moment, Value, Quality);
    }

    private sealed class Waiting(string of, SourceTime time, TimeSpan at, int[] points, List<EvidenceReading>[] after, int omitted)
    {
        public string Of => of;

        public TimeSpan End => at + AfterAtMost;

        public bool IsFull => Array.TrueForAll(after, a => a.Count >= Readings);

        /// <returns>True when it is complete by this one.</returns>
        public bool Take(int point, in Kept kept)
        {
            var i = Array.IndexOf(points, point);
            if (i < 0 || kept.At < at || kept.At >= End || after[i].Count >= Readings)
            {
                return false;
            }

            after[i].Add(kept.Since(at));
            return IsFull;
        }

        public LateSnapshot Told() => new(of, time, new Snapshot([.. points.Select((p, i) => new PointEvidence(p, [.. after[i]]))], omitted));
    }
}
