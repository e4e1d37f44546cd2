using System.Collections.Frozen;
using EdgeNode.Core.Model;
using EdgeNode.Core.Ports;
using EdgeNode.Hardware.Health;
using EdgeNode.Hardware.Modbus;
using Microsoft.Extensions.Logging;

namespace EdgeNode.Hardware.Iio;

/// <summary>
/// Sensors that the kernel drives: IIO, hwmon, single files. A read waits as long as the kernel's driver measures; two sysfs buses in a
/// site file have a thread each.
/// </summary>
public sealed class SysfsBus : IFieldBus
{
    private readonly FrozenDictionary<int, ISysfsDevice> _devices;
    private readonly Counters _counters = new();
    private readonly BusWatch _watch;
    private readonly TimeProvider _time;

    /// <param name="site">The checked site.</param>
    /// <param name="bus">Index into <see cref="Site.Buses"/>; a sysfs bus.</param>
    /// <param name="data">Directory of all that the node keeps: its disk is the cabinet's.</param>
    /// <param name="time">For stamps; the monotonic clock only.</param>
    /// <param name="logger">Channels that come and go.</param>
    public SysfsBus(Site site, int bus, string data, TimeProvider time, ILogger logger)
    {
        var options = (SysfsBusOptions)site.Buses[bus];
        Id = options.Id;
        _time = time;
        _watch = new BusWatch(site, bus, time);
        _devices = site.Devices.Index().Where(d => d.Item.Bus == bus && d.Item is not BusHealthOptions).ToFrozenDictionary(
            d => d.Index,
            d => d.Item switch
            {
                CabinetOptions cabinet => new CabinetDevice(cabinet, options.Root, data, time, _counters, logger),
                var other => (ISysfsDevice)new SysfsDevice((SysfsDeviceOptions)other, options.Root, time, _counters, logger),
            });
    }

    /// <inheritdoc/>
    public string Id { get; }

    /// <inheritdoc/>
    public BusHealth Health => _counters.Read();

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
        its.Scan(samples, stop);
        _counters.Busy(_time.Monotonic() - before);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }
}
