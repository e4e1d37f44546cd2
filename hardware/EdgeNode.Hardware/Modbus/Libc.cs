using System.Runtime.InteropServices;

namespace EdgeNode.Hardware.Modbus;

/// <summary>The C library's calls for a tty, and those of a socket's every read, as they are on 64-bit Linux.</summary>
internal static unsafe partial class Libc
{
    public const int OpenFlags = 0x2 | 0x100 | 0x800 | 0x80000; // O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC
    public const int LockExclusiveNow = 2 | 4; // LOCK_EX | LOCK_NB
    public const nuint SetExclusive = 0x540C; // TIOCEXCL
    public const nuint EndExclusive = 0x540D; // TIOCNXCL
    public const nuint SetRs485 = 0x542F; // TIOCSRS485
    public const int SetNow = 0; // TCSANOW
    public const int FlushBoth = 2; // TCIOFLUSH

    public const nuint SetNonBlocking = 0x5421; // FIONBIO
    public const int DontWait = 0x40; // MSG_DONTWAIT
    public const int CloseOnExec = 0x40000000; // MSG_CMSG_CLOEXEC
    public const int DuplicateAtLeast0 = 1030; // F_DUPFD_CLOEXEC
    public const int SocketLevel = 1; // SOL_SOCKET
    public const int Rights = 1; // SCM_RIGHTS
    public const int NoSignal = 0x4000; // MSG_NOSIGNAL

    public const short PollIn = 0x1;
    public const short PollOut = 0x4;
    public const short PollGone = 0x8 | 0x10 | 0x20; // POLLERR | POLLHUP | POLLNVAL

    public const int Eintr = 4;
    public const int Eio = 5;
    public const int Eagain = 11;
    public const int Ebusy = 16;
    public const int Einval = 22;
    public const int Epipe = 32;
    public const int EnetDown = 100;
    public const int EnetUnreachable = 101;
    public const int EconnReset = 104;
    public const int EtimedOut = 110;
    public const int EhostUnreachable = 113;

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    public static partial int Close(int file);

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    public static partial nint Read(int file, byte* into, nint count);

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    public static partial nint Write(int file, byte* from, nint count);

    /// <summary>The handle is held for the time of the call, so that a close cannot hand its number to another file meanwhile.</summary>
    [LibraryImport("libc", EntryPoint = "send", SetLastError = true)]
    public static partial nint Send(SafeHandle socket, byte* from, nint count, int flags);

    /// <inheritdoc cref="Send"/>
    [LibraryImport("libc", EntryPoint = "recv", SetLastError = true)]
    public static partial nint Receive(SafeHandle socket, byte* into, nint count, int flags);

    /// <inheritdoc cref="Send"/>
    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    public static partial int IoCtl(SafeHandle socket, nuint request, int* argument);

    [LibraryImport("libc", EntryPoint = "ppoll", SetLastError = true)]
    public static partial int PPoll(PollFile* files, nuint count, TimeSpec* timeout, void* signals);

    [LibraryImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    public static partial int Duplicate(int file, int command, int atLeast);

    [LibraryImport("libc", EntryPoint = "sendmsg", SetLastError = true)]
    public static partial nint SendMessage(SafeHandle socket, MessageHead* message, int flags);

    [LibraryImport("libc", EntryPoint = "recvmsg", SetLastError = true)]
    public static partial nint ReceiveMessage(SafeHandle socket, MessageHead* message, int flags);

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

    /// <summary>struct msghdr of sys/socket.h.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct MessageHead
    {
        public nint Name;
        public uint NameLength;
        public Part* Parts;
        public nuint PartCount;
        public byte* Control;
        public nuint ControlLength;
        public int Flags;
    }

    /// <summary>struct iovec of sys/uio.h.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct Part
    {
        public byte* Bytes;
        public nuint Length;
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
