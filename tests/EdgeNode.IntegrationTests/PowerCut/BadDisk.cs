using System.Buffers.Binary;
using EdgeNode.IntegrationTests.Peers;

namespace EdgeNode.IntegrationTests.PowerCut;

/// <summary>A disk as one process sees it, made bad and well again by the test; bad_disk.c, compiled here, stands before libc.</summary>
internal sealed class BadDisk
{
    /// <summary>EIO: the device failed.</summary>
    public const int Failed = 5;

    /// <summary>EROFS: what ext4 answers after it has met an error.</summary>
    public const int ReadOnly = 30;

    private readonly string _control;

    private BadDisk(string library, string control, string folder)
    {
        _control = control;
        Environment = new Dictionary<string, string> { ["LD_PRELOAD"] = library, ["BAD_DISK"] = control, ["BAD_DISK_FOLDER"] = folder };
    }

    /// <summary>For the process whose disk it is.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; }

    /// <param name="folder">For the library and the file by which the test rules it.</param>
    /// <param name="disk">A folder on the disk.</param>
    public static async Task<BadDisk> MakeAsync(TempFolder folder, string disk)
    {
        var bad = new BadDisk(await Preload.BuildAsync(folder, "PowerCut/bad_disk.c"), folder.File("bad-disk"), disk);
        await File.WriteAllBytesAsync(bad._control, new byte[16]);
        return bad;
    }

    /// <summary>Each flush takes so long; writes are answered at once.</summary>
    public void Hang(TimeSpan flush) => Set((long)flush.TotalMilliseconds, 0);

    /// <summary>Writes, flushes and opening for writing are refused.</summary>
    /// <param name="errno">How.</param>
    public void Refuse(int errno) => Set(0, errno);

    /// <summary>A flush that hangs still takes its time.</summary>
    public void Mend() => Set(0, 0);

    private void Set(long milliseconds, long errno)
    {
        Span<byte> values = stackalloc byte[16];
        BinaryPrimitives.WriteInt64LittleEndian(values, milliseconds);
        BinaryPrimitives.WriteInt64LittleEndian(values[8..], errno);
        using var file = new FileStream(_control, FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
        file.Write(values);
    }
}
