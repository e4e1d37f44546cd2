using EdgeNode.Spool.Disk;

namespace EdgeNode.UnitTests.Spool;

public sealed partial class MemoryDisk
{
    private sealed class Inode
    {
        public byte[] Content = [];
        public int Length;
        public int Epoch;

        // What lies on the storage is the content less what was not flushed, so that a day's journal is not kept twice. Only after a
        // failed flush, which takes writes out of both, it is kept by itself.
        private readonly List<(int Offset, byte[] Bytes, byte[] Before)> _unflushed = [];
        private byte[]? _durable;
        private int _durableLength;

        public long HeapBytes => Content.Length + (_durable?.Length ?? 0) + _unflushed.Sum(w => 2L * w.Bytes.Length);

        public void Set(byte[] value)
        {
            Content = value;
            Length = _durableLength = value.Length;
            _durable = null;
            _unflushed.Clear();
        }

        public void SetLength(int length)
        {
            if (Content.Length < length)
            {
                Array.Resize(ref Content, length);
            }

            Length = Math.Max(Length, length);
        }

        public void Write(byte[] bytes, int offset)
        {
            SetLength(offset + bytes.Length);
            _unflushed.Add((offset, bytes, Content.AsSpan(offset, bytes.Length).ToArray()));
            bytes.CopyTo(Content, offset);
        }

        public void Flush()
        {
            _durableLength = Math.Max(_durableLength, Length);
            if (_durable is not null)
            {
                Array.Resize(ref _durable, _durableLength);
                foreach (var (offset, bytes, _) in _unflushed)
                {
                    bytes.CopyTo(_durable, offset);
                }
            }

            _unflushed.Clear();
        }

        // The kernel drops the dirty marks all the same: a second flush would say "done".
        public void FailFlush()
        {
            _durable = Durable();
            _unflushed.Clear();
        }

        private byte[] Durable()
        {
            if (_durable is not null)
            {
                return _durable;
            }

            var image = Content.AsSpan(0, Length).ToArray();
            for (var i = _unflushed.Count - 1; i >= 0; i--)
            {
                _unflushed[i].Before.CopyTo(image, _unflushed[i].Offset);
            }

            return image[.._durableLength];
        }

        public void LosePower(Random random)
        {
            var durable = Durable();

            // The length is part of the file's own record and may or may not have got there.
            if (durable.Length < Length && random.Next(2) == 0)
            {
                Array.Resize(ref durable, Length);
            }

            foreach (var (offset, bytes, _) in _unflushed)
            {
                for (var at = 0; at < bytes.Length;)
                {
                    var part = Math.Min(SectorBytes - ((offset + at) % SectorBytes), bytes.Length - at);
                    var survives = random.Next(8) switch { 0 => random.Next(part), < 5 => part, _ => 0 };
                    if (offset + at + survives <= durable.Length)
                    {
                        bytes.AsSpan(at, survives).CopyTo(durable.AsSpan(offset + at));
                    }

                    at += part;
                }
            }

            Set(durable);
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

            inode.Write(bytes, offset);
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
                inode.FailFlush();
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
