namespace EdgeNode.Spool.Ledger;

/// <summary>A set of sequence numbers as few ranges, both ends included, in order, never touching each other.</summary>
internal sealed class RangeSet
{
    private readonly List<(ulong First, ulong Last)> _ranges = [];

    internal int Count => _ranges.Count;

    internal (ulong First, ulong Last) this[int index] => _ranges[index];

    internal void Clear() => _ranges.Clear();

    internal void Add(ulong first, ulong last)
    {
        // All ranges that overlap or touch become one.
        var at = FirstEndingAtOrAfter(first == 0 ? 0 : first - 1);
        var until = at;
        while (until < _ranges.Count && _ranges[until].First <= (last == ulong.MaxValue ? last : last + 1))
        {
            first = Math.Min(first, _ranges[until].First);
            last = Math.Max(last, _ranges[until].Last);
            until++;
        }

        if (until == at)
        {
            _ranges.Insert(at, (first, last));
            return;
        }

        _ranges[at] = (first, last);
        _ranges.RemoveRange(at + 1, until - at - 1);
    }

    internal bool Contains(ulong number)
    {
        var at = FirstEndingAtOrAfter(number);
        return at < _ranges.Count && _ranges[at].First <= number;
    }

    /// <summary>How many numbers of the span are in the set.</summary>
    internal long CountIn(ulong first, ulong last)
    {
        long count = 0;
        for (var i = FirstEndingAtOrAfter(first); i < _ranges.Count && _ranges[i].First <= last; i++)
        {
            count += (long)(Math.Min(last, _ranges[i].Last) - Math.Max(first, _ranges[i].First) + 1);
        }

        return count;
    }

    /// <summary>The number itself when it is outside of the set, else the first after its range.</summary>
    internal ulong NextOutside(ulong number)
    {
        var at = FirstEndingAtOrAfter(number);
        return at < _ranges.Count && _ranges[at].First <= number ? _ranges[at].Last + 1 : number;
    }

    /// <summary>The smallest number of the set that is not below; the greatest number there is when none.</summary>
    internal ulong NextInside(ulong number)
    {
        var at = FirstEndingAtOrAfter(number);
        return at < _ranges.Count ? Math.Max(number, _ranges[at].First) : ulong.MaxValue;
    }

    /// <summary>
    /// Forgets the smallest range, but never one that begins with number 1: behind that one segments are gone already. Nor the last
    /// one: it begins small and grows with each live delivery, and would be forgotten each time anew.
    /// </summary>
    /// <param name="may">Whether a range may be forgotten.</param>
    /// <returns>False when none may.</returns>
    internal bool TryForgetSmallest(Func<ulong, ulong, bool> may)
    {
        var smallest = -1;
        for (var i = 0; i < _ranges.Count - 1; i++)
        {
            var (first, last) = _ranges[i];
            if (first > 1 && (smallest < 0 || last - first < _ranges[smallest].Last - _ranges[smallest].First) && may(first, last))
            {
                smallest = i;
            }
        }

        if (smallest < 0)
        {
            return false;
        }

        _ranges.RemoveAt(smallest);
        return true;
    }

    private int FirstEndingAtOrAfter(ulong number)
    {
        int low = 0, high = _ranges.Count;
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            if (_ranges[middle].Last < number)
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
