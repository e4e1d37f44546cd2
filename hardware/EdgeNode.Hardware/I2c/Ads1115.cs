using EdgeNode.Core.Model;

namespace EdgeNode.Hardware.I2c;

/// <summary>
/// Texas Instruments ADS1115, 16-bit converter with four inputs (datasheet SBAS444D), one input or pair of a device of the site file.
/// As a current input it gives mA, which validation judges by NAMUR NE 43; as a bridge input mV/V. The devices of one chip take turns: each writes its own
/// configuration, and the chip remembers whose was the last.
/// </summary>
internal sealed class Ads1115 : ChipDriver
{
    private const byte ConversionRegister = 0x00;
    private const byte ConfigurationRegister = 0x01;
    private const ushort Single = 0x8000; // OS: written 1 starts, read 1 means at rest; section 9.6.3
    private const double ClockError = 1.1; // section 7.5: the data rate varies by 10 %

    private static readonly double[] FullScales = [6.144, 4.096, 2.048, 1.024, 0.512, 0.256];

    private readonly ushort _configuration;
    private readonly double _conversionMs;
    private readonly double _volts;
    private readonly Func<double, ChipValue> _value;

    private Ads1115(I2cChip chip, int mux, double fullScale, int rateBits, double rate, Func<double, ChipValue> value)
        : base(chip)
    {
        var gain = Array.IndexOf(FullScales, fullScale);
        if (gain < 0)
            throw new ArgumentException($"Full scale {fullScale} V, expected one of {string.Join(", ", FullScales)}.", nameof(fullScale));

        // Single-shot, comparator off. The data rate differs from that of the reset value 0x8583, so that no configuration of ours equals it.
        _configuration = (ushort)(Single | (mux << 12) | (gain << 9) | (1 << 8) | (rateBits << 5) | 3);
        _conversionMs = 1000 / rate * ClockError;
        _volts = fullScale / 32768;
        _value = value;
    }

    public override int Count => 1;

    /// <summary>Input against ground, a shunt between them.</summary>
    public static Ads1115 Current(I2cChip chip, ChipSettings settings) => new(
        chip, 4 + settings.Channel, settings.FullScale, 3, 64, volts => new ChipValue(volts / settings.ShuntOhms * 1000, Quality.Good));

    /// <summary>A pair of inputs, 0 with 1 or 2 with 3, on the arms of a bridge.</summary>
    public static Ads1115 Bridge(I2cChip chip, ChipSettings settings) => new(
        chip, settings.Channel == 0 ? 0 : 3, settings.FullScale, 2, 32, volts => new ChipValue(volts / settings.Excitation * 1000, Clipped(volts, settings.FullScale)));

    /// <summary>The chip has no identity to read; that it holds what was written must do.</summary>
    protected override ChipStep Configure(int round)
    {
        Write(_configuration & ~Single);
        return HoldsConfiguration() ? ChipStep.Done : ChipStep.Other;
    }

    protected override bool HoldsConfiguration() => (Chip.Read16(ConfigurationRegister) & ~Single) == Chip.Left;

    protected override ChipStep Start()
    {
        Write(_configuration);
        return ChipStep.Wait(_conversionMs);
    }

    protected override ChipStep Finish(Span<ChipValue> values)
    {
        if ((Chip.Read16(ConfigurationRegister) & Single) == 0)
            return ChipStep.Wait(1);
        values[0] = _value((short)Chip.Read16(ConversionRegister) * _volts);
        return ChipStep.Done;
    }

    private static Quality Clipped(double volts, double fullScale) =>
        volts >= fullScale * 32767 / 32768 ? Quality.Uncertain(Reason.OverRange)
        : volts <= -fullScale ? Quality.Uncertain(Reason.UnderRange)
        : Quality.Good;

    private void Write(int configuration)
    {
        Chip.Write16(ConfigurationRegister, (ushort)configuration);
        Chip.Left = (ushort)(configuration & ~Single);
    }
}
