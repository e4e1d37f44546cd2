using System.Globalization;
using EdgeNode.Core.Model;

namespace EdgeNode.Gateway.Demo;

/// <summary>A fault of a scenario in a few words, as its file names it.</summary>
internal static class ScenarioText
{
    /// <summary>Such as "PT-101C drift 0.05 bar/s".</summary>
    public static string Of(Site site, ScenarioEntry entry) =>
        $"{(entry.Device is { } device ? site.Devices[device].Id : site.Buses[entry.Bus].Id)} {Of(entry.Fault)}";

    private static string Of(ScenarioFault fault) => fault switch
    {
        DelayFault delay => string.Create(CultureInfo.InvariantCulture, $"delay {delay.Lateness.TotalMilliseconds:0} ms"),
        SilenceFault => "silence",
        NoiseFault => "noise",
        WrongUnitFault => "wrong-unit",
        ExceptionFault exception => string.Create(CultureInfo.InvariantCulture, $"exception {exception.Code}"),
        StuckFault => "stuck",
        DriftFault drift => string.Create(CultureInfo.InvariantCulture, $"drift {drift.PerSecond:G4} {drift.Unit.Symbol}/s"),
        UnplugFault => "unplug",
        _ => throw new ArgumentException($"{fault.GetType().Name} has no name.", nameof(fault)),
    };
}
