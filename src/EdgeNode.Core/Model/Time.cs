namespace EdgeNode.Core.Model;

/// <summary>What is known of the wall clock at the moment of a stamp. The numbers are part of spool format v1.</summary>
public enum ClockQuality : byte
{
    /// <summary>The kernel says that the clock is not synchronised (adjtimex, TIME_ERROR), or it cannot be asked.</summary>
    Unsynchronised = 0,

    /// <summary>The kernel's clock is disciplined by a time source.</summary>
    Synchronised = 1,

    /// <summary>
    /// Unsynchronised, and made before the spool could say below what no stamp may lie. Only in memory: before it is appended
    /// <see cref="Ports.IStationClock.Correct"/> makes one of the others of it.
    /// </summary>
    Provisional = 2,
}

/// <summary>What was wrong with the stamps of one stretch without synchronisation, known since the clock was synchronised. All in microseconds.</summary>
/// <param name="From">The earliest unsynchronised stamp that is meant, Unix microseconds.</param>
/// <param name="To">The latest.</param>
/// <param name="Offset">To be added.</param>
/// <param name="Gradual">The clock was right at <paramref name="From"/> and ran away until <paramref name="To"/>: in between the proportion is to be added.</param>
public sealed record TimeCorrection(long From, long To, long Offset, bool Gradual)
{
    /// <summary>The stamp as it should have been.</summary>
    public long Apply(long stamp) =>
        Gradual && To > From ? stamp + (long)((Int128)Offset * (stamp - From) / (To - From)) : stamp + Offset;
}

/// <summary>A wall-clock stamp with the clock's own quality.</summary>
/// <param name="UnixMicroseconds">Microseconds since 1970-01-01T00:00:00Z.</param>
/// <param name="Clock">Whether the clock was synchronised.</param>
public readonly record struct SourceTime(long UnixMicroseconds, ClockQuality Clock)
{
    /// <summary>The same moment <paramref name="span"/> later (or earlier, when negative).</summary>
    public SourceTime Add(TimeSpan span) => this with { UnixMicroseconds = UnixMicroseconds + (span.Ticks / TimeSpan.TicksPerMicrosecond) };

    /// <summary>As a <see cref="DateTimeOffset"/> in UTC, clamped to what that type can hold.</summary>
    public DateTimeOffset ToDateTimeOffset() =>
        DateTimeOffset.UnixEpoch.AddTicks(Math.Clamp(UnixMicroseconds, -62_135_596_800_000_000, 253_402_300_799_000_000) * TimeSpan.TicksPerMicrosecond);
}

/// <summary>Both clocks, read together.</summary>
/// <param name="Monotonic">Time since boot by the monotonic clock: for delays, deadlines and order.</param>
/// <param name="Wall">The wall clock: for stamps only.</param>
public readonly record struct ClockReading(TimeSpan Monotonic, SourceTime Wall)
{
    /// <summary>The stamp of another moment of the same boot.</summary>
    public SourceTime WallAt(TimeSpan monotonic) => Wall.Add(monotonic - Monotonic);
}

/// <summary>Monotonic time as the house uses it: a span since the time provider's zero, which on Linux is the boot.</summary>
public static class MonotonicTime
{
    /// <summary>Now, by the monotonic clock. Integer arithmetic: a double cannot hold the ticks of a long uptime.</summary>
    public static TimeSpan Monotonic(this TimeProvider time)
    {
        var timestamp = time.GetTimestamp();
        var frequency = time.TimestampFrequency;
        return frequency % TimeSpan.TicksPerSecond == 0
            ? TimeSpan.FromTicks(timestamp / (frequency / TimeSpan.TicksPerSecond))
            : TimeSpan.FromTicks((long)((Int128)timestamp * TimeSpan.TicksPerSecond / frequency));
    }
}
