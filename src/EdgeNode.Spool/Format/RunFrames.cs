using EdgeNode.Core.Model;
using EdgeNode.Core.Ports;

namespace EdgeNode.Spool.Format;

/// <summary>The names behind the point indexes of samples that carry the same dictionary number.</summary>
internal static class DictionaryFrame
{
    private const int SimulatedBit = 1;
    private const int WhenFullShift = 1;

    /// <returns>The dictionary's number: the CRC32C of the body, so that samples never meet another dictionary's names.</returns>
    internal static uint Write(FrameBuffer into, IReadOnlyList<SpooledPoint> points)
    {
        into.Begin(FrameType.Dictionary);
        into.Varint((ulong)points.Count);
        foreach (var point in points)
        {
            into.Text(point.Name);
            into.Text(point.Unit);
            into.U8((byte)((point.Simulated ? SimulatedBit : 0) | ((int)point.WhenFull << WhenFullShift)));
        }

        return NumberOf(into.Span[(into.End() + Frame.HeaderBytes)..]);
    }

    internal static uint NumberOf(ReadOnlySpan<byte> frameBody) => ~Frame.Crc32C(uint.MaxValue, frameBody);

    internal static SpooledPoint[]? Read(ReadOnlySpan<byte> frameBody)
    {
        var body = new BodyReader(frameBody);
        var count = body.Varint();
        if (count > (ulong)body.Rest)
        {
            return null;
        }

        var points = new SpooledPoint[count];
        for (var i = 0; i < points.Length; i++)
        {
            var (name, unit, flags) = (body.Text(), body.Text(), body.U8());
            var whenFull = (WhenFull)((flags >> WhenFullShift) & 3);
            points[i] = new SpooledPoint(name, unit, (flags & SimulatedBit) != 0)
            {
                WhenFull = whenFull <= WhenFull.Keep ? whenFull : WhenFull.Keep,
            };
        }

        return body.Ok ? points : null;
    }
}

/// <summary>A run of the gateway begins, or a segment within it: which spool, which start, which boot, both clocks.</summary>
internal readonly record struct EpochFrame(Epoch Epoch, Guid Boot, ClockReading Clock)
{
    internal void Write(FrameBuffer into)
    {
        into.Begin(FrameType.Epoch);
        into.U64(Epoch.Spool);
        into.U32(Epoch.Start);
        Span<byte> boot = stackalloc byte[16];
        Boot.TryWriteBytes(boot);
        foreach (var b in boot)
        {
            into.U8(b);
        }

        into.I64(Clock.Wall.UnixMicroseconds);
        into.U8((byte)Clock.Wall.Clock);
        into.Varint((ulong)Math.Max(0, Clock.Monotonic.Ticks / TimeSpan.TicksPerMicrosecond));
        into.End();
    }

    internal static bool TryRead(ReadOnlySpan<byte> frameBody, out EpochFrame epoch)
    {
        var body = new BodyReader(frameBody);
        var id = new Epoch(body.U64(), body.U32());
        var boot = body.Take(16) is { Length: 16 } bytes ? new Guid(bytes) : Guid.Empty;
        var wall = new SourceTime(body.I64(), body.U8() == 1 ? ClockQuality.Synchronised : ClockQuality.Unsynchronised);
        var monotonic = (long)body.Varint();
        epoch = new EpochFrame(id, boot, new ClockReading(TimeSpan.FromTicks(monotonic * TimeSpan.TicksPerMicrosecond), wall));
        return body.Ok;
    }
}

/// <summary>An orderly stop: nothing of this start comes after.</summary>
internal readonly record struct CloseFrame(uint Start, ulong NextTelemetry, ulong NextEvent)
{
    internal void Write(FrameBuffer into)
    {
        into.Begin(FrameType.Close);
        into.Varint(Start);
        into.Varint(NextTelemetry);
        into.Varint(NextEvent);
        into.End();
    }

    internal static bool TryRead(ReadOnlySpan<byte> frameBody, out CloseFrame close)
    {
        var body = new BodyReader(frameBody);
        close = new CloseFrame((uint)body.Varint(), body.Varint(), body.Varint());
        return body.Ok;
    }
}

/// <summary>
/// Numbers that are lost and the gap event that names them. Written beside that event and again at the head of each segment
/// until it is delivered, so that damage to the event does not make the loss a silent one.
/// </summary>
/// <param name="To">Null: nobody knows how far; then <paramref name="AtMost"/> bounds the count.</param>
/// <param name="AtMost">How many are lost: all of the span, or some of it (then <see cref="Left"/> others were not).</param>
/// <param name="FirstTime">Unix microseconds of the first or of what came before it, when known.</param>
/// <param name="LastTime">Unix microseconds of the last or of what came after it, when known.</param>
/// <param name="Event">Where the gap event stands; default while there is none.</param>
internal sealed record Loss(
    StreamKind Stream, uint Start, ulong From, ulong? To, ulong AtMost, long? FirstTime, long? LastTime, string Reason, Position Event)
{
    /// <summary>Of a span of which only some are lost now: how many of the others are still to come. 0: none of the span will come any more.</summary>
    internal ulong Left { get; init; }

    /// <summary>It was told before, and is told again because that gap event is lost.</summary>
    internal bool Again { get; init; }

    internal ulong Count => AtMost;

    /// <summary>Each number of the span is lost.</summary>
    internal bool IsWhole => To is { } to && AtMost == to - From + 1;

    internal void Write(FrameBuffer into)
    {
        into.Begin(FrameType.Loss);
        var has = (To is null ? 0 : 0x10) | (FirstTime is null ? 0 : 0x20) | (LastTime is null ? 0 : 0x40);
        into.U8((byte)((int)Stream | has));
        into.Varint(Start);
        into.Varint(From);
        into.Varint(To ?? 0);
        into.Varint(AtMost);
        into.I64(FirstTime ?? 0);
        into.I64(LastTime ?? 0);
        into.Text(Reason);
        into.Varint(Event.Start);
        into.Varint(Event.Seq);
        into.Varint(Left);
        into.End();
    }

    internal static Loss? Read(ReadOnlySpan<byte> frameBody)
    {
        var body = new BodyReader(frameBody);
        var has = body.U8();
        var start = (uint)body.Varint();
        var from = body.Varint();
        var to = body.Varint();
        var atMost = body.Varint();
        var first = body.I64();
        var last = body.I64();
        var reason = body.Text();
        var named = new Position((uint)body.Varint(), body.Varint());
        var left = body.Rest > 0 ? body.Varint() : 0; // v1 ends before it
        return !body.Ok ? null : new Loss(
            (StreamKind)(has & 0x0F), start, from, (has & 0x10) != 0 ? to : null, atMost,
            (has & 0x20) != 0 ? first : null, (has & 0x40) != 0 ? last : null, reason, named)
        {
            Left = left,
        };
    }
}
