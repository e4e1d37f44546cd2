using EdgeNode.Core.Model;
using EdgeNode.Spool.Disk;
using EdgeNode.Spool.Format;
using EdgeNode.Spool.Ledger;
using EdgeNode.Spool.Recovery;

namespace EdgeNode.Spool;

/// <summary>Finds a record's frame in its segment. It remembers where it stopped, so that reading on in order looks at each byte once.</summary>
internal sealed class SegmentReader
{
    private const int WindowBytes = 64 * 1024;

    // Beyond this a segment is not looked through any further: where the whole disk is gone, each block costs a failed read.
    private const int MaxUnreadable = 256 * 1024;

    private byte[] _window = new byte[WindowBytes];
    private Segment? _segment;
    private int _windowAt;
    private int _windowLength;

    // Where the next frame of each stream is expected.
    private readonly (Run? Run, ulong Seq, int Offset)[] _next = new (Run?, ulong, int)[3];

    /// <summary>The last call met with an error of the disk, so what it did not find may be there all the same.</summary>
    internal bool Failed { get; private set; }

    /// <summary>Finds the frame that holds a record.</summary>
    /// <param name="mark">A frame at or before the record's (<see cref="Run.OffsetFor"/>).</param>
    /// <param name="end">Behind the run's last frame.</param>
    /// <param name="frameBody">Its body; valid until the next call.</param>
    internal bool TryFind(StreamKind stream, Run run, int mark, int end, ulong seq, out FrameRecords records, out ReadOnlySpan<byte> frameBody)
    {
        Failed = false;
        ref var next = ref _next[(int)stream];
        var offset = ReferenceEquals(next.Run, run) && next.Seq <= seq ? next.Offset : mark;
        while (TryFrame(run.Segment, offset, end, out var frame))
        {
            frameBody = _window.AsSpan(offset - _windowAt + Frame.HeaderBytes, frame.BodyLength);
            if (IsOf(stream, run, frame.Type) && FrameIndexing.TryRead(frame, frameBody, offset, out records)
                && records.Start == run.Start && records.First <= seq && seq <= records.Last)
            {
                next = (run, records.First, offset);
                return true;
            }

            offset += frame.Bytes;
        }

        records = default;
        frameBody = default;
        return false;
    }

    /// <summary>Which numbers of a kept run are there; null when its frame cannot be read.</summary>
    internal RangeSet? NumbersOf(Run run, int mark, int end)
    {
        if (!TryFind(StreamKind.Telemetry, run, mark, end, run.First, out _, out var body) || !SampleWalk.TryOpen(FrameType.Kept, body, out var walk))
        {
            return null;
        }

        var numbers = new RangeSet();
        while (walk.Next())
        {
            numbers.Add(walk.Seq, walk.Seq);
        }

        return numbers;
    }

    /// <summary>Looks through the whole segment for the first readable record from a number on.</summary>
    /// <returns>Its number, at least <paramref name="seq"/>; null when the run has none any more.</returns>
    internal ulong? Salvage(StreamKind stream, Run run, ulong seq)
    {
        byte[] buffer = [];
        ulong? nearest = null;
        var walk = new FrameWalk(SegmentImage.Read(run.Segment.File, ref buffer, out var unreadable, MaxUnreadable), run.Segment.Generation, SegmentHeader.Bytes);
        while (walk.Next())
        {
            if (IsOf(stream, run, walk.Frame.Type) && FrameIndexing.TryRead(walk.Frame, walk.Body, walk.Offset, out var records)
                && records.Start == run.Start && records.Last >= seq && records.First <= run.Last)
            {
                var first = Math.Max(seq, records.First);
                if (nearest is null || first < nearest)
                {
                    nearest = first;
                    _next[(int)stream] = (run, first, walk.Offset);
                }
            }
        }

        _segment = null;
        Failed = unreadable > 0;
        return nearest;
    }

    private static bool IsOf(StreamKind stream, Run run, FrameType type) =>
        type == (stream == StreamKind.Event ? FrameType.Event : run.Kept ? FrameType.Kept : FrameType.Samples);

    private bool TryFrame(Segment segment, int offset, int end, out Frame frame)
    {
        frame = default;
        if (!Fill(segment, offset, Frame.HeaderBytes, end)
            || !Frame.TryReadHeader(_window.AsSpan(offset - _windowAt, Frame.HeaderBytes), segment.Generation, out var header)
            || !Fill(segment, offset, header.Bytes, end))
        {
            return false;
        }

        return Frame.TryRead(_window.AsSpan(offset - _windowAt, header.Bytes), segment.Generation, out frame);
    }

    private bool Fill(Segment segment, int offset, int count, int end)
    {
        if (offset + count > end)
        {
            return false;
        }

        if (ReferenceEquals(_segment, segment) && offset >= _windowAt && offset + count <= _windowAt + _windowLength)
        {
            return true;
        }

        var want = Math.Max(count, Math.Min(WindowBytes, end - offset));
        if (want > _window.Length)
        {
            _window = new byte[want];
        }

        _segment = null;
        if (segment.File.Read(_window.AsSpan(0, want), offset, out var read) != DiskError.None)
        {
            Failed = true;
            return false;
        }

        if (read < count)
        {
            return false;
        }

        (_segment, _windowAt, _windowLength) = (segment, offset, read);
        return true;
    }
}
