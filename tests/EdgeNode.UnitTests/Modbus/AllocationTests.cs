using EdgeNode.Core.Model;
using EdgeNode.Hardware.Modbus;
using Microsoft.Extensions.Logging.Abstractions;

namespace EdgeNode.UnitTests.Modbus;

/// <summary>A steady read allocates nothing (case 83).</summary>
public class AllocationTests
{
    /// <summary>Every kind of value, over two blocks and both functions.</summary>
    private static readonly ModbusDeviceOptions Device = Plant.Device(
        1, [.. Enumerable.Range(0, 28).Select(i => Plant.Value(i, 4 * i, (RegisterType)(i % 14), 3 + (i / 14), (WordOrder)(i % 4), 0xFFFF, 0x7FC00000))]);

    private static void Measure(ModbusTcpBus bus)
    {
        var samples = new List<RawSample>(64);
        for (var i = 0; i < 500; i++)
            Scan();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 2000; i++)
            Scan();
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal((5000, 5000), (bus.Health.Requests, bus.Health.Replies));
        Assert.Equal(28, samples.Count);

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
        using var bus = new ModbusTcpBus(site, 0, new EchoLink(), TimeProvider.System, new Random(1), NullLogger.Instance);
        Measure(bus);
    }

    [Fact, Trait("modbus-case", "83")]
    public void Over_real_tcp()
    {
        using var server = new ScriptedServer(Peers.Honest);
        using var bus = Loopback.Bus(server.Port, Device);
        Measure(bus);
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
