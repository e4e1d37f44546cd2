using System.Buffers.Binary;
using System.Text;

namespace EdgeNode.Spool.Format;

/// <summary>Reads a body. It never throws: past the end it gives zeros and <see cref="Ok"/> turns false.</summary>
internal ref struct BodyReader(ReadOnlySpan<byte> body)
{
    private ReadOnlySpan<byte> _rest = body;

    internal bool Ok { get; private set; } = true;

    internal readonly int Rest => _rest.Length;

    internal byte U8() => Take(1) is [var b] ? b : (byte)0;

    internal uint U32() => Take(4) is { Length: 4 } s ? BinaryPrimitives.ReadUInt32LittleEndian(s) : 0;

    internal ulong U64() => Take(8) is { Length: 8 } s ? BinaryPrimitives.ReadUInt64LittleEndian(s) : 0;

    internal short I16() => Take(2) is { Length: 2 } s ? BinaryPrimitives.ReadInt16LittleEndian(s) : (short)0;

    internal int I32() => (int)U32();

    internal long I64() => (long)U64();

    internal float F32() => BitConverter.UInt32BitsToSingle(U32());

    internal double F64() => BitConverter.UInt64BitsToDouble(U64());

    internal ulong Varint()
    {
        ulong value = 0;
        for (var shift = 0; shift < 64; shift += 7)
        {
            var b = U8();
            value |= (ulong)(b & 0x7F) << shift;
            if (b < 0x80)
            {
                return value;
            }
        }

        Ok = false;
        return 0;
    }

    internal long Zigzag()
    {
        var value = Varint();
        return (long)(value >> 1) ^ -(long)(value & 1);
    }

    internal ReadOnlySpan<byte> Bytes()
    {
        var length = Varint();
        if (length <= (ulong)_rest.Length)
        {
            return Take((int)length);
        }

        Ok = false;
        return default;
    }

    internal string Text() => Encoding.UTF8.GetString(Bytes());

    internal ReadOnlySpan<byte> Take(int count)
    {
        if (count > _rest.Length)
        {
            Ok = false;
            _rest = default;
            return default;
        }

        var taken = _rest[..count];
        _rest = _rest[count..];
        return taken;
    }
}
