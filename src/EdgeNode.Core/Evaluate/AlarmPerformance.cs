namespace EdgeNode.Core.Evaluate;

/// <summary>One time that an alarm was up.</summary>
/// <param name="Id">The alarm.</param>
/// <param name="Raised">When it was raised, Unix microseconds.</param>
/// <param name="Cleared">When it cleared; null while it is up, and when nobody knows.</param>
/// <param name="Stands">It is up at the end, and not set aside by a person or by design.</param>
public readonly record struct AlarmSpell(string Id, long Raised, long? Cleared, bool Stands);

/// <summary>One time that an alarm was announced to a person (<see cref="AlarmTransition.IsAnnouncement"/>).</summary>
/// <param name="Priority">Its priority, as the event has it.</param>
/// <param name="At">When, Unix microseconds.</param>
public readonly record struct AlarmCall(string Priority, long At);

/// <summary>
/// The figures of ISA-18.2-2016 clause 16 over a stretch of time. Rates, flood and priorities are of annunciated alarms: what comes up while it is set aside counts when it is
/// announced. Chattering and fleeting are of the condition. That clause calls about 1 alarm in 10 min acceptable and 2 the most that a person
/// can manage, wants less than 1 % of the time in flood, fewer than 5 stale alarms, and priorities of about 80, 15 and 5 %.
/// </summary>
/// <param name="Announced">Alarms announced within the stretch.</param>
/// <param name="PerTenMinutes">The same, on an average of 10 min.</param>
/// <param name="Peak">Most alarms announced in any 10 min.</param>
/// <param name="FloodShare">Part of the stretch in flood, 0 to 1.</param>
/// <param name="Chattering">Alarms that came up three times within a minute.</param>
/// <param name="Fleeting">Spells of less than 10 s.</param>
/// <param name="Stale">Alarms that stand for more than 24 h at the end.</param>
/// <param name="Priorities">Alarms announced, by priority.</param>
public sealed record AlarmPerformance(
    int Announced, double PerTenMinutes, int Peak, double FloodShare, IReadOnlyList<string> Chattering, int Fleeting, IReadOnlyList<string> Stale,
    IReadOnlyDictionary<string, int> Priorities)
{
    /// <summary>Counts.</summary>
    /// <param name="spells">In any order; those before the stretch count for what was going on when it began.</param>
    /// <param name="calls">Likewise.</param>
    /// <param name="from">Begin, Unix microseconds.</param>
    /// <param name="to">End, Unix microseconds, after the begin.</param>
    public static AlarmPerformance Of(IEnumerable<AlarmSpell> spells, IEnumerable<AlarmCall> calls, long from, long to)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(to, from);
        var all = spells.Where(s => s.Raised < to).OrderBy(s => s.Raised).ToList();
        var within = all.Where(s => s.Raised >= from).ToList();
        var called = calls.Where(c => c.At < to).OrderBy(c => c.At).ToList();
        var announced = called.Where(c => c.At >= from).ToList();
        var tenths = (to - from) / AlarmFigures.FloodSpan.TotalMicroseconds;
        return new AlarmPerformance(
            announced.Count,
            announced.Count / tenths,
            MostInTenMinutes(announced.ConvertAll(c => At(c.At))),
            Flooded(called.ConvertAll(c => At(c.At)), At(from), At(to)) / At(to - from),
            [.. within.GroupBy(s => s.Id, StringComparer.Ordinal).Where(g => Chatters(g.Select(s => At(s.Raised)))).Select(g => g.Key).Order(StringComparer.Ordinal)],
            within.Count(s => s.Cleared is { } cleared && At(cleared - s.Raised) < AlarmFigures.Fleeting),
            [.. all.Where(s => s.Stands && At(to - s.Raised) > AlarmFigures.Stale).Select(s => s.Id).Distinct().Order(StringComparer.Ordinal)],
            announced.GroupBy(c => c.Priority, StringComparer.Ordinal).ToDictionary(g => g.Key, g => g.Count(), StringComparer.Ordinal));
    }

    private static TimeSpan At(long microseconds) => TimeSpan.FromMicroseconds(microseconds);

    private static int MostInTenMinutes(List<TimeSpan> times)
    {
        var (peak, first) = (0, 0);
        for (var last = 0; last < times.Count; last++)
        {
            while (times[last] - times[first] >= AlarmFigures.FloodSpan)
            {
                first++;
            }

            peak = Math.Max(peak, last - first + 1);
        }

        return peak;
    }

    private static bool Chatters(IEnumerable<TimeSpan> times)
    {
        var chatter = new Chatter();
        foreach (var at in times)
        {
            chatter.Raised(at);
            if (chatter.IsOn)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>By the same rule as the running station, so that both say the same.</summary>
    private static TimeSpan Flooded(List<TimeSpan> times, TimeSpan from, TimeSpan to)
    {
        var (flood, sum, since) = (new Flood(), TimeSpan.Zero, TimeSpan.Zero);
        foreach (var at in times)
        {
            EndsBy(at);
            var before = flood.IsOn;
            flood.Raised(at);
            since = before ? since : at;
        }

        EndsBy(to);
        Add(flood.IsOn, to);
        return sum;

        void EndsBy(TimeSpan at)
        {
            if (flood.Deadline is { } end && end <= at)
            {
                Add(true, end);
                flood.Advance(end);
            }
        }

        void Add(bool flooded, TimeSpan end)
        {
            var begin = since > from ? since : from;
            sum += flooded && end > begin ? end - begin : TimeSpan.Zero;
        }
    }
}
