using EdgeNode.Core.Model;
using EdgeNode.Core.Ports;
using Microsoft.Extensions.Time.Testing;

namespace EdgeNode.UnitTests.Engine;

/// <summary>Both clocks of a <see cref="FakeTimeProvider"/>.</summary>
internal sealed class FakeStationClock(FakeTimeProvider time) : IStationClock
{
    public Guid BootId { get; } = Guid.Parse("11111111-2222-3333-4444-555555555555");

    public ClockReading Read() => new(
        time.Monotonic(), new SourceTime((time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond, ClockQuality.Synchronised));
}

/// <summary>A bus whose devices each take a stated time to answer, in virtual time.</summary>
internal sealed class FakeBus(FakeTimeProvider time, Func<int, TimeSpan> takes) : IFieldBus
{
    public List<(int Device, TimeSpan At)> Scans { get; } = [];

    public string Id => "fake";

    public BusHealth Health => default;

    public void Scan(int device, List<RawSample> samples, CancellationToken stop)
    {
        Scans.Add((device, time.Monotonic()));
        time.Advance(takes(device));
        samples.Add(new RawSample(device, 1, Quality.Good, time.Monotonic()));
    }

    public void Dispose()
    {
    }
}

/// <summary>Writes down what the recorder's thread does.</summary>
internal sealed class FakeRecorder : IRecorder
{
    public List<string> Calls { get; } = [];

    public List<Reading> Kept { get; } = [];

    public List<EventRecord> Events { get; } = [];

    public AppendOutcome Outcome { get; set; }

    public SpoolFill Fill { get; set; }

    /// <summary>What happens elsewhere while the disk takes readings.</summary>
    public Action? During { get; set; }

    public AppendOutcome AppendReadings(ReadOnlySpan<Reading> readings)
    {
        Calls.Add($"readings {readings.Length}");
        Kept.AddRange(readings);
        During?.Invoke();
        return Outcome;
    }

    public AppendOutcome AppendEvent(EventRecord record)
    {
        Calls.Add("event " + record.Kind);
        Events.Add(record);
        return Outcome;
    }

    public AppendOutcome AppendLoss(StreamKind stream, long count, SourceTime first, SourceTime last, string reason)
    {
        Calls.Add($"loss {stream} {count} {reason}");
        return Outcome;
    }

    public AppendOutcome Commit()
    {
        Calls.Add("commit");
        return Outcome;
    }
}
