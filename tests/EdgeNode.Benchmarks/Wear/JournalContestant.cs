using EdgeNode.Core.Model;
using EdgeNode.Core.Ports;
using EdgeNode.Engine;
using EdgeNode.Spool;
using EdgeNode.Spool.Disk;

namespace EdgeNode.Benchmarks.Wear;

/// <summary>The spool as the gateway runs it.</summary>
internal sealed class JournalContestant : IContestant
{
    private readonly Journal _journal;
    private readonly IOutbox _outbox;

    /// <param name="folder">On the disk that is measured.</param>
    /// <param name="limit">Bytes; a segment is an eighth of it.</param>
    public JournalContestant(string folder, long limit)
    {
        var site = BenchSite.Load();
        _journal = Journal.Open(
            Path.Combine(folder, "spool"), site.Spool with { LimitBytes = limit },
            [.. site.Points.Select(p => new SpooledPoint(p.Name, p.Unit.Symbol, p.Simulated))], new SystemClock(TimeProvider.System), new LinuxDisk());
        _outbox = _journal.Outbox(1);
    }

    public void Append(ReadOnlySpan<Reading> scan) => Expect(_journal.AppendReadings(scan));

    public void Commit(int keep)
    {
        var next = _outbox.End(StreamKind.Telemetry).Seq;
        var kept = (ulong)(keep * BenchSite.PointsPerUnit);
        if (next - 1 > kept)
        {
            _outbox.Acknowledge(StreamKind.Telemetry, _journal.Epoch, 1, next - 1 - kept);
        }

        Expect(_journal.Commit());
    }

    public void Dispose() => _journal.Dispose();

    private static void Expect(AppendOutcome outcome)
    {
        if (outcome != AppendOutcome.Kept)
        {
            throw new InvalidOperationException($"The journal says {outcome}.");
        }
    }
}
