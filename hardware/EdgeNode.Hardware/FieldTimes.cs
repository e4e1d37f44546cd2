using System.Collections.Immutable;
using EdgeNode.Core.Model;
using EdgeNode.Hardware.I2c;
using EdgeNode.Hardware.Modbus;

namespace EdgeNode.Hardware;

/// <summary>What the buses of a site make of each device's scans and writes, by the rules of their owners.</summary>
public static class FieldTimes
{
    /// <summary>In the order of <see cref="Site.Devices"/>.</summary>
    /// <param name="site">The checked site.</param>
    /// <exception cref="ArgumentException">As of <see cref="ModbusBus.Create"/>.</exception>
    public static ImmutableArray<DeviceTimes> Of(Site site)
    {
        ArgumentNullException.ThrowIfNull(site);
        var times = new DeviceTimes[site.Devices.Length];
        for (var bus = 0; bus < site.Buses.Length; bus++)
        {
            ModbusLoad.Of(site, bus, ModbusLoad.UsualTurnAround)?.Put(times);
            ChipLoad.Put(site, bus, times);
        }

        return [.. times];
    }
}
