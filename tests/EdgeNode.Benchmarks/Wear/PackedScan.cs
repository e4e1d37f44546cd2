using System.Buffers.Binary;
using EdgeNode.Core.Model;

namespace EdgeNode.Benchmarks.Wear;

/// <summary>A scan as bytes for those that store blobs: about as tight as the journal's own frame, so that packing is not what is compared.</summary>
internal sealed class PackedScan
{
    private const int HeadBytes = 12;
    private const int ReadingBytes = 6;

    public byte[] Bytes { get; } = new byte[HeadBytes + (BenchSite.PointsPerUnit * ReadingBytes)];

    /// <summary>Time and first point once; then quality, clock and a float32 each.</summary>
    public byte[] Pack(ReadOnlySpan<Reading> scan)
    {
        BinaryPrimitives.WriteInt64LittleEndian(Bytes, scan[0].Time.UnixMicroseconds);
        BinaryPrimitives.WriteInt32LittleEndian(Bytes.AsSpan(8), scan[0].Point);
        for (var i = 0; i < scan.Length; i++)
        {
            var at = Bytes.AsSpan(HeadBytes + (i * ReadingBytes), ReadingBytes);
            at[0] = (byte)scan[i].Quality.Level;
            at[1] = (byte)scan[i].Time.Clock;
            BinaryPrimitives.WriteSingleLittleEndian(at[2..], (float)scan[i].Value);
        }

        return Bytes;
    }
}
