using System.Collections.Frozen;
using EdgeNode.Core.Model;

namespace EdgeNode.Core.Validate;

/// <summary>
/// The engineering units that a site file may write. Each quantity has one registered SenML unit
/// (RFC 8428 section 12.1; var, VA, m3 and count are of the same registry), so the platform sees one unit per quantity.
/// </summary>
/// <remarks>Factors are exact by definition unless the line says otherwise: BIPM SI brochure, 9th edition; NIST SP 811, appendix B.</remarks>
public static class UnitTable
{
    private const double Inch = 0.0254;
    private const double Foot = 0.3048;
    private const double UsGallon = 231 * Inch * Inch * Inch;
    private const double PoundForce = 0.45359237 * 9.80665;

    private static readonly FrozenDictionary<string, Unit> BySymbol = Rows().ToFrozenDictionary(u => u.Symbol, StringComparer.Ordinal);

    /// <summary>All units, in the order of the table.</summary>
    public static IReadOnlyList<Unit> All { get; } = [.. Rows()];

    /// <summary>Finds a unit by its symbol; symbols are case-sensitive (mW and MW differ).</summary>
    public static bool TryFind(string symbol, out Unit unit) => BySymbol.TryGetValue(symbol, out unit!);

    /// <summary>The unit of a symbol that is known to be in the table.</summary>
    /// <exception cref="KeyNotFoundException">It is not.</exception>
    public static Unit Get(string symbol) => BySymbol[symbol];

    private static IEnumerable<Unit> Rows() =>
    [
        // Pressure.
        new("Pa", Quantity.Pressure, "Pa", 1, 0),
        new("hPa", Quantity.Pressure, "Pa", 1e2, 0),
        new("kPa", Quantity.Pressure, "Pa", 1e3, 0),
        new("MPa", Quantity.Pressure, "Pa", 1e6, 0),
        new("mbar", Quantity.Pressure, "Pa", 1e2, 0),
        new("bar", Quantity.Pressure, "Pa", 1e5, 0),
        new("psi", Quantity.Pressure, "Pa", PoundForce / (Inch * Inch), 0),
        new("mH2O", Quantity.Pressure, "Pa", 9806.65, 0), // conventional metre of water
        new("mmHg", Quantity.Pressure, "Pa", 133.322387415, 0), // conventional

        // Volume flow.
        new("m3/s", Quantity.Flow, "m3/s", 1, 0),
        new("m3/h", Quantity.Flow, "m3/s", 1.0 / 3600, 0),
        new("m3/d", Quantity.Flow, "m3/s", 1.0 / 86400, 0),
        new("l/s", Quantity.Flow, "m3/s", 1e-3, 0),
        new("l/min", Quantity.Flow, "m3/s", 1e-3 / 60, 0),
        new("l/h", Quantity.Flow, "m3/s", 1e-3 / 3600, 0),
        new("gal/min", Quantity.Flow, "m3/s", UsGallon / 60, 0),

        // Volume.
        new("m3", Quantity.Volume, "m3", 1, 0),
        new("l", Quantity.Volume, "m3", 1e-3, 0),
        new("ml", Quantity.Volume, "m3", 1e-6, 0),
        new("gal", Quantity.Volume, "m3", UsGallon, 0),

        // Mass.
        new("kg", Quantity.Mass, "kg", 1, 0),
        new("g", Quantity.Mass, "kg", 1e-3, 0),
        new("t", Quantity.Mass, "kg", 1e3, 0),

        // Strain, a ratio of lengths.
        new("m/m", Quantity.Strain, "/", 1, 0),
        new("mm/m", Quantity.Strain, "/", 1e-3, 0),
        new("um/m", Quantity.Strain, "/", 1e-6, 0),
        new("ustrain", Quantity.Strain, "/", 1e-6, 0),

        // Force.
        new("N", Quantity.Force, "N", 1, 0),
        new("kN", Quantity.Force, "N", 1e3, 0),
        new("MN", Quantity.Force, "N", 1e6, 0),
        new("lbf", Quantity.Force, "N", PoundForce, 0),

        // Electricity.
        new("V", Quantity.Voltage, "V", 1, 0),
        new("mV", Quantity.Voltage, "V", 1e-3, 0),
        new("kV", Quantity.Voltage, "V", 1e3, 0),
        new("A", Quantity.Current, "A", 1, 0),
        new("mA", Quantity.Current, "A", 1e-3, 0),
        new("kA", Quantity.Current, "A", 1e3, 0),
        new("mW", Quantity.Power, "W", 1e-3, 0),
        new("W", Quantity.Power, "W", 1, 0),
        new("kW", Quantity.Power, "W", 1e3, 0),
        new("MW", Quantity.Power, "W", 1e6, 0),
        new("VA", Quantity.ApparentPower, "VA", 1, 0),
        new("kVA", Quantity.ApparentPower, "VA", 1e3, 0),
        new("MVA", Quantity.ApparentPower, "VA", 1e6, 0),
        new("var", Quantity.ReactivePower, "var", 1, 0),
        new("kvar", Quantity.ReactivePower, "var", 1e3, 0),
        new("Mvar", Quantity.ReactivePower, "var", 1e6, 0),
        new("J", Quantity.Energy, "J", 1, 0),
        new("kJ", Quantity.Energy, "J", 1e3, 0),
        new("MJ", Quantity.Energy, "J", 1e6, 0),
        new("Wh", Quantity.Energy, "J", 3.6e3, 0),
        new("kWh", Quantity.Energy, "J", 3.6e6, 0),
        new("MWh", Quantity.Energy, "J", 3.6e9, 0),
        new("Hz", Quantity.Frequency, "Hz", 1, 0),
        new("mHz", Quantity.Frequency, "Hz", 1e-3, 0),
        new("kHz", Quantity.Frequency, "Hz", 1e3, 0),
        new("1/min", Quantity.Frequency, "Hz", 1.0 / 60, 0),
        new("Ohm", Quantity.Resistance, "Ohm", 1, 0),
        new("kOhm", Quantity.Resistance, "Ohm", 1e3, 0),
        new("mOhm", Quantity.Resistance, "Ohm", 1e-3, 0),

        // Temperature: the platform sees degrees Celsius, whatever the sensor speaks.
        new("Cel", Quantity.Temperature, "Cel", 1, 0),
        new("degC", Quantity.Temperature, "Cel", 1, 0),
        new("K", Quantity.Temperature, "Cel", 1, -273.15),
        new("degF", Quantity.Temperature, "Cel", 5.0 / 9, -160.0 / 9),

        // Length, level and motion.
        new("m", Quantity.Length, "m", 1, 0),
        new("cm", Quantity.Length, "m", 1e-2, 0),
        new("mm", Quantity.Length, "m", 1e-3, 0),
        new("um", Quantity.Length, "m", 1e-6, 0),
        new("ft", Quantity.Length, "m", Foot, 0),
        new("in", Quantity.Length, "m", Inch, 0),
        new("m/s", Quantity.Velocity, "m/s", 1, 0),
        new("mm/s", Quantity.Velocity, "m/s", 1e-3, 0),
        new("m/s2", Quantity.Acceleration, "m/s2", 1, 0),
        new("mm/s2", Quantity.Acceleration, "m/s2", 1e-3, 0),
        new("rad", Quantity.Angle, "rad", 1, 0),
        new("mrad", Quantity.Angle, "rad", 1e-3, 0),
        new("deg", Quantity.Angle, "rad", Math.PI / 180, 0),

        // Ratio, count, time.
        new("1", Quantity.Ratio, "/", 1, 0),
        new("%", Quantity.Ratio, "/", 1e-2, 0),
        new("ppm", Quantity.Ratio, "/", 1e-6, 0),
        new("mV/V", Quantity.Ratio, "/", 1e-3, 0), // a bridge's signal over its supply
        new("count", Quantity.Count, "count", 1, 0),
        new("s", Quantity.Time, "s", 1, 0),
        new("ms", Quantity.Time, "s", 1e-3, 0),
        new("min", Quantity.Time, "s", 60, 0),
        new("h", Quantity.Time, "s", 3600, 0),
    ];
}
