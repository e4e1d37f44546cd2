using BenchmarkDotNet.Attributes;
using EdgeNode.Core.Model;
using EdgeNode.Core.Ports;
using EdgeNode.Engine;
using EdgeNode.Spool;
using EdgeNode.Spool.Disk;

namespace EdgeNode.Benchmarks.Micro;

/// <summary>A journal on the disk of this checkout, and readings to put into it.</summary>
public abstract class JournalWrites : IDisposable
{
    private readonly SystemClock _clock = new(TimeProvider.System);
    private readonly Reading[] _scan = new Reading[BenchSite.PointsPerUnit];
    private WorkFolder _folder = null!;

    protected Journal Journal { get; private set; } = null!;

    [GlobalSetup]
    public void Open()
    {
        var site = BenchSite.Load();
        _folder = new WorkFolder(GetType().Name);
        Journal = Journal.Open(
            _folder.Path, site.Spool, [.. site.Points.Select(p => new SpooledPoint(p.Name, p.Unit.Symbol, p.Simulated))], _clock, new LinuxDisk());
        if (AppendScan() != AppendOutcome.Kept)
        {
            throw new InvalidOperationException("The disk refuses the journal.");
        }
    }

    [GlobalCleanup]
    public void Dispose()
    {
        Journal.Dispose();
        _folder.Dispose();
    }

    protected AppendOutcome AppendScan()
    {
        var time = _clock.Read().Wall;
        for (var i = 0; i < _scan.Length; i++)
        {
            _scan[i] = new Reading(i, time.UnixMicroseconds % 1000 / 7.0, Quality.Good, time);
        }

        return Journal.AppendReadings(_scan);
    }
}

/// <summary>The append of a scan of 20 readings: with the kernel when it returns. The commits of the benchmark lie outside what is measured.</summary>
[InvocationCount(400), IterationCount(50)]
public class JournalAppend : JournalWrites
{
    // 400 scans stay below Journal.MaxUncommitted, at which it would commit by itself.
    [IterationSetup]
    public void Commit() => Journal.Commit();

    [Benchmark]
    public AppendOutcome Append20() => AppendScan();
}

/// <summary>The commit of what a second brings, 200 readings in 10 appends: one fdatasync.</summary>
[InvocationCount(1, 1), IterationCount(50)]
public class JournalCommit : JournalWrites
{
    [IterationSetup]
    public void Append()
    {
        for (var i = 0; i < BenchSite.Units; i++)
        {
            AppendScan();
        }
    }

    [Benchmark]
    public AppendOutcome Commit200() => Journal.Commit();
}
