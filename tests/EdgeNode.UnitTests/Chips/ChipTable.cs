using EdgeNode.Core.Model;
using EdgeNode.Simulation.I2c;

namespace EdgeNode.UnitTests.Chips;

/// <summary>
/// What each driver must make of the example of its chip's datasheet. Whoever adds a driver adds a row, and the contract of
/// <see cref="ChipContractTests"/> holds for it.
/// </summary>
internal static class ChipTable
{
    public sealed record Row(string Driver, int Address, ChipSettings Settings, Func<TimeProvider, ISimulatedChip> Chip, double[] Expected, double[] Within);

    public static IReadOnlyList<Row> Rows { get; } =
    [
        // SBOS448G, section 8.5.4 and figure 27: 10 A through 2 mOhm at 11.98 V give 20 mV and 119.8 W.
        new("ina219", 0x40, new ChipSettings(ShuntOhms: 2e-3), t => new Ina219Chip(t) { ShuntVolts = 20e-3, BusVolts = 11.98 }, [11.98, 10, 119.8], [2e-3, 1e-9, 0.02]),

        // SBOS547B, section 7.5.2 and table 6-7: 10 A through 2 mOhm at 11.98 V; bus 1.25 mV a digit.
        new("ina226", 0x40, new ChipSettings(ShuntOhms: 2e-3), t => new Ina226Chip(t) { ShuntVolts = 20e-3, BusVolts = 11.98 }, [11.98, 10, 119.8], [1e-3, 1e-9, 0.01]),

        // SBAS444D, section 9.5.4: the code is volts over full scale; 12 mA through 100 Ohm are 1.2 V, 9600 digits of 125 uV at 4.096 V.
        new("ads1115-4-20ma", 0x48, new ChipSettings(1, 100, 4.096), t => WithInput(new Ads1115Chip(t), 1, 1.2), [12], [1e-9]),

        // The same table at 0.256 V: 7.8125 uV a digit; 2 mV/V of 3.3 V are 6.6 mV.
        new("ads1115-bridge", 0x48, new ChipSettings(0, FullScale: 0.256, Excitation: 3.3), t => WithInput(WithInput(new Ads1115Chip(t), 0, 1.6566), 1, 1.65), [2], [2e-3]),

        // Revision 1.7, section 7.2: full scale is half of the reference over the gain.
        new("nau7802", 0x2A, new ChipSettings(Gain: 128), t => new Nau7802Chip(t) { MillivoltPerVolt = 1.953125 }, [1.953125], [1e-6]),

        // BST-BMP280-DS001, section 3.12: 25.08 degrees and 100653.27 Pa.
        new("bmp280", 0x76, new ChipSettings(), t => new Bmx280Chip(t), [1006.5327, 25.08], [0.0002, 0.005]),

        // BST-BME280-DS002 has no example; trimming values of a real chip, humidity by the integer formula of section 4.2.3: 62.3 %.
        new("bme280", 0x77, new ChipSettings(), Humid, [1006.5327, 25.08, BmeHumidity.ByIntegers(75, 362, 0, 313, 50, 30, 0x6E00, 128422) / 1024.0], [0.0002, 0.005, 0.02]),
    ];

    public static Row Of(string driver) => Rows.Single(r => r.Driver == driver);

    private static Ads1115Chip WithInput(Ads1115Chip chip, int input, double volts)
    {
        chip.SetInput(input, volts);
        return chip;
    }

    private static Bmx280Chip Humid(TimeProvider time)
    {
        var chip = new Bmx280Chip(time, 0x77, humid: true);
        chip.SetHumidityTrim(75, 362, 0, 313, 50, 30);
        return chip;
    }
}
