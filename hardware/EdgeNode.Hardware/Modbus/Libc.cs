using System.Runtime.InteropServices;

namespace EdgeNode.Hardware.Modbus;

/// <summary>The C library's calls for a tty, as they are on 64-bit Linux.</summary>
internal static unsafe partial class Libc
{
    public const int OpenFlags = 0x2 | 0x100 | 0x800 | 0x80000; // O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC
    public const int LockExclusiveNow = 2 | 4; // LOCK_EX | LOCK_NB
    public const nuint SetExclusive = 0x540C; // TIOCEXCL
    public const nuint EndExclusive = 0x540D; // TIOCNXCL
    public const nuint SetRs485 = 0x542F; // TIOCSRS485
    public const int SetNow = 0; // TCSANOW
    public const int FlushBoth = 2; // TCIOFLUSH

    public const short PollIn = 0x1;
    public const short PollOut = 0x4;
    public const short PollGone = 0x8 | 0x10 | 0x20; // POLLERR | POLLHUP | POLLNVAL

    public const int Eintr = 4;
    public const int Eio = 5;
    public const int Eagain = 11;
    public const int Ebusy = 16;
    public const int Einval = 22;

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    public static partial int Close(int file);

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    public static partial nint Read(int file, byte* into, nint count);

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    public static partial nint Write(int file, byte* from, nint count);

    [LibraryImport("libc", EntryPoint = "ppoll", SetLastError = true)]
    public static partial int PPoll(PollFile* files, nuint count, TimeSpec* timeout, void* signals);

    [LibraryImport("libc", EntryPoint = "flock", SetLastError = true)]
    public static partial int FLock(int file, int operation);

    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    public static partial int IoCtl(int file, nuint request, nint argument);

    [LibraryImport("libc", EntryPoint = "tcgetattr", SetLastError = true)]
    public static partial int TcGetAttr(int file, Termios* settings);

    [LibraryImport("libc", EntryPoint = "tcsetattr", SetLastError = true)]
    public static partial int TcSetAttr(int file, int when, Termios* settings);

    [LibraryImport("libc", EntryPoint = "cfsetspeed", SetLastError = true)]
    public static partial int CfSetSpeed(Termios* settings, uint rate);

    [LibraryImport("libc", EntryPoint = "cfgetospeed")]
    public static partial uint CfGetOutputSpeed(Termios* settings);

    /// <summary>Gives the error number itself, not through errno.</summary>
    [LibraryImport("libc", EntryPoint = "ttyname_r")]
    public static partial int TtyName(int file, byte* name, nuint length);

    [LibraryImport("libc", EntryPoint = "tcdrain", SetLastError = true)]
    public static partial int TcDrain(int file);

    [LibraryImport("libc", EntryPoint = "tcflush", SetLastError = true)]
    public static partial int TcFlush(int file, int queue);

    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    public static partial int IoCtl(int file, nuint request, Rs485* argument);

    /// <summary>struct serial_rs485 of linux/serial.h: 32 bytes.</summary>
    [StructLayout(LayoutKind.Sequential, Size = 32)]
    public struct Rs485
    {
        public const uint Enabled = 1;
        public const uint RtsOnSend = 2;

        public uint Flags;
        public uint DelayBeforeSend;
        public uint DelayAfterSend;
    }

    [StructLayout(LayoutKind.Sequential)]
    public struct PollFile
    {
        public int File;
        public short Wanted;
        public short Came;
    }

    [StructLayout(LayoutKind.Sequential)]
    public struct TimeSpec
    {
        public long Seconds;
        public long Nanoseconds;
    }
}
