using System.Collections.Immutable;
using EdgeNode.Core.Model;

namespace EdgeNode.Uplink.Tapping;

/// <summary>Adds up what is not here: missing, late, or explained by gaps.</summary>
/// <param name="waiting">Readings that the node still holds, as far as it has told.</param>
internal sealed class Account(long waiting)
{
    private const int MaxRanges = 100;

    private readonly ImmutableArray<MissingRange>.Builder _ranges = ImmutableArray.CreateBuilder<MissingRange>();
    private readonly List<MissingRange> _late = [];
    private long _maybeLate;

    public long Missing { get; private set; }

    public long Late { get; private set; }

    public long Explained { get; private set; }

    /// <summary>The first that are missing, as ranges.</summary>
    public ImmutableArray<MissingRange> Ranges => _ranges.ToImmutable();

    /// <summary>Adds a stream.</summary>
    /// <param name="lateAfter">What is not here above this number may still come; null when nothing of the stream can be late.</param>
    public void Add(StreamKind stream, Epoch epoch, StreamLedger ledger, ulong? lateAfter)
    {
        var absence = ledger.Absent();
        Explained += (long)absence.Explained;
        Missing += (long)absence.Forgotten;
        foreach (var (span, count) in absence.Outstanding)
        {
            var range = new MissingRange(stream, epoch, span.First, span.Last, count);
            if (span.First > lateAfter)
            {
                _maybeLate += (long)count;
                if (_late.Count < MaxRanges)
                {
                    _late.Add(range);
                }
            }
            else
            {
                AddMissing(range);
            }
        }
    }

    /// <summary>What the node does not hold any more is not late.</summary>
    public void Close()
    {
        Late = Math.Min(_maybeLate, waiting);
        if (Late < _maybeLate)
        {
            Missing += _maybeLate - Late;
            _ranges.AddRange(_late.Take(MaxRanges - _ranges.Count));
        }
    }

    private void AddMissing(MissingRange range)
    {
        Missing += (long)range.Count;
        if (_ranges.Count < MaxRanges)
        {
            _ranges.Add(range);
        }
    }
}
