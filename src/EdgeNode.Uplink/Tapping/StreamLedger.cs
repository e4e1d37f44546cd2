namespace EdgeNode.Uplink.Tapping;

/// <summary>
/// What arrived of one stream in one epoch, and what gap events explain. The account always adds up:
/// the numbers that are known to exist = received + explained + outstanding.
/// </summary>
internal sealed class StreamLedger(bool fromStart)
{
    /// <summary>Thinned spans and open gaps kept at most, each; beyond it the two lowest are one.</summary>
    private const int MaxSpans = 10_000;

    private readonly RangeSet _received = new();
    private readonly RangeSet _explained = new();
    private readonly List<Thinned> _thinned = [];
    private readonly HashSet<(ulong First, ulong Last, ulong Count, ulong Left)> _told = [];
    private readonly RangeSet _open = new(MaxSpans);
    private ulong _lastLive;
    private ulong _lastBacklog;
    private ulong _highestNamed;

    /// <summary>Distinct numbers received.</summary>
    public long Distinct { get; private set; }

    /// <summary>The highest number that arrived; 0 when none did.</summary>
    public ulong HighestReceived => _received.Spans.Count == 0 ? 0 : _received.Spans[^1].Last;

    /// <summary>The highest number that came in the backlog lane; 0 when none did.</summary>
    public ulong LastBacklog => _lastBacklog;

    /// <summary>Takes a number.</summary>
    /// <returns>Whether it is new, and whether it came in order; what comes a second time is out of no order.</returns>
    public (bool New, bool InOrder) Take(ulong seq, bool live)
    {
        if (_received.Contains(seq))
        {
            return (false, true);
        }

        _received.Add(seq, seq);
        Distinct++;
        ref var last = ref live ? ref _lastLive : ref _lastBacklog;
        var inOrder = seq > last;
        last = Math.Max(last, seq);
        return (true, inOrder);
    }

    /// <summary>A gap event names numbers of this span as lost: all of them, or only so many, with others left that were still to come.</summary>
    /// <returns>False when just this was told before: a gap event that was damaged comes again under another number.</returns>
    public bool Explain(ulong first, ulong last, ulong count, ulong left)
    {
        _highestNamed = Math.Max(_highestNamed, last);
        if (count > last - first)
        {
            _explained.Add(first, last);
            return true;
        }

        if (_told.Count == MaxSpans)
        {
            _told.Clear();
        }

        if (!_told.Add((first, last, count, left)))
        {
            return false;
        }

        // Which of them nobody knows; so spans that overlap are one, with the sum.
        var at = _thinned.FindIndex(t => t.Span.Last >= first);
        at = at < 0 ? _thinned.Count : at;
        while (at < _thinned.Count && _thinned[at].Span.First <= last)
        {
            first = Math.Min(first, _thinned[at].Span.First);
            last = Math.Max(last, _thinned[at].Span.Last);
            count += _thinned[at].Count;
            _thinned.RemoveAt(at);
        }

        _thinned.Insert(at, new Thinned(new Span(first, last), count));
        if (_thinned.Count > MaxSpans)
        {
            var (low, next) = (_thinned[0], _thinned[1]);
            _thinned[1] = new Thinned(new Span(low.Span.First, next.Span.Last), low.Count + next.Count);
            _thinned.RemoveAt(0);
        }

        return true;
    }

    /// <summary>A gap event without an end names at most these as lost. The highest number that arrives closes it.</summary>
    public void ExplainOpen(ulong first, ulong last) => _open.Add(first, last);

    /// <summary>Numbers of an open gap that are not here and that have a higher one that is.</summary>
    public ulong AbsentIn(Span open) =>
        HighestReceived < open.First ? 0 : Sum(_received.HolesIn(open with { Last = Math.Min(open.Last, HighestReceived) }));

    /// <summary>What is not here, of the numbers that are known to exist.</summary>
    public Absence Absent()
    {
        // A tap that came later knows of nothing before the first number that it saw.
        if (_received.Spans.Count == 0 && !(fromStart && _highestNamed > 0))
        {
            return Absence.None;
        }

        var known = new Span(fromStart ? 1 : _received.Spans[0].First, Math.Max(HighestReceived, _highestNamed));
        var outstanding = new List<Outstanding>();
        ulong explained = 0;
        var deficits = new ulong[_thinned.Count];
        var at = 0;
        foreach (var hole in _received.HolesIn(known))
        {
            ulong unexplained = 0;
            foreach (var part in _explained.HolesIn(hole).SelectMany(_open.HolesIn))
            {
                unexplained += part.Count;
                SplitByThinned(part, outstanding, deficits, ref at);
            }

            explained += hole.Count - unexplained;
        }

        for (var i = 0; i < deficits.Length; i++)
        {
            var told = Math.Min(deficits[i], _thinned[i].Count);
            explained += told;
            if (deficits[i] > told)
            {
                outstanding.Add(new Outstanding(_thinned[i].Span, deficits[i] - told));
            }
        }

        outstanding.Sort((a, b) => a.Span.First.CompareTo(b.Span.First));
        return new Absence(outstanding, explained, _received.Forgotten);
    }

    // Parts of a hole outside of all thinned spans are outstanding as they are; the others are counted with their span.
    private void SplitByThinned(Span hole, List<Outstanding> outstanding, ulong[] deficits, ref int at)
    {
        // Holes come in order, so the thinned spans below one are below all that follow.
        while (at < _thinned.Count && _thinned[at].Span.Last < hole.First)
        {
            at++;
        }

        var next = hole.First;
        for (var i = at; i < _thinned.Count && _thinned[i].Span.First <= hole.Last; i++)
        {
            var span = _thinned[i].Span;
            if (span.First > next)
            {
                outstanding.Add(Outstanding.All(new Span(next, span.First - 1)));
            }

            deficits[i] += Math.Min(span.Last, hole.Last) - Math.Max(span.First, next) + 1;
            next = span.Last + 1;
        }

        if (next <= hole.Last)
        {
            outstanding.Add(Outstanding.All(hole with { First = next }));
        }
    }

    private static ulong Sum(IEnumerable<Span> spans) => spans.Aggregate(0UL, (sum, span) => sum + span.Count);

    private readonly record struct Thinned(Span Span, ulong Count);
}

/// <summary>Numbers that have neither arrived nor are named in a gap.</summary>
/// <param name="Span">Where they stand.</param>
/// <param name="Count">How many of the span; fewer than it holds where a gap names only a number of lost ones.</param>
internal readonly record struct Outstanding(Span Span, ulong Count)
{
    public static Outstanding All(Span span) => new(span, span.Count);
}

/// <summary>What is not here.</summary>
/// <param name="Outstanding">Neither here nor explained, lowest first.</param>
/// <param name="Explained">Not here, and named in a gap.</param>
/// <param name="Forgotten">Outstanding ones that are no longer known one by one.</param>
internal sealed record Absence(IReadOnlyList<Outstanding> Outstanding, ulong Explained, ulong Forgotten)
{
    public static Absence None { get; } = new([], 0, 0);
}
