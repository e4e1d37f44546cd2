namespace EdgeNode.SimulationTests.Observed;

/// <summary>A set of numbers as sorted spans. The observer's own: it shares no line with what it judges.</summary>
internal sealed class Spans
{
    private readonly List<(ulong First, ulong Last)> _spans = [];

    public override string ToString() => string.Join(' ', _spans.Select(s => $"{s.First}..{s.Last}"));

    public int Count => _spans.Count;

    public ulong Total { get; private set; }

    public ulong Highest => _spans.Count == 0 ? 0 : _spans[^1].Last;

    public bool Contains(ulong number)
    {
        var at = At(number);
        return at < _spans.Count && _spans[at].First <= number;
    }

    public void Add(ulong first, ulong last)
    {
        var at = At(first == 0 ? 0 : first - 1);
        var until = at;
        while (until < _spans.Count && _spans[until].First <= last + 1)
        {
            first = Math.Min(first, _spans[until].First);
            last = Math.Max(last, _spans[until].Last);
            Total -= _spans[until].Last - _spans[until].First + 1;
            until++;
        }

        if (until == at + 1)
        {
            _spans[at] = (first, last);
        }
        else
        {
            _spans.RemoveRange(at, until - at);
            _spans.Insert(at, (first, last));
        }

        Total += last - first + 1;
    }

    /// <summary>What of the span is not in the set.</summary>
    public IEnumerable<(ulong First, ulong Last)> HolesIn(ulong first, ulong last)
    {
        for (var at = At(first); at < _spans.Count && _spans[at].First <= last; at++)
        {
            if (_spans[at].First > first)
            {
                yield return (first, _spans[at].First - 1);
            }

            first = _spans[at].Last + 1;
        }

        if (first <= last)
        {
            yield return (first, last);
        }
    }

    /// <summary>How many numbers of the span are in the set.</summary>
    public ulong CountIn(ulong first, ulong last)
    {
        var count = last - first + 1;
        foreach (var hole in HolesIn(first, last))
        {
            count -= hole.Last - hole.First + 1;
        }

        return count;
    }

    // The first span that ends at or above the number; what arrives in order is looked for at the end.
    private int At(ulong number)
    {
        if (_spans.Count == 0 || _spans[^1].Last < number)
        {
            return _spans.Count;
        }

        var (low, high) = (0, _spans.Count - 1);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = _spans[middle].Last < number ? (middle + 1, high) : (low, middle);
        }

        return low;
    }
}
