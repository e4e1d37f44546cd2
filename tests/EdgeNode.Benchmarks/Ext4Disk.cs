using System.Diagnostics;
using System.Globalization;

namespace EdgeNode.Benchmarks;

/// <summary>
/// An ext4 file system in a file, on a loop device of its own: the kernel counts what reaches that device, and nothing else writes to it.
/// </summary>
internal sealed class Ext4Disk : IDisposable
{
    private const int SectorBytes = 512; // the unit of /sys/block/*/stat, whatever the device's own is
    private const int SectorsWritten = 6;

    private readonly Process _sweeper;
    private readonly string _device;
    private bool _frozen;

    private Ext4Disk(Process sweeper, string folder, string device) => (_sweeper, Folder, _device) = (sweeper, folder, device);

    /// <summary>Where it is mounted.</summary>
    public string Folder { get; }

    /// <summary>Bytes that reached the device since it was made.</summary>
    public long Written => SectorBytes * long.Parse(
        File.ReadAllText($"/sys/block/{Path.GetFileName(_device)}/stat").Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)[SectorsWritten],
        CultureInfo.InvariantCulture);

    /// <summary>Makes and mounts one.</summary>
    /// <param name="path">The image file; the mount point is made beside it.</param>
    /// <param name="bytes">Its size.</param>
    /// <param name="options">Mount options, such as <c>noatime</c>.</param>
    /// <param name="mountPoint">An empty folder to mount it on; null: one beside the image.</param>
    /// <exception cref="InvalidOperationException">It takes root, a loop device and e2fsprogs, and one of them is missing.</exception>
    public static Ext4Disk Make(string path, long bytes, string options = "noatime", string? mountPoint = null)
    {
        using (var file = File.Create(path))
        {
            file.SetLength(bytes);
        }

        Run("mkfs.ext4", "-q", "-F", "-b", "4096", "-E", "lazy_itable_init=0,lazy_journal_init=0", path);
        var device = Run("losetup", "--find", "--show", path).Trim();
        var folder = mountPoint ?? Directory.CreateDirectory(path + ".mount").FullName;

        // It also sweeps up when this process dies: its input ends then. A frozen disk would hold for ever whoever writes to it.
        var sweeper = Process.Start(new ProcessStartInfo(
            "sh", ["-c", "trap '' INT TERM HUP; cat >/dev/null; fsfreeze -u \"$0\" 2>/dev/null; umount \"$0\" 2>/dev/null || umount -l \"$0\"; losetup -d \"$1\"", folder, device])
        {
            RedirectStandardInput = true,
        })!;
        var disk = new Ext4Disk(sweeper, folder, device);
        try
        {
            Run("mount", "-t", "ext4", "-o", options, device, folder);
            return disk;
        }
        catch
        {
            disk.Dispose();
            throw;
        }
    }

    /// <summary>Everything that was written and is still in memory goes to the device.</summary>
    public void Flush() => Run("sync", "-f", Folder);

    /// <summary>Hangs: what is on its way is finished, and from then on each call that would write waits in the kernel, until <see cref="Thaw"/>.</summary>
    public void Freeze()
    {
        Run("fsfreeze", "-f", Folder);
        _frozen = true;
    }

    /// <summary>What waited goes on. One that is not frozen stays as it is.</summary>
    public void Thaw()
    {
        if (_frozen)
        {
            Run("fsfreeze", "-u", Folder);
            _frozen = false;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _sweeper.StandardInput.Close();
        _sweeper.WaitForExit();
        _sweeper.Dispose();
    }

    private static string Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })
            ?? throw new InvalidOperationException($"{program} does not start.");
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0
            ? output
            : throw new InvalidOperationException($"{program} {string.Join(' ', arguments)}: {error.Result.Trim()} (this benchmark needs root and loop devices)");
    }
}
