namespace EdgeNode.Core.Model;

/// <summary>What a unit measures. Units convert within a quantity only.</summary>
public enum Quantity
{
    /// <summary>Pressure, Pa.</summary>
    Pressure,

    /// <summary>Volume flow, m3/s.</summary>
    Flow,

    /// <summary>Volume, m3.</summary>
    Volume,

    /// <summary>Mass, kg.</summary>
    Mass,

    /// <summary>Strain, m/m.</summary>
    Strain,

    /// <summary>Force, N.</summary>
    Force,

    /// <summary>Voltage, V.</summary>
    Voltage,

    /// <summary>Current, A.</summary>
    Current,

    /// <summary>Active power, W.</summary>
    Power,

    /// <summary>Apparent power, VA.</summary>
    ApparentPower,

    /// <summary>Reactive power, var.</summary>
    ReactivePower,

    /// <summary>Energy, J.</summary>
    Energy,

    /// <summary>Frequency, Hz.</summary>
    Frequency,

    /// <summary>Temperature, Cel.</summary>
    Temperature,

    /// <summary>Length and level, m.</summary>
    Length,

    /// <summary>Velocity, m/s.</summary>
    Velocity,

    /// <summary>Acceleration, m/s2.</summary>
    Acceleration,

    /// <summary>Angle, rad.</summary>
    Angle,

    /// <summary>Resistance, Ohm.</summary>
    Resistance,

    /// <summary>Ratio, 1.</summary>
    Ratio,

    /// <summary>Pure number of things or events.</summary>
    Count,

    /// <summary>Time, s.</summary>
    Time,
}

/// <summary>An engineering unit as the site file writes it, and the registered SenML unit that it is sent in.</summary>
/// <param name="Symbol">As in the site file: bar, l/min, kW.</param>
/// <param name="Quantity">What it measures.</param>
/// <param name="Senml">Registered SenML unit of the quantity (RFC 8428 section 12.1, RFC 8798).</param>
/// <param name="ToSenmlFactor">SenML value = value x factor + offset.</param>
/// <param name="ToSenmlOffset">See the factor.</param>
public sealed record Unit(string Symbol, Quantity Quantity, string Senml, double ToSenmlFactor, double ToSenmlOffset)
{
    /// <summary>Into the registered SenML unit.</summary>
    public double ToSenml(double value) => (value * ToSenmlFactor) + ToSenmlOffset;

    /// <summary>Out of the registered SenML unit.</summary>
    public double FromSenml(double value) => (value - ToSenmlOffset) / ToSenmlFactor;

    /// <summary>A difference (deadband, report change) into another unit of the same quantity: the factor without the offset.</summary>
    /// <exception cref="ArgumentException">The quantities differ.</exception>
    public double SpanTo(Unit other, double span) =>
        ReferenceEquals(this, other) ? span : To(other, span) - To(other, 0);

    /// <summary>Into another unit of the same quantity.</summary>
    /// <exception cref="ArgumentException">The quantities differ.</exception>
    public double To(Unit other, double value)
    {
        if (ReferenceEquals(this, other))
        {
            return value;
        }

        return other.Quantity == Quantity
            ? other.FromSenml(ToSenml(value))
            : throw new ArgumentException($"{Symbol} ({Quantity}) does not convert to {other.Symbol} ({other.Quantity}).", nameof(other));
    }
}
