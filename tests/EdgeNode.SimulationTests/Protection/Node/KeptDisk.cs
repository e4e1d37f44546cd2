using EdgeNode.Core.Model;
using EdgeNode.Core.Ports;
using EdgeNode.Spool.State;
using EdgeNode.UnitTests.Spool;

namespace EdgeNode.SimulationTests.Protection.Node;

/// <summary>The node's disk over all its lives: the product's state store on the disk in memory, and what the spool would know of time.</summary>
internal sealed class KeptDisk
{
    private readonly List<ClockReading> _thisBoot = [];
    private long _lastStamp;

    public MemoryDisk Memory { get; } = new();

    /// <summary>A call to it does not come back.</summary>
    public bool Hangs { get; set; }

    /// <summary>What a life finds when it opens its spool.</summary>
    public void Tell(IStationClock clock) => clock.Recover(_lastStamp, [.. _thisBoot]);

    /// <summary>A commit has come to its end: its records carry stamps up to now.</summary>
    public void Committed(ClockReading now)
    {
        _lastStamp = Math.Max(_lastStamp, now.Wall.UnixMicroseconds);
        var relation = now.Wall.Add(-now.Monotonic).UnixMicroseconds;
        if (_thisBoot is not [.., var last] || last.Wall.Clock != now.Wall.Clock || last.Wall.Add(-last.Monotonic).UnixMicroseconds != relation)
        {
            _thisBoot.Add(now);
        }
    }

    /// <summary>Another boot: what was read of the clocks before says nothing of this one.</summary>
    public void Reboot(Random random)
    {
        Memory.CutPower(random);
        _thisBoot.Clear();
    }
}

/// <summary>In the spool's place: it takes all records and keeps none, and its commits are those of the state store, as in the product.</summary>
internal sealed class StateRecorder(StateStore store, KeptDisk disk, IStationClock clock, Action<bool> committed) : IRecorder
{
    public SpoolFill Fill => default;

    public AppendOutcome AppendReadings(ReadOnlySpan<Reading> readings) => AppendOutcome.Kept;

    public AppendOutcome AppendEvent(EventRecord record) => AppendOutcome.Kept;

    public AppendOutcome AppendLoss(StreamKind stream, long count, SourceTime first, SourceTime last, string reason) => AppendOutcome.Kept;

    public AppendOutcome Commit()
    {
        if (!store.IsLoaded)
        {
            disk.Tell(clock);
            store.Load();
        }

        var done = store.Commit();
        if (done)
        {
            disk.Committed(clock.Read());
        }

        committed(done);
        return done ? AppendOutcome.Kept : AppendOutcome.DiskFailed;
    }
}
