using EdgeNode.Core.Model;

namespace EdgeNode.Spool.Format;

/// <summary>
/// Readings that stayed when their segment had to go: the span of numbers that they come from, and those of them that are left.
/// What of the span is not listed will never come and is named in a gap, or was delivered before. Layout: README.md.
/// </summary>
/// <param name="Lost">How many of the span were lost when the frame was written.</param>
/// <param name="Event">Where the gap event stands that names them; default when nothing was lost.</param>
internal readonly record struct KeptFrame(
    uint Start, ulong First, ulong Last, ulong Lost, Position Event, long BaseWall, long BaseMonotonic, uint Dictionary, int Count)
{
    /// <param name="readings">In the order of their numbers, each within the span.</param>
    internal int Write(FrameBuffer into, IReadOnlyList<(ulong Seq, Reading Reading)> readings)
    {
        into.Begin(FrameType.Kept);
        into.Varint(Start);
        into.Varint(First);
        into.Varint(Last - First);
        into.Varint(Lost);
        into.Varint(Event.Start);
        into.Varint(Event.Seq);
        into.I64(BaseWall);
        into.Varint((ulong)BaseMonotonic);
        into.U32(Dictionary);
        into.Varint((ulong)readings.Count);
        var previous = new SampleCursor(BaseWall);
        var next = First;
        foreach (var (seq, reading) in readings)
        {
            into.Varint(seq - next);
            next = seq + 1;
            SampleFrame.WriteSample(into, reading, ref previous);
        }

        return into.End();
    }

    internal static bool TryReadHead(ref BodyReader body, out KeptFrame head)
    {
        var start = body.Varint();
        var first = body.Varint();
        var span = body.Varint();
        var lost = body.Varint();
        var told = new Position((uint)body.Varint(), body.Varint());
        var wall = body.I64();
        var monotonic = (long)body.Varint();
        var dictionary = body.U32();
        var count = body.Varint();
        head = new KeptFrame((uint)start, first, first + span, lost, told, wall, monotonic, dictionary, (int)count);
        return body.Ok && start <= uint.MaxValue && first > 0 && head.Last >= first && count > 0 && count <= (ulong)body.Rest
            && lost <= span && count - 1 <= span - lost;
    }
}

/// <summary>Goes through the readings of a frame of samples or of kept ones, with their numbers.</summary>
internal ref struct SampleWalk
{
    private BodyReader _body;
    private SampleCursor _cursor;
    private ulong _next;
    private int _rest;

    /// <summary>The frame is of kept readings: not every number of its span is there.</summary>
    internal bool Kept { get; private init; }

    internal uint Start { get; private init; }

    /// <summary>First number of the span.</summary>
    internal ulong First { get; private init; }

    /// <summary>Last number of the span.</summary>
    internal ulong Last { get; private init; }

    /// <summary>Readings in the frame.</summary>
    internal int Count { get; private init; }

    internal uint Dictionary { get; private init; }

    internal long BaseWall { get; private init; }

    internal long BaseMonotonic { get; private init; }

    /// <summary>What was lost of a span of kept readings; null when nothing was.</summary>
    internal Loss? Loss { get; private init; }

    internal ulong Seq { get; private set; }

    internal Reading Reading { get; private set; }

    internal static bool TryOpen(FrameType type, ReadOnlySpan<byte> frameBody, out SampleWalk walk)
    {
        var body = new BodyReader(frameBody);
        if (type == FrameType.Samples && SampleFrame.TryReadHead(ref body, out var samples))
        {
            walk = new SampleWalk
            {
                Start = samples.Start, First = samples.First, Last = samples.Last, Count = samples.Count, Dictionary = samples.Dictionary,
                BaseWall = samples.BaseWall, BaseMonotonic = samples.BaseMonotonic, _body = body, _cursor = new SampleCursor(samples.BaseWall),
                _next = samples.First, _rest = samples.Count,
            };
            return true;
        }

        if (type == FrameType.Kept && KeptFrame.TryReadHead(ref body, out var kept))
        {
            walk = new SampleWalk
            {
                Kept = true, Start = kept.Start, First = kept.First, Last = kept.Last, Count = kept.Count, Dictionary = kept.Dictionary,
                BaseWall = kept.BaseWall, BaseMonotonic = kept.BaseMonotonic, _body = body, _cursor = new SampleCursor(kept.BaseWall),
                _next = kept.First, _rest = kept.Count,
                Loss = kept.Lost == 0 ? null : new Loss(
                    StreamKind.Telemetry, kept.Start, kept.First, kept.Last, kept.Lost, null, null, Journal.SpoolFull, kept.Event)
                {
                    Left = (ulong)kept.Count,
                },
            };
            return true;
        }

        walk = default;
        return false;
    }

    /// <returns>False at the end, and when the frame makes no sense from here on.</returns>
    internal bool Next()
    {
        if (_rest == 0)
        {
            return false;
        }

        var skipped = Kept ? _body.Varint() : 0;
        if (!SampleFrame.TryReadSample(ref _body, ref _cursor, out var reading) || skipped > Last - _next + 1 || _next + skipped > Last)
        {
            return false;
        }

        _rest--;
        Reading = reading;
        Seq = _next + skipped;
        _next = Seq + 1;
        return true;
    }

    /// <summary>All of it was read.</summary>
    internal readonly bool Ended => _rest == 0;
}
