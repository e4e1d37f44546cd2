namespace EdgeNode.Spool.Disk;

/// <summary>What a disk operation came to. A disk never throws at its user.</summary>
public enum DiskError : byte
{
    /// <summary>Done.</summary>
    None,

    /// <summary>No such file or directory.</summary>
    NotFound,

    /// <summary>No room: ENOSPC, EDQUOT, EFBIG.</summary>
    Full,

    /// <summary>The file system is mounted read-only, or the rights are missing.</summary>
    ReadOnly,

    /// <summary>Somebody else holds the lock.</summary>
    InUse,

    /// <summary>Any other error: EIO and its kin.</summary>
    Failed,
}

/// <summary>
/// All file work of the spool goes through here, so that tests can cut the power, fill the disk and break a flush.
/// Paths are absolute or relative to the working directory, with a slash between the parts.
/// </summary>
public interface ISpoolDisk
{
    /// <summary>Creates the directory and those above it; done when it is already there.</summary>
    DiskError CreateDirectory(string path);

    /// <summary>Adds the names, without the path, of the plain files in a directory.</summary>
    DiskError List(string directory, List<string> names);

    /// <summary>Opens a file that exists; for reading only, or for both.</summary>
    DiskError Open(string path, bool write, out ISpoolFile? file);

    /// <summary>Creates an empty file for reading and writing, in place of any other of that name.</summary>
    DiskError Create(string path, out ISpoolFile? file);

    /// <summary>Renames within one file system, in place of any other of the new name.</summary>
    DiskError Rename(string from, string to);

    /// <summary>Deletes a file.</summary>
    DiskError Delete(string path);

    /// <summary>Makes creations, renames and deletions in the directory safe from a power cut (fsync).</summary>
    DiskError SyncDirectory(string directory);

    /// <summary>Takes the exclusive lock that the file stands for, creating the file; it ends with the handle or the process.</summary>
    DiskError TryLock(string path, out IDisposable? held);
}

/// <summary>An open file. Reads may run beside writes; after disposal everything is answered with <see cref="DiskError.Failed"/>.</summary>
public interface ISpoolFile : IDisposable
{
    /// <summary>The file's length in bytes.</summary>
    DiskError Length(out long length);

    /// <summary>Reserves room so that writes below <paramref name="length"/> need no more of it; new bytes read as 0.</summary>
    DiskError Preallocate(long length);

    /// <summary>Writes all of it, or fails; after a failure any part may have been written.</summary>
    DiskError Write(ReadOnlySpan<byte> bytes, long offset);

    /// <summary>Reads as much as there is; <paramref name="read"/> is short at the end of the file only.</summary>
    DiskError Read(Span<byte> into, long offset, out int read);

    /// <summary>Makes what was written safe from a power cut (fdatasync). After a failure nothing can be said of any write since the last success.</summary>
    DiskError Sync();
}
