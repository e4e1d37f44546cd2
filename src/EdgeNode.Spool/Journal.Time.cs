using EdgeNode.Core.Model;
using EdgeNode.Core.Ports;
using EdgeNode.Spool.Format;

namespace EdgeNode.Spool;

/// <summary>Which stamps the clock can correct: those of this boot's starts.</summary>
public sealed partial class Journal
{
    private readonly HashSet<uint> _startsOfBoot;

    /// <summary>The epochs of this boot of which the spool knows, this run's included.</summary>
    public IEnumerable<Epoch> EpochsOfBoot => _startsOfBoot.Order().Select(start => Epoch with { Start = start });

    /// <summary>Writes both clocks down, when synchronisation has come or gone: a later process of this boot goes by it.</summary>
    public AppendOutcome NoteClock()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (!EnsureRoom(FrameRoomBytes))
        {
            return _outcome;
        }

        _batch.Clear();
        _records.Clear();
        new EpochFrame(Epoch, _clock.BootId, _clock.Read()).Write(_batch);
        return WriteBatch(_batch, _records) ? AppendOutcome.Kept : _outcome;
    }

    /// <summary>A record's stamp as it is known by now. Those of other boots stay as they are.</summary>
    internal SourceTime TimeOf(uint start, SourceTime stamp) =>
        stamp.Clock != ClockQuality.Synchronised && _startsOfBoot.Contains(start) ? _clock.Correct(stamp) : stamp;
}
