using System.Text;
using EdgeNode.Provisioning;

namespace EdgeNode.UnitTests.Provisioning;

/// <summary>The named limits hold at the edge: as many as allowed are fine, one more is one fault.</summary>
public sealed class LimitTests
{
    [Theory]
    [InlineData(SiteLimits.Buses, true)]
    [InlineData(SiteLimits.Buses + 1, false)]
    public void Buses(int count, bool good)
    {
        var lines = string.Concat(Enumerable.Range(1, count - 1).Select(i => $"  b{i}: {{ modbus-tcp: \"10.0.{i}.1\" }}\n"));
        Check(TestFiles.Small.Replace("devices:\n", lines + "devices:\n", StringComparison.Ordinal), good, "at most 64");
    }

    [Theory]
    [InlineData(SiteLimits.Devices, true)]
    [InlineData(SiteLimits.Devices + 1, false)]
    public void Devices(int count, bool good)
    {
        var lines = string.Concat(Enumerable.Range(1, count - 1).Select(i => Device(i, ["x"])));
        Check(TestFiles.Small.Replace("points:\n", lines + "points:\n", StringComparison.Ordinal), good, "at most 256");
    }

    [Theory]
    [InlineData(SiteLimits.Points, true)]
    [InlineData(SiteLimits.Points + 1, false)]
    [InlineData(SiteLimits.Points + 1000, false)]
    public void Points(int count, bool good)
    {
        var lines = new StringBuilder();
        for (var (left, device) = (count - 1, 1); left > 0; left -= 100, device++)
            lines.Append(Device(device, [.. Enumerable.Range(0, Math.Min(100, left)).Select(i => $"x{i}")]));
        Check(TestFiles.Small.Replace("points:\n", lines + "points:\n", StringComparison.Ordinal), good, "at most 4096");
    }

    [Theory]
    [InlineData(SiteLimits.Alarms, true)]
    [InlineData(SiteLimits.Alarms + 1, false)]
    public void Alarms(int count, bool good)
    {
        var lines = string.Concat(Enumerable.Range(1, count - 1).Select(i => $"  - {{ id: A-{i}, of: PT-101.pressure, low: 1 bar, priority: low }}\n"));
        Check(TestFiles.Small + lines, good, "at most 1024");
    }

    [Theory]
    [InlineData("inputs", SiteLimits.Inputs)]
    [InlineData("outputs", SiteLimits.Outputs)]
    [InlineData("annunciators", SiteLimits.Annunciators)]
    [InlineData("trips", SiteLimits.Trips)]
    [InlineData("names in a cause", SiteLimits.CauseNames)]
    public void Lists_of_protection(string what, int most)
    {
        Check(Protected(what, most), good: true, "");
        Check(Protected(what, most + 1), good: false, $"at most {most}");
    }

    private static string Protected(string what, int count)
    {
        var small = TestFiles.Small.Replace("buses:\n", "buses:\n  g: { gpio: /dev/gpiochip0 }\n", StringComparison.Ordinal);
        const string output = "outputs: [ { id: XV, bus: g, line: 1000, normal: energised, safe: de-energised, backstop: hard-wired } ]\n";
        return what switch
        {
            "inputs" => small + "inputs:\n" + Many(i => $"{{ id: S-{i}, bus: g, line: {i} }}"),
            "outputs" => small + "outputs:\n" + Many(i => $"{{ id: O-{i}, bus: g, line: {i}, normal: energised, safe: de-energised }}"),
            "annunciators" => small + "annunciators:\n" + Many(i => $"{{ id: L-{i}, bus: g, line: {i}, shows: high }}"),
            "trips" => small + output + "trips:\n" + Many(i => $"{{ id: T-{i}, cause: PAH-101, effect: XV, on-bad: hold, process-safety-time: 1min }}"),
            _ => small + output + $"trips: [ {{ id: T, cause: {{ any: [ {string.Join(", ", Enumerable.Repeat("PAH-101", count))} ] }}, effect: XV, on-bad: hold, process-safety-time: 1min }} ]\n",
        };

        string Many(Func<int, string> item) => string.Concat(Enumerable.Range(0, count).Select(i => "  - " + item(i) + "\n"));
    }

    [Theory]
    [InlineData(SiteLimits.Brokers, true)]
    [InlineData(SiteLimits.Brokers + 1, false)]
    public void Brokers(int count, bool good)
    {
        var brokers = string.Join(", ", Enumerable.Range(1, count).Select(i => $"mqtt://10.0.0.{i}"));
        Check(TestFiles.Small + $"uplink: {{ brokers: [ {brokers} ], topic: t }}\n", good, "at most 8");
    }

    [Theory]
    [InlineData(64, true)]
    [InlineData(65, false)]
    public void Length_of_an_id(int length, bool good) =>
        Check(TestFiles.Small.Replace("en-1", new string('e', length), StringComparison.Ordinal), good, "at most 64");

    [Theory]
    [InlineData("10ms", true)]
    [InlineData("9.999ms", false)]
    [InlineData("24h", true)]
    [InlineData("1440.001min", false)]
    [InlineData("-1s", false)]
    [InlineData("1e300h", false)]
    public void Scan_period(string every, bool good) =>
        Check(TestFiles.Small.Replace("every: 1s", "every: " + every, StringComparison.Ordinal), good, "a duration from 10ms to 24h");

    [Theory]
    [InlineData("commit: 100ms", true)]
    [InlineData("commit: 99ms", false)]
    [InlineData("commit: 60s", true)]
    [InlineData("commit: 60.1s", false)]
    public void Commit_interval(string line, bool good) => Check(TestFiles.Small + $"spool: {{ {line} }}\n", good, "a duration from 100ms to 1min");

    [Theory]
    [InlineData("age: 1h", true)]
    [InlineData("age: 59min", false)]
    [InlineData("age: 3650d", true)]
    [InlineData("age: 3650.1 d", false)]
    public void Age_of_what_waits_in_the_spool(string line, bool good) =>
        Check(TestFiles.Small + $"spool: {{ {line} }}\n", good, "a duration from 1h to 3650d");

    [Theory]
    [InlineData("16MiB", 16L << 20)]
    [InlineData("16384KiB", 16L << 20)]
    [InlineData("16777216B", 16L << 20)]
    [InlineData("17MB", 17_000_000)]
    [InlineData("16777.216kB", 16L << 20)]
    [InlineData("4 GB", 4_000_000_000)]
    [InlineData("6GiB", 6L << 30)]
    [InlineData("6.1GiB", 0)]
    [InlineData("16MB", 0)]
    [InlineData("16777215B", 0)]
    [InlineData("1e30GiB", 0)]
    public void Size_of_the_spool(string size, long bytes)
    {
        var text = TestFiles.Small + $"spool: {{ limit: {size} }}\n";
        Check(text, bytes > 0, "a size from 16MiB");
        if (bytes > 0)
            Assert.Equal(bytes, TestFiles.Load(text).Spool.LimitBytes);
    }

    [Theory]
    [InlineData("1", false, true)]
    [InlineData("247", false, true)]
    [InlineData("0", false, false)]
    [InlineData("248", false, false)]
    [InlineData("0", true, true)]
    [InlineData("255", true, true)]
    [InlineData("256", true, false)]
    [InlineData("-1", true, false)]
    [InlineData("0x10", false, true)]
    [InlineData("99999999999999999999", true, false)]
    public void Modbus_address(string address, bool echo, bool good)
    {
        var line = "address: " + address + (echo ? "\n    any-unit-echo: true" : "");
        Check(TestFiles.Small.Replace("address: 1", line, StringComparison.Ordinal), good, "a whole number from");
    }

    [Theory]
    [InlineData("65535", "int16", true)]
    [InlineData("65534", "float32", true)]
    [InlineData("65535", "float32", false)]
    [InlineData("65532", "float64", true)]
    [InlineData("65533", "float64", false)]
    [InlineData("65533", "mod10k48", true)]
    [InlineData("65534", "mod10k48", false)]
    public void Last_register(string register, string type, bool good) =>
        Check(
            TestFiles.Small.Replace("register: 0, type: float32", $"register: {register}, type: {type}", StringComparison.Ordinal),
            good, "expected at most 655");

    [Theory]
    [InlineData("6.5 bar", "6.5", true)]
    [InlineData("10 bar", "10", true)]
    [InlineData("0 bar", "0", true)]
    [InlineData("10.001 bar", "0", false)]
    [InlineData("-1 Pa", "0", false)]
    [InlineData("1e308 bar", "0", false)]
    [InlineData("+65e-1 bar", "6.5", true)]
    [InlineData("0.65MPa", "6.5", true)]
    public void Setpoint_inside_of_the_range(string setpoint, string bar, bool good)
    {
        var text = TestFiles.Small.Replace("high: 6.5 bar", "high: " + setpoint, StringComparison.Ordinal);
        Check(text, good, "");
        if (good)
            Assert.Equal(double.Parse(bar, System.Globalization.CultureInfo.InvariantCulture), Assert.Single(TestFiles.Load(text).Alarms).Setpoint, 12);
    }

    private static string Device(int number, string[] names) =>
        $"  - id: D-{number}\n    bus: field\n    address: 1\n    every: 1s\n    registers:\n"
        + string.Concat(names.Select(n => $"      - {{ name: {n}-{number}, function: 3, register: 0, type: int16, unit: bar }}\n"));

    private static void Check(string text, bool good, string expected)
    {
        var result = TestFiles.Parse(text);
        if (good)
        {
            Assert.Empty(result.Faults);
            Assert.NotNull(result.Site);
        }
        else
        {
            Assert.Contains(expected, Assert.Single(result.Faults).Message, StringComparison.Ordinal);
            Assert.Null(result.Site);
        }
    }
}
