using EdgeNode.Core.Model;
using EdgeNode.Core.Ports;
using EdgeNode.Hardware.Gpio;
using EdgeNode.Hardware.I2c;
using EdgeNode.Hardware.Iio;
using EdgeNode.Hardware.Modbus;
using Microsoft.Extensions.Logging;

namespace EdgeNode.Hardware;

/// <summary>The one place that makes a bus of a site file's options. Nothing is opened before the first scan.</summary>
public static class FieldBuses
{
    /// <summary>A bus for each of a site's, in order.</summary>
    public static IFieldBus[] All(Site site, string data, ITotals totals, TimeProvider time, ILogger logger) =>
        [.. site.Buses.Select((_, i) => Create(site, i, data, totals, time, logger))];

    /// <summary>The bus of a site file.</summary>
    /// <param name="site">The checked site.</param>
    /// <param name="bus">Index into <see cref="Site.Buses"/>.</param>
    /// <param name="data">Directory of all that the node keeps: its disk is the cabinet's.</param>
    /// <param name="totals">Where totals survive a restart.</param>
    /// <param name="time">For delays and deadlines; the monotonic clock only.</param>
    /// <param name="logger">Changes of state of links and devices.</param>
    /// <exception cref="ArgumentException">Options that contradict each other; a checked site has none.</exception>
    public static IFieldBus Create(Site site, int bus, string data, ITotals totals, TimeProvider time, ILogger logger) => site.Buses[bus] switch
    {
        GpioBusOptions gpio => new GpioBus(site, bus, new DeviceGpioLines(gpio.Path), new CharacterDeviceChip(gpio.Path), totals, time, logger),
        I2cBusOptions i2c => new I2cBus(site, bus, new DeviceI2cBus(i2c.Number), time, logger),
        SysfsBusOptions => new SysfsBus(site, bus, data, time, logger),
        _ => ModbusBus.Create(site, bus, time, logger),
    };
}
