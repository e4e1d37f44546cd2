using System.Collections.Immutable;
using EdgeNode.Core.Model;
using EdgeNode.Core.Ports;
using EdgeNode.Spool.Format;
using EdgeNode.Spool.Ledger;

namespace EdgeNode.Spool;

/// <summary>How many bytes records take in the journal, by encoding them. For planning; nothing is written.</summary>
public static class RecordSizes
{
    // What a station counts after days: numbers are longer than at the start.
    private const ulong SomeSeq = 10_000_000;
    private const uint SomeStart = 30;

    /// <summary>Bytes behind the last frame, overwritten by the next.</summary>
    public const int EndMark = Frame.EndMarkBytes;

    /// <summary>Size of a segment within a limit, bytes.</summary>
    public static int Segment(long limit) => Journal.SegmentBytesOf(limit);

    /// <summary>The frame of one scan, bytes.</summary>
    public static int Scan(ReadOnlySpan<Reading> scan, ClockReading now)
    {
        var frame = new FrameBuffer();
        SampleFrame.Write(frame, SomeStart, SomeSeq, now, dictionary: 0, scan);
        return frame.Length;
    }

    /// <summary>What a commit adds when something was delivered since the last one, bytes.</summary>
    public static int Cursor()
    {
        var frame = new FrameBuffer();
        CursorFrame.Write(frame, ulong.MaxValue, Delivered(StreamKind.Telemetry), Delivered(StreamKind.Event), all: false);
        return frame.Length;
    }

    /// <summary>The head of each segment, bytes.</summary>
    public static int SegmentHead(ImmutableArray<SpooledPoint> points, ClockReading now)
    {
        var frames = new FrameBuffer();
        DictionaryFrame.Write(frames, points);
        new EpochFrame(new Epoch(ulong.MaxValue, SomeStart), Guid.Empty, now).Write(frames);
        CursorFrame.Write(frames, ulong.MaxValue, Delivered(StreamKind.Telemetry), Delivered(StreamKind.Event), all: true);
        return SegmentHeader.Bytes + frames.Length;
    }

    private static StreamBook Delivered(StreamKind stream)
    {
        var book = new StreamBook(stream);
        var entry = book.FindOrAdd(SomeStart);
        entry.Next = SomeSeq;
        if (stream == StreamKind.Telemetry)
        {
            book.MarkDone(entry, 1, SomeSeq - 1);
        }

        return book;
    }
}
