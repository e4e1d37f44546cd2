using System.Buffers.Binary;
using EdgeNode.Core.Model;
using EdgeNode.Core.Ports;

namespace EdgeNode.Engine;

/// <summary>
/// A span that outlives the process: what is left of a bypass, what has gone by of a repair. Within a boot the monotonic clock goes on. After another boot the wall
/// clock says how much more has gone by, and it is believed only where that ends the span sooner: whatever it says, a boot takes <see cref="Charge"/> off.
/// </summary>
/// <remarks>
/// 40 bytes, little-endian: i64 the moment by the monotonic clock (ticks of 100 ns), i64 the same by the wall clock (Unix microseconds), i64 the span between it and
/// the moment of writing (ticks), 16 bytes boot id. Written anew each <see cref="Pace"/>, so that what a boot takes off is never less than what had gone by unwritten:
/// the time that a bypass is in force, all boots together, is never longer than what was granted.
/// </remarks>
internal static class KeptTime
{
    public const int Bytes = 40;

    /// <summary>How often a span that runs is written.</summary>
    public static readonly TimeSpan Pace = TimeSpan.FromSeconds(30);

    /// <summary>What another boot takes off at least: the pace, and as much again for a disk that is slow to write.</summary>
    public static readonly TimeSpan Charge = TimeSpan.FromMinutes(1);

    /// <summary>Writes down when something ends, or has begun.</summary>
    public static void Write(Span<byte> into, TimeSpan moment, ClockReading now, IStationClock clock)
    {
        BinaryPrimitives.WriteInt64LittleEndian(into, moment.Ticks);
        BinaryPrimitives.WriteInt64LittleEndian(into[8..], clock.Correct(now.WallAt(moment)).UnixMicroseconds);
        BinaryPrimitives.WriteInt64LittleEndian(into[16..], (moment - now.Monotonic).Duration().Ticks);
        clock.BootId.TryWriteBytes(into[24..]);
    }

    /// <summary>When something ends, by this boot's monotonic clock: now or later, and not later than the longest from now.</summary>
    public static TimeSpan ReadEnd(ReadOnlySpan<byte> kept, TimeSpan longest, ClockReading now, IStationClock clock)
    {
        var left = IsOfThisBoot(kept, clock)
            ? Between(now.Monotonic.Ticks, Ticks(kept), 1)
            : Least(Between(now.Wall.UnixMicroseconds, Wall(kept), TimeSpan.TicksPerMicrosecond), Span(kept, longest) - Charge);
        return now.Monotonic + Clamp(left, longest);
    }

    /// <summary>When something began, by this boot's monotonic clock, which may be before the boot: now or earlier, and not earlier than the longest before now.</summary>
    public static TimeSpan ReadStart(ReadOnlySpan<byte> kept, TimeSpan longest, ClockReading now, IStationClock clock)
    {
        var gone = IsOfThisBoot(kept, clock)
            ? Between(Ticks(kept), now.Monotonic.Ticks, 1)
            : Most(Between(Wall(kept), now.Wall.UnixMicroseconds, TimeSpan.TicksPerMicrosecond), Span(kept, longest) + Charge);
        return now.Monotonic - Clamp(gone, longest);
    }

    private static bool IsOfThisBoot(ReadOnlySpan<byte> kept, IStationClock clock) => new Guid(kept[24..Bytes]) == clock.BootId;

    private static long Ticks(ReadOnlySpan<byte> from) => BinaryPrimitives.ReadInt64LittleEndian(from);

    private static TimeSpan Span(ReadOnlySpan<byte> kept, TimeSpan longest) => Clamp(new TimeSpan(Ticks(kept[16..])), longest);

    private static long Wall(ReadOnlySpan<byte> kept) => Ticks(kept[8..]);

    /// <summary>Clocks that lie centuries apart must not overflow.</summary>
    private static TimeSpan Between(long from, long to, long ticksPerUnit) =>
        new((long)Int128.Clamp(((Int128)to - from) * ticksPerUnit, -long.MaxValue, long.MaxValue));

    private static TimeSpan Least(TimeSpan a, TimeSpan b) => a < b ? a : b;

    private static TimeSpan Most(TimeSpan a, TimeSpan b) => a > b ? a : b;

    private static TimeSpan Clamp(TimeSpan span, TimeSpan longest) => span < TimeSpan.Zero ? TimeSpan.Zero : Least(span, longest);
}
