using EdgeNode.Spool.Disk;

namespace EdgeNode.UnitTests.Spool;

public sealed partial class MemoryDisk
{
    private sealed class Inode
    {
        public byte[] Content = [];
        public int Length;
        public byte[] Durable = [];
        public int Epoch;
        public List<(int Offset, byte[] Bytes)> Unflushed { get; } = [];

        public void SetLength(int length)
        {
            if (Content.Length < length)
            {
                Array.Resize(ref Content, length);
            }

            Length = Math.Max(Length, length);
        }

        public void Flush()
        {
            Array.Resize(ref Durable, Math.Max(Durable.Length, Length));
            foreach (var (offset, bytes) in Unflushed)
            {
                bytes.CopyTo(Durable, offset);
            }

            Unflushed.Clear();
        }

        public void LosePower(Random random)
        {
            // The length is part of the file's own record and may or may not have got there.
            if (Durable.Length < Length && random.Next(2) == 0)
            {
                Array.Resize(ref Durable, Length);
            }

            foreach (var (offset, bytes) in Unflushed)
            {
                for (var at = 0; at < bytes.Length;)
                {
                    var part = Math.Min(SectorBytes - ((offset + at) % SectorBytes), bytes.Length - at);
                    var survives = random.Next(8) switch { 0 => random.Next(part), < 5 => part, _ => 0 };
                    if (offset + at + survives <= Durable.Length)
                    {
                        bytes.AsSpan(at, survives).CopyTo(Durable.AsSpan(offset + at));
                    }

                    at += part;
                }
            }

            Unflushed.Clear();
            Content = [.. Durable];
            Length = Content.Length;
        }
    }

    private sealed class MemoryFile(MemoryDisk disk, Inode inode, string path, bool write) : ISpoolFile
    {
        // A file that a killed process had open is of no use to it any more.
        private readonly int _epoch = inode.Epoch;
        private bool _closed;

        public DiskError Length(out long length)
        {
            length = inode.Length;
            return Do(DiskCall.Length, () => DiskError.None);
        }

        public DiskError Preallocate(long length) => Do(DiskCall.Preallocate, () =>
        {
            if (disk.TotalBytes - inode.Length + length > disk.Capacity)
            {
                return DiskError.Full;
            }

            inode.SetLength((int)length);
            return DiskError.None;
        });

        public DiskError Write(ReadOnlySpan<byte> bytes, long offset)
        {
            if (!write)
            {
                return DiskError.Failed;
            }

            var copy = bytes.ToArray();
            var error = Do(DiskCall.Write, () => Put(copy, (int)offset));
            if (error != DiskError.None && !_closed && _epoch == inode.Epoch)
            {
                lock (disk._gate)
                {
                    Put(copy[..(int)(copy.Length * disk.PartOfFailedWrite)], (int)offset);
                }
            }

            return error;
        }

        private DiskError Put(byte[] bytes, int offset)
        {
            if (disk.TotalBytes - inode.Length + Math.Max(inode.Length, offset + bytes.Length) > disk.Capacity)
            {
                return DiskError.Full;
            }

            inode.SetLength(offset + bytes.Length);
            bytes.CopyTo(inode.Content, offset);
            inode.Unflushed.Add((offset, bytes));
            disk.BytesWritten += bytes.Length;
            return DiskError.None;
        }

        public DiskError Read(Span<byte> into, long offset, out int read)
        {
            read = 0;
            var error = Do(DiskCall.Read, () => DiskError.None);
            if (error == DiskError.None)
            {
                lock (disk._gate)
                {
                    read = (int)Math.Clamp(inode.Length - offset, 0, into.Length);
                    inode.Content.AsSpan((int)offset, read).CopyTo(into);
                }
            }

            return error;
        }

        public DiskError Sync()
        {
            var error = Do(DiskCall.Sync, () =>
            {
                inode.Flush();
                return DiskError.None;
            });
            if (error != DiskError.None)
            {
                // The kernel drops the dirty marks all the same: a second flush would say "done".
                inode.Unflushed.Clear();
            }

            return error;
        }

        public void Dispose() => _closed = true;

        private DiskError Do(DiskCall call, Func<DiskError> action) =>
            _closed || _epoch != inode.Epoch ? DiskError.Failed : disk.Do(call, PathNow(), action);

        private string PathNow()
        {
            foreach (var (name, named) in disk._names)
            {
                if (ReferenceEquals(named, inode))
                {
                    return name;
                }
            }

            return path;
        }
    }
}
