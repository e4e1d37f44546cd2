using EdgeNode.Core.Model;
using EdgeNode.Spool.Format;
using EdgeNode.Spool.Ledger;

namespace EdgeNode.Spool.Recovery;

/// <summary>Which records a frame of samples or an event frame holds.</summary>
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

        if (frame.Type != FrameType.Samples || !SampleFrame.TryReadHead(ref body, out var samples))
        {
            return false;
        }

        long first = 0;
        var cursor = new SampleCursor(samples.BaseWall);
        for (var i = 0; i < samples.Count; i++)
        {
            if (!SampleFrame.TryReadSample(ref body, ref cursor, out var reading))
            {
                return false;
            }

            first = i == 0 ? reading.Time.UnixMicroseconds : first;
        }

        records = new FrameRecords(
            StreamKind.Telemetry, samples.Start, samples.First, samples.Last, first, cursor.Time, offset, frame.Bytes);
        return true;
    }
}
