using System.Buffers.Binary;

namespace EdgeNode.Spool.Format;

/// <summary>The first 40 bytes of a segment file.</summary>
internal readonly record struct SegmentHeader(uint Version, uint Generation, ulong Spool, ulong Size)
{
    internal const int Bytes = 40;
    internal const uint CurrentVersion = 2;

    /// <summary>The oldest version that is still read.</summary>
    internal const uint OldestVersion = 1;

    private static ReadOnlySpan<byte> Magic => "EDGESPL\n"u8;

    internal static bool HasMagic(ReadOnlySpan<byte> at) => at.StartsWith(Magic);

    internal void Write(Span<byte> into)
    {
        into = into[..Bytes];
        into.Clear();
        Magic.CopyTo(into);
        BinaryPrimitives.WriteUInt32LittleEndian(into[8..], Version);
        BinaryPrimitives.WriteUInt32LittleEndian(into[12..], Generation);
        BinaryPrimitives.WriteUInt64LittleEndian(into[16..], Spool);
        BinaryPrimitives.WriteUInt64LittleEndian(into[24..], Size);
        BinaryPrimitives.WriteUInt32LittleEndian(into[36..], Check(into));
    }

    /// <summary>False when it is not a segment header or a damaged one.</summary>
    internal static bool TryRead(ReadOnlySpan<byte> at, out SegmentHeader header)
    {
        header = default;
        if (at.Length < Bytes || !HasMagic(at) || BinaryPrimitives.ReadUInt32LittleEndian(at[36..]) != Check(at))
        {
            return false;
        }

        header = new SegmentHeader(
            BinaryPrimitives.ReadUInt32LittleEndian(at[8..]),
            BinaryPrimitives.ReadUInt32LittleEndian(at[12..]),
            BinaryPrimitives.ReadUInt64LittleEndian(at[16..]),
            BinaryPrimitives.ReadUInt64LittleEndian(at[24..]));
        return true;
    }

    private static uint Check(ReadOnlySpan<byte> header) => ~Frame.Crc32C(uint.MaxValue, header[..36]);
}
