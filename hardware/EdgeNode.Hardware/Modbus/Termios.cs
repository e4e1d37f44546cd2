using System.Runtime.InteropServices;
using EdgeNode.Core.Model;

namespace EdgeNode.Hardware.Modbus;

/// <summary>struct termios of glibc on 64-bit Linux, the same on x64 and arm64: 60 bytes.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct Termios
{
    public uint InputFlags;
    public uint OutputFlags;
    public uint ControlFlags;
    public uint LocalFlags;
    public byte Line;
    public fixed byte Characters[32];
    public uint InputSpeed;
    public uint OutputSpeed;

    private const uint IgnoreBreak = 0x1;
    private const uint TwoStopBits = 0x40;
    private const uint EightBits = 0x30;
    private const uint Read = 0x80;
    private const uint Parity = 0x100;
    private const uint OddParity = 0x200;
    private const uint Local = 0x800;

    private const uint Format = 0x30 | TwoStopBits | Parity | OddParity;

    private const int MinimumIndex = 6; // VMIN
    private const int TimeIndex = 5; // VTIME

    /// <summary>Bits a second, and the constant for cfsetspeed.</summary>
    private static readonly (int Baud, uint Constant)[] Rates =
    [
        (1200, 0x9), (1800, 0xA), (2400, 0xB), (4800, 0xC), (9600, 0xD), (19200, 0xE), (38400, 0xF),
        (57600, 0x1001), (115200, 0x1002), (230400, 0x1003), (460800, 0x1004), (500000, 0x1005), (576000, 0x1006), (921600, 0x1007),
    ];

    /// <summary>The constant for cfsetspeed; 0 for a rate that termios does not know.</summary>
    public static uint Rate(int baud)
    {
        foreach (var (known, constant) in Rates)
        {
            if (known == baud)
                return constant;
        }

        return 0;
    }

    /// <summary>Data bits, parity and stop bits are the same.</summary>
    public readonly bool HasFormatOf(in Termios other) => ((ControlFlags ^ other.ControlFlags) & Format) == 0;

    /// <summary>
    /// Bytes as they come: no line discipline, no flow control, no modem lines. A byte with a parity error is passed on, since the frame's
    /// check sum judges it.
    /// </summary>
    public void MakeRaw(SerialFormat format)
    {
        InputFlags = IgnoreBreak;
        OutputFlags = 0;
        LocalFlags = 0;
        ControlFlags = EightBits | Read | Local | format switch
        {
            SerialFormat.Even => Parity,
            SerialFormat.Odd => Parity | OddParity,
            SerialFormat.TwoStopBits => TwoStopBits,
            _ => 0,
        };
        Line = 0;

        // With at least one byte asked for, a read of 0 bytes means that the port is gone.
        Characters[MinimumIndex] = 1;
        Characters[TimeIndex] = 0;
    }
}
