using EdgeNode.Core.Model;

namespace EdgeNode.Hardware.I2c;

/// <summary>
/// Texas Instruments INA219, voltage, current and power (datasheet SBOS448G). Gives V, A, W.
/// The current is computed of the shunt's voltage and its resistance here; the chip's own calibration register stays unused, so that there
/// is nothing in it to lose.
/// </summary>
internal sealed class Ina219(I2cChip chip, ChipSettings settings) : ChipDriver(chip)
{
    private const byte ConfigurationRegister = 0x00;
    private const byte ShuntRegister = 0x01;
    private const byte BusRegister = 0x02;

    // Section 8.6.2.1: 32 V range, gain /8 (320 mV), 16 samples each (8.51 ms), shunt and bus triggered. The reset value is 0x399F.
    private const ushort Configuration = 0x3E63;
    private const double ConversionMs = 18; // 2 x 8.51 ms, table 5
    private const double ShuntStep = 10e-6; // V, section 8.6.3.1
    private const double BusStep = 4e-3; // V, section 8.6.3.2
    private const short ShuntLimit = 32000; // 320 mV

    public override int Count => 3;

    protected override ChipStep Configure(int round)
    {
        Chip.Write16(ConfigurationRegister, Configuration);
        return Chip.Read16(ConfigurationRegister) == Configuration ? ChipStep.Done : ChipStep.Other;
    }

    protected override bool HoldsConfiguration() => Chip.Read16(ConfigurationRegister) == Configuration;

    protected override ChipStep Start()
    {
        Chip.Write16(ConfigurationRegister, Configuration);
        return ChipStep.Wait(ConversionMs);
    }

    protected override ChipStep Finish(Span<ChipValue> values)
    {
        var bus = Chip.Read16(BusRegister);
        if ((bus & 2) == 0) // CNVR, conversion ready
            return ChipStep.Wait(1);
        PowerValues.Fill(values, (bus >> 3) * BusStep, (short)Chip.Read16(ShuntRegister), ShuntStep, ShuntLimit, settings.ShuntOhms);
        return ChipStep.Done;
    }
}
