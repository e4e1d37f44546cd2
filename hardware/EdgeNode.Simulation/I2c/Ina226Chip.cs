using EdgeNode.Core.Model;

namespace EdgeNode.Simulation.I2c;

/// <summary>INA226 by its datasheet SBOS547B, section 7.6.</summary>
public sealed class Ina226Chip : WordRegisters
{
    private const ushort ResetConfiguration = 0x4127;

    private static readonly double[] Times = [0.140, 0.204, 0.332, 0.588, 1.1, 2.116, 4.156, 8.244];
    private static readonly int[] Averages = [1, 4, 16, 64, 128, 256, 512, 1024];

    private readonly TimeProvider _time;
    private ushort _configuration = ResetConfiguration;
    private ushort _calibration;
    private ushort _shunt;
    private ushort _bus;
    private TimeSpan _doneAt;
    private bool _converting;
    private bool _ready;

    /// <param name="time">For the time of a conversion.</param>
    /// <param name="address">7 bits.</param>
    public Ina226Chip(TimeProvider time, int address = 0x40)
        : base(address) => _time = time;

    /// <summary>Voltage across the shunt, V.</summary>
    public double ShuntVolts { get; set; }

    /// <summary>Voltage of the load, V.</summary>
    public double BusVolts { get; set; }

    /// <inheritdoc/>
    public override void PowerCycle()
    {
        base.PowerCycle();
        (_configuration, _calibration, _shunt, _bus, _ready) = (ResetConfiguration, 0, 0, 0, false);
        Begin();
    }

    /// <inheritdoc/>
    protected override ushort Get(byte register)
    {
        Convert();
        var current = (short)((short)_shunt * _calibration / 2048);
        switch (register)
        {
            case 0: return _configuration;
            case 1: return _shunt;
            case 2: return _bus;
            case 3: return (ushort)(Math.Abs(current) * _bus / 20000);
            case 4: return (ushort)current;
            case 5: return _calibration;
            case 6:
                var flags = (ushort)(_ready ? 8 : 0);
                _ready = false; // cleared by reading
                return flags;
            case 0xFE: return 0x5449;
            case 0xFF: return 0x2260;
            default: return 0;
        }
    }

    /// <inheritdoc/>
    protected override void Set(byte register, ushort value)
    {
        if (register == 0)
        {
            _configuration = (value & 0x8000) != 0 ? ResetConfiguration : (ushort)((value & 0x0FFF) | 0x4000);
            _ready = false; // cleared by writing the configuration
            Begin();
        }
        else if (register == 5)
        {
            _calibration = (ushort)(value & 0x7FFF);
        }
    }

    private void Begin()
    {
        _converting = (_configuration & 3) != 0;
        var once = Times[(_configuration >> 6) & 7] + Times[(_configuration >> 3) & 7];
        _doneAt = _time.Monotonic() + TimeSpan.FromMilliseconds(once * Averages[(_configuration >> 9) & 7]);
    }

    private void Convert()
    {
        if (!_converting || _time.Monotonic() < _doneAt)
        {
            return;
        }

        _shunt = (ushort)(short)Math.Clamp(Math.Round(ShuntVolts / 2.5e-6), short.MinValue, short.MaxValue);
        _bus = (ushort)Math.Clamp(Math.Round(BusVolts / 1.25e-3), 0, 0x7FFF);
        (_ready, _converting) = (true, false);
        if ((_configuration & 4) != 0)
        {
            Begin(); // continuous
        }
    }
}
