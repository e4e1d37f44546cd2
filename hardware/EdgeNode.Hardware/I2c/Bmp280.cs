using System.Buffers.Binary;
using EdgeNode.Core.Model;

namespace EdgeNode.Hardware.I2c;

/// <summary>Bosch BMP280, pressure and temperature (datasheet BST-BMP280-DS001). Gives hPa and degrees Celsius.</summary>
internal class Bmp280(I2cChip chip) : ChipDriver(chip)
{
    protected const byte TrimRegister = 0x88;

    private const byte IdRegister = 0xD0;
    private const byte StatusRegister = 0xF3;
    private const byte ControlRegister = 0xF4;
    private const byte DataRegister = 0xF7;
    private const byte Id = 0x58; // section 4.3.1
    private const int Skipped = 0x80000; // what the result registers hold before the first measurement, section 4.3.6

    // Section 4.3.4: temperature twice, pressure 16 times, one forced measurement; the mode falls back to 0 (sleep). The reset value is 0.
    private const byte Control = 0x54;
    private const byte Forced = 0x01;

    private readonly short[] _p = new short[10]; // dig_P2 to dig_P9 at their numbers
    private double _t1;
    private double _t2;
    private double _t3;
    private double _p1;

    public override int Count => 2;

    protected virtual byte ExpectedId => Id;

    protected virtual double ConversionMs => 44; // section 3.8.1: at most 43.2 ms

    protected virtual int DataBytes => 6;

    protected override ChipStep Configure(int round)
    {
        var id = Chip.Read8(IdRegister);
        if (id != ExpectedId && !(ExpectedId == Id && id is 0x56 or 0x57)) // the latter two are samples of the same
            return ChipStep.Other;
        if ((Chip.Read8(StatusRegister) & 1) != 0) // the trimming values are being copied
            return ChipStep.Wait(2);
        ReadTrim();
        Chip.Write8(ControlRegister, Control);
        return ChipStep.Done;
    }

    protected override bool HoldsConfiguration() => Chip.Read8(ControlRegister) == Control;

    protected override ChipStep Start()
    {
        Chip.Write8(ControlRegister, Control | Forced);
        return ChipStep.Wait(ConversionMs);
    }

    protected override ChipStep Finish(Span<ChipValue> values)
    {
        if ((Chip.Read8(StatusRegister) & 8) != 0) // measuring
            return ChipStep.Wait(2);
        Span<byte> data = stackalloc byte[DataBytes];
        Chip.Read(DataRegister, data);
        var pressure = (data[0] << 12) | (data[1] << 4) | (data[2] >> 4);
        var temperature = (data[3] << 12) | (data[4] << 4) | (data[5] >> 4);
        if (temperature == Skipped || pressure == Skipped)
            return Chip.Outcome == I2cResult.Done ? ChipStep.Lost : ChipStep.Failed;

        var fine = Fine(temperature);
        values[0] = new ChipValue(Pressure(pressure, fine) / 100, Quality.Good);
        values[1] = new ChipValue(fine / 5120, Quality.Good);
        Finish(values, data, fine);
        return ChipStep.Done;
    }

    /// <summary>What a sister chip measures besides.</summary>
    protected virtual void Finish(Span<ChipValue> values, ReadOnlySpan<byte> data, double fine)
    {
    }

    /// <summary>Section 3.11.2, table 17. Each chip has its own values, so a chip in its place has others.</summary>
    protected virtual void ReadTrim()
    {
        Span<byte> trim = stackalloc byte[24];
        Chip.Read(TrimRegister, trim);
        _t1 = BinaryPrimitives.ReadUInt16LittleEndian(trim);
        _t2 = BinaryPrimitives.ReadInt16LittleEndian(trim[2..]);
        _t3 = BinaryPrimitives.ReadInt16LittleEndian(trim[4..]);
        _p1 = BinaryPrimitives.ReadUInt16LittleEndian(trim[6..]);
        for (var i = 2; i <= 9; i++)
            _p[i] = BinaryPrimitives.ReadInt16LittleEndian(trim[(4 + (2 * i))..]);
    }

    /// <summary>Section 8.1, bmp280_compensate_T_double; t_fine, 5120 times the degrees.</summary>
    private double Fine(int raw)
    {
        var a = ((raw / 16384.0) - (_t1 / 1024)) * _t2;
        var b = (raw / 131072.0) - (_t1 / 8192);
        return a + (b * b * _t3);
    }

    /// <summary>Section 8.1, bmp280_compensate_P_double; Pa.</summary>
    private double Pressure(int raw, double fine)
    {
        var a = (fine / 2) - 64000;
        var b = a * a * _p[6] / 32768;
        b += a * _p[5] * 2;
        b = (b / 4) + (_p[4] * 65536.0);
        a = ((_p[3] * a * a / 524288) + (_p[2] * a)) / 524288;
        a = (1 + (a / 32768)) * _p1;
        var p = (1048576.0 - raw - (b / 4096)) * 6250 / a; // 0 of a chip without trimming values gives an infinity, and that is no value
        var x = _p[9] * p * p / 2147483648;
        var y = p * _p[8] / 32768;
        return p + ((x + y + _p[7]) / 16);
    }
}
