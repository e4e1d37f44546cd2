namespace EdgeNode.Hardware.Modbus;

/// <summary>The check sum of an RTU frame (Modbus over serial line 1.02, section 6.2.2): reflected polynomial 0xA001, start 0xFFFF, low byte first on the wire.</summary>
internal static class Crc16
{
    public const int Length = 2;

    private static readonly ushort[] Table = [.. Enumerable.Range(0, 256).Select(Entry)];

    public static ushort Of(ReadOnlySpan<byte> bytes)
    {
        ushort crc = 0xFFFF;
        foreach (var b in bytes)
            crc = (ushort)((crc >> 8) ^ Table[(byte)(crc ^ b)]);
        return crc;
    }

    /// <summary>Puts the sum of all bytes but the last two into these.</summary>
    public static void Seal(Span<byte> frame)
    {
        var crc = Of(frame[..^Length]);
        frame[^2] = (byte)crc;
        frame[^1] = (byte)(crc >> 8);
    }

    /// <summary>A frame together with its sum gives 0.</summary>
    public static bool Fits(ReadOnlySpan<byte> frame) => Of(frame) == 0;

    private static ushort Entry(int b)
    {
        var crc = b;
        for (var bit = 0; bit < 8; bit++)
            crc = (crc & 1) != 0 ? (crc >> 1) ^ 0xA001 : crc >> 1;
        return (ushort)crc;
    }
}
