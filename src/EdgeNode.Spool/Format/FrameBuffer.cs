using System.Buffers.Binary;
using System.Text;

namespace EdgeNode.Spool.Format;

/// <summary>Frames in the making, one behind the other; reused, so that a steady append allocates nothing.</summary>
internal sealed class FrameBuffer
{
    private byte[] _bytes = new byte[4096];
    private int _frame = -1;

    internal int Length { get; private set; }

    internal ReadOnlySpan<byte> Span => _bytes.AsSpan(0, Length);

    internal void Clear()
    {
        Length = 0;
        _frame = -1;
    }

    internal void Truncate(int length) => Length = length;

    internal void Begin(FrameType type)
    {
        _frame = Length;
        var header = Grow(Frame.HeaderBytes);
        header.Clear();
        header[0] = Frame.Magic0;
        header[1] = Frame.Magic1;
        header[2] = (byte)type;
    }

    /// <returns>Where the frame begins in this buffer.</returns>
    internal int End()
    {
        BinaryPrimitives.WriteInt32LittleEndian(_bytes.AsSpan(_frame + 4), Length - _frame - Frame.HeaderBytes);
        return _frame;
    }

    /// <summary>Adds bytes that are not a frame of their own: the segment header, frames copied whole.</summary>
    /// <returns>Where they begin in this buffer.</returns>
    internal int Raw(ReadOnlySpan<byte> bytes)
    {
        var at = Length;
        bytes.CopyTo(Grow(bytes.Length));
        return at;
    }

    internal void U8(byte value) => Grow(1)[0] = value;

    internal void U32(uint value) => BinaryPrimitives.WriteUInt32LittleEndian(Grow(4), value);

    internal void U64(ulong value) => BinaryPrimitives.WriteUInt64LittleEndian(Grow(8), value);

    internal void I16(short value) => BinaryPrimitives.WriteInt16LittleEndian(Grow(2), value);

    internal void I32(int value) => BinaryPrimitives.WriteInt32LittleEndian(Grow(4), value);

    internal void I64(long value) => BinaryPrimitives.WriteInt64LittleEndian(Grow(8), value);

    internal void F32(float value) => BinaryPrimitives.WriteSingleLittleEndian(Grow(4), value);

    internal void F64(double value) => BinaryPrimitives.WriteDoubleLittleEndian(Grow(8), value);

    internal void Varint(ulong value)
    {
        while (value >= 0x80)
        {
            U8((byte)(value | 0x80));
            value >>= 7;
        }

        U8((byte)value);
    }

    /// <summary>Signed: small magnitudes are short.</summary>
    internal void Zigzag(long value) => Varint((ulong)((value << 1) ^ (value >> 63)));

    internal void Bytes(ReadOnlySpan<byte> bytes)
    {
        Varint((ulong)bytes.Length);
        bytes.CopyTo(Grow(bytes.Length));
    }

    internal void Text(string text)
    {
        var length = Encoding.UTF8.GetByteCount(text);
        Varint((ulong)length);
        Encoding.UTF8.GetBytes(text, Grow(length));
    }

    /// <summary>Gives each frame from <paramref name="from"/> on its place: generation and sequence of the segment it goes to.</summary>
    internal void Stamp(int from, uint generation, ref uint seq)
    {
        while (from < Length)
        {
            var length = Frame.HeaderBytes + BinaryPrimitives.ReadInt32LittleEndian(_bytes.AsSpan(from + 4));
            Frame.Stamp(_bytes.AsSpan(from, length), generation, seq++);
            from += length;
        }
    }

    /// <summary>All of it and the end mark behind, for one write.</summary>
    internal ReadOnlySpan<byte> WithEndMark()
    {
        Grow(Frame.EndMarkBytes).Clear();
        Length -= Frame.EndMarkBytes;
        return _bytes.AsSpan(0, Length + Frame.EndMarkBytes);
    }

    private Span<byte> Grow(int count)
    {
        if (Length + count > _bytes.Length)
        {
            Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, Length + count));
        }

        Length += count;
        return _bytes.AsSpan(Length - count, count);
    }
}
