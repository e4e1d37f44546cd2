using System.Buffers.Binary;
using EdgeNode.Core.Model;

namespace EdgeNode.Hardware.I2c;

/// <summary>Bosch BME280, pressure, temperature and humidity (datasheet BST-BME280-DS002): a BMP280 with a humidity sensor. Gives hPa, degrees Celsius, %.</summary>
internal sealed class Bme280(I2cChip chip) : Bmp280(chip)
{
    private const byte HumidityControlRegister = 0xF2;
    private const byte HumidityControl = 0x01; // once; section 5.4.3
    private const int Skipped = 0x8000;

    private double _h1;
    private double _h2;
    private double _h3;
    private double _h4;
    private double _h5;
    private double _h6;

    public override int Count => 3;

    protected override byte ExpectedId => 0x60; // section 5.4.1

    protected override double ConversionMs => 47; // appendix B: 1.25 + 2.3 x 2 + 2.3 x 16 + 0.575 + 2.3 + 0.575 ms at most

    protected override int DataBytes => 8;

    protected override bool HoldsConfiguration() => base.HoldsConfiguration() && Chip.Read8(HumidityControlRegister) == HumidityControl;

    protected override void ReadTrim()
    {
        base.ReadTrim();
        Span<byte> trim = stackalloc byte[7];
        Chip.Read(0xE1, trim);
        _h1 = Chip.Read8(0xA1);
        _h2 = BinaryPrimitives.ReadInt16LittleEndian(trim);
        _h3 = trim[2];
        _h4 = ((sbyte)trim[3] << 4) | (trim[4] & 0x0F);
        _h5 = ((sbyte)trim[5] << 4) | (trim[4] >> 4);
        _h6 = (sbyte)trim[6];

        // Takes effect with the next write of the other control register, section 5.4.3.
        Chip.Write8(HumidityControlRegister, HumidityControl);
    }

    /// <summary>Appendix A, bme280_compensate_H_double.</summary>
    protected override void Finish(Span<ChipValue> values, ReadOnlySpan<byte> data, double fine)
    {
        var raw = (data[6] << 8) | data[7];
        var h = fine - 76800;
        h = (raw - ((_h4 * 64) + (_h5 / 16384 * h))) * (_h2 / 65536 * (1 + (_h6 / 67108864 * h * (1 + (_h3 / 67108864 * h)))));
        h *= 1 - (_h1 * h / 524288);
        values[2] = raw == Skipped
            ? new ChipValue(0, Quality.Bad(Reason.SensorFailure))
            : new ChipValue(Math.Clamp(h, 0, 100), Quality.Good);
    }
}
