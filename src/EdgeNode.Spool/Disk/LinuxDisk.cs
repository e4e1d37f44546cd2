using Microsoft.Win32.SafeHandles;

namespace EdgeNode.Spool.Disk;

/// <summary>The real thing: the calls of Linux, each error a result.</summary>
public sealed class LinuxDisk : ISpoolDisk
{
    // As the files': what a node keeps is nobody's but its user's and its group's.
    private const UnixFileMode DirectoryMode = (UnixFileMode)0b111_101_000;

    /// <inheritdoc/>
    public DiskError CreateDirectory(string path) => Try(() => Make(Path.GetFullPath(path)));

    /// <inheritdoc/>
    public DiskError List(string directory, List<string> names) => Try(() =>
    {
        foreach (var file in Directory.EnumerateFiles(directory))
        {
            names.Add(Path.GetFileName(file));
        }
    });

    /// <inheritdoc/>
    public DiskError Open(string path, bool write, out ISpoolFile? file) =>
        OpenFile(path, write ? Libc.ReadWrite : Libc.ReadOnly, out file);

    /// <inheritdoc/>
    public DiskError Create(string path, out ISpoolFile? file) =>
        OpenFile(path, Libc.ReadWrite | Libc.Creat | Libc.Trunc, out file);

    /// <inheritdoc/>
    public DiskError Rename(string from, string to) => Libc.Rename(from, to) == 0 ? DiskError.None : Libc.LastError();

    /// <inheritdoc/>
    public DiskError Delete(string path) => Libc.Unlink(path) == 0 ? DiskError.None : Libc.LastError();

    /// <inheritdoc/>
    public DiskError SyncDirectory(string directory)
    {
        var error = OpenHandle(directory, Libc.ReadOnly, out var handle);
        if (handle is null)
        {
            return error;
        }

        using (handle)
        {
            int result;
            do
            {
                result = Libc.FSync(handle);
            }
            while (result != 0 && Libc.Interrupted());
            return result == 0 ? DiskError.None : Libc.LastError();
        }
    }

    /// <inheritdoc/>
    public DiskError TryLock(string path, out IDisposable? held)
    {
        held = null;
        var error = OpenHandle(path, Libc.ReadWrite | Libc.Creat, out var handle);
        if (error == DiskError.ReadOnly)
        {
            // On a file system that has become read-only the lock is as good through a handle that only reads.
            _ = OpenHandle(path, Libc.ReadOnly, out handle);
        }

        if (handle is null)
        {
            return error;
        }

        int result;
        do
        {
            result = Libc.FLock(handle, Libc.LockExclusive | Libc.LockNonBlocking);
        }
        while (result != 0 && Libc.Interrupted());
        if (result != 0)
        {
            error = Libc.LastError();
            handle.Dispose();
            return error;
        }

        held = handle;
        return DiskError.None;
    }

    private static DiskError OpenFile(string path, int flags, out ISpoolFile? file)
    {
        var error = OpenHandle(path, flags, out var handle);
        file = handle is null ? null : new LinuxFile(handle);
        return error;
    }

    private static DiskError OpenHandle(string path, int flags, out SafeFileHandle? handle)
    {
        int descriptor;
        do
        {
            descriptor = Libc.Open(path, flags | Libc.CloseOnExec, 0b110_100_000);
        }
        while (descriptor < 0 && Libc.Interrupted());
        handle = descriptor < 0 ? null : new SafeFileHandle(descriptor, ownsHandle: true);
        return descriptor < 0 ? Libc.LastError() : DiskError.None;
    }

    // One by one: the framework gives the rights to the last one only.
    private static void Make(string path)
    {
        if (!Directory.Exists(path))
        {
            if (Path.GetDirectoryName(path) is { } parent)
            {
                Make(parent);
            }

            Directory.CreateDirectory(path, DirectoryMode);
        }
    }

    // Directory listing goes through the framework, which speaks in exceptions.
    private static DiskError Try(Action action)
    {
        try
        {
            action();
            return DiskError.None;
        }
        catch (DirectoryNotFoundException)
        {
            return DiskError.NotFound;
        }
        catch (UnauthorizedAccessException)
        {
            return DiskError.ReadOnly;
        }
        catch (IOException e)
        {
            // On Unix the low half of the HResult is the errno where the framework has no code of its own.
            return Libc.Error(e.HResult & 0xFFFF) is DiskError.Full ? DiskError.Full : DiskError.Failed;
        }
    }

    private sealed unsafe class LinuxFile(SafeFileHandle handle) : ISpoolFile
    {
        public DiskError Length(out long length)
        {
            length = 0;
            if (handle.IsClosed)
            {
                return DiskError.Failed;
            }

            try
            {
                length = Libc.LSeek(handle, 0, Libc.SeekEnd);
                return length >= 0 ? DiskError.None : Libc.LastError();
            }
            catch (ObjectDisposedException)
            {
                return DiskError.Failed;
            }
        }

        public DiskError Preallocate(long length)
        {
            int errno;
            do
            {
                errno = Libc.FAllocate(handle, 0, length);
            }
            while (errno == Libc.Eintr);
            return Libc.Error(errno);
        }

        public DiskError Write(ReadOnlySpan<byte> bytes, long offset)
        {
            fixed (byte* from = bytes)
            {
                for (var done = 0; done < bytes.Length;)
                {
                    var wrote = Libc.PWrite(handle, from + done, bytes.Length - done, offset + done);
                    if (wrote > 0)
                    {
                        done += (int)wrote;
                    }
                    else if (wrote == 0 || !Libc.Interrupted())
                    {
                        return wrote == 0 ? DiskError.Failed : Libc.LastError();
                    }
                }
            }

            return DiskError.None;
        }

        public DiskError Read(Span<byte> into, long offset, out int read)
        {
            read = 0;
            try
            {
                fixed (byte* to = into)
                {
                    while (read < into.Length)
                    {
                        var got = Libc.PRead(handle, to + read, into.Length - read, offset + read);
                        if (got > 0)
                        {
                            read += (int)got;
                        }
                        else if (got == 0)
                        {
                            return DiskError.None;
                        }
                        else if (!Libc.Interrupted())
                        {
                            return Libc.LastError();
                        }
                    }
                }

                return DiskError.None;
            }
            catch (ObjectDisposedException)
            {
                // A reader may look into a segment just when it is released.
                return DiskError.Failed;
            }
        }

        public DiskError Sync()
        {
            int result;
            do
            {
                result = Libc.FDataSync(handle);
            }
            while (result != 0 && Libc.Interrupted());
            return result == 0 ? DiskError.None : Libc.LastError();
        }

        public void Dispose() => handle.Dispose();
    }
}
