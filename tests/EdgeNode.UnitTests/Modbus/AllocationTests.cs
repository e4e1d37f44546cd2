using EdgeNode.Core.Model;
using EdgeNode.Hardware.Modbus;
using Microsoft.Extensions.Logging.Abstractions;

namespace EdgeNode.UnitTests.Modbus;

/// <summary>A steady read allocates nothing (case 83).</summary>
[Collection(RealClock.Name)]
public class AllocationTests
{
    /// <summary>Every kind of value, over two blocks and both functions.</summary>
    private static readonly ModbusDeviceOptions Device = Plant.Device(
        1, [.. Enumerable.Range(0, 28).Select(i => Plant.Value(i, 4 * i, (RegisterType)(i % 14), 3 + (i / 14), (WordOrder)(i % 4), 0xFFFF, 0x7FC00000))]);

    // On a busy machine the compiler's second look at a method may come late, and its first form allocates: steady is what comes after it.
    private const int MostTries = 20;

    private static void Measure(ModbusBus bus, int warm = 500, int rounds = 2000)
    {
        var samples = new List<RawSample>(64);
        var done = 0L;
        Scans(warm);
        long allocated;
        var tries = 0;
        do
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            Scans(rounds);
            allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        }
        while (allocated != 0 && ++tries < MostTries);

        Assert.Equal(0, allocated);
        Assert.Equal((2 * done, 2 * done), (bus.Health.Requests, bus.Health.Replies));
        Assert.Equal(28, samples.Count);

        void Scans(int count)
        {
            for (var i = 0; i < count; i++, done++)
                Scan();
        }

        void Scan()
        {
            samples.Clear();
            bus.Scan(0, samples, CancellationToken.None);
        }
    }

    [Fact, Trait("modbus-case", "83")]
    public void Over_the_in_memory_link()
    {
        var site = Plant.Site(Plant.Bus, Device);
        using var bus = new ModbusBus(site, 0, new EchoLink(), TimeProvider.System, new Random(1), NullLogger.Instance);
        Measure(bus);
    }

    [Fact, Trait("modbus-case", "83")]
    public void With_status_words_in_the_same_requests()
    {
        // Register 27 of function 3 lies among the values; every bit has a class, and the registers of the link say whatever they say.
        var word = new StatusWord(Plant.Value(-1, 27), 0xF000, 0x0F00, 0x00F0, 0x000F, [.. Enumerable.Range(0, 28)]);
        using var bus = new ModbusBus(Plant.Site(Plant.Bus, Device with { Status = [word] }), 0, new EchoLink(), TimeProvider.System, new Random(1), NullLogger.Instance);
        Measure(bus);
    }

    [Fact, Trait("modbus-case", "83")]
    public void Over_real_tcp()
    {
        using var server = new ScriptedServer(Peers.Honest);
        using var bus = Loopback.Bus(server.Port, Device);
        Measure(bus);
    }

    [Fact, Trait("modbus-case", "83"), Trait("modbus-case", "24")]
    public void Over_real_tcp_with_several_open_requests()
    {
        using var server = new ScriptedServer(Peers.Honest);
        using var bus = ModbusBus.Create(Plant.Site(Plant.Bus with { Port = server.Port, Pipeline = 4 }, Device), 0, TimeProvider.System, NullLogger.Instance);
        Measure(bus);
    }

    [Fact, Trait("modbus-case", "83")]
    public void Over_an_in_memory_serial_line()
    {
        var line = new EchoLine();
        using var bus = new ModbusBus(Plant.Site(RtuRig.Line, Device), 0, line, line, new Random(1), NullLogger.Instance);
        Measure(bus);
    }

    [Fact, Trait("modbus-case", "83")]
    public void Over_a_pty()
    {
        using var slave = new PtySlave(a => [Act.Say(Rtu.Honest(a))]);
        using var bus = slave.Bus(RtuRig.Line with { Baud = 921600 }, Device);
        Measure(bus, 100, 200);
    }

    /// <summary>A serial line that answers out of one buffer, with a clock that only its waits move.</summary>
    private sealed class EchoLine : TimeProvider, ILink
    {
        private readonly byte[] _reply = new byte[260];
        private long _now = TimeSpan.TicksPerHour;
        private int _length;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public string Peer => "line";

        public string Fault => "";

        public override long GetTimestamp() => _now;

        public LinkResult Connect(TimeSpan timeout, CancellationToken stop) => LinkResult.Done;

        public LinkResult Send(ReadOnlySpan<byte> bytes)
        {
            var count = bytes[5] * 2;
            bytes[..2].CopyTo(_reply);
            _reply[2] = (byte)count;
            _length = 5 + count;
            Crc16.Seal(_reply.AsSpan(0, _length));
            return LinkResult.Done;
        }

        public LinkResult Receive(Span<byte> into, TimeSpan timeout, CancellationToken stop, out int count)
        {
            (count, _length) = (_length, 0);
            _reply.AsSpan(0, count).CopyTo(into);
            _now += count > 0 ? 0 : timeout.Ticks;
            return count > 0 ? LinkResult.Done : LinkResult.TimedOut;
        }

        public void Wait(TimeSpan span, CancellationToken stop) => _now += span.Ticks;

        public void Close()
        {
        }

        public void Dispose()
        {
        }
    }

    /// <summary>Answers at once, out of one buffer, so that only the bus could allocate.</summary>
    private sealed class EchoLink : ILink
    {
        private readonly byte[] _reply = new byte[260];
        private int _length;

        public string Peer => "echo";

        public string Fault => "";

        public LinkResult Connect(TimeSpan timeout, CancellationToken stop) => LinkResult.Done;

        public LinkResult Send(ReadOnlySpan<byte> bytes)
        {
            var count = bytes[11] * 2;
            bytes[..8].CopyTo(_reply);
            _reply[5] = (byte)(count + 3);
            _reply[8] = (byte)count;
            _length = 9 + count;
            return LinkResult.Done;
        }

        public LinkResult Receive(Span<byte> into, TimeSpan timeout, CancellationToken stop, out int count)
        {
            (count, _length) = (_length, 0);
            _reply.AsSpan(0, count).CopyTo(into);
            return count > 0 ? LinkResult.Done : LinkResult.TimedOut;
        }

        public void Wait(TimeSpan span, CancellationToken stop)
        {
        }

        public void Close()
        {
        }

        public void Dispose()
        {
        }
    }
}
