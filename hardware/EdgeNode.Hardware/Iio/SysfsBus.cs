using System.Collections.Frozen;
using EdgeNode.Core.Model;
using EdgeNode.Core.Ports;
using EdgeNode.Hardware.Modbus;
using Microsoft.Extensions.Logging;

namespace EdgeNode.Hardware.Iio;

/// <summary>
/// Sensors that the kernel drives: IIO, hwmon, single files. A read waits as long as the kernel's driver measures; two sysfs buses in a
/// site file have a thread each.
/// </summary>
public sealed class SysfsBus : IFieldBus
{
    private readonly FrozenDictionary<int, SysfsDevice> _devices;
    private readonly Counters _counters = new();

    /// <param name="site">The checked site.</param>
    /// <param name="bus">Index into <see cref="Site.Buses"/>; a sysfs bus.</param>
    /// <param name="time">For stamps; the monotonic clock only.</param>
    /// <param name="logger">Channels that come and go.</param>
    public SysfsBus(Site site, int bus, TimeProvider time, ILogger logger)
    {
        var options = (SysfsBusOptions)site.Buses[bus];
        Id = options.Id;
        _devices = site.Devices.Index().Where(d => d.Item.Bus == bus).ToFrozenDictionary(
            d => d.Index, d => new SysfsDevice((SysfsDeviceOptions)d.Item, options.Root, time, _counters, logger));
    }

    /// <inheritdoc/>
    public string Id { get; }

    /// <inheritdoc/>
    public BusHealth Health => _counters.Read();

    /// <inheritdoc/>
    public void Scan(int device, List<RawSample> samples, CancellationToken stop)
    {
        if (!_devices.TryGetValue(device, out var its))
            throw new ArgumentException($"Device {device} is not on bus {Id}.", nameof(device));
        its.Scan(samples, stop);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }
}
