using System.Buffers.Binary;
using System.Text;
using EdgeNode.Core.Model;

namespace EdgeNode.Hardware.Gpio;

/// <summary>
/// The structures of the kernel's GPIO character device, version 2, as bytes (include/uapi/linux/gpio.h; the same on all 64-bit
/// architectures, little-endian ones being the only ones that we run on).
/// </summary>
internal static class LineRequest
{
    public const nuint GetChipInfo = 0x8044B401; // GPIO_GET_CHIPINFO_IOCTL
    public const nuint GetLineInfo = 0xC100B405; // GPIO_V2_GET_LINEINFO_IOCTL
    public const nuint GetLine = 0xC250B407; // GPIO_V2_GET_LINE_IOCTL
    public const nuint GetValues = 0xC010B40E; // GPIO_V2_LINE_GET_VALUES_IOCTL
    public const nuint SetValues = 0xC010B40F; // GPIO_V2_LINE_SET_VALUES_IOCTL

    public const int ChipInfoBytes = 68;
    public const int LineInfoBytes = 256;
    public const int Bytes = 592;
    public const int EventBytes = 48;
    public const int ValuesBytes = 16;

    private const int NameBytes = 32;
    private const int ConsumerAt = 256;
    private const int FlagsAt = 288;
    private const int AttributeCountAt = 296;
    private const int AttributeAt = 320;
    private const int LineCountAt = 560;
    private const int QueueLengthAt = 564;
    private const int FileAt = 588;
    private const uint OutputValues = 2; // GPIO_V2_LINE_ATTR_ID_OUTPUT_VALUES
    private const uint Debounce = 3; // GPIO_V2_LINE_ATTR_ID_DEBOUNCE
    private const ulong ActiveLow = 1 << 1;
    private const ulong Input = 1 << 2;
    private const ulong Output = 1 << 3;
    private const ulong Rising = 1 << 4;

    /// <summary>struct gpio_v2_line_request for the edges of one line.</summary>
    public static byte[] Build(EdgeRequest request)
    {
        // The kernel turns the edges of an active-low line round: its rising edge is the one to the active level.
        var bytes = OneLine(request.Line, Input | Rising, request.ActiveLow, request.Pull);
        if (request.Debounce > TimeSpan.Zero)
            Attribute(bytes, Debounce, (uint)Math.Min(request.Debounce.TotalMicroseconds, uint.MaxValue));

        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(QueueLengthAt), IEdgeLine.QueueLength);
        return bytes;
    }

    /// <summary>
    /// struct gpio_v2_line_request for one line as an output, with its level in the same call: it never has another one in between.
    /// The kernel turns the values of an active-low line round, here and with each value that is set or read later.
    /// </summary>
    public static byte[] Build(OutputRequest request)
    {
        var bytes = OneLine(request.Line, Output, request.ActiveLow, request.Pull);
        Attribute(bytes, OutputValues, request.Active ? 1ul : 0);
        return bytes;
    }

    /// <summary>struct gpio_v2_line_values of one line.</summary>
    public static byte[] Values(bool active)
    {
        var bytes = new byte[ValuesBytes];
        bytes[0] = active ? (byte)1 : (byte)0;
        bytes[8] = 1; // the mask: the first of the lines
        return bytes;
    }

    /// <summary>What struct gpio_v2_line_values says of the line.</summary>
    public static bool IsActive(ReadOnlySpan<byte> values) => (values[0] & 1) != 0;

    /// <summary>The file of the line that the kernel put into the request.</summary>
    public static int File(ReadOnlySpan<byte> request) => BinaryPrimitives.ReadInt32LittleEndian(request[FileAt..]);

    /// <summary>Lines of a chip, from struct gpiochip_info.</summary>
    public static int LineCount(ReadOnlySpan<byte> chipInfo) => (int)BinaryPrimitives.ReadUInt32LittleEndian(chipInfo[64..]);

    /// <summary>struct gpio_v2_line_info that asks for one line.</summary>
    public static byte[] Ask(int line)
    {
        var bytes = new byte[LineInfoBytes];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(64), (uint)line);
        return bytes;
    }

    /// <summary>The name in struct gpio_v2_line_info; empty when the line has none.</summary>
    public static string Name(ReadOnlySpan<byte> lineInfo)
    {
        var name = lineInfo[..NameBytes];
        var end = name.IndexOf((byte)0);
        return Encoding.UTF8.GetString(end < 0 ? name : name[..end]);
    }

    /// <summary>One struct gpio_v2_line_event.</summary>
    public static LineEdge Edge(ReadOnlySpan<byte> data) => new(
        TimeSpan.FromTicks((long)(BinaryPrimitives.ReadUInt64LittleEndian(data) / 100)),
        BinaryPrimitives.ReadUInt32LittleEndian(data[20..]));

    private static byte[] OneLine(int line, ulong flags, bool activeLow, LinePull pull)
    {
        var bytes = new byte[Bytes];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, (uint)line);
        Encoding.ASCII.GetBytes(LineOptions.Consumer, bytes.AsSpan(ConsumerAt, NameBytes));
        flags |= (activeLow ? ActiveLow : 0) | pull switch
        {
            LinePull.Up => 1ul << 8,
            LinePull.Down => 1ul << 9,
            LinePull.Off => 1ul << 10,
            _ => 0,
        };
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(FlagsAt), flags);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(LineCountAt), 1);
        return bytes;
    }

    private static void Attribute(byte[] bytes, uint id, ulong value)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(AttributeCountAt), 1);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(AttributeAt), id);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(AttributeAt + 8), value);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(AttributeAt + 16), 1); // for the first of the lines
    }
}
