using EdgeNode.Core.Model;

namespace EdgeNode.Hardware.I2c;

/// <summary>Voltage, current and power of what an INA2xx has measured.</summary>
internal static class PowerValues
{
    /// <param name="values">V, A, W.</param>
    /// <param name="voltage">V.</param>
    /// <param name="shunt">The shunt register.</param>
    /// <param name="step">V a digit of it.</param>
    /// <param name="limit">Its largest value, at which the current is at least that.</param>
    /// <param name="ohms">Of the shunt.</param>
    public static void Fill(Span<ChipValue> values, double voltage, short shunt, double step, short limit, double ohms)
    {
        var current = shunt * step / ohms;
        var quality = shunt >= limit ? Quality.Uncertain(Reason.OverRange) : shunt <= -limit ? Quality.Uncertain(Reason.UnderRange) : Quality.Good;
        values[0] = new ChipValue(voltage, Quality.Good);
        values[1] = new ChipValue(current, quality);
        values[2] = new ChipValue(voltage * current, quality);
    }
}
