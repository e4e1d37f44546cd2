using EdgeNode.Core.Model;
using EdgeNode.Spool.Disk;
using EdgeNode.Spool.Format;

namespace EdgeNode.Spool.Ledger;

/// <summary>One file of the journal.</summary>
internal sealed class Segment(string name, uint generation, long size, ISpoolFile file)
{
    internal string Name { get; } = name;

    internal uint Generation { get; } = generation;

    /// <summary>Bytes of the file.</summary>
    internal long Size { get; } = size;

    internal ISpoolFile File { get; } = file;

    /// <summary>False when the file could be opened for reading only: then nothing can ever be written through this handle.</summary>
    internal bool Writable { get; init; } = true;

    /// <summary>Where the next frame goes.</summary>
    internal int Tail { get; set; }

    internal uint NextFrameSeq { get; set; }

    /// <summary>Mark of the last count of used bytes that it was part of.</summary>
    internal int Counted { get; set; }

    /// <summary>Room for so many bytes of frames, and for the seal and the end mark behind them.</summary>
    internal bool HasRoom(int bytes) => Tail + (long)bytes + Frame.HeaderBytes + Frame.EndMarkBytes <= Size;
}

/// <summary>Consecutive records of one start that stand one behind the other in one segment, or a frame of kept readings.</summary>
internal sealed class Run(uint start, ulong first, ulong last, Segment segment, int endOffset)
{
    internal uint Start { get; } = start;

    internal ulong First { get; set; } = first;

    internal ulong Last { get; set; } = last;

    internal Segment Segment { get; } = segment;

    /// <summary>Behind the last frame.</summary>
    internal int EndOffset { get; set; } = endOffset;

    /// <summary>Some of its frames, about one in 64 KiB: the first record and the offset.</summary>
    internal List<(ulong Seq, int Offset)> Marks { get; init; } = [];

    internal long FirstTime { get; set; }

    internal long LastTime { get; set; }

    /// <summary>Bytes of its frames.</summary>
    internal long Bytes { get; set; }

    /// <summary>It is no longer in the index: its segment was released, or its records were written anew.</summary>
    internal bool Gone { get; set; }

    /// <summary>Of kept readings, one frame: not every number of the span is there.</summary>
    internal bool Kept { get; init; }

    /// <summary>Of a kept run: how many of its numbers are there; null when only the frame knows, because the run is a part of it.</summary>
    internal long? Listed { get; init; }

    /// <summary>Of a kept run that is done in part: which numbers are there, once they were looked up.</summary>
    internal RangeSet? Numbers { get; set; }

    /// <summary>Of a kept run that was found when opening: what was lost of its span.</summary>
    internal Loss? Loss { get; init; }

    internal long Size => (long)(Last - First + 1);

    internal Position Position => new(Start, First);

    /// <summary>A frame at or before the record, from which to look on.</summary>
    internal int OffsetFor(ulong seq)
    {
        int low = 0, high = Marks.Count - 1;
        while (low < high)
        {
            var middle = (low + high + 1) >>> 1;
            if (Marks[middle].Seq <= seq)
            {
                low = middle;
            }
            else
            {
                high = middle - 1;
            }
        }

        return Marks[low].Offset;
    }
}
