using EdgeNode.Core.Model;

namespace EdgeNode.Simulation.I2c;

/// <summary>NAU7802 by its datasheet revision 1.7: power-up, calibration of its offset, continuous conversion.</summary>
public sealed class Nau7802Chip : ByteRegisters
{
    private static readonly double[] Rate = [10, 20, 40, 80, 10, 10, 10, 320];

    private readonly TimeProvider _time;
    private readonly byte[] _registers = new byte[32];
    private TimeSpan _nextAt;
    private TimeSpan _calibratedAt;
    private bool _ready;

    /// <param name="time">For the times of conversions.</param>
    public Nau7802Chip(TimeProvider time)
        : base(0x2A)
    {
        _time = time;
        PowerCycle();
    }

    /// <summary>Signal of the bridge over its supply, mV/V.</summary>
    public double MillivoltPerVolt { get; set; }

    /// <summary>The calibration of the chip's own offset ends with an error.</summary>
    public bool CalibrationFails { get; set; }

    private bool Converts => (_registers[0] & 0x16) == 0x16; // PUD, PUA and CS

    /// <inheritdoc/>
    public override void PowerCycle()
    {
        base.PowerCycle();
        Array.Clear(_registers);
        _ready = false;
    }

    /// <inheritdoc/>
    protected override byte Get(byte register)
    {
        Follow();
        if (register == 0x14)
        {
            _ready = false; // the last byte of the result
        }

        return register switch
        {
            0x00 => (byte)(_registers[0] | (_ready ? 0x20 : 0) | ((_registers[0] & 2) != 0 ? 8 : 0)),
            0x1F => 0x0F,
            < 0x1F => _registers[register],
            _ => 0,
        };
    }

    /// <inheritdoc/>
    protected override void Set(byte register, byte value)
    {
        Follow();
        if (register == 0 && (value & 1) != 0)
        {
            PowerCycle();
            return;
        }

        if (register is >= 0x12 and <= 0x14 or >= 0x1F)
        {
            return;
        }

        var converted = Converts;
        _registers[register] = register == 0 ? (byte)(value & 0xD7) : value;
        if (register == 2 && (value & 4) != 0)
        {
            _calibratedAt = _time.Monotonic() + TimeSpan.FromMilliseconds(344);
        }

        if (Converts && !converted)
        {
            _nextAt = _time.Monotonic() + Period();
        }
    }

    private TimeSpan Period() => TimeSpan.FromSeconds(1 / Rate[(_registers[2] >> 4) & 7]);

    private void Follow()
    {
        var now = _time.Monotonic();
        if ((_registers[2] & 4) != 0 && now >= _calibratedAt)
        {
            _registers[2] = (byte)((_registers[2] & ~0x0C) | (CalibrationFails ? 8 : 0));
        }

        if (!Converts || now < _nextAt)
        {
            return;
        }

        var gain = 1 << (_registers[1] & 7);
        var code = (int)Math.Clamp(Math.Round(MillivoltPerVolt / 1000 * gain / 0.5 * (1 << 23)), -(1 << 23), (1 << 23) - 1);
        (_registers[0x12], _registers[0x13], _registers[0x14]) = ((byte)(code >> 16), (byte)(code >> 8), (byte)code);
        _ready = true;
        _nextAt = now + Period();
    }
}
