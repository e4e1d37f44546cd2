using EdgeNode.Core.Model;
using EdgeNode.Core.Ports;
using EdgeNode.Hardware.Gpio;
using EdgeNode.Hardware.Modbus;

namespace EdgeNode.Hardware;

/// <summary>The one place that makes the ports through which a site drives. Nothing is taken before the first drive.</summary>
public static class OutputPorts
{
    /// <summary>The ports of all that a site drives, in the order of the site's own lists.</summary>
    /// <param name="site">The checked site.</param>
    /// <param name="buses">The site's buses, in order: what is driven on Modbus shares its bus with the scans. Null where nothing is driven on a Modbus bus.</param>
    /// <param name="seams">What stands in for the kernel's chips; null outside of a simulation.</param>
    /// <exception cref="ArgumentException">A place that does not fit its bus; a checked site has none.</exception>
    public static DrivenPorts All(Site site, IReadOnlyList<IFieldBus?> buses, IFieldSeams? seams = null)
    {
        ArgumentNullException.ThrowIfNull(site);
        ArgumentNullException.ThrowIfNull(buses);
        var chips = new Dictionary<int, IGpioChip>();
        return new DrivenPorts(
            [.. site.Outputs.Select(o => Create(o.Place))],
            [.. site.Annunciators.Select(a => Create(a.Place))],
            site.Heartbeat is { } heartbeat ? Create(heartbeat.Place) : null);

        IOutputPort Create(OutputPlace place) => (place, site.Buses[place.Bus]) switch
        {
            (LineOutput line, GpioBusOptions gpio) => new GpioOutput(line.Line, Chip(place.Bus, gpio)),
            (RegisterOutput register, _) when buses[place.Bus] is ModbusBus bus && site.Devices[register.Device] is ModbusDeviceOptions device =>
                new RegisterOutputPort(bus, register, device),
            _ => throw new ArgumentException($"Bus {site.Buses[place.Bus].Id} cannot drive {place}.", nameof(site)),
        };

        IGpioChip Chip(int bus, GpioBusOptions options)
        {
            if (!chips.TryGetValue(bus, out var chip))
                chips.Add(bus, chip = seams?.Outputs(options) ?? new CharacterDeviceChip(options.Path));
            return chip;
        }
    }
}
