using System.Buffers.Binary;
using System.Text;

namespace EdgeNode.Hardware.Scan;

/// <summary>What the kernel says of a GPIO line.</summary>
/// <param name="Number">Offset on the chip.</param>
/// <param name="Name">By device tree or firmware; empty when it has none.</param>
/// <param name="Consumer">Who has it; empty when it is free, or the user is not named.</param>
/// <param name="IsUsed">Somebody has it.</param>
/// <param name="IsOutput">It drives; otherwise it listens.</param>
/// <param name="IsActiveLow">Low is its active level.</param>
/// <param name="Pull">Resistor in the chip: up, down, off, or empty when the kernel does not say.</param>
public sealed record LineInfo(int Number, string Name, string Consumer, bool IsUsed, bool IsOutput, bool IsActiveLow, string Pull)
{
    /// <summary>From struct gpio_v2_line_info (include/uapi/linux/gpio.h), 256 bytes.</summary>
    internal static LineInfo Of(ReadOnlySpan<byte> info)
    {
        var flags = BinaryPrimitives.ReadUInt64LittleEndian(info[72..]);
        return new LineInfo(
            (int)BinaryPrimitives.ReadUInt32LittleEndian(info[64..]), Text(info[..32]), Text(info[32..64]), (flags & 1) != 0, (flags & 8) != 0, (flags & 2) != 0,
            (flags & (1 << 8)) != 0 ? "up" : (flags & (1 << 9)) != 0 ? "down" : (flags & (1 << 10)) != 0 ? "off" : "");
    }

    /// <summary>A name of up to 32 bytes, shorter ones with a NUL behind.</summary>
    internal static string Text(ReadOnlySpan<byte> bytes)
    {
        var end = bytes.IndexOf((byte)0);
        return Encoding.UTF8.GetString(end < 0 ? bytes : bytes[..end]);
    }
}
