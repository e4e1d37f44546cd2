namespace EdgeNode.Uplink.Tapping;

/// <summary>
/// A set of numbers as sorted, disjoint spans, both ends included: what arrives in order costs one span, however much it is.
/// At <see cref="Limit"/> spans the two lowest are joined, and the numbers between them are counted as <see cref="Forgotten"/>.
/// </summary>
internal sealed class RangeSet(int limit = RangeSet.Limit)
{
    /// <summary>Spans kept at most.</summary>
    public const int Limit = 100_000;

    private readonly List<Span> _spans = [];

    /// <summary>Spans, lowest first.</summary>
    public IReadOnlyList<Span> Spans => _spans;

    /// <summary>Numbers that were never in the set and are no longer known as holes.</summary>
    public ulong Forgotten { get; private set; }

    public bool Contains(ulong number)
    {
        var i = FirstReaching(number);
        return i < _spans.Count && _spans[i].First <= number;
    }

    /// <summary>Adds the span and all numbers in it.</summary>
    public void Add(ulong first, ulong last)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(last, first);

        // All spans that overlap or touch the new one become one with it.
        var from = FirstReaching(first == 0 ? 0 : first - 1);
        var until = from;
        while (until < _spans.Count && (last == ulong.MaxValue || _spans[until].First <= last + 1))
        {
            first = Math.Min(first, _spans[until].First);
            last = Math.Max(last, _spans[until].Last);
            until++;
        }

        _spans.RemoveRange(from, until - from);
        _spans.Insert(from, new Span(first, last));
        if (_spans.Count > limit)
        {
            var (low, next) = (_spans[0], _spans[1]);
            Forgotten += next.First - low.Last - 1;
            _spans[1] = new Span(low.First, next.Last);
            _spans.RemoveAt(0);
        }
    }

    /// <summary>The numbers of a span that are not in the set, as spans.</summary>
    public IEnumerable<Span> HolesIn(Span span)
    {
        var next = span.First;
        for (var i = FirstReaching(span.First); i < _spans.Count && _spans[i].First <= span.Last; i++)
        {
            if (_spans[i].First > next)
            {
                yield return new Span(next, _spans[i].First - 1);
            }

            if (_spans[i].Last >= span.Last)
            {
                yield break;
            }

            next = _spans[i].Last + 1;
        }

        yield return new Span(next, span.Last);
    }

    /// <summary>Index of the first span whose end is at or above the number.</summary>
    private int FirstReaching(ulong number)
    {
        var (low, high) = (0, _spans.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (_spans[middle].Last < number)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low;
    }
}

/// <summary>Numbers from first to last, both included.</summary>
internal readonly record struct Span(ulong First, ulong Last)
{
    public ulong Count => Last - First + 1;
}
