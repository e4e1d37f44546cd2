using System.Collections.Immutable;
using EdgeNode.Core.Model;
using EdgeNode.Core.Validate;

namespace EdgeNode.UnitTests.CoreLaws;

/// <summary>Small sites for tests of the core and the engine.</summary>
internal static class TestSite
{
    public static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    public static PointOptions Point(
        string name = "PT-101.pressure", int device = 0, double scale = 1, double offset = 0, ValueRange? range = null, ReportOptions? report = null, double stale = 3) =>
        new(name, device, UnitTable.Get("bar"), scale, offset, range, TimeSpan.FromSeconds(stale), report);

    public static AlarmOptions Alarm(
        AlarmKind kind = AlarmKind.High, double setpoint = 6.5, double deadband = 0.1, double on = 1, double off = 0, int point = 0) =>
        new("PAH-101", point, kind, setpoint, deadband, TimeSpan.FromSeconds(on), TimeSpan.FromSeconds(off), AlarmPriority.Critical, new LocalText("High", "", ""));

    public static Site Of(PointOptions[] points, AlarmOptions[]? alarms = null, DeviceOptions[]? devices = null, BusOptions[]? buses = null) => new(
        new NodeOptions("en-1", "test", null, null), null, new SpoolOptions(Second, 1 << 26),
        [.. buses ?? []], [.. devices ?? []], [.. points], [.. alarms ?? []]);

    public static ClockReading At(double seconds) =>
        new(TimeSpan.FromSeconds(seconds), new SourceTime(1_795_374_600_000_000 + (long)Math.Round(seconds * 1e6), ClockQuality.Synchronised));

    public static RawSample Sample(double seconds, double raw, Quality quality = default, int point = 0) =>
        new(point, raw, quality, TimeSpan.FromSeconds(seconds));

    public static ModbusDeviceOptions Device(string id, int bus, double every, ImmutableArray<RegisterOptions> registers = default) =>
        new(id, bus, TimeSpan.FromSeconds(every), 1, Second, 125, 8, [], false, registers.IsDefault ? [] : registers);
}
