using EdgeNode.Core.Model;
using FASTER.core;

namespace EdgeNode.Benchmarks.Wear;

/// <summary>FasterLog: one entry a scan, one awaited commit a group, the head cut off behind what was delivered.</summary>
internal sealed class FasterLogContestant : IContestant
{
    private readonly IDevice _device;
    private readonly FasterLog _log;
    private readonly PackedScan _packed = new();
    private readonly Queue<long> _addresses = new();

    /// <param name="folder">On the disk that is measured.</param>
    public FasterLogContestant(string folder)
    {
        _device = Devices.CreateLogDevice(Path.Combine(folder, "faster.log"));
        _log = new FasterLog(new FasterLogSettings
        {
            LogDevice = _device,
            LogCommitDir = folder,
            LogChecksum = LogChecksumType.PerEntry,
            PageSizeBits = 16,
            MemorySizeBits = 20,
            SegmentSizeBits = 21,
        });
    }

    public void Append(ReadOnlySpan<Reading> scan) => _addresses.Enqueue(_log.Enqueue(_packed.Pack(scan)));

    public void Commit(int keep)
    {
        long? until = null;
        while (_addresses.Count > keep)
        {
            until = _addresses.Dequeue();
        }

        if (until is { } address)
        {
            _log.TruncateUntil(address);
        }

        _log.Commit(spinWait: true);
    }

    public void Dispose()
    {
        _log.Dispose();
        _device.Dispose();
    }
}
