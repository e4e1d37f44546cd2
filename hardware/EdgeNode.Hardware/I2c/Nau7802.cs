using EdgeNode.Core.Model;

namespace EdgeNode.Hardware.I2c;

/// <summary>
/// Nuvoton NAU7802, 24-bit converter for bridges (datasheet revision 1.7). Gives mV/V: the bridge hangs on the chip's own regulator, which
/// is its reference too, so its voltage cancels out. The chip converts ten times a second by itself; a measurement takes the last one.
/// </summary>
internal sealed class Nau7802(I2cChip chip, ChipSettings settings) : ChipDriver(chip)
{
    private const byte PowerRegister = 0x00;
    private const byte Control1Register = 0x01;
    private const byte Control2Register = 0x02;
    private const byte ResultRegister = 0x12;
    private const byte AdcRegister = 0x15;
    private const byte PowerControlRegister = 0x1C;
    private const byte RevisionRegister = 0x1F;

    // Section 11.1, register PU_CTRL.
    private const byte Reset = 0x01;
    private const byte DigitalUp = 0x02;
    private const byte AnalogUp = 0x04;
    private const byte PoweredUp = 0x08;
    private const byte Converting = 0x10;
    private const byte Ready = 0x20;
    private const byte Regulator = 0x80;
    private const byte Running = Regulator | Converting | AnalogUp | DigitalUp;
    private const byte RunningMask = 0xFF & ~(Ready | PoweredUp);

    private const byte Calibrate = 0x04; // CTRL2.CALS
    private const byte CalibrationFailed = 0x08; // CTRL2.CAL_ERR
    private const byte RegulatorAt3V = 5 << 3; // CTRL1.VLDO
    private const double AnalogWakeUpMs = 600; // section 7.2, exit from power-down
    private const int SettlingRounds = 60; // six conversions of 100 ms after a change, in looks of 10 ms

    private readonly byte _control1 = (byte)(RegulatorAt3V | int.Log2(settings.Gain));
    private readonly byte _control2 = (byte)(settings.Channel << 7);
    private bool _calibrated;
    private int _calibratedAt;

    public override int Count => 1;

    protected override ChipStep Configure(int round)
    {
        switch (round)
        {
            case 0:
                _calibrated = false;
                if ((Chip.Read8(RevisionRegister) & 0x0F) != 0x0F)
                    return ChipStep.Other;
                Chip.Write8(PowerRegister, Reset);
                Chip.Write8(PowerRegister, DigitalUp);
                return ChipStep.Wait(1);
            case 1 when (Chip.Read8(PowerRegister) & PoweredUp) == 0:
                return ChipStep.Failed;
            case 1:
                Chip.Write8(PowerRegister, Regulator | AnalogUp | DigitalUp);
                Chip.Write8(Control1Register, _control1);
                Chip.Write8(Control2Register, _control2);
                Chip.Write8(AdcRegister, 0x30); // chopper clock off, section 9.1

                // The amplifier's capacitor hangs on the second pair of inputs, section 9.1: only where that is no input itself.
                Chip.Write8(PowerControlRegister, (byte)(settings.Channel == 0 ? 0x80 : 0));
                return ChipStep.Wait(AnalogWakeUpMs);
            case 2:
                Chip.Write8(Control2Register, (byte)(_control2 | Calibrate)); // offset of the chip itself, section 8.6
                return ChipStep.Wait(10);
        }

        if (!_calibrated)
        {
            var control = Chip.Read8(Control2Register);
            if ((control & Calibrate) != 0)
                return ChipStep.Wait(10);
            if ((control & CalibrationFailed) != 0)
                return ChipStep.Failed;
            Chip.Write8(PowerRegister, Running);
            (_calibrated, _calibratedAt) = (true, round);
        }

        return round - _calibratedAt < SettlingRounds ? ChipStep.Wait(10) : ChipStep.Done;
    }

    protected override bool HoldsConfiguration() =>
        (Chip.Read8(PowerRegister) & RunningMask) == Running && Chip.Read8(Control1Register) == _control1;

    protected override ChipStep Start() => ChipStep.Done;

    protected override ChipStep Finish(Span<ChipValue> values)
    {
        if ((Chip.Read8(PowerRegister) & Ready) == 0)
            return ChipStep.Wait(10);
        Span<byte> bytes = stackalloc byte[3];
        Chip.Read(ResultRegister, bytes);
        var code = ((bytes[0] << 24) | (bytes[1] << 16) | (bytes[2] << 8)) >> 8;

        // Full scale is half of the reference over the gain, section 7.2.
        var signal = code / 8388608.0 * 500 / settings.Gain;
        values[0] = new ChipValue(signal, code switch
        {
            0x7FFFFF => Quality.Uncertain(Reason.OverRange),
            -0x800000 => Quality.Uncertain(Reason.UnderRange),
            _ => Quality.Good,
        });
        return ChipStep.Done;
    }
}
