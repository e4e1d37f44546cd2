using System.Collections.Immutable;
using EdgeNode.Core.Model;

namespace EdgeNode.Core.Validate;

/// <summary>In which unit the kernel publishes what, by the beginning of a channel's name.</summary>
/// <remarks>
/// IIO: Documentation/ABI/testing/sysfs-bus-iio, the value after scale and offset. hwmon: Documentation/hwmon/sysfs-interface.rst.
/// </remarks>
public static class SysfsChannels
{
    private static readonly ImmutableArray<Row> Iio =
    [
        new("humidityrelative", "%", 1e-3), new("temp", "Cel", 1e-3), new("pressure", "kPa", 1), new("voltage", "mV", 1), new("altvoltage", "mV", 1),
        new("current", "mA", 1), new("power", "mW", 1), new("resistance", "Ohm", 1), new("accel", "m/s2", 1), new("angl", "rad", 1),
        new("distance", "m", 1), new("velocity", "m/s", 1), new("energy", "J", 1), new("count", "count", 1), new("concentration", "%", 1),
    ];

    private static readonly ImmutableArray<Row> Hwmon =
    [
        new("temp", "Cel", 1e-3), new("in", "mV", 1), new("curr", "mA", 1), new("power", "mW", 1e-3), new("energy", "J", 1e-6),
        new("humidity", "%", 1e-3), new("fan", "1/min", 1), new("freq", "Hz", 1),
    ];

    /// <summary>Beginnings that are known, for a sentence.</summary>
    public static IEnumerable<string> Known(SysfsClass kind) => Rows(kind).Select(r => r.Prefix);

    /// <summary>The unit of a channel, and what the kernel's number is multiplied by to be in it.</summary>
    /// <param name="kind">IIO or hwmon.</param>
    /// <param name="channel">Such as pressure, voltage0, temp1, in0.</param>
    /// <param name="unit">The unit.</param>
    /// <param name="factor">The factor.</param>
    public static bool TryFind(SysfsClass kind, string channel, out Unit unit, out double factor)
    {
        ArgumentNullException.ThrowIfNull(channel);
        foreach (var row in Rows(kind))
        {
            // temp1 and voltage0-voltage1 are channels of their kinds; temperature is not.
            if (channel.StartsWith(row.Prefix, StringComparison.Ordinal) && (channel.Length == row.Prefix.Length || !char.IsAsciiLetterLower(channel[row.Prefix.Length])))
            {
                (unit, factor) = (UnitTable.Get(row.Unit), row.Factor);
                return true;
            }
        }

        (unit, factor) = (null!, 0);
        return false;
    }

    private static ImmutableArray<Row> Rows(SysfsClass kind) => kind switch { SysfsClass.Iio => Iio, SysfsClass.Hwmon => Hwmon, _ => [] };

    private sealed record Row(string Prefix, string Unit, double Factor);
}
