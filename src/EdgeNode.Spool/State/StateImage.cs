using System.Buffers.Binary;
using EdgeNode.Spool.Format;

namespace EdgeNode.Spool.State;

/// <summary>A slot of the state store as bytes. Layout: README.md.</summary>
internal static class StateImage
{
    internal const int HeaderBytes = 32;
    internal const uint CurrentVersion = 1;

    private const int CheckAt = 28;

    private static ReadOnlySpan<byte> Magic => "EDGESTA\n"u8;

    /// <summary>Bytes that one entry takes at most.</summary>
    internal static int BytesOf(string key, int value) => (key.Length * 3) + value + 10;

    internal static byte[] Write(ulong generation, SortedDictionary<string, byte[]> entries)
    {
        var body = new FrameBuffer();
        body.Varint((ulong)entries.Count);
        foreach (var (key, value) in entries)
        {
            body.Text(key);
            body.Bytes(value);
        }

        var image = new byte[HeaderBytes + body.Length];
        var span = image.AsSpan();
        Magic.CopyTo(span);
        BinaryPrimitives.WriteUInt32LittleEndian(span[8..], CurrentVersion);
        BinaryPrimitives.WriteUInt32LittleEndian(span[12..], (uint)body.Length);
        BinaryPrimitives.WriteUInt64LittleEndian(span[16..], generation);
        body.Span.CopyTo(span[HeaderBytes..]);
        BinaryPrimitives.WriteUInt32LittleEndian(span[CheckAt..], Check(image));
        return image;
    }

    /// <returns>What is wrong with the slot; null when it is sound.</returns>
    internal static string? Read(ReadOnlySpan<byte> image, out ulong generation, out SortedDictionary<string, byte[]> entries)
    {
        entries = new SortedDictionary<string, byte[]>(StringComparer.Ordinal);
        generation = 0;
        if (image.Length < HeaderBytes || !image[..8].SequenceEqual(Magic))
        {
            return "does not begin as a slot of the state store";
        }

        var length = BinaryPrimitives.ReadUInt32LittleEndian(image[12..]);
        if (length > image.Length - HeaderBytes)
        {
            return "is cut short";
        }

        image = image[..(HeaderBytes + (int)length)];
        if (BinaryPrimitives.ReadUInt32LittleEndian(image[CheckAt..]) != Check(image))
        {
            return "has a wrong checksum";
        }

        var version = BinaryPrimitives.ReadUInt32LittleEndian(image[8..]);
        if (version != CurrentVersion)
        {
            return $"has the unknown version {version}";
        }

        generation = BinaryPrimitives.ReadUInt64LittleEndian(image[16..]);
        var body = new BodyReader(image[HeaderBytes..]);
        for (var left = body.Varint(); left > 0 && body.Ok; left--)
        {
            var key = body.Text();
            entries[key] = body.Bytes().ToArray();
        }

        return body.Ok ? null : "makes no sense";
    }

    // Over all but the place of the check itself.
    private static uint Check(ReadOnlySpan<byte> image) =>
        ~Frame.Crc32C(Frame.Crc32C(uint.MaxValue, image[..CheckAt]), image[HeaderBytes..]);
}
