using EdgeNode.Core.Model;

namespace EdgeNode.Simulation.I2c;

/// <summary>INA219 by its datasheet SBOS448G, sections 8.5 and 8.6: configuration, shunt, bus, power, current, calibration.</summary>
public sealed class Ina219Chip : WordRegisters
{
    private const ushort ResetConfiguration = 0x399F;

    private readonly TimeProvider _time;
    private ushort _configuration = ResetConfiguration;
    private ushort _calibration;
    private ushort _shunt;
    private ushort _bus;
    private TimeSpan _doneAt;
    private bool _done;

    /// <param name="time">For the time of a conversion.</param>
    /// <param name="address">7 bits.</param>
    public Ina219Chip(TimeProvider time, int address = 0x40)
        : base(address) => _time = time;

    /// <summary>Voltage across the shunt, V.</summary>
    public double ShuntVolts { get; set; }

    /// <summary>Voltage of the load, V.</summary>
    public double BusVolts { get; set; }

    /// <inheritdoc/>
    public override void PowerCycle()
    {
        base.PowerCycle();
        (_configuration, _calibration, _shunt, _bus, _done) = (ResetConfiguration, 0, 0, 0, false);
        Begin();
    }

    /// <inheritdoc/>
    protected override ushort Get(byte register)
    {
        Convert();
        var current = (short)((short)_shunt * _calibration / 4096);
        return register switch
        {
            0 => _configuration,
            1 => _shunt,
            2 => (ushort)((_bus << 3) | (_done ? 2 : 0)),
            3 => (ushort)(current * _bus / 5000),
            4 => (ushort)current,
            5 => _calibration,
            _ => 0xFFFF,
        };
    }

    /// <inheritdoc/>
    protected override void Set(byte register, ushort value)
    {
        if (register == 0)
        {
            _configuration = (value & 0x8000) != 0 ? ResetConfiguration : value;
            Begin();
        }
        else if (register == 5)
        {
            _calibration = (ushort)(value & 0xFFFE);
        }
    }

    private static double Milliseconds(int bits) => (bits & 8) == 0 ? new[] { 0.084, 0.148, 0.276, 0.532 }[bits & 3] : 0.532 * (1 << (bits & 7));

    private void Begin()
    {
        _done = false;
        _doneAt = _time.Monotonic() + TimeSpan.FromMilliseconds(Milliseconds((_configuration >> 7) & 15) + Milliseconds((_configuration >> 3) & 15));
    }

    private void Convert()
    {
        if (_done || _time.Monotonic() < _doneAt || (_configuration & 3) == 0)
        {
            return;
        }

        var limit = 4000 << ((_configuration >> 11) & 3); // 40 mV to 320 mV in steps of 10 uV
        _shunt = (ushort)(short)Math.Clamp(Math.Round(ShuntVolts / 10e-6), -limit, limit);
        _bus = (ushort)Math.Clamp(Math.Round(BusVolts / 4e-3), 0, (_configuration & 0x2000) != 0 ? 8000 : 4000);
        _done = true;
    }
}
