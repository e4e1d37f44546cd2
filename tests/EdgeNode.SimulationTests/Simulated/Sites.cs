using EdgeNode.Core.Model;
using EdgeNode.Core.Validate;

namespace EdgeNode.SimulationTests.Simulated;

/// <summary>Sites for the world: devices of one period on one bus, half of the points in bar and half in metres, one alarm.</summary>
internal static class Sites
{
    public const string Topic = "city/water/pudong-pump-03/en-0042";
    public const string Node = "en-0042";

    /// <param name="devices">Devices on the bus.</param>
    /// <param name="points">Points of each device.</param>
    /// <param name="every">Scan period.</param>
    /// <param name="limit">The spool's limit, bytes; below what a site file may say, so that small worlds reach it.</param>
    public static Site Of(int devices, int points, TimeSpan every, long limit) => new(
        new NodeOptions(Node, "pudong-pump-03", null, null),
        new UplinkOptions([new BrokerOptions("broker-a", 1883, false)], Topic, null, null, null),
        new SpoolOptions(TimeSpan.FromSeconds(1), limit),
        [new ModbusTcpBusOptions("field", "192.168.10.20", 502, default, default, false)],
        [.. Enumerable.Range(0, devices).Select(d => new ModbusDeviceOptions($"D-{d:00}", 0, every, d + 1, every, 125, 8, [], false, []))],
        [.. Enumerable.Range(0, devices * points).Select(p => new PointOptions(
            $"D-{p / points:00}.q{p % points:00}", p / points, UnitTable.Get(p % 2 == 0 ? "bar" : "m"), 1, 0, null, every * 3, null) { Simulated = p % 3 == 0 })],
        [new AlarmOptions("PAHH-101", 0, AlarmKind.High, 5, 0.5, TimeSpan.Zero, TimeSpan.Zero, AlarmPriority.Critical, new LocalText("High", "", ""))])
    {
        Revision = "0123456789ab",
    };
}
