using EdgeNode.Core.Model;
using EdgeNode.Core.Ports;

namespace EdgeNode.UnitTests.Uplink;

/// <summary>Readings for tests.</summary>
internal static class Readings
{
    public static readonly SourceTime Moment = new(1_795_374_600_125_000, ClockQuality.Synchronised);
    public static readonly SpooledPoint Pressure = new("PT-101A.pressure", "bar", Simulated: false);

    public static SpooledReading At(double value) => new(Pressure, value, Quality.Good, Moment.Add(TimeSpan.FromMilliseconds(value)));
}
