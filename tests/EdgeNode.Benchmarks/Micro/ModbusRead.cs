using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using BenchmarkDotNet.Attributes;
using EdgeNode.Core.Model;
using EdgeNode.Hardware.Modbus;
using EdgeNode.Simulation.Modbus;
using Microsoft.Extensions.Logging.Abstractions;

namespace EdgeNode.Benchmarks.Micro;

/// <summary>
/// One steady read of 20 float32 over TCP on loopback, against the simulated server in this process. The baseline is a bare socket
/// that sends the same frame and takes the same reply without a look at it: what wire, kernel and server cost by themselves.
/// </summary>
[BenchmarkCategory("wire")]
public class ModbusRead : IDisposable
{
    private const int ReplyBytes = 9 + (BenchSite.PointsPerUnit * 4);

    private readonly byte[] _request = [0, 0, 0, 0, 0, 6, 1, 3, 0, 0, 0, BenchSite.PointsPerUnit * 2];
    private readonly byte[] _reply = new byte[ReplyBytes];
    private readonly List<RawSample> _samples = [];
    private ushort _transaction;
    private ModbusTcpServer _server = null!;
    private ModbusBus _bus = null!;
    private Socket _bare = null!;

    [GlobalSetup]
    public void Start()
    {
        _server = BenchSite.StartField();
        _bus = ModbusBus.Create(BenchSite.Load(fieldPort: _server.Port), 0, TimeProvider.System, NullLogger.Instance);
        _bare = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        _bare.Connect(IPAddress.Loopback, _server.Port);
        if (Scan() != BenchSite.PointsPerUnit || _samples.Any(s => s.Quality != Quality.Good) || BareSocket() != ReplyBytes || _reply[8] != BenchSite.PointsPerUnit * 4)
        {
            throw new InvalidOperationException("The simulated server does not answer as it should.");
        }
    }

    [Benchmark(Baseline = true)]
    public int BareSocket()
    {
        BinaryPrimitives.WriteUInt16BigEndian(_request, ++_transaction);
        _bare.Send(_request);
        var received = 0;
        while (received < ReplyBytes)
        {
            received += _bare.Receive(_reply, received, ReplyBytes - received, SocketFlags.None);
        }

        return received;
    }

    [Benchmark]
    public int Scan()
    {
        _samples.Clear();
        _bus.Scan(0, _samples, CancellationToken.None);
        return _samples.Count;
    }

    [GlobalCleanup]
    public void Dispose()
    {
        _bus.Dispose();
        _bare.Dispose();
        _server.DisposeAsync().AsTask().GetAwaiter().GetResult();
    }
}
