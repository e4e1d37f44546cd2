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

    public const int ChipInfoBytes = 68;
    public const int LineInfoBytes = 256;
    public const int Bytes = 592;
    public const int EventBytes = 48;

    private const int NameBytes = 32;
    private const int ConsumerAt = 256;
    private const int FlagsAt = 288;
    private const int AttributeCountAt = 296;
    private const int AttributeAt = 320;
    private const int LineCountAt = 560;
    private const int QueueLengthAt = 564;
    private const int FileAt = 588;
    private const uint Debounce = 3; // GPIO_V2_LINE_ATTR_ID_DEBOUNCE

    /// <summary>struct gpio_v2_line_request for the edges of one line.</summary>
    public static byte[] Build(EdgeRequest request)
    {
        const ulong input = 1 << 2, rising = 1 << 4, activeLow = 1 << 1;
        var bytes = new byte[Bytes];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, (uint)request.Line);
        Encoding.ASCII.GetBytes("edgenode", bytes.AsSpan(ConsumerAt, NameBytes));

        // The kernel turns the edges of an active-low line round: its rising edge is the one to the active level.
        var flags = input | rising | (request.ActiveLow ? activeLow : 0) | request.Pull switch
        {
            LinePull.Up => 1ul << 8,
            LinePull.Down => 1ul << 9,
            LinePull.Off => 1ul << 10,
            _ => 0,
        };
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(FlagsAt), flags);
        if (request.Debounce > TimeSpan.Zero)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(AttributeCountAt), 1);
            BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(AttributeAt), Debounce);
            BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(AttributeAt + 8), (uint)Math.Min(request.Debounce.TotalMicroseconds, uint.MaxValue));
            BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(AttributeAt + 16), 1); // for the first of the lines
        }

        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(LineCountAt), 1);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(QueueLengthAt), IEdgeLine.QueueLength);
        return bytes;
    }

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
}
