using EdgeNode.Core.Model;

namespace EdgeNode.SimulationTests.Observed;

/// <summary>What became of an append.</summary>
internal enum Fate : byte
{
    /// <summary>The process died in it: it may be there or not.</summary>
    Unknown,

    /// <summary>It returned "kept": from here on the promise holds.</summary>
    Kept,

    /// <summary>It returned a fault: the numbers are used up, and a gap is to name them.</summary>
    Refused,

    /// <summary>Lost before the append, told by the recorder.</summary>
    Told,
}

/// <summary>Consecutive numbers of one append with one time stamp.</summary>
internal struct Appended
{
    public ulong First;
    public ulong Last;
    public Fate Fate;

    /// <summary>True time of the append.</summary>
    public TimeSpan At;

    /// <summary>The readings' stamp.</summary>
    public SourceTime Stamp;
}

/// <summary>
/// The record of one epoch, kept outside of the product: what was appended under which number (a number is simply counted: what an
/// append takes follows from those before it), what arrived, what gap events name.
/// </summary>
internal sealed class EpochBook(uint start, Guid boot)
{
    private const int ChunkSize = 4096;

    private readonly List<uint[]?> _hashes = [];

    public uint Start => start;

    /// <summary>The boot in which the epoch lived.</summary>
    public Guid Boot => boot;

    /// <summary>The number that the next reading takes.</summary>
    public ulong Next { get; private set; } = 1;

    public List<Appended> Appends { get; } = [];

    /// <summary>Up to here a commit has returned "kept" since the append.</summary>
    public ulong PromisedTo { get; set; }

    /// <summary>The power was cut when so much was promised: what lies above may be gone, if an open gap says so.</summary>
    public ulong? CutAbove { get; set; }

    /// <summary>The life began on a disk that was well: what it found could be flushed.</summary>
    public bool BeganWell { get; init; }

    /// <summary>The last commit returned "kept".</summary>
    public bool DiskWell { get; set; } = true;

    /// <summary>The life ended without an orderly stop, or on a disk that took nothing: what it still had to name may be unnamed.</summary>
    public bool EndedUnwell { get; set; }

    public Spans Arrived { get; } = new();

    /// <summary>Named in closed gaps for a reason that is policy: the limit, say.</summary>
    public Spans GivenUp { get; } = new();

    /// <summary>Named in closed gaps for any other reason.</summary>
    public Spans Named { get; } = new();

    /// <summary>Named in gaps without an end.</summary>
    public Spans Open { get; } = new();

    /// <summary>Highest number that arrived first in each lane: backlog, live.</summary>
    public ulong[] LastOfLane { get; } = new ulong[2];

    /// <summary>The observer's own memory, bytes.</summary>
    public long Bytes => (_hashes.Count(h => h is not null) * ChunkSize * 4L) + (Appends.Capacity * 48L) + (_hashes.Capacity * 8L);

    /// <summary>Takes the numbers of an append; its fate is unknown until <see cref="Settle"/>.</summary>
    public void Append(ReadOnlySpan<uint> hashes, ReadOnlySpan<SourceTime> stamps, TimeSpan at)
    {
        for (var i = 0; i < hashes.Length; i++)
        {
            if (i > 0 && stamps[i] == stamps[i - 1])
            {
                System.Runtime.InteropServices.CollectionsMarshal.AsSpan(Appends)[^1].Last = Next;
            }
            else
            {
                Appends.Add(new Appended { First = Next, Last = Next, At = at, Stamp = stamps[i] });
            }

            SetHash(Next++, hashes[i]);
        }
    }

    /// <summary>Takes numbers for readings that were lost before.</summary>
    public void AppendLoss(long count, TimeSpan at)
    {
        Appends.Add(new Appended { First = Next, Last = Next + (ulong)count - 1, Fate = Fate.Told, At = at });
        Next += (ulong)count;
    }

    /// <summary>What the append since <paramref name="from"/> came to.</summary>
    public void Settle(ulong from, Fate fate)
    {
        var appends = System.Runtime.InteropServices.CollectionsMarshal.AsSpan(Appends);
        for (var i = appends.Length - 1; i >= 0 && appends[i].First >= from; i--)
        {
            appends[i].Fate = fate;
        }
    }

    /// <summary>The append that took a number, or null when none did.</summary>
    public Appended? Find(ulong seq)
    {
        var (low, high) = (0, Appends.Count - 1);
        while (low <= high)
        {
            var middle = (low + high) / 2;
            if (Appends[middle].Last < seq)
            {
                low = middle + 1;
            }
            else if (Appends[middle].First > seq)
            {
                high = middle - 1;
            }
            else
            {
                return Appends[middle];
            }
        }

        return null;
    }

    /// <summary>The content under a number; null for what never was a reading, or has long arrived.</summary>
    public uint? Hash(ulong seq) =>
        (int)(seq / ChunkSize) < _hashes.Count && _hashes[(int)(seq / ChunkSize)] is { } chunk ? chunk[seq % ChunkSize] : null;

    private void SetHash(ulong seq, uint hash)
    {
        var chunk = (int)(seq / ChunkSize);
        while (_hashes.Count <= chunk)
        {
            _hashes.Add(null);
        }

        (_hashes[chunk] ??= new uint[ChunkSize])[seq % ChunkSize] = hash;
    }
}
