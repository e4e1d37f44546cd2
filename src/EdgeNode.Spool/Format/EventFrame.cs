using EdgeNode.Core.Model;

namespace EdgeNode.Spool.Format;

/// <summary>One event. Layout: README.md.</summary>
internal readonly record struct EventFrame(uint Start, ulong Seq, SourceTime Time)
{
    internal const string Gap = "gap";

    internal static int Write(FrameBuffer into, uint start, ulong seq, TimeSpan monotonic, EventRecord record)
    {
        into.Begin(FrameType.Event);
        into.Varint(start);
        into.Varint(seq);
        into.I64(record.Time.UnixMicroseconds);
        into.U8((byte)record.Time.Clock);
        into.Varint((ulong)Math.Max(0, monotonic.Ticks / TimeSpan.TicksPerMicrosecond));
        into.Text(record.Kind);
        into.Bytes(record.Body.Span);
        return into.End();
    }

    /// <summary>The fields before kind and body.</summary>
    internal static bool TryReadHead(ref BodyReader body, out EventFrame head)
    {
        var start = body.Varint();
        var seq = body.Varint();
        var time = new SourceTime(body.I64(), body.U8() == 1 ? ClockQuality.Synchronised : ClockQuality.Unsynchronised);
        _ = body.Varint();
        head = new EventFrame((uint)start, seq, time);
        return body.Ok && start <= uint.MaxValue && seq > 0;
    }

    internal static bool TryRead(ReadOnlySpan<byte> frameBody, out EventFrame head, out EventRecord? record)
    {
        var body = new BodyReader(frameBody);
        record = null;
        if (!TryReadHead(ref body, out head))
        {
            return false;
        }

        var kind = body.Text();
        var json = body.Bytes().ToArray();
        record = body.Ok ? new EventRecord(kind, head.Time, json) : null;
        return body.Ok;
    }

    internal static bool IsGap(ReadOnlySpan<byte> frameBody)
    {
        var body = new BodyReader(frameBody);
        return TryReadHead(ref body, out _) && body.Bytes().SequenceEqual("gap"u8);
    }
}
