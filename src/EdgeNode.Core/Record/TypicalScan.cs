using EdgeNode.Core.Model;

namespace EdgeNode.Core.Record;

/// <summary>Readings as a device would bring them, for planning: how long they are when they are written out depends on the values.</summary>
public static class TypicalScan
{
    // Without a range nobody knows what a register holds; a counter is assumed to have counted for a while.
    private const double UnknownReal = 1000;
    private const double UnknownCounter = 1e6;

    /// <summary>One reading of each of the points, at one moment.</summary>
    /// <param name="points">Indexes into <see cref="Site.Points"/>.</param>
    /// <param name="noise">Gives numbers from 0 to below 1.</param>
    public static Reading[] Of(Site site, IReadOnlyList<int> points, SourceTime time, Func<double> noise)
    {
        ArgumentNullException.ThrowIfNull(site);
        ArgumentNullException.ThrowIfNull(points);
        ArgumentNullException.ThrowIfNull(noise);
        var readings = new Reading[points.Count];
        for (var i = 0; i < readings.Length; i++)
        {
            readings[i] = new Reading(points[i], Value(site, points[i], noise), Quality.Good, time);
        }

        return readings;
    }

    // The value goes the way of a real one: what a register can hold, then scale and offset.
    private static double Value(Site site, int index, Func<double> noise)
    {
        var point = site.Points[index];
        var type = RegisterOf(site, index)?.Type;
        var raw = point.Range is { } range
            ? (range.Low + (noise() * (range.High - range.Low)) - point.Offset) / point.Scale
            : noise() * Largest(RegisterOf(site, index));
        raw = type switch
        {
            RegisterType.Float32 => (float)raw,
            RegisterType.Float64 or null => raw,
            _ => Math.Round(raw),
        };
        return (raw * point.Scale) + point.Offset;
    }

    private static double Largest(RegisterOptions? register) => register?.Type switch
    {
        RegisterType.Float32 or RegisterType.Float64 or null => UnknownReal,
        RegisterType.UInt16 => ushort.MaxValue,
        RegisterType.Int16 => short.MaxValue,
        RegisterType.Bcd16 => 9999,
        RegisterType.Bits => (1 << register.BitCount) - 1,
        _ => UnknownCounter,
    };

    private static RegisterOptions? RegisterOf(Site site, int index) =>
        !site.Points[index].IsComputed && site.Devices[site.Points[index].Device] is ModbusDeviceOptions device
            ? device.Registers.FirstOrDefault(r => r.Point == index)
            : null;
}
