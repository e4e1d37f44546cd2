using EdgeNode.Core.Model;

namespace EdgeNode.Hardware.I2c;

/// <summary>The drivers by the names that a site file uses; their quantities and keys stand in Core's <c>DriverTable</c>.</summary>
internal static class ChipCatalog
{
    /// <exception cref="ArgumentException">There is no driver of that name.</exception>
    public static ChipDriver Make(ChipOptions options, I2cChip chip) => options.Driver switch
    {
        "ina219" => new Ina219(chip, options.Settings),
        "ina226" => new Ina226(chip, options.Settings),
        "ads1115-4-20ma" => Ads1115.Current(chip, options.Settings),
        "ads1115-bridge" => Ads1115.Bridge(chip, options.Settings),
        "nau7802" => new Nau7802(chip, options.Settings),
        "bmp280" => new Bmp280(chip),
        "bme280" => new Bme280(chip),
        _ => throw new ArgumentException($"{options.Id}: there is no driver {options.Driver}.", nameof(options)),
    };
}
