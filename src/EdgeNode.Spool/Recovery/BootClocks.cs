using EdgeNode.Core.Model;
using EdgeNode.Spool.Format;
using EdgeNode.Spool.Ledger;

namespace EdgeNode.Spool.Recovery;

/// <summary>What a survey learns of time: the stamp of the newest record, and how both clocks stood in each boot.</summary>
internal sealed class BootClocks
{
    private readonly Dictionary<Guid, List<ClockReading>> _readings = [];
    private readonly (ulong Seq, long Time)[] _newest = new (ulong, long)[(int)StreamKind.Event + 1];
    private uint _start;
    private long _begun;

    /// <summary>
    /// Unix microseconds; 0 when there is no record. Of the newest record, not the latest of all: a stamp that a wrong clock once put far
    /// into the future must not hold all later ones there.
    /// </summary>
    internal long LastStamp
    {
        get
        {
            var last = Math.Max(_newest[(int)StreamKind.Telemetry].Time, _newest[(int)StreamKind.Event].Time);
            return last != 0 ? last : _begun;
        }
    }

    /// <summary>Readings of both clocks in a boot, oldest first, without those that say nothing new.</summary>
    internal IReadOnlyList<ClockReading> Of(Guid boot) => _readings.GetValueOrDefault(boot) ?? [];

    internal void See(in FrameRecords records)
    {
        Begin(records.Start, 0);
        ref var newest = ref _newest[(int)records.Stream];
        if (records.Start == _start && records.Last >= newest.Seq)
        {
            newest = (records.Last, records.LastTime);
        }
    }

    internal void See(in EpochFrame epoch)
    {
        Begin(epoch.Epoch.Start, epoch.Clock.Wall.UnixMicroseconds);
        if (!_readings.TryGetValue(epoch.Boot, out var readings))
        {
            _readings[epoch.Boot] = readings = [];
        }

        var synchronised = epoch.Clock.Wall.Clock == ClockQuality.Synchronised;
        if (readings.Count > 0 && readings[^1] is var last && (last.Wall.Clock == ClockQuality.Synchronised) == synchronised)
        {
            if (synchronised)
            {
                // The newest says best how the clocks stand to each other.
                readings[^1] = epoch.Clock;
                return;
            }

            if (last.WallAt(epoch.Clock.Monotonic) == epoch.Clock.Wall)
            {
                return;
            }
        }

        readings.Add(epoch.Clock);
    }

    private void Begin(uint start, long time)
    {
        if (start > _start)
        {
            _start = start;
            _begun = time;
            Array.Clear(_newest);
        }
    }
}
