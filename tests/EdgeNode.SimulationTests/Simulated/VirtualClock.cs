using EdgeNode.Core.Model;
using EdgeNode.Core.Ports;

namespace EdgeNode.SimulationTests.Simulated;

/// <summary>
/// True time of the world, and what the node believes of it. The node's monotonic clock counts from its boot; its wall clock may be
/// wrong by any offset, or say 1970, and may or may not call itself synchronised.
/// </summary>
internal sealed class VirtualClock
{
    /// <summary>The world begins on 2026-11-23, Unix microseconds.</summary>
    public const long Origin = 1_795_374_600_000_000;

    /// <summary>True time since the beginning of the world.</summary>
    public TimeSpan Now { get; private set; }

    /// <summary>The node was booted then.</summary>
    public TimeSpan BootedAt { get; private set; }

    /// <summary>Each boot has its own.</summary>
    public Guid BootId { get; private set; } = BootIdOf(1);

    /// <summary>Boots so far.</summary>
    public int Boots { get; private set; } = 1;

    /// <summary>The node's wall clock less the true time.</summary>
    public TimeSpan WallOffset { get; private set; }

    public bool Synchronised { get; set; } = true;

    /// <summary>Monotonic time of the node: never zero, as on a machine whose kernel started before.</summary>
    public TimeSpan Monotonic => Now - BootedAt + TimeSpan.FromSeconds(5);

    /// <summary>The node's wall clock, Unix microseconds.</summary>
    public long Wall => Origin + ((Now + WallOffset).Ticks / TimeSpan.TicksPerMicrosecond);

    public void MoveTo(TimeSpan now)
    {
        if (now < Now)
        {
            throw new InvalidOperationException("True time went back.");
        }

        Now = now;
    }

    /// <summary>The wall clock is set by so much; the monotonic clock does not notice.</summary>
    public void Step(TimeSpan by) => WallOffset += by;

    /// <summary>A time server answers: right, and known to be right.</summary>
    public void Set()
    {
        WallOffset = TimeSpan.Zero;
        Synchronised = true;
    }

    /// <summary>A new boot; without a battery the wall clock begins in 1970.</summary>
    public void Reboot(bool battery)
    {
        Boots++;
        BootId = BootIdOf(Boots);
        BootedAt = Now;
        if (!battery)
        {
            WallOffset = -(TimeSpan.FromMicroseconds(Origin) + Now) + TimeSpan.FromSeconds(5);
            Synchronised = false;
        }
    }

    private static Guid BootIdOf(int boot) => new(boot, 0, 0x4000, 0x80, 0, 0, 0, 0, 0, 0, 1);
}

/// <summary>Both clocks of the node, as the product asks for them.</summary>
internal sealed class NodeClock(VirtualClock clock) : IStationClock
{
    public Guid BootId { get; } = clock.BootId;

    public ClockReading Read() => new(
        clock.Monotonic, new SourceTime(clock.Wall, clock.Synchronised ? ClockQuality.Synchronised : ClockQuality.Unsynchronised));
}

/// <summary>The node's clock and timers of one life: what a dead process had set never fires.</summary>
internal sealed class NodeTime(VirtualClock clock) : TimeProvider
{
    private readonly PriorityQueue<(Timer Timer, int Set), (TimeSpan At, long Order)> _due = new();
    private long _order;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => clock.Monotonic.Ticks;

    public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch.AddTicks(clock.Wall * TimeSpan.TicksPerMicrosecond);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new Timer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>When the next timer fires, in true time; never when there is none.</summary>
    public TimeSpan NextAt
    {
        get
        {
            while (_due.TryPeek(out var next, out var at))
            {
                if (next.Set == next.Timer.Set)
                {
                    return at.At;
                }

                _due.Dequeue();
            }

            return TimeSpan.MaxValue;
        }
    }

    /// <summary>Fires the next timer.</summary>
    public void Fire()
    {
        var (timer, _) = _due.Dequeue();
        timer.Fire();
    }

    private sealed class Timer(NodeTime owner, TimerCallback callback, object? state) : ITimer
    {
        private TimeSpan _period = Timeout.InfiniteTimeSpan;

        /// <summary>Counts the settings: an entry of an earlier one is void.</summary>
        public int Set { get; private set; }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            Set++;
            _period = period;
            if (dueTime != Timeout.InfiniteTimeSpan)
            {
                owner._due.Enqueue((this, Set), (owner.Now + dueTime, owner._order++));
            }

            return true;
        }

        public void Fire()
        {
            Change(_period, _period);
            callback(state);
        }

        public void Dispose() => Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }

    private TimeSpan Now => clock.Now;
}
