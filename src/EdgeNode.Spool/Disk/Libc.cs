using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace EdgeNode.Spool.Disk;

/// <summary>The C library's calls, as they are on 64-bit Linux (off_t is 64 bits wide there).</summary>
internal static unsafe partial class Libc
{
    internal const int ReadOnly = 0;
    internal const int ReadWrite = 2;
    internal const int Creat = 0x40;
    internal const int Trunc = 0x200;
    internal const int CloseOnExec = 0x80000;
    internal const int LockExclusive = 2;
    internal const int LockNonBlocking = 4;
    internal const int SeekEnd = 2;

    internal const int Eperm = 1;
    internal const int Enoent = 2;
    internal const int Eintr = 4;
    internal const int Eagain = 11;
    internal const int Eacces = 13;
    internal const int Efbig = 27;
    internal const int Enospc = 28;
    internal const int Erofs = 30;
    internal const int Edquot = 122;

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int Open(string path, int flags, int mode);

    [LibraryImport("libc", EntryPoint = "pread", SetLastError = true)]
    internal static partial nint PRead(SafeFileHandle file, byte* into, nint count, long offset);

    [LibraryImport("libc", EntryPoint = "pwrite", SetLastError = true)]
    internal static partial nint PWrite(SafeFileHandle file, byte* from, nint count, long offset);

    [LibraryImport("libc", EntryPoint = "fdatasync", SetLastError = true)]
    internal static partial int FDataSync(SafeFileHandle file);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    internal static partial int FSync(SafeFileHandle file);

    [LibraryImport("libc", EntryPoint = "lseek", SetLastError = true)]
    internal static partial long LSeek(SafeFileHandle file, long offset, int whence);

    /// <summary>Gives the error number itself, not through errno.</summary>
    [LibraryImport("libc", EntryPoint = "posix_fallocate")]
    internal static partial int FAllocate(SafeFileHandle file, long offset, long length);

    [LibraryImport("libc", EntryPoint = "flock", SetLastError = true)]
    internal static partial int FLock(SafeFileHandle file, int operation);

    [LibraryImport("libc", EntryPoint = "rename", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int Rename(string from, string to);

    [LibraryImport("libc", EntryPoint = "unlink", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int Unlink(string path);

    internal static DiskError Error(int errno) => errno switch
    {
        0 => DiskError.None,
        Enoent => DiskError.NotFound,
        Enospc or Edquot or Efbig => DiskError.Full,
        Erofs or Eacces or Eperm => DiskError.ReadOnly,
        Eagain => DiskError.InUse,
        _ => DiskError.Failed,
    };

    internal static DiskError LastError() => Error(Marshal.GetLastPInvokeError());

    internal static bool Interrupted() => Marshal.GetLastPInvokeError() == Eintr;
}
