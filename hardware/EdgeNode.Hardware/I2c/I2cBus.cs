using System.Collections.Frozen;
using EdgeNode.Core.Model;
using EdgeNode.Core.Ports;
using EdgeNode.Hardware.Health;
using EdgeNode.Hardware.Modbus;
using Microsoft.Extensions.Logging;

namespace EdgeNode.Hardware.I2c;

/// <summary>
/// The chips of one I2C bus. A scan begins a measurement and <see cref="Resume"/> ends it, so that the conversion of one chip does not
/// hold up another. The devices of one chip (inputs of a converter) take turns.
/// </summary>
public sealed class I2cBus : IFieldBus
{
    private readonly FrozenDictionary<int, (ChipReader Reader, Seat Seat)> _devices;
    private readonly Seat[] _seats;
    private readonly Counters _counters = new();
    private readonly BusWatch _watch;
    private readonly II2cBus _wire;
    private readonly TimeProvider _time;

    /// <param name="site">The checked site.</param>
    /// <param name="bus">Index into <see cref="Site.Buses"/>; an I2C bus.</param>
    /// <param name="wire">The transfers; disposed of with the bus.</param>
    /// <param name="time">For conversions and rests; the monotonic clock only.</param>
    /// <param name="logger">Chips that come and go.</param>
    public I2cBus(Site site, int bus, II2cBus wire, TimeProvider time, ILogger logger)
    {
        Id = site.Buses[bus].Id;
        (_wire, _time) = (wire, time);
        _watch = new BusWatch(site, bus, time);
        var devices = site.Devices.Index().Where(d => d.Item.Bus == bus && d.Item is not BusHealthOptions).Select(d => (d.Index, Options: (ChipOptions)d.Item)).ToList();
        var seats = devices.Select(d => d.Options.Address).Distinct().ToDictionary(a => a, a => new Seat(new I2cChip(wire, a, _counters)));
        _seats = [.. seats.Values];
        _devices = devices.ToFrozenDictionary(
            d => d.Index,
            d => (new ChipReader(d.Options, seats[d.Options.Address].Chip, Id, wire, time, logger), seats[d.Options.Address]));
    }

    /// <inheritdoc/>
    public string Id { get; }

    /// <inheritdoc/>
    public BusHealth Health => _counters.Read() with { Resets = _devices.Values.Sum(d => d.Reader.Resets) };

    /// <inheritdoc/>
    public TimeSpan? Pending => _seats.Min(s => s.Now?.Due);

    /// <inheritdoc/>
    public void Scan(int device, List<RawSample> samples, CancellationToken stop)
    {
        if (_watch.Find(device) is { } watcher)
        {
            watcher.Scan(Health, samples);
            return;
        }

        if (!_devices.TryGetValue(device, out var its))
            throw new ArgumentException($"Device {device} is not on bus {Id}.", nameof(device));

        // What is still under way from the scan before gives the next sample of this one too.
        if (its.Reader.Busy)
            return;
        its.Reader.Ask();
        if (its.Seat.Now is not null)
            its.Seat.Waiting.Enqueue(its.Reader);
        else
            Run(its.Seat, its.Reader, samples);
    }

    /// <inheritdoc/>
    public void Resume(List<RawSample> samples, CancellationToken stop)
    {
        var now = _time.Monotonic();
        foreach (var seat in _seats)
        {
            if (stop.IsCancellationRequested)
                return;
            if (seat.Now is { } reader && reader.Due <= now)
                Run(seat, reader, samples);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _wire.Dispose();

    private void Run(Seat seat, ChipReader reader, List<RawSample> samples)
    {
        var before = _time.Monotonic();
        seat.Now = reader;
        while (seat.Now is { } present && present.Step(samples))
            seat.Now = seat.Waiting.TryDequeue(out var next) ? next : null;
        _counters.LinkUp = seat.Chip.Outcome != I2cResult.NoBus;
        _counters.Busy(_time.Monotonic() - before);
    }

    /// <summary>A chip, the device that measures with it now, and those that wait for it.</summary>
    private sealed class Seat(I2cChip chip)
    {
        public I2cChip Chip => chip;

        public ChipReader? Now { get; set; }

        public Queue<ChipReader> Waiting { get; } = new();
    }
}
