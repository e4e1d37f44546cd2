using EdgeNode.Core.Model;

namespace EdgeNode.Hardware.I2c;

/// <summary>
/// Texas Instruments INA226, voltage, current and power (datasheet SBOS547B). Gives V, A, W.
/// As with the INA219 the current is computed here, and the calibration register stays unused.
/// </summary>
internal sealed class Ina226(I2cChip chip, ChipSettings settings) : ChipDriver(chip)
{
    private const byte ConfigurationRegister = 0x00;
    private const byte ShuntRegister = 0x01;
    private const byte BusRegister = 0x02;
    private const byte MaskRegister = 0x06;
    private const byte ManufacturerRegister = 0xFE;
    private const ushort Manufacturer = 0x5449; // "TI"

    // Section 7.6.1: 16 averages of 1.1 ms each, shunt and bus triggered. The reset value is 0x4127.
    private const ushort Configuration = 0x4523;
    private const double ConversionMs = 36; // 16 x 2 x 1.1 ms
    private const double ShuntStep = 2.5e-6; // V, section 7.6.2
    private const double BusStep = 1.25e-3; // V, section 7.6.3

    public override int Count => 3;

    protected override ChipStep Configure(int round)
    {
        if (Chip.Read16(ManufacturerRegister) != Manufacturer)
            return ChipStep.Other;
        Chip.Write16(ConfigurationRegister, Configuration);
        return ChipStep.Done;
    }

    protected override bool HoldsConfiguration() => Chip.Read16(ConfigurationRegister) == Configuration;

    protected override ChipStep Start()
    {
        Chip.Write16(ConfigurationRegister, Configuration);
        return ChipStep.Wait(ConversionMs);
    }

    protected override ChipStep Finish(Span<ChipValue> values)
    {
        if ((Chip.Read16(MaskRegister) & 8) == 0) // CVRF, conversion ready, section 7.6.7
            return ChipStep.Wait(2);
        PowerValues.Fill(values, Chip.Read16(BusRegister) * BusStep, (short)Chip.Read16(ShuntRegister), ShuntStep, short.MaxValue, settings.ShuntOhms);
        return ChipStep.Done;
    }
}
