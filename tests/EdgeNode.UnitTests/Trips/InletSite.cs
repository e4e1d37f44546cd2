using EdgeNode.Core;
using EdgeNode.Core.Model;
using EdgeNode.UnitTests.Provisioning;
using static EdgeNode.UnitTests.CoreLaws.TestSite;

namespace EdgeNode.UnitTests.Trips;

/// <summary>
/// The example <c>protected-inlet.yaml</c> with three current loops as its transmitters, so that a sample is a current in mA (12 mA is 5 bar), and its station.
/// A test spoils a line of it as a technician would.
/// </summary>
internal sealed class InletSite
{
    public const int Valve = 0;

    public InletSite(string failureAfter = "4s", params (string Old, string New)[] changes)
    {
        var text = File.ReadAllText(Path.Combine(TestFiles.Examples, "protected-inlet.yaml"));
        Change("- { id: PT-101A, bus: rs485, address: 1, profile: keller-series30, every: 1s }", Loop('A', 1));
        Change("- { id: PT-101B, bus: rs485, address: 2, profile: keller-series30, every: 1s }", Loop('B', 2));
        Change("  rs485: { modbus-rtu: /dev/serial/by-path/platform-usb-0:1.2:1.0-port0, baud: 9600, format: 8E1 }\n", "");
        foreach (var letter in "ABC")
            Change($"PT-101{letter}.pressure, range: 0..10 bar,", $"PT-101{letter}.pressure, range: 0..10 bar, failure-after: {failureAfter}, stale: 3s,");
        foreach (var (old, @new) in changes)
            Change(old, @new);
        Site = TestFiles.Load(text);
        Station = new Station(Site, TimeSpan.Zero);

        void Change(string old, string @new)
        {
            Assert.Contains(old, text, StringComparison.Ordinal);
            text = text.Replace(old, @new, StringComparison.Ordinal);
        }

        static string Loop(char letter, int channel) =>
            $"- {{ id: PT-101{letter}, bus: i2c1, address: 0x48, channel: {channel}, profile: ads1115-4-20ma, every: 200ms, shunt: 100 Ohm, span: 0..10 bar }}";
    }

    public Site Site { get; init; }

    public Station Station { get; init; }

    public int Point(string name) => Site.Points.ToList().FindIndex(p => p.Name == name);

    public int Alarm(string id) => Site.Alarms.ToList().FindIndex(a => a.Id == id);

    /// <summary>A sample of a point; null is a read that failed. The raw value of a loop is such that its current is what is given.</summary>
    public RawSample Sample(string point, double at, double? value)
    {
        var p = Point(point);
        var raw = value is { } v && Site.Points[p].Checks.Loop is { } loop ? (v - loop.Offset) / loop.Scale : value ?? 0;
        return new RawSample(p, raw, value is null ? Quality.Bad(Reason.Timeout) : default, At(at).Monotonic);
    }

    /// <summary>A sample of each transmitter, at one moment.</summary>
    public StepResult Scan(double at, double? a, double? b, double? c) =>
        Station.Step(At(at), [Sample("PT-101A.pressure", at, a), Sample("PT-101B.pressure", at, b), Sample("PT-101C.pressure", at, c)]);

    /// <summary>5 bar, settled and reset: the valve is open at second 20.</summary>
    public InletSite Open()
    {
        Station.Outputs.Restore(Valve, null);
        for (var at = 1; at < 20; at++)
            Scan(at, 12, 12, 12);
        Station.Step(At(20), [], trips: [new EdgeNode.Core.Act.TripCommand(0, EdgeNode.Core.Act.TripAsk.Reset, "mei")]);
        Assert.False(Station.Outputs.Status(Valve).Safe);
        return this;
    }
}
