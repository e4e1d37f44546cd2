using EdgeNode.Core.Model;

namespace EdgeNode.Uplink.Tapping;

/// <summary>What arrived of one stream in one epoch: numbers, order within each lane, and what gap events explain.</summary>
internal sealed class StreamLedger(bool fromStart)
{
    private readonly RangeSet _received = new();
    private readonly RangeSet _explained = new();
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

    /// <summary>Numbers that never arrived and that no gap explains, up to the highest that did.</summary>
    public IEnumerable<Span> Missing()
    {
        if (_received.Spans.Count == 0)
        {
            yield break;
        }

        var known = new Span(fromStart ? 1 : _received.Spans[0].First, _received.Spans[^1].Last);
        foreach (var hole in _received.HolesIn(known))
        {
            foreach (var unexplained in _explained.HolesIn(hole))
            {
                yield return unexplained;
            }
        }
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
