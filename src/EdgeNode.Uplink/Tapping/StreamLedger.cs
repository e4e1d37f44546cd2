using EdgeNode.Core.Model;

namespace EdgeNode.Uplink.Tapping;

/// <summary>What arrived of one stream in one epoch: numbers, order within each lane, and what gap events explain.</summary>
internal sealed class StreamLedger(bool fromStart)
{
    /// <summary>Gaps of which only some are lost, at most.</summary>
    private const int MaxSome = 10_000;

    private readonly RangeSet _received = new();
    private readonly RangeSet _explained = new();
    private readonly List<(ulong First, ulong Last, ulong Count, ulong Left)> _some = [];
    private ulong _lastLive;
    private ulong _lastBacklog;

    /// <summary>Distinct numbers received.</summary>
    public long Distinct { get; private set; }

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

    /// <summary>A gap event names these as lost.</summary>
    public void Explain(ulong first, ulong last) => _explained.Add(first, last);

    /// <summary>A gap event says how many of a span are lost, and how many others were still to come then.</summary>
    /// <returns>False when it was told before: a gap event that was damaged comes again under another number.</returns>
    public bool ExplainSome(ulong first, ulong last, ulong count, ulong left)
    {
        var gap = (first, last, count, left);
        if (_some.Contains(gap))
        {
            return false;
        }

        if (_some.Count == MaxSome)
        {
            // Joined they say the same of both spans together.
            var (a, b) = (_some[0], _some[1]);
            _some[1] = (Math.Min(a.First, b.First), Math.Max(a.Last, b.Last), a.Count + b.Count, a.Left + b.Left);
            _some.RemoveAt(0);
        }

        _some.Add(gap);
        return true;
    }

    /// <summary>
    /// Numbers that never arrived and that no gap explains, up to the highest that did. Where gaps count only some of a span, the
    /// span is complete when what is missing in it is not more than they count; if it is more, the span stands with the excess.
    /// </summary>
    public IEnumerable<(Span Span, ulong Count)> Missing()
    {
        if (_received.Spans.Count == 0)
        {
            yield break;
        }

        var spans = SpansOfSome();
        var next = 0;
        var known = new Span(fromStart ? 1 : _received.Spans[0].First, _received.Spans[^1].Last);
        foreach (var hole in _received.HolesIn(known).SelectMany(_explained.HolesIn))
        {
            var rest = hole;
            while (next < spans.Count && spans[next].Span.Last < rest.First)
            {
                if (spans[next].Excess > 0)
                {
                    yield return (spans[next].Span, spans[next].Excess);
                }

                next++;
            }

            for (var i = next; rest.First <= rest.Last; i++)
            {
                if (i == spans.Count || spans[i].Span.First > rest.Last)
                {
                    yield return (rest, rest.Count);
                    break;
                }

                if (spans[i].Span.First > rest.First)
                {
                    yield return (new Span(rest.First, spans[i].Span.First - 1), spans[i].Span.First - rest.First);
                }

                var inside = Math.Min(rest.Last, spans[i].Span.Last);
                spans[i].Missing += inside - Math.Max(rest.First, spans[i].Span.First) + 1;
                if (inside == rest.Last)
                {
                    break;
                }

                rest = new Span(inside + 1, rest.Last);
            }
        }

        for (; next < spans.Count; next++)
        {
            if (spans[next].Excess > 0)
            {
                yield return (spans[next].Span, spans[next].Excess);
            }
        }
    }

    // Spans that overlap are counted as one.
    private List<Some> SpansOfSome()
    {
        var spans = new List<Some>();
        foreach (var (first, last, count, _) in _some.OrderBy(s => s.First))
        {
            if (spans.Count > 0 && first <= spans[^1].Span.Last)
            {
                spans[^1].Span = new Span(spans[^1].Span.First, Math.Max(spans[^1].Span.Last, last));
                spans[^1].Lost += count;
            }
            else
            {
                spans.Add(new Some { Span = new Span(first, last), Lost = count });
            }
        }

        return spans;
    }

    private sealed class Some
    {
        public Span Span { get; set; }

        public ulong Lost { get; set; }

        public ulong Missing { get; set; }

        public ulong Excess => Missing > Lost ? Missing - Lost : 0;
    }

    /// <summary>Numbers missing that are no longer known one by one.</summary>
    public ulong Forgotten => _received.Forgotten;
}

/// <summary>
/// Remembers the content of what arrived, as a hash of the last <see cref="Slots"/> keys, so that a key that comes again with other content
/// is found out. An older key that comes again counts as a redelivery.
/// </summary>
internal sealed class ContentMemory
{
    private const int Slots = 1 << 18;

    private readonly (Epoch Epoch, ulong Seq, int Hash)[] _slots = new (Epoch, ulong, int)[Slots];

    public void Remember(in TapReading reading) =>
        _slots[reading.Seq % Slots] = (reading.Epoch, reading.Seq, Hash(reading));

    /// <summary>False when the same key is known with other content.</summary>
    public bool Agrees(in TapReading reading)
    {
        var (epoch, seq, hash) = _slots[reading.Seq % Slots];
        return epoch != reading.Epoch || seq != reading.Seq || hash == Hash(reading);
    }

    private static int Hash(in TapReading r) => HashCode.Combine(r.Name, r.Unit, r.Value, r.Quality, r.Time, r.Simulated);
}
