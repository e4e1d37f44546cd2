using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using EdgeNode.Core.Model;
using EdgeNode.Hardware.Modbus;
using Microsoft.Extensions.Logging.Abstractions;

namespace EdgeNode.UnitTests.Modbus;

/// <summary>A bus over real TCP on loopback.</summary>
internal static class Loopback
{
    public static ModbusBus Bus(int port, params ModbusDeviceOptions[] devices) =>
        ModbusBus.Create(Plant.Site(Plant.Bus with { Port = port }, devices), 0, TimeProvider.System, NullLogger.Instance);

    public static List<RawSample> Scan(ModbusBus bus, int device = 0) => ScanUntil(bus, CancellationToken.None, device);

    public static List<RawSample> ScanUntil(ModbusBus bus, CancellationToken stop, int device = 0)
    {
        var samples = new List<RawSample>();
        bus.Scan(device, samples, stop);
        return samples;
    }
}

/// <summary>
/// The socket link itself: what .NET's sockets really do on this system when a peer refuses, hangs, resets or says nothing. Time limits
/// here are wide, the exact ones are tested in virtual time.
/// </summary>
[Collection(RealClock.Name)]
public class LoopbackTests
{
    private static readonly TimeSpan Short = TimeSpan.FromMilliseconds(300);

    /// <summary>Far more than any of these waits, far less than the system's own time-outs of minutes.</summary>
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(10);

    private static TcpLink Link(int port) => new("127.0.0.1", port, TimeProvider.System);

    private static int FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }

    [Fact, Trait("modbus-case", "1"), Trait("modbus-case", "2")]
    public void A_reply_in_single_bytes_is_read()
    {
        using var server = new ScriptedServer(ask => Frames.Honest(ask).Select(b => Act.Say(b)));
        using var bus = Loopback.Bus(server.Port, Plant.Device(1, [.. Enumerable.Range(0, 100).Select(i => Plant.Value(i, i))]));
        Assert.All(Loopback.Scan(bus), s => Verdict.True(s, 1, s.Point));
        Assert.Equal((1, 1, 1), (bus.Health.Requests, bus.Health.Replies, bus.Health.Connects));
        Assert.True(bus.Health.LinkUp);
    }

    [Fact, Trait("modbus-case", "21")]
    public void A_refused_connection_is_known_at_once()
    {
        using var link = Link(FreePort());
        Assert.Equal(LinkResult.Closed, link.Connect(Soon, TestContext.Current.CancellationToken));
        Assert.Equal("the connection is refused: nothing listens on that port", link.Fault);
        Assert.Equal(LinkResult.Closed, link.Send([1]));
        Assert.Equal(LinkResult.Closed, link.Receive(new byte[1], Short, TestContext.Current.CancellationToken, out _));
    }

    [Fact, Trait("modbus-case", "21")]
    public void A_refused_bus_reports_link_down_and_does_not_dial_in_every_scan()
    {
        using var bus = Loopback.Bus(FreePort(), Plant.Simple(1));
        for (var i = 0; i < 50; i++)
            Verdict.Bad(Assert.Single(Loopback.Scan(bus)), Reason.LinkDown);
        Assert.Equal((1, 0, 0), (bus.Health.LinkFailures, bus.Health.Connects, bus.Health.Requests));
        Assert.False(bus.Health.LinkUp);
    }

    [Fact, Trait("modbus-case", "21")]
    public void An_address_without_a_route_is_a_result_and_not_an_exception()
    {
        // No system opens a stream to the broadcast address; the answer is the kernel's own.
        using var link = new TcpLink("255.255.255.255", 502, TimeProvider.System);
        Assert.Equal(LinkResult.Closed, link.Connect(Short, TestContext.Current.CancellationToken));
        Assert.NotEmpty(link.Fault);
    }

    [Fact, Trait("modbus-case", "21")]
    public void A_name_that_does_not_exist_is_a_result_and_not_an_exception()
    {
        using var link = new TcpLink("no-such-host.invalid", 502, TimeProvider.System);
        var watch = Stopwatch.StartNew();
        Assert.NotEqual(LinkResult.Done, link.Connect(Short, TestContext.Current.CancellationToken));
        Assert.NotEmpty(link.Fault);
        Assert.True(watch.Elapsed < Soon);
    }

    [Fact]
    public void A_name_is_resolved()
    {
        using var server = new ScriptedServer(Peers.Honest);
        using var link = new TcpLink("localhost", server.Port, TimeProvider.System);
        Assert.Equal(LinkResult.Done, link.Connect(Soon, TestContext.Current.CancellationToken));
    }

    [Theory, InlineData("::1"), InlineData("127.0.0.1")]
    public void An_address_of_either_kind_carries_bytes_both_ways_and_then_the_close(string address)
    {
        using var listener = new Socket(IPAddress.Parse(address).AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            listener.Bind(new IPEndPoint(IPAddress.Parse(address), 0));
        }
        catch (SocketException e)
        {
            Assert.Skip($"this machine has no {address}: {e.SocketErrorCode}");
        }

        listener.Listen(1);
        var stop = TestContext.Current.CancellationToken;
        using var link = new TcpLink(address, ((IPEndPoint)listener.LocalEndPoint!).Port, TimeProvider.System);
        Assert.Equal(LinkResult.Done, link.Connect(Soon, stop));
        using var peer = listener.Accept();
        var bytes = new byte[8];

        Assert.Equal(LinkResult.TimedOut, link.Receive(bytes, TimeSpan.Zero, stop, out var count));
        Assert.Equal(LinkResult.Done, link.Send([1, 2, 3]));
        Assert.Equal(3, peer.Receive(bytes));
        peer.Send([4, 5]);
        Assert.Equal(LinkResult.Done, link.Receive(bytes, Soon, stop, out count));
        Assert.Equal([4, 5], bytes[..count]);
        Assert.Equal(LinkResult.TimedOut, link.Receive(bytes, Short, stop, out count));
        Assert.Equal(0, count);
        peer.Shutdown(SocketShutdown.Both);
        Assert.Equal(LinkResult.Closed, link.Receive(bytes, Soon, stop, out count));
        Assert.Equal("the peer closed the connection", link.Fault);
    }

    [Fact, Trait("modbus-case", "20")]
    public void A_peer_that_takes_no_more_bytes_breaks_the_link_instead_of_holding_the_bus()
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 4096 };
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen(1);
        using var link = Link(((IPEndPoint)listener.LocalEndPoint!).Port);
        Assert.Equal(LinkResult.Done, link.Connect(Soon, TestContext.Current.CancellationToken));
        Assert.Equal(LinkResult.Closed, link.Send(new byte[64 << 20]));
        Assert.Equal("it does not answer any more", link.Fault);
    }

    [Fact, Trait("modbus-case", "18")]
    public void A_reset_is_named_whether_a_receive_or_a_send_finds_it()
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen(1);
        var stop = TestContext.Current.CancellationToken;
        using var link = Link(((IPEndPoint)listener.LocalEndPoint!).Port);
        Assert.Equal(LinkResult.Done, link.Connect(Soon, stop));
        using (var peer = listener.Accept())
            peer.LingerState = new LingerOption(true, 0);

        Assert.Equal(LinkResult.Closed, link.Receive(new byte[1], Soon, stop, out _));
        Assert.Equal("the other side broke the connection", link.Fault);
        Assert.Equal(LinkResult.Closed, link.Send([1]));
        Assert.Equal("the other side broke the connection", link.Fault);
    }

    /// <summary>A listener whose queue is full drops the connection request, as a host behind a firewall does.</summary>
    private static List<Socket> BlackHole(out int port)
    {
        var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen(0);
        port = ((IPEndPoint)listener.LocalEndPoint!).Port;
        var sockets = new List<Socket> { listener };
        for (var i = 0; i < 8; i++)
        {
            var filler = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { Blocking = false };
            sockets.Add(filler);
            try
            {
                filler.Connect(listener.LocalEndPoint!);
            }
            catch (SocketException)
            {
                // Under way, or left hanging: both fill the queue.
            }
        }

        Thread.Sleep(50);
        return sockets;
    }

    [Fact, Trait("modbus-case", "20")]
    public void A_connection_request_that_nobody_answers_ends_with_its_own_deadline()
    {
        var sockets = BlackHole(out var port);
        using var link = Link(port);
        var watch = Stopwatch.StartNew();
        Assert.Equal(LinkResult.TimedOut, link.Connect(Short, TestContext.Current.CancellationToken));
        Assert.InRange(watch.Elapsed, Short, Soon);
        Assert.Equal("no answer to the connection request", link.Fault);
        sockets.ForEach(s => s.Dispose());
    }

    [Fact, Trait("modbus-case", "60")]
    public void A_dial_and_a_wait_for_a_reply_both_notice_a_cancellation()
    {
        var sockets = BlackHole(out var port);
        using (var link = Link(port))
        {
            using var stop = new CancellationTokenSource(100);
            Assert.Equal(LinkResult.Cancelled, link.Connect(TimeSpan.FromMinutes(5), stop.Token));
        }

        sockets.ForEach(s => s.Dispose());

        using var server = new ScriptedServer(ask => ask.Unit == 1 ? [] : Peers.Honest(ask));
        using var bus = Loopback.Bus(server.Port, Plant.Simple(1) with { Timeout = TimeSpan.FromMinutes(5) }, Plant.Simple(2));
        using var cancel = new CancellationTokenSource(100);
        Assert.Empty(Loopback.ScanUntil(bus, cancel.Token));
        Verdict.True(Assert.Single(Loopback.Scan(bus, 1)), 2, 200);
        Assert.Equal(1, bus.Health.Connects);
    }

    [Fact, Trait("modbus-case", "60")]
    public void A_pause_notices_a_cancellation()
    {
        using var link = Link(1);
        using var stop = new CancellationTokenSource(50);
        var watch = Stopwatch.StartNew();
        link.Wait(TimeSpan.FromMinutes(5), stop.Token);
        Assert.True(watch.Elapsed < Soon);
    }

    [Fact, Trait("modbus-case", "18")]
    public void A_reset_in_mid_reply_is_noticed_at_once_and_repaired()
    {
        using var server = new ScriptedServer(ask => ask.Number == 2 ? [Act.Say(Frames.Honest(ask)[..9]), Act.Reset] : Peers.Honest(ask));
        using var bus = Loopback.Bus(server.Port, Plant.Simple(1) with { Timeout = TimeSpan.FromMinutes(5) });
        for (var i = 0; i < 3; i++)
            Verdict.True(Assert.Single(Loopback.Scan(bus)), 1, 100);
        Assert.Equal((2, 1, 1), (bus.Health.Connects, bus.Health.LinkFailures, bus.Health.Retries));
    }

    [Fact, Trait("modbus-case", "19")]
    public void A_fin_after_part_of_a_frame_is_noticed_at_once_and_repaired()
    {
        using var server = new ScriptedServer(ask => ask.Number == 2 ? [Act.Say(Frames.Honest(ask)[..9]), Act.Fin] : Peers.Honest(ask));
        using var bus = Loopback.Bus(server.Port, Plant.Simple(1) with { Timeout = TimeSpan.FromMinutes(5) });
        for (var i = 0; i < 3; i++)
            Verdict.True(Assert.Single(Loopback.Scan(bus)), 1, 100);
        Assert.Equal((2, 1), (bus.Health.Connects, bus.Health.Retries));
    }

    [Fact, Trait("modbus-case", "22")]
    public void A_server_that_hangs_up_after_each_reply_is_read_all_the_same()
    {
        using var server = new ScriptedServer(ask => [.. Peers.Honest(ask), Act.Fin]);
        using var bus = Loopback.Bus(server.Port, Plant.Simple(1));
        for (var i = 0; i < 20; i++)
            Verdict.True(Assert.Single(Loopback.Scan(bus)), 1, 100);
        Assert.Equal(20, bus.Health.Connects);
    }

    [Fact, Trait("modbus-case", "20")]
    public void A_silent_server_costs_the_deadline_and_no_more()
    {
        using var server = new ScriptedServer(Peers.Silent);
        using var bus = Loopback.Bus(server.Port, Plant.Simple(1) with { Timeout = Short });
        var watch = Stopwatch.StartNew();
        Verdict.Bad(Assert.Single(Loopback.Scan(bus)), Reason.Timeout);
        Assert.InRange(watch.Elapsed, Short, Soon);
    }

    [Fact, Trait("modbus-case", "20")]
    public void Keep_alive_is_set_on_the_connection()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "/proc/net/tcp is Linux");
        using var server = new ScriptedServer(Peers.Honest);
        using var bus = Loopback.Bus(server.Port, Plant.Simple(1));
        Loopback.Scan(bus);

        // The kernel's own table: remote port, and timer 02 (keep-alive) while nothing is under way.
        var remote = ":" + server.Port.ToString("X4", CultureInfo.InvariantCulture);
        var row = File.ReadLines("/proc/net/tcp").Skip(1).Select(l => l.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Single(f => f[2].EndsWith(remote, StringComparison.Ordinal) && f[3] == "01");
        Assert.StartsWith("02:", row[5], StringComparison.Ordinal);
    }

    [Fact]
    public void The_counters_can_be_read_from_any_thread()
    {
        using var server = new ScriptedServer(Peers.Honest);
        using var bus = Loopback.Bus(server.Port, Plant.Simple(1));
        var done = false;
        long seen = 0;
        var reader = new Thread(() =>
        {
            while (!Volatile.Read(ref done))
            {
                var health = bus.Health;
                Assert.True(health.Requests >= seen && health.Replies <= 500);
                seen = health.Requests;
            }
        });
        reader.Start();
        for (var i = 0; i < 500; i++)
            Loopback.Scan(bus);
        Volatile.Write(ref done, true);
        reader.Join();
        Assert.Equal((500, 500, 0), (bus.Health.Requests, bus.Health.Replies, bus.Health.Timeouts));
    }
}
