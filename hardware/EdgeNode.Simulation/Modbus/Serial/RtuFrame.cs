namespace EdgeNode.Simulation.Modbus.Serial;

/// <summary>The check sum of RTU frames, bit by bit as the standard writes it (Modbus over serial line V1.02, section 6.2.2).</summary>
internal static class RtuFrame
{
    /// <summary>Longest frame: address, PDU, check sum.</summary>
    public const int MaxBytes = 1 + PduAnswer.MaxBytes + CheckSumBytes;

    /// <summary>Shortest one: a function code alone.</summary>
    public const int MinBytes = 2 + CheckSumBytes;

    /// <summary>Length of the check sum.</summary>
    public const int CheckSumBytes = 2;

    /// <summary>Whether the last two bytes are the check sum of the others.</summary>
    public static bool IsWhole(ReadOnlySpan<byte> frame)
    {
        if (frame.Length < MinBytes) return false;
        ushort sum = Sum(frame[..^CheckSumBytes]);
        return frame[^2] == (byte)sum && frame[^1] == (byte)(sum >> 8);
    }

    /// <summary>Puts the check sum behind the body, low byte first.</summary>
    /// <returns>Length of the frame.</returns>
    public static int Seal(Span<byte> frame, int bodyBytes)
    {
        ushort sum = Sum(frame[..bodyBytes]);
        frame[bodyBytes] = (byte)sum;
        frame[bodyBytes + 1] = (byte)(sum >> 8);
        return bodyBytes + CheckSumBytes;
    }

    private static ushort Sum(ReadOnlySpan<byte> bytes)
    {
        ushort sum = 0xFFFF;
        foreach (byte next in bytes)
        {
            sum ^= next;
            for (int bit = 0; bit < 8; bit++) sum = (ushort)((sum & 1) == 1 ? (sum >> 1) ^ 0xA001 : sum >> 1);
        }

        return sum;
    }
}
