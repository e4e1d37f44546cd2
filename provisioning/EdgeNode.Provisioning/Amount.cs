using EdgeNode.Core.Model;
using EdgeNode.Provisioning.Values;
using EdgeNode.Provisioning.Yaml;

namespace EdgeNode.Provisioning;

/// <summary>Engineering values on the command line, written as in a site file: a number and its unit.</summary>
public static class Amount
{
    /// <summary>Reads 4.2 bar, 420kPa, 12.5 %.</summary>
    /// <param name="text">What a person wrote.</param>
    /// <param name="point">The name of the point whose value it is.</param>
    /// <param name="unit">The unit that it is wanted in.</param>
    /// <param name="value">In that unit, when it can be read.</param>
    /// <returns>What is wrong, in a sentence without its full stop; null when nothing is.</returns>
    public static string? Read(string text, string point, Unit unit, out double value)
    {
        var faults = new FaultList("");
        value = Amounts.Setpoint(new YamlScalar(new Place(1, 1), text, plain: false), new PointUnit(point, unit), faults) ?? 0;
        return faults.Any ? faults.InOrder()[0].Message : null;
    }
}
