using System.Diagnostics;
using System.Net.Sockets;
using Xunit;

namespace EdgeNode.IntegrationTests.Field;

/// <summary>The peer itself: what it writes down is what it served, all of it and each value once.</summary>
public sealed class PymodbusFieldTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("edgenode-").FullName;

    private string LogFile => Path.Combine(_folder, "served.csv");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task The_log_holds_every_served_value_once_and_consecutive_per_point()
    {
        CancellationToken stop = TestContext.Current.CancellationToken;
        await using PymodbusField field = await PymodbusField.StartAsync(new PymodbusFieldOptions(), LogFile, stop);

        // Four masters at a time, reads of different points and lengths.
        var received = new List<(int Unit, int Point, long Value)>();
        long before = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds() * 1000;
        await Task.WhenAll(Enumerable.Range(0, 4).Select(seed => Task.Run(() => Read(field.Port, seed, received), stop)));
        long after = (TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds() + 1) * 1000;

        IReadOnlyList<ServedValue> served = field.Served();
        Assert.NotEmpty(served);
        Assert.Equal(received.Order(), served.Select(value => (value.Unit, value.Point, value.Value)).Order());
        Assert.All(served, value => Assert.InRange(value.UnixMicroseconds, before, after));
        AssertConsecutive(served);
    }

    [Fact]
    public async Task The_log_is_written_before_the_reply_leaves()
    {
        await using PymodbusField field = await PymodbusField.StartAsync(new PymodbusFieldOptions(), LogFile, TestContext.Current.CancellationToken);
        using var master = new PlainMaster(field.Port);
        for (int round = 1; round <= 200; round++)
        {
            Assert.Equal(round, master.Points(10, 19, 1)[0]);
            Assert.Equal(round, field.Served().Count);
        }
    }

    [Fact]
    public async Task Half_a_point_and_points_that_are_not_there_are_refused_and_not_counted()
    {
        await using PymodbusField field = await PymodbusField.StartAsync(new PymodbusFieldOptions(), LogFile, TestContext.Current.CancellationToken);
        using var master = new PlainMaster(field.Port);
        foreach (string request in (string[])["03 0001 0002", "03 0000 0001", "03 0026 0004", "03 0028 0002"])
        {
            Assert.EndsWith("8302", master.Ask(1, 1, request), StringComparison.Ordinal);
        }

        Assert.Empty(field.Served());
        Assert.Equal(20, master.Points(1, 0, 20).Count(value => value == 1));
        Assert.Equal(20, field.Served().Count);
    }

    [Fact]
    public async Task A_dropped_unit_takes_requests_and_serves_nothing_while_the_others_do()
    {
        var options = new PymodbusFieldOptions { Drop = [3] };
        await using PymodbusField field = await PymodbusField.StartAsync(options, LogFile, TestContext.Current.CancellationToken);
        using (var waiting = new PlainMaster(field.Port, TimeSpan.FromMilliseconds(300)))
        {
            SocketException silence = Assert.Throws<SocketException>(() => waiting.Points(3, 0, 20));
            Assert.Contains(silence.SocketErrorCode, (SocketError[])[SocketError.TimedOut, SocketError.WouldBlock]);
        }

        using var master = new PlainMaster(field.Port);
        Assert.Equal(1, master.Points(4, 0, 1)[0]);
        Assert.Equal([4], field.Served().Select(value => value.Unit));
    }

    [Fact]
    public async Task Each_unit_can_have_a_port_of_its_own_and_a_field_started_again_there_goes_on_counting()
    {
        CancellationToken stop = TestContext.Current.CancellationToken;
        var options = new PymodbusFieldOptions(Units: 10) { PortPerUnit = true };
        IReadOnlyList<int> ports;
        await using (PymodbusField field = await PymodbusField.StartAsync(options, LogFile, stop))
        {
            ports = field.Ports;
            Assert.Equal(10, ports.Distinct().Count());
            ReadEach(ports, expected: 1);
        }

        Assert.Throws<SocketException>(() => new PlainMaster(ports[0]).Dispose());

        await using PymodbusField again = await PymodbusField.StartAsync(options with { Ports = ports }, LogFile, stop);
        Assert.Equal(ports, again.Ports);
        ReadEach(ports, expected: 2);
        Assert.Equal(20, again.Served().Count);
        AssertConsecutive(again.Served());
    }

    [Fact]
    public async Task Without_the_packages_it_says_which_to_install()
    {
        // -S leaves out the folder in which Debian's packages live, as if they were not installed.
        using Process process = Process.Start(new ProcessStartInfo(PymodbusField.Python, ["-S", PymodbusField.Script, "--log", LogFile]) { RedirectStandardError = true })!;
        string complaint = await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(1, process.ExitCode);
        Assert.Contains("install the Debian packages python3-pymodbus and python3-serial-asyncio", complaint, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_field_that_cannot_start_says_why()
    {
        await using PymodbusField first = await PymodbusField.StartAsync(new PymodbusFieldOptions(), LogFile, TestContext.Current.CancellationToken);
        var samePort = new PymodbusFieldOptions { Ports = first.Ports };
        InvalidOperationException failure = await Assert.ThrowsAsync<InvalidOperationException>(
            () => PymodbusField.StartAsync(samePort, LogFile, TestContext.Current.CancellationToken));
        Assert.Contains("address already in use", failure.Message, StringComparison.OrdinalIgnoreCase);
    }

    private static void Read(int port, int seed, List<(int Unit, int Point, long Value)> received)
    {
        var random = new Random(seed);
        using var master = new PlainMaster(port);
        for (int i = 0; i < 250; i++)
        {
            int unit = random.Next(1, 11);
            int first = random.Next(20);
            float[] values = master.Points((byte)unit, first, random.Next(1, 21 - first));
            lock (received)
            {
                for (int point = 0; point < values.Length; point++) received.Add((unit, first + point, (long)values[point]));
            }
        }
    }

    private static void ReadEach(IReadOnlyList<int> ports, float expected)
    {
        for (int i = 0; i < ports.Count; i++)
        {
            using var master = new PlainMaster(ports[i]);
            Assert.Equal(expected, master.Points((byte)(i + 1), 0, 1)[0]);
        }
    }

    private static void AssertConsecutive(IEnumerable<ServedValue> served)
    {
        foreach (IGrouping<(int Unit, int Point), ServedValue> point in served.GroupBy(value => (value.Unit, value.Point)))
        {
            Assert.Equal(Enumerable.Range(1, point.Count()).Select(count => (long)count), point.Select(value => value.Value));
            Assert.True(point.Zip(point.Skip(1)).All(pair => pair.First.UnixMicroseconds <= pair.Second.UnixMicroseconds), $"{point.Key}: the times go back.");
        }
    }
}
