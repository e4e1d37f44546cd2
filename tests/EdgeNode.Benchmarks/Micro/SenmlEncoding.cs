using BenchmarkDotNet.Attributes;
using EdgeNode.Core.Model;
using EdgeNode.Core.Ports;
using EdgeNode.Uplink.Payload;

namespace EdgeNode.Benchmarks.Micro;

/// <summary>One telemetry message of 200 readings as SenML JSON.</summary>
public class SenmlEncoding : IDisposable
{
    private const int MaxBytes = 64 * 1024;

    private readonly ReadingBatch _batch = new() { Epoch = new Epoch(0x445c73ffd313d965, 1), FirstSeq = 1_000_000 };
    private readonly SenmlEncoder _encoder = new("en-bench");
    private readonly PayloadBuffer _payload = new();

    [GlobalSetup]
    public void Fill()
    {
        var site = BenchSite.Load();
        _batch.Readings.AddRange(site.Points.Select((p, i) => new SpooledReading(
            new SpooledPoint(p.Name, p.Unit.Symbol, p.Simulated), i / 7.0, Quality.Good, new SourceTime(1_800_000_000_000_000 + i, ClockQuality.Synchronised))));
        if (_batch.Readings.Count != 200 || Encode200() != 200)
        {
            throw new InvalidOperationException("The message does not hold all of the readings.");
        }
    }

    [Benchmark]
    public int Encode200() => _encoder.Encode(_batch, live: true, MaxBytes, _payload);

    [GlobalCleanup]
    public void Dispose() => _encoder.Dispose();
}
