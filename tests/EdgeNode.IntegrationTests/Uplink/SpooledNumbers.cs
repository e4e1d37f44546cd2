using System.Text;
using EdgeNode.Core.Model;
using EdgeNode.Core.Ports;
using EdgeNode.IntegrationTests.Peers;
using EdgeNode.Spool;
using EdgeNode.Spool.Disk;
using EdgeNode.UnitTests.Uplink;
using Xunit;

namespace EdgeNode.IntegrationTests.Uplink;

/// <summary>A spool on the disk with readings of one point, whose value is their sequence number. Safe from any thread.</summary>
internal sealed class SpooledNumbers : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly Lock _appending = new();
    private readonly Journal _journal;

    public SpooledNumbers()
    {
        _journal = Journal.Open(
            _folder.File("spool"), new SpoolOptions(TimeSpan.FromSeconds(1), 16 << 20), [Readings.Pressure], new StationClock(TimeProvider.System), new LinuxDisk());
    }

    public IOutbox Outbox => _journal.Outbox(1);

    public void AppendNumbers(int count)
    {
        lock (_appending)
        {
            var first = (int)Outbox.End(StreamKind.Telemetry).Seq;
            Assert.Equal(AppendOutcome.Kept, _journal.AppendReadings(
                [.. Enumerable.Range(first, count).Select(n => Readings.At(n)).Select(r => new Reading(0, r.Value, r.Quality, r.Time))]));
        }
    }

    public void AppendEvent(string kind)
    {
        lock (_appending)
        {
            Assert.Equal(AppendOutcome.Kept, _journal.AppendEvent(new EventRecord(kind, Readings.Moment, Encoding.UTF8.GetBytes("{}"))));
        }
    }

    public long Waiting(StreamKind stream) => Outbox.Waiting(stream);

    public void Dispose()
    {
        _journal.Dispose();
        _folder.Dispose();
    }
}
