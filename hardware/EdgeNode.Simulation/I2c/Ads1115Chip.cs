using EdgeNode.Core.Model;

namespace EdgeNode.Simulation.I2c;

/// <summary>ADS1115 by its datasheet SBAS444D, sections 9.3 to 9.6.</summary>
public sealed class Ads1115Chip : WordRegisters
{
    private const ushort ResetConfiguration = 0x8583;

    private static readonly double[] FullScale = [6.144, 4.096, 2.048, 1.024, 0.512, 0.256, 0.256, 0.256];
    private static readonly int[] Rate = [8, 16, 32, 64, 128, 250, 475, 860];

    private readonly TimeProvider _time;
    private readonly double[] _volts = new double[4];
    private ushort _configuration = ResetConfiguration;
    private ushort _low = 0x8000;
    private ushort _high = 0x7FFF;
    private short _result;
    private TimeSpan _doneAt;
    private bool _converting;

    /// <param name="time">For the time of a conversion.</param>
    /// <param name="address">7 bits.</param>
    public Ads1115Chip(TimeProvider time, int address = 0x48)
        : base(address) => _time = time;

    /// <summary>Where its inputs end, V.</summary>
    public double Supply { get; set; } = 3.3;

    /// <summary>Puts a voltage against ground on an input.</summary>
    /// <param name="input">0 to 3.</param>
    /// <param name="volts">V.</param>
    public void SetInput(int input, double volts) => _volts[input] = volts;

    /// <inheritdoc/>
    public override void PowerCycle()
    {
        base.PowerCycle();
        (_configuration, _low, _high, _result, _converting) = (ResetConfiguration, 0x8000, 0x7FFF, 0, false);
    }

    /// <inheritdoc/>
    protected override ushort Get(byte register)
    {
        Convert();
        return (register & 3) switch
        {
            0 => (ushort)_result,
            1 => (ushort)((_configuration & 0x7FFF) | (_converting ? 0 : 0x8000)),
            2 => _low,
            _ => _high,
        };
    }

    /// <inheritdoc/>
    protected override void Set(byte register, ushort value)
    {
        Convert();
        switch (register & 3)
        {
            case 1:
                _configuration = value;

                // One conversion when OS is written, or one after the other without MODE. The oscillator is 10 % slow at worst.
                if ((value & 0x8000) != 0 || (value & 0x0100) == 0)
                {
                    _converting = true;
                    _doneAt = _time.Monotonic() + TimeSpan.FromSeconds(1.1 / Rate[(value >> 5) & 7]);
                }

                break;
            case 2:
                _low = value;
                break;
            case 3:
                _high = value;
                break;
        }
    }

    private double Input()
    {
        double At(int input) => Math.Clamp(_volts[input], -0.3, Supply + 0.3);
        return ((_configuration >> 12) & 7) switch
        {
            0 => At(0) - At(1),
            1 => At(0) - At(3),
            2 => At(1) - At(3),
            3 => At(2) - At(3),
            var single => At(single - 4),
        };
    }

    private void Convert()
    {
        if (!_converting || _time.Monotonic() < _doneAt)
        {
            return;
        }

        var step = FullScale[(_configuration >> 9) & 7] / 32768;
        _result = (short)Math.Clamp(Math.Round(Input() / step), short.MinValue, short.MaxValue);
        _converting = false;
    }
}
