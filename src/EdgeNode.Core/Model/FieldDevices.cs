using System.Collections.Immutable;

namespace EdgeNode.Core.Model;

/// <summary>Lines of a GPIO chip.</summary>
/// <param name="Id">The bus's name in the site file.</param>
/// <param name="Path">The chip's character device, such as /dev/gpiochip0.</param>
public sealed record GpioBusOptions(string Id, string Path) : BusOptions(Id);

/// <summary>An I2C bus of the kernel.</summary>
/// <param name="Id">The bus's name in the site file.</param>
/// <param name="Number">N of /dev/i2c-N.</param>
public sealed record I2cBusOptions(string Id, int Number) : BusOptions(Id);

/// <summary>What the kernel's own drivers measure: IIO, hwmon, or any file with a number in it.</summary>
/// <param name="Id">The bus's name in the site file.</param>
/// <param name="Root">Where sysfs is mounted; /sys.</param>
public sealed record SysfsBusOptions(string Id, string Root) : BusOptions(Id);

/// <summary>Resistor inside the GPIO chip.</summary>
public enum LinePull
{
    /// <summary>As the board has it.</summary>
    AsIs,

    /// <summary>Up to the supply.</summary>
    Up,

    /// <summary>Down to ground.</summary>
    Down,

    /// <summary>None.</summary>
    Off,
}

/// <summary>A line of a GPIO chip.</summary>
/// <param name="Number">Offset on the chip; -1 when the line is given by its name.</param>
/// <param name="Name">The name that device tree or firmware gave it; null when it is given by its number.</param>
/// <param name="ActiveLow">The line is active while its level is low.</param>
/// <param name="Pull">Resistor inside the chip.</param>
/// <param name="Debounce">Shorter changes are none; 0 for none of it.</param>
public sealed record LineOptions(int Number, string? Name, bool ActiveLow, LinePull Pull, TimeSpan Debounce)
{
    /// <summary>Under this name the kernel lists the lines that EdgeNode has taken.</summary>
    public const string Consumer = "edgenode";

    /// <summary>As the site file names it.</summary>
    public string Shown => Name ?? Number.ToString(System.Globalization.CultureInfo.InvariantCulture);
}

/// <summary>A meter that closes a contact for each amount that has passed. One raw unit is one pulse.</summary>
/// <param name="Line">Where it is wired.</param>
/// <param name="RatePoint">Index of the point for the rate; its raw value is pulses a second.</param>
/// <param name="TotalPoint">Index of the point for the total; its raw value is pulses.</param>
/// <param name="ZeroAfter">Without a pulse for this long the rate is 0.</param>
/// <param name="RollOver">The total begins at 0 again after this many pulses; 0 for never.</param>
public sealed record PulseMeterOptions(
    string Id, int Bus, TimeSpan Every, LineOptions Line, int RatePoint, int TotalPoint, TimeSpan ZeroAfter, long RollOver) : DeviceOptions(Id, Bus, Every);

/// <summary>A contact. The raw value is 1 while the line is active, else 0.</summary>
/// <param name="Line">Where it is wired.</param>
/// <param name="Point">Index into <see cref="Site.Points"/>.</param>
public sealed record SwitchOptions(string Id, int Bus, TimeSpan Every, LineOptions Line, int Point) : DeviceOptions(Id, Bus, Every);

/// <summary>A chip on an I2C bus, or one channel of it.</summary>
/// <param name="Driver">Name in <c>DriverTable</c>.</param>
/// <param name="Address">7-bit address.</param>
/// <param name="Points">Index of the point of each of the driver's quantities, in the table's order.</param>
/// <param name="Settings">What the driver needs to know of the wiring.</param>
public sealed record ChipOptions(
    string Id, int Bus, TimeSpan Every, string Driver, int Address, ImmutableArray<int> Points, ChipSettings Settings) : DeviceOptions(Id, Bus, Every);

/// <summary>Wiring of a chip. What a driver does not know stays at its default.</summary>
/// <param name="Channel">Input of a chip that has several, from 0.</param>
/// <param name="ShuntOhms">Resistor through which the current flows, Ohm.</param>
/// <param name="FullScale">Largest input voltage that the gain allows, V.</param>
/// <param name="Excitation">Supply of a bridge, V.</param>
/// <param name="Gain">Amplification of a bridge's signal.</param>
public sealed record ChipSettings(int Channel = 0, double ShuntOhms = 0, double FullScale = 0, double Excitation = 0, int Gain = 0);

/// <summary>What publishes a value in sysfs.</summary>
public enum SysfsClass
{
    /// <summary>Industrial I/O, /sys/bus/iio/devices.</summary>
    Iio,

    /// <summary>Hardware monitoring, /sys/class/hwmon.</summary>
    Hwmon,

    /// <summary>A file by its path.</summary>
    File,
}

/// <summary>A sensor that the kernel drives.</summary>
/// <param name="Class">How it publishes.</param>
/// <param name="Name">The driver's name for it, such as bmp280; null for files.</param>
/// <param name="At">The device under it, such as 1-0076, where several have the same name; else null.</param>
/// <param name="Channels">What to read.</param>
public sealed record SysfsDeviceOptions(
    string Id, int Bus, TimeSpan Every, SysfsClass Class, string? Name, string? At, ImmutableArray<SysfsChannel> Channels) : DeviceOptions(Id, Bus, Every);

/// <summary>One quantity of a sensor that the kernel drives.</summary>
/// <param name="Point">Index into <see cref="Site.Points"/>.</param>
/// <param name="Channel">The kernel's name, such as pressure or temp1; for a file its path below the root.</param>
public sealed record SysfsChannel(int Point, string Channel);

/// <summary>A quantity that a built-in device gives under a name of its own, and the point that takes it.</summary>
/// <param name="Quantity">Name in <c>DriverTable</c>.</param>
/// <param name="Point">Index into <see cref="Site.Points"/>.</param>
public sealed record QuantityPoint(string Quantity, int Point);

/// <summary>What a bus has done and suffered, as points. It is read from counters: nothing goes out on the bus for it.</summary>
/// <param name="Values">Which of it.</param>
public sealed record BusHealthOptions(string Id, int Bus, TimeSpan Every, ImmutableArray<QuantityPoint> Values) : DeviceOptions(Id, Bus, Every);

/// <summary>What the node's own board knows of the cabinet: supply, battery, temperature, disk, clock.</summary>
/// <param name="Values">Which of it.</param>
public sealed record CabinetOptions(string Id, int Bus, TimeSpan Every, ImmutableArray<QuantityPoint> Values) : DeviceOptions(Id, Bus, Every);
