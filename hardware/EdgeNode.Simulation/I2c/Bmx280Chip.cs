using System.Buffers.Binary;
using EdgeNode.Core.Model;

namespace EdgeNode.Simulation.I2c;

/// <summary>
/// BMP280 and BME280 by their datasheets (BST-BMP280-DS001, BST-BME280-DS002): registers, trimming values, forced mode. What the sensor
/// gives is set as the raw numbers of its converter.
/// </summary>
public sealed class Bmx280Chip : ByteRegisters
{
    private readonly TimeProvider _time;
    private readonly bool _humid;
    private readonly byte[] _registers = new byte[256];
    private readonly byte[] _trim = new byte[24];
    private readonly byte[] _humidityTrim = new byte[8];
    private TimeSpan _doneAt;
    private bool _measuring;

    /// <param name="time">For the time of a conversion.</param>
    /// <param name="address">0x76 or 0x77.</param>
    /// <param name="humid">A BME280.</param>
    public Bmx280Chip(TimeProvider time, int address = 0x76, bool humid = false)
        : base(address)
    {
        (_time, _humid) = (time, humid);

        // The example of the BMP280's datasheet, section 3.12.
        SetTrim(27504, 26435, -1000, 36477, -10685, 3024, 2855, 140, -7, 15500, -14600, 6000);
        PowerCycle();
    }

    /// <summary>Raw temperature, 20 bits; the datasheet's example by default.</summary>
    public int RawTemperature { get; set; } = 519888;

    /// <summary>Raw pressure, 20 bits; the datasheet's example by default.</summary>
    public int RawPressure { get; set; } = 415148;

    /// <summary>Raw humidity, 16 bits.</summary>
    public int RawHumidity { get; set; } = 0x6E00;

    /// <summary>The air round the sensor: the raw numbers that come nearest to it with the chip's own trimming values.</summary>
    /// <param name="hectopascals">300 to 1100.</param>
    /// <param name="celsius">-40 to 85.</param>
    public void SetAir(double hectopascals, double celsius) => (RawPressure, RawTemperature) = new Bmx280Air(_trim).Raw(hectopascals, celsius);

    /// <summary>dig_T1 to T3 and dig_P1 to P9.</summary>
    public void SetTrim(params ReadOnlySpan<int> values)
    {
        for (var i = 0; i < 12; i++)
        {
            BinaryPrimitives.WriteUInt16LittleEndian(_trim.AsSpan(2 * i), (ushort)values[i]);
        }
    }

    /// <summary>dig_H1 to H6, as section 4.2.2 of the BME280's datasheet packs them.</summary>
    public void SetHumidityTrim(int h1, int h2, int h3, int h4, int h5, int h6)
    {
        _humidityTrim[0] = (byte)h1;
        BinaryPrimitives.WriteInt16LittleEndian(_humidityTrim.AsSpan(1), (short)h2);
        _humidityTrim[3] = (byte)h3;
        _humidityTrim[4] = (byte)(h4 >> 4);
        _humidityTrim[5] = (byte)((h4 & 15) | ((h5 & 15) << 4));
        _humidityTrim[6] = (byte)(h5 >> 4);
        _humidityTrim[7] = (byte)h6;
    }

    /// <inheritdoc/>
    public override void PowerCycle()
    {
        base.PowerCycle();
        Array.Clear(_registers);
        _registers[0xF7] = _registers[0xFA] = _registers[0xFD] = 0x80;
        _measuring = false;
    }

    /// <inheritdoc/>
    protected override byte Get(byte register)
    {
        Convert();
        return register switch
        {
            0xD0 => (byte)(_humid ? 0x60 : 0x58),
            0xF3 => (byte)(_measuring ? 8 : 0),
            >= 0x88 and < 0xA0 => _trim[register - 0x88],
            0xA1 when _humid => _humidityTrim[0],
            >= 0xE1 and <= 0xE7 when _humid => _humidityTrim[register - 0xE0],
            _ => _registers[register],
        };
    }

    /// <inheritdoc/>
    protected override void Set(byte register, byte value)
    {
        Convert();
        if (register == 0xE0 && value == 0xB6)
        {
            PowerCycle();
        }
        else if (register is 0xF4 or 0xF5 || (register == 0xF2 && _humid))
        {
            _registers[register] = value;
            if (register == 0xF4 && (value & 3) is 1 or 2)
            {
                // Section 3.8.1 of the BMP280, appendix B of the BME280: the longest times.
                static double Samples(int osrs) => osrs == 0 ? 0 : 1 << Math.Min(osrs - 1, 4);
                var ms = 1.25 + (2.3 * Samples(value >> 5)) + (2.3 * Samples((value >> 2) & 7)) + 0.575;
                ms += _humid ? (2.3 * Samples(_registers[0xF2] & 7)) + 0.575 : 0;
                (_measuring, _doneAt) = (true, _time.Monotonic() + TimeSpan.FromMilliseconds(ms));
            }
        }
    }

    private void Convert()
    {
        if (!_measuring || _time.Monotonic() < _doneAt)
        {
            return;
        }

        _measuring = false;
        Put(0xF7, (_registers[0xF4] & 0x1C) == 0 ? 0x80000 : RawPressure);
        Put(0xFA, (_registers[0xF4] & 0xE0) == 0 ? 0x80000 : RawTemperature);
        var humidity = (_registers[0xF2] & 7) == 0 ? 0x8000 : RawHumidity;
        (_registers[0xFD], _registers[0xFE]) = ((byte)(humidity >> 8), (byte)humidity);
        _registers[0xF4] &= 0xFC; // back to sleep
    }

    private void Put(byte register, int value)
    {
        _registers[register] = (byte)(value >> 12);
        _registers[register + 1] = (byte)(value >> 4);
        _registers[register + 2] = (byte)(value << 4);
    }
}
