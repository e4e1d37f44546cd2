using EdgeNode.Spool.Disk;

namespace EdgeNode.Spool.Format;

/// <summary>A whole segment in memory, as far as the disk gives it.</summary>
internal static class SegmentImage
{
    /// <summary>Largest segment that is looked at.</summary>
    internal const int MaxBytes = 64 * 1024 * 1024;

    private const int ChunkBytes = 256 * 1024;
    private const int BlockBytes = 4096;

    /// <summary>Reads all of the file; blocks that cannot be read are zeros and counted.</summary>
    /// <param name="mostUnreadable">After so many bytes that cannot be read it gives up on the rest, which counts as unreadable.</param>
    internal static ReadOnlySpan<byte> Read(ISpoolFile file, ref byte[] buffer, out int unreadable, int mostUnreadable = int.MaxValue)
    {
        unreadable = 0;
        if (file.Length(out var length) != DiskError.None)
        {
            unreadable = BlockBytes;
            return default;
        }

        var bytes = (int)Math.Min(length, MaxBytes);
        if (buffer.Length < bytes)
        {
            buffer = new byte[bytes];
        }

        for (var at = 0; at < bytes; at += ChunkBytes)
        {
            if (unreadable >= mostUnreadable)
            {
                buffer.AsSpan(at, bytes - at).Clear();
                unreadable += bytes - at;
                break;
            }

            var chunk = buffer.AsSpan(at, Math.Min(ChunkBytes, bytes - at));
            if (file.Read(chunk, at, out var read) == DiskError.None && read == chunk.Length)
            {
                continue;
            }

            // One bad block must not cost the whole chunk.
            for (var block = 0; block < chunk.Length; block += BlockBytes)
            {
                var part = chunk.Slice(block, Math.Min(BlockBytes, chunk.Length - block));
                if (file.Read(part, at + block, out read) != DiskError.None || read != part.Length)
                {
                    part.Clear();
                    unreadable += part.Length;
                }
            }
        }

        return buffer.AsSpan(0, bytes);
    }
}

/// <summary>Goes from sound frame to sound frame; where one is broken it looks on byte by byte for the next.</summary>
internal ref struct FrameWalk(ReadOnlySpan<byte> segment, uint generation, int from)
{
    private readonly ReadOnlySpan<byte> _segment = segment;
    private readonly uint _generation = generation;
    private long _lastSeq = -1;

    internal Frame Frame { get; private set; }

    internal int Offset { get; private set; }

    /// <summary>Behind the last sound frame.</summary>
    internal int Tail { get; private set; } = from;

    /// <summary>Bytes skipped just before this frame; 0 when it follows the one before.</summary>
    internal int SkippedBytes { get; private set; }

    /// <summary>Frames that stood in the skipped bytes, by the frame sequence.</summary>
    internal long SkippedFrames { get; private set; }

    internal readonly ReadOnlySpan<byte> Body => _segment.Slice(Offset + Frame.HeaderBytes, Frame.BodyLength);

    internal readonly ReadOnlySpan<byte> FrameBytes => _segment.Slice(Offset, Frame.Bytes);

    internal readonly uint NextSeq => (uint)(_lastSeq + 1);

    /// <summary>Nothing was written behind the last frame: neither a torn frame nor a broken one.</summary>
    internal readonly bool TailIsClean =>
        Tail + Frame.EndMarkBytes <= _segment.Length && !_segment.Slice(Tail, Frame.EndMarkBytes).ContainsAnyExcept((byte)0);

    internal bool Next()
    {
        ReadOnlySpan<byte> magic = [Frame.Magic0, Frame.Magic1];
        for (var at = Tail; at + Frame.HeaderBytes <= _segment.Length; at++)
        {
            var found = _segment[at..].IndexOf(magic);
            if (found < 0)
            {
                break;
            }

            at += found;

            // A sequence that does not go up is the rest of a torn frame that was written over.
            if (Frame.TryRead(_segment[at..], _generation, out var frame) && frame.Seq > _lastSeq)
            {
                SkippedBytes = at - Tail;
                SkippedFrames = frame.Seq - _lastSeq - 1;
                _lastSeq = frame.Seq;
                (Frame, Offset, Tail) = (frame, at, at + frame.Bytes);
                return true;
            }
        }

        return false;
    }
}
