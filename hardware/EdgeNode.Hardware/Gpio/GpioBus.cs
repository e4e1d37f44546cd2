using System.Collections.Frozen;
using EdgeNode.Core.Model;
using EdgeNode.Core.Ports;
using EdgeNode.Hardware.Health;
using EdgeNode.Hardware.Modbus;
using Microsoft.Extensions.Logging;

namespace EdgeNode.Hardware.Gpio;

/// <summary>The lines of one GPIO chip: pulse meters on the kernel's numbered edges, contacts by their levels.</summary>
public sealed class GpioBus : IFieldBus
{
    private readonly FrozenDictionary<int, ILineDevice> _devices;
    private readonly Counters _counters = new();
    private readonly BusWatch _watch;
    private readonly TimeProvider _time;
    private readonly IGpioLines _lines;
    private readonly IGpioChip _chip;
    private readonly GpioBusOptions _options;

    /// <param name="site">The checked site.</param>
    /// <param name="bus">Index into <see cref="Site.Buses"/>; a GPIO bus.</param>
    /// <param name="lines">Levels of the chip's lines; disposed of with the bus.</param>
    /// <param name="chip">Edges and names of the chip's lines; disposed of with the bus.</param>
    /// <param name="totals">Where totals survive a restart.</param>
    /// <param name="time">For debouncing and rates; the monotonic clock only.</param>
    /// <param name="logger">Lines that come and go.</param>
    public GpioBus(Site site, int bus, IGpioLines lines, IGpioChip chip, ITotals totals, TimeProvider time, ILogger logger)
    {
        _options = (GpioBusOptions)site.Buses[bus];
        (_lines, _chip, _time) = (lines, chip, time);
        _watch = new BusWatch(site, bus, time);
        _devices = site.Devices.Index().Where(d => d.Item.Bus == bus && d.Item is not BusHealthOptions).ToFrozenDictionary(
            d => d.Index,
            d => d.Item switch
            {
                PulseMeterOptions meter => new PulseMeter(meter, site.Points[meter.TotalPoint].Name, chip, totals, time, State(meter.Id, meter.Line)),
                SwitchOptions contact => (ILineDevice)new SwitchInput(contact, lines, time, State(contact.Id, contact.Line)),
                var other => throw new ArgumentException($"{other.Id} is no device of a GPIO chip.", nameof(site)),
            });

        LineState State(string device, LineOptions line) => new(device, line, _options.Path, chip, _counters, logger);
    }

    /// <inheritdoc/>
    public string Id => _options.Id;

    /// <inheritdoc/>
    public BusHealth Health => _counters.Read() with { LostEdges = _devices.Values.Sum(d => d.LostEdges) };

    /// <inheritdoc/>
    public TimeSpan? Pending => _devices.Values.Min(d => d.Pending);

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
        var before = _time.Monotonic();
        its.Scan(samples);
        _counters.Busy(_time.Monotonic() - before);
    }

    /// <inheritdoc/>
    public void Resume(List<RawSample> samples, CancellationToken stop)
    {
        var before = _time.Monotonic();
        foreach (var device in _devices.Values)
            device.Resume(samples);
        _counters.Busy(_time.Monotonic() - before);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var device in _devices.Values)
            device.Dispose();
        _lines.Dispose();
        _chip.Dispose();
    }
}
