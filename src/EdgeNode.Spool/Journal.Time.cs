using EdgeNode.Core.Model;

namespace EdgeNode.Spool;

/// <summary>Which stamps the clock can correct: those of this boot's starts.</summary>
public sealed partial class Journal
{
    private readonly HashSet<uint> _startsOfBoot;

    /// <summary>The epochs of this boot of which the spool knows, this run's included.</summary>
    public IEnumerable<Epoch> EpochsOfBoot => _startsOfBoot.Order().Select(start => Epoch with { Start = start });

    /// <summary>A record's stamp as it is known by now. Those of other boots stay as they are.</summary>
    internal SourceTime TimeOf(uint start, SourceTime stamp) =>
        stamp.Clock != ClockQuality.Synchronised && _startsOfBoot.Contains(start) ? _clock.Correct(stamp) : stamp;
}
