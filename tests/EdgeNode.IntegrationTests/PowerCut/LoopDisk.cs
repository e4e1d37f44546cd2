using System.Globalization;
using System.Runtime.InteropServices;
using EdgeNode.IntegrationTests.EndToEnd;
using EdgeNode.IntegrationTests.Peers;
using Microsoft.Win32.SafeHandles;
using Xunit;

namespace EdgeNode.IntegrationTests.PowerCut;

/// <summary>This machine does not let the test make a disk; the message says what is in the way.</summary>
internal sealed class NoLoopDiskException(string message) : Exception(message);

/// <summary>
/// An ext4 file system in a file, on a loop device, whose power can be cut: the file system is shut down without flushing its log, so
/// that what was not flushed before is gone after the next mount, which replays the log. It does not model a card that lies about flush.
/// </summary>
internal sealed partial class LoopDisk : IAsyncDisposable
{
    private const string Install = "apt-get install e2fsprogs util-linux mount";
    private const long Bytes = 96L << 20;

    // linux/fs/ext4: EXT4_IOC_SHUTDOWN = _IOR('X', 125, __u32), EXT4_GOING_FLAGS_NOLOGFLUSH
    private const nuint ShutDown = 0x8004587D;
    private const uint NoLogFlush = 2;

    private const int PageBytes = 4096;

    // /sys/block/*/stat: sectors of 512 bytes, whatever the device's own are; the seventh figure counts those written.
    private const int SectorBytes = 512;
    private const int SectorsWritten = 6;

    // SYNC_FILE_RANGE_WAIT_BEFORE, _WRITE, _WAIT_AFTER
    private const uint WriteAndWait = 7;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly PeerProcess _sweeper;
    private readonly string _shared;
    private readonly string _device;

    private LoopDisk(PeerProcess sweeper, string shared, string device) => (_sweeper, _shared, _device) = (sweeper, shared, device);

    /// <summary>Where it is mounted.</summary>
    public string Folder => Path.Combine(_shared, "mount");

    private string SuperBlock => Path.Combine("/sys/fs/ext4", Path.GetFileName(_device));

    /// <summary>Makes the disk in a folder and mounts it.</summary>
    /// <exception cref="NoLoopDiskException">It takes root and loop devices, and this is not root or there are none.</exception>
    public static async Task<LoopDisk> MakeAsync(TempFolder folder)
    {
        if (geteuid() != 0)
        {
            throw new NoLoopDiskException("A file system can be mounted and its power cut only by root, and this test does not run as root.");
        }

        if (!File.Exists("/dev/loop-control"))
        {
            throw new NoLoopDiskException("There is no /dev/loop-control on this machine, so no file system can be mounted from a file.");
        }

        var image = folder.File("disk.img");
        await using (var file = File.Create(image))
        {
            file.SetLength(Bytes);
        }

        await MustAsync("mkfs.ext4", "-q", "-F", "-b", "4096", "-E", "lazy_itable_init=0,lazy_journal_init=0", image);
        var shared = Directory.CreateDirectory(folder.File("disk")).FullName;
        Directory.CreateDirectory(Path.Combine(shared, "mount"));
        string device;
        try
        {
            // Shared, so that an unmount also takes it from the gateways that have mount namespaces of their own.
            await MustAsync("mount", "--bind", shared, shared);
            await MustAsync("mount", "--make-shared", shared);
            device = (await MustAsync("losetup", "--find", "--show", image)).Trim();
        }
        catch (InvalidOperationException refused)
        {
            await GatewayProcess.EndAsync("umount", "-l", shared);
            throw new NoLoopDiskException($"This machine lets nobody mount a file system from a file, not even root: {refused.Message}");
        }

        // It also sweeps up when this process dies: its input ends then.
        var sweeper = PeerProcess.Start("sh", Install,
        [
            "-c", "trap '' INT TERM HUP; cat >/dev/null; fsfreeze -u \"$0/mount\" 2>/dev/null; umount -l \"$0/mount\" 2>/dev/null; losetup -d \"$1\"; umount -l \"$0\"", shared, device,
        ]);
        var disk = new LoopDisk(sweeper, shared, device);
        try
        {
            await disk.MountAsync();
            return disk;
        }
        catch
        {
            await disk.DisposeAsync();
            throw;
        }
    }

    /// <summary>Makes the disk, or skips the test and says in capitals what is not shown on this machine.</summary>
    public static async Task<LoopDisk> MakeOrSkipAsync(TempFolder folder, string notShown)
    {
        try
        {
            return await MakeAsync(folder);
        }
        catch (NoLoopDiskException e)
        {
            Assert.Skip($"{notShown} NOT SHOWN HERE. {e.Message}");
            throw;
        }
    }

    /// <summary>Bytes that reached the device since it was made.</summary>
    public long BytesWritten => SectorBytes * long.Parse(
        File.ReadAllText($"/sys/block/{Path.GetFileName(_device)}/stat").Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)[SectorsWritten],
        CultureInfo.InvariantCulture);

    /// <summary>Everything that was written and is still in memory goes to the device.</summary>
    public Task FlushAsync() => MustAsync("sync", "-f", Folder);

    /// <summary>Makes it read-only, or writable again; read-only only while no file is open for writing.</summary>
    public Task RemountAsync(bool readOnly) => MustAsync("mount", "-o", readOnly ? "remount,ro" : "remount,rw", Folder);

    /// <summary>Hangs: from now on each call that would write waits in the kernel, where no signal ends it, until <see cref="ThawAsync"/> or the end of this process. Reading goes on.</summary>
    public Task FreezeAsync() => MustAsync("fsfreeze", "-f", Folder);

    /// <summary>What waited goes on.</summary>
    public Task ThawAsync() => MustAsync("fsfreeze", "-u", Folder);

    public Task MountAsync() => MustAsync("mount", "-t", "ext4", _device, Folder);

    /// <summary>
    /// The kernel writes some pages back of its own accord, in any order, as it may at any time: then frames survive that nobody committed,
    /// and others before them or their other halves do not.
    /// </summary>
    public static void WriteBackSome(string folder, Random random)
    {
        foreach (var path in Directory.Exists(folder) ? Directory.GetFiles(folder) : [])
        {
            using var file = open(path, 0);
            var length = new FileInfo(path).Length;
            for (long at = 0; at < length; at += PageBytes)
            {
                if (random.Next(2) == 0 && sync_file_range(file, at, PageBytes, WriteAndWait) != 0)
                {
                    throw new InvalidOperationException($"sync_file_range of {path} failed with errno {Marshal.GetLastPInvokeError()}");
                }
            }
        }
    }

    /// <summary>The power goes. Nothing reaches the disk from now on.</summary>
    public void Cut()
    {
        using var folder = open(Folder, 0); // File.OpenHandle refuses folders
        var flags = NoLogFlush;
        if (ioctl(folder, ShutDown, ref flags) != 0)
        {
            throw new InvalidOperationException($"EXT4_IOC_SHUTDOWN failed with errno {Marshal.GetLastPInvokeError()}");
        }
    }

    /// <summary>Unmounts, and waits until the kernel has let go: a second mount would otherwise show the same dead file system.</summary>
    public async Task UnmountAsync()
    {
        await MustAsync("umount", Folder);
        var until = DateTimeOffset.UtcNow + Patience;
        while (Directory.Exists(SuperBlock))
        {
            if (DateTimeOffset.UtcNow > until)
            {
                throw new TimeoutException($"{_device} is unmounted and still in use after {Patience.TotalSeconds} s: another mount namespace holds it.");
            }

            await Task.Delay(2);
        }
    }

    public async ValueTask DisposeAsync()
    {
        _sweeper.EndInput();
        await _sweeper.WaitForExitAsync();
        await _sweeper.DisposeAsync();
    }

    private static async Task<string> MustAsync(string program, params string[] arguments)
    {
        var path = PeerProcess.Find(program) ?? throw new InvalidOperationException($"{program} is needed for this test and is not installed: {Install}.");
        var (code, output, error) = await GatewayProcess.EndAsync(path, arguments);
        return code == 0
            ? output
            : throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture, $"{program} {string.Join(' ', arguments)} ended with {code}. {error.Trim()}"));
    }

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial SafeFileHandle open(string path, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int ioctl(SafeFileHandle file, nuint request, ref uint argument);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int sync_file_range(SafeFileHandle file, long offset, long bytes, uint flags);

    [LibraryImport("libc")]
    private static partial uint geteuid();
}
