using EdgeNode.Core.Model;

namespace EdgeNode.Core.Validate;

/// <summary>The temperature that a compensated point is to use.</summary>
/// <param name="Celsius">Degrees Celsius; null when none was ever known.</param>
/// <param name="Good">It is good and fresh. Otherwise it is the last one known, and the value is in doubt.</param>
public readonly record struct Compensation(double? Celsius, bool Good);

/// <summary>A point's calibration: device value in, corrected value out. Pure arithmetic.</summary>
public static class Calibration
{
    /// <summary>Gain and offset by which two measured values become the two true ones.</summary>
    /// <param name="low">Measured and true.</param>
    /// <param name="high">Measured and true; measured differs from the low one.</param>
    public static (double Gain, double Offset) TwoPoint((double Measured, double True) low, (double Measured, double True) high)
    {
        var gain = (high.True - low.True) / (high.Measured - low.Measured);
        return (gain, low.True - (gain * low.Measured));
    }

    /// <summary>Corrects a value.</summary>
    /// <param name="options">The calibration.</param>
    /// <param name="unit">The point's unit.</param>
    /// <param name="measured">The device's value, in <see cref="CalibrationOptions.Measured"/>.</param>
    /// <param name="compensation">The temperature, where the calibration asks for one.</param>
    /// <returns>In the point's unit.</returns>
    public static double Correct(CalibrationOptions options, Unit unit, double measured, Compensation compensation)
    {
        var value = options.Bridge is { } bridge ? unit.FromSenml(Strain(bridge, options.Measured.ToSenml(measured))) : measured;
        value = (value * options.Gain) + options.Offset;
        return options.Temperature is { } t && compensation.Celsius is { } celsius ? value - (t.Coefficient * (celsius - t.Reference)) : value;
    }

    /// <summary>Strain of a bridge's signal, m/m; positive where the gauge is stretched.</summary>
    /// <param name="bridge">Its arms.</param>
    /// <param name="ratio">Signal over supply, V/V.</param>
    /// <remarks>
    /// With x = gauge factor x strain: one arm gives x / (4 + 2x), so the quarter bridge is not linear; two arms give x / 2, four give x.
    /// (NI application note AN078, Strain Gauge Configuration Types; the sign is that of the gauge, not of the wiring.)
    /// </remarks>
    public static double Strain(BridgeOptions bridge, double ratio) => bridge.Form switch
    {
        BridgeForm.Quarter => 4 * ratio / ((1 - (2 * ratio)) * bridge.GaugeFactor),
        BridgeForm.Half => 2 * ratio / bridge.GaugeFactor,
        _ => ratio / bridge.GaugeFactor,
    };
}
