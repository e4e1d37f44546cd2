namespace EdgeNode.Core.Model;

/// <summary>
/// What was found when a point was compared with a standard. It belongs to the point: another chip of the same kind in its place needs another one.
/// In this order: the device's value, the bridge, gain and offset, the temperature.
/// </summary>
/// <param name="Measured">Unit of the device's value, before anything of this.</param>
/// <param name="Bridge">Makes strain of a bridge's signal; null when the value is no such signal.</param>
/// <param name="Gain">Value = measured x gain + offset, in the point's unit.</param>
/// <param name="Offset">In the point's unit.</param>
/// <param name="Temperature">What the temperature does to it; null when that is not corrected.</param>
public sealed record CalibrationOptions(Unit Measured, BridgeOptions? Bridge, double Gain, double Offset, TemperatureOptions? Temperature)
{
    /// <summary>The last day, in UTC, on which it is good without another comparison; null when none was set.</summary>
    public DateOnly? Due { get; init; }
}

/// <summary>A bridge of strain gauges.</summary>
/// <param name="Form">How many of its arms are gauges.</param>
/// <param name="GaugeFactor">Relative change of resistance for each strain of 1; about 2 for metal foil.</param>
public sealed record BridgeOptions(BridgeForm Form, double GaugeFactor);

/// <summary>How many arms of a bridge are gauges.</summary>
public enum BridgeForm
{
    /// <summary>One.</summary>
    Quarter,

    /// <summary>Two of opposite sign, next to each other.</summary>
    Half,

    /// <summary>Four, two of each sign.</summary>
    Full,
}

/// <summary>A correction by the temperature that another point measures.</summary>
/// <param name="Point">Index of that point.</param>
/// <param name="Reference">Temperature of the calibration, degrees Celsius.</param>
/// <param name="Coefficient">What each kelvin above the reference adds to the value, in the point's unit; it is subtracted.</param>
public sealed record TemperatureOptions(int Point, double Reference, double Coefficient);
