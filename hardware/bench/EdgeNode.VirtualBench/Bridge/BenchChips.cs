using EdgeNode.Simulation.I2c;

namespace EdgeNode.VirtualBench.Bridge;

/// <summary>The chips behind the bridge, each with the example of its datasheet; what they must read is in <see cref="Cases.ChipCases"/>.</summary>
internal static class BenchChips
{
    public static ISimulatedChip[] All(TimeProvider time)
    {
        // 12 mA through 100 Ohm.
        var converter = new Ads1115Chip(time);
        converter.SetInput(1, 1.2);
        return
        [
            // 10 A through 2 mOhm at 11.98 V: SBOS547B, section 7.5.2, and SBOS448G, section 8.5.4.
            new Ina226Chip(time, 0x40) { ShuntVolts = 20e-3, BusVolts = 11.98 },
            new Ina219Chip(time, 0x41) { ShuntVolts = 20e-3, BusVolts = 11.98 },
            converter,
            new Nau7802Chip(time) { MillivoltPerVolt = 1.953125 },
            new Bmx280Chip(time), // the example of its datasheet by itself
        ];
    }
}
