using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;

namespace EdgeNode.Spool.Format;

/// <summary>What a frame holds. The numbers are part of the format; 9 came with v2.</summary>
internal enum FrameType : byte
{
    Dictionary = 1,
    Epoch = 2,
    Samples = 3,
    Event = 4,
    Cursor = 5,
    Loss = 6,
    Close = 7,
    Seal = 8,
    Kept = 9,
}

/// <summary>The 20 bytes before each body, and their check. Layout: README.md.</summary>
internal readonly record struct Frame(FrameType Type, int BodyLength, uint Seq)
{
    internal const int HeaderBytes = 20;

    /// <summary>Zeros behind the last frame: tell "nothing more was written" from "something is broken here".</summary>
    internal const int EndMarkBytes = 8;

    /// <summary>Largest body: keeps a broken length from costing much, and any frame within the smallest segment's reach.</summary>
    internal const int MaxBodyBytes = 1 << 20;

    internal const byte Magic0 = 0xED;
    internal const byte Magic1 = 0x4A;

    /// <summary>Header and body.</summary>
    internal int Bytes => HeaderBytes + BodyLength;

    /// <summary>Fills in where the frame stands and the check over all of it; type and length are already there.</summary>
    internal static void Stamp(Span<byte> frame, uint generation, uint seq)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(frame[8..], generation);
        BinaryPrimitives.WriteUInt32LittleEndian(frame[12..], seq);
        BinaryPrimitives.WriteUInt32LittleEndian(frame[16..], Check(frame));
    }

    /// <summary>True when a sound frame of this generation begins here.</summary>
    internal static bool TryRead(ReadOnlySpan<byte> at, uint generation, out Frame frame)
    {
        frame = default;
        if (!TryReadHeader(at, generation, out var candidate) || at.Length < candidate.Bytes
            || BinaryPrimitives.ReadUInt32LittleEndian(at[16..]) != Check(at[..candidate.Bytes]))
        {
            return false;
        }

        frame = candidate;
        return true;
    }

    /// <summary>The header alone, not checked: how many bytes to fetch.</summary>
    internal static bool TryReadHeader(ReadOnlySpan<byte> at, uint generation, out Frame frame)
    {
        frame = default;
        if (at.Length < HeaderBytes || at[0] != Magic0 || at[1] != Magic1 || at[3] != 0
            || BinaryPrimitives.ReadUInt32LittleEndian(at[8..]) != generation)
        {
            return false;
        }

        var length = BinaryPrimitives.ReadUInt32LittleEndian(at[4..]);
        if (length > MaxBodyBytes)
        {
            return false;
        }

        frame = new Frame((FrameType)at[2], (int)length, BinaryPrimitives.ReadUInt32LittleEndian(at[12..]));
        return true;
    }

    private static uint Check(ReadOnlySpan<byte> frame) =>
        ~Crc32C(Crc32C(uint.MaxValue, frame[..16]), frame[HeaderBytes..]);

    /// <summary>CRC32C (Castagnoli), by the processor's instruction where there is one.</summary>
    internal static uint Crc32C(uint crc, ReadOnlySpan<byte> bytes)
    {
        foreach (var word in MemoryMarshal.Cast<byte, ulong>(bytes))
        {
            crc = BitOperations.Crc32C(crc, word);
        }

        foreach (var b in bytes[(bytes.Length & ~7)..])
        {
            crc = BitOperations.Crc32C(crc, b);
        }

        return crc;
    }
}
