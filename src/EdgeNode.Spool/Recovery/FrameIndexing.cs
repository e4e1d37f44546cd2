using EdgeNode.Core.Model;
using EdgeNode.Spool.Format;
using EdgeNode.Spool.Ledger;

namespace EdgeNode.Spool.Recovery;

/// <summary>Which records a frame of samples, of kept readings or an event frame holds.</summary>
internal static class FrameIndexing
{
    internal static bool TryRead(Frame frame, ReadOnlySpan<byte> frameBody, int offset, out FrameRecords records)
    {
        records = default;
        var body = new BodyReader(frameBody);
        if (frame.Type == FrameType.Event)
        {
            if (!EventFrame.TryReadHead(ref body, out var head))
            {
                return false;
            }

            var time = head.Time.UnixMicroseconds;
            records = new FrameRecords(StreamKind.Event, head.Start, head.Seq, head.Seq, time, time, offset, frame.Bytes);
            return true;
        }

        if (!SampleWalk.TryOpen(frame.Type, frameBody, out var walk))
        {
            return false;
        }

        long? first = null;
        while (walk.Next())
        {
            first ??= walk.Reading.Time.UnixMicroseconds;
        }

        records = new FrameRecords(
            StreamKind.Telemetry, walk.Start, walk.First, walk.Last, first ?? 0, walk.Reading.Time.UnixMicroseconds, offset, frame.Bytes)
        {
            Kept = walk.Kept,
            Listed = walk.Count,
            Dictionary = walk.Dictionary,
            Loss = walk.Loss,
        };
        return walk.Ended;
    }
}
