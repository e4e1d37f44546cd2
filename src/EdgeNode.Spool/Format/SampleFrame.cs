using EdgeNode.Core.Model;

namespace EdgeNode.Spool.Format;

/// <summary>One scan's readings, packed. Layout: README.md.</summary>
internal readonly record struct SampleFrame(
    uint Start, ulong First, int Count, long BaseWall, long BaseMonotonic, uint Dictionary)
{
    // Bits of a sample's first byte.
    private const int FormMask = 0x07;
    private const int LevelShift = 3;
    private const int Synchronised = 0x20;
    private const int NextPoint = 0x40;
    private const int SameTime = 0x80;

    private enum Form
    {
        Zero = 0,
        Int8 = 1,
        Int16 = 2,
        Int32 = 3,
        Float32 = 4,
        Float64 = 5,
    }

    internal ulong Last => First + (ulong)Count - 1;

    internal static void Write(
        FrameBuffer into, uint start, ulong first, ClockReading now, uint dictionary, ReadOnlySpan<Reading> readings)
    {
        into.Begin(FrameType.Samples);
        into.Varint(start);
        into.Varint(first);
        into.I64(now.Wall.UnixMicroseconds);
        into.Varint((ulong)Math.Max(0, now.Monotonic.Ticks / TimeSpan.TicksPerMicrosecond));
        into.U32(dictionary);
        into.Varint((ulong)readings.Length);
        var previous = new SampleCursor(now.Wall.UnixMicroseconds);
        foreach (ref readonly var reading in readings)
        {
            WriteSample(into, reading, ref previous);
        }

        into.End();
    }

    internal static void WriteSample(FrameBuffer into, in Reading r, ref SampleCursor previous)
    {
        var form = FormOf(r.Value);
        var time = r.Time.UnixMicroseconds;
        var flags = (int)form | ((int)r.Quality.Level << LevelShift);
        flags |= r.Time.Clock == ClockQuality.Synchronised ? Synchronised : 0;
        flags |= r.Point == previous.Point + 1 ? NextPoint : 0;
        flags |= time == previous.Time ? SameTime : 0;
        into.U8((byte)flags);
        if (!r.Quality.IsGood)
        {
            into.U8((byte)r.Quality.Reason);
        }

        if ((flags & SameTime) == 0)
        {
            into.Zigzag(unchecked(time - previous.Time));
        }

        if ((flags & NextPoint) == 0)
        {
            into.Varint((ulong)r.Point);
        }

        switch (form)
        {
            case Form.Int8: into.U8((byte)(sbyte)r.Value); break;
            case Form.Int16: into.I16((short)r.Value); break;
            case Form.Int32: into.I32((int)r.Value); break;
            case Form.Float32: into.F32((float)r.Value); break;
            case Form.Float64: into.F64(r.Value); break;
            default: break;
        }

        previous = new SampleCursor(time) { Point = r.Point };
    }

    // The shortest form that gives back the same 64 bits; minus zero and NaN are not integers by that measure.
    private static Form FormOf(double value)
    {
        var bits = BitConverter.DoubleToInt64Bits(value);
        if (bits == 0)
        {
            return Form.Zero;
        }

        if (value is >= int.MinValue and <= int.MaxValue && BitConverter.DoubleToInt64Bits((int)value) == bits)
        {
            return (int)value switch
            {
                >= sbyte.MinValue and <= sbyte.MaxValue => Form.Int8,
                >= short.MinValue and <= short.MaxValue => Form.Int16,
                _ => Form.Int32,
            };
        }

        return BitConverter.DoubleToInt64Bits((float)value) == bits ? Form.Float32 : Form.Float64;
    }

    /// <summary>The fields before the samples; the reader then stands at the first sample.</summary>
    internal static bool TryReadHead(ref BodyReader body, out SampleFrame head)
    {
        var start = body.Varint();
        var first = body.Varint();
        var wall = body.I64();
        var monotonic = (long)body.Varint();
        var dictionary = body.U32();
        var count = body.Varint();
        head = new SampleFrame((uint)start, first, (int)count, wall, monotonic, dictionary);
        return body.Ok && start <= uint.MaxValue && first > 0 && count is > 0 and <= int.MaxValue && (int)count <= body.Rest;
    }

    internal static bool TryReadSample(ref BodyReader body, ref SampleCursor previous, out Reading reading)
    {
        var flags = (int)body.U8();
        var level = (QualityLevel)((flags >> LevelShift) & 3);
        var reason = level == QualityLevel.Good ? Reason.None : (Reason)body.U8();
        var time = (flags & SameTime) != 0 ? previous.Time : unchecked(previous.Time + body.Zigzag());
        var point = (flags & NextPoint) != 0 ? previous.Point + 1 : (int)body.Varint();
        var value = (Form)(flags & FormMask) switch
        {
            Form.Int8 => (sbyte)body.U8(),
            Form.Int16 => body.I16(),
            Form.Int32 => body.I32(),
            Form.Float32 => body.F32(),
            Form.Float64 => body.F64(),
            _ => 0.0,
        };
        var clock = (flags & Synchronised) != 0 ? ClockQuality.Synchronised : ClockQuality.Unsynchronised;

        // A reason that a newer version wrote has no name here.
        reading = new Reading(
            point, value, new Quality(level, Enum.IsDefined(reason) ? reason : Reason.None), new SourceTime(time, clock));
        previous = new SampleCursor(time) { Point = point };
        return body.Ok && level <= QualityLevel.Bad && (flags & FormMask) <= (int)Form.Float64;
    }
}

/// <summary>What the next sample is told relative to.</summary>
internal readonly record struct SampleCursor(long Time)
{
    internal int Point { get; init; } = -1;
}
