using System.Collections.Immutable;

namespace EdgeNode.Core.Validate;

/// <summary>Which kind of bus a driver is for.</summary>
public enum DriverBus
{
    /// <summary>Lines of a GPIO chip.</summary>
    Gpio,

    /// <summary>An I2C bus.</summary>
    I2c,

    /// <summary>What the kernel measures itself.</summary>
    Sysfs,

    /// <summary>Every kind of bus, Modbus too.</summary>
    Any,
}

/// <summary>What a site file may say of a device that a built-in driver reads.</summary>
/// <param name="Name">As <c>profile</c> has it.</param>
/// <param name="Bus">The kind of its bus.</param>
/// <param name="Quantities">Its points and their units, in the order in which the driver gives them; empty where the site file decides.</param>
/// <param name="Required">Keys of the device that it needs.</param>
/// <param name="Optional">Keys of the device that it may have.</param>
/// <param name="LeastEvery">Shortest period: one measurement takes so long.</param>
/// <param name="FirstAddress">Lowest 7-bit address that the chip can be strapped to.</param>
/// <param name="LastAddress">Highest one.</param>
public sealed record Driver(
    string Name, DriverBus Bus, ImmutableArray<(string Name, string Unit)> Quantities, ImmutableArray<string> Required, ImmutableArray<string> Optional,
    TimeSpan LeastEvery, int FirstAddress = 0, int LastAddress = 0)
{
    /// <summary>Those of its quantities that are read only where the site file names them: most boards do not have them.</summary>
    public ImmutableArray<string> OnRequest { get; init; } = [];
}

/// <summary>The built-in drivers: each is a name, a list of quantities, and the keys that it takes. What reads them stands in the hardware's catalogs.</summary>
public static class DriverTable
{
    private static readonly ImmutableArray<(string, string)> Power = [("voltage", "V"), ("current", "A"), ("power", "W")];

    /// <summary>All drivers.</summary>
    public static ImmutableArray<Driver> All { get; } =
    [
        new("pulse-meter", DriverBus.Gpio, [], ["line", "pulse"], ["zero-after", "roll-over", "active", "pull", "debounce"], Ms(10)),
        new("switch", DriverBus.Gpio, [("state", "1")], ["line"], ["active", "pull", "debounce"], Ms(10)),

        // Addresses and periods by the datasheets that the drivers name.
        new("ina219", DriverBus.I2c, Power, ["address", "shunt"], [], Ms(30), 0x40, 0x4F),
        new("ina226", DriverBus.I2c, Power, ["address", "shunt"], [], Ms(50), 0x40, 0x4F),
        new("ads1115-4-20ma", DriverBus.I2c, [], ["address", "channel", "shunt", "span"], ["full-scale", "supply"], Ms(20), 0x48, 0x4B),
        new("ads1115-bridge", DriverBus.I2c, [("signal", "mV/V")], ["address", "channel", "excitation"], ["full-scale"], Ms(50), 0x48, 0x4B),
        new("nau7802", DriverBus.I2c, [("signal", "mV/V")], ["address"], ["channel", "gain"], Ms(200), 0x2A, 0x2A),
        new("bmp280", DriverBus.I2c, [("pressure", "hPa"), ("temperature", "Cel")], ["address"], [], Ms(50), 0x76, 0x77),
        new("bme280", DriverBus.I2c, [("pressure", "hPa"), ("temperature", "Cel"), ("humidity", "%")], ["address"], [], Ms(50), 0x76, 0x77),

        new("iio", DriverBus.Sysfs, [], ["name", "channels"], ["at"], Ms(10)),
        new("hwmon", DriverBus.Sysfs, [], ["name", "channels"], ["at"], Ms(10)),
        new("sysfs-file", DriverBus.Sysfs, [], ["channels"], [], Ms(10)),
        new("cabinet", DriverBus.Sysfs,
            [
                ("temperature", "Cel"), ("disk-free", "%"), ("synchronised", "1"), ("clock-offset", "s"), ("clock-error", "s"), ("mains", "1"), ("battery", "%"),
                ("battery-voltage", "V"), ("undervoltage", "1"), ("throttled", "1"), ("disk-wear", "%"),
            ],
            [], ["quantities"], Ms(100))
        {
            OnRequest = ["mains", "battery", "battery-voltage", "undervoltage", "throttled", "disk-wear"],
        },

        // Which of them a bus has depends on its kind.
        new("bus-health", DriverBus.Any, BusQuantities.All, [], ["quantities"], Ms(10)),
    ];

    /// <summary>A driver by its name; null when there is none.</summary>
    public static Driver? Find(string name)
    {
        foreach (var driver in All)
        {
            if (driver.Name == name)
            {
                return driver;
            }
        }

        return null;
    }

    private static TimeSpan Ms(int milliseconds) => TimeSpan.FromMilliseconds(milliseconds);
}
