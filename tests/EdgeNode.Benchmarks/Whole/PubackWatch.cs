using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;

namespace EdgeNode.Benchmarks.Whole;

/// <summary>
/// Stands between the gateway and the broker, passes every byte on, and notes for each telemetry message how long after the reading of
/// each of its values the broker's PUBACK went by. Measured on the wire, outside both processes.
/// </summary>
internal sealed class PubackWatch : IDisposable
{
    private const int Publish = 3;
    private const int Puback = 4;

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly int _brokerPort;
    private readonly ConcurrentDictionary<int, double[]> _open = new();
    private readonly Lock _gate = new();
    private readonly List<double> _latencies = [];
    private readonly TaskCompletionSource<DateTimeOffset> _first = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public PubackWatch(int brokerPort)
    {
        _brokerPort = brokerPort;
        _listener.Start();
        _ = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Wall time of the first PUBACK of a telemetry message.</summary>
    public Task<DateTimeOffset> First => _first.Task;

    /// <summary>Takes the latencies noted so far, in milliseconds.</summary>
    public double[] Take()
    {
        lock (_gate)
        {
            var taken = _latencies.ToArray();
            _latencies.Clear();
            return taken;
        }
    }

    public void Dispose() => _listener.Stop();

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var gateway = await _listener.AcceptTcpClientAsync();
                var broker = new TcpClient { NoDelay = true };
                gateway.NoDelay = true;
                await broker.ConnectAsync(IPAddress.Loopback, _brokerPort);
                _ = PumpAsync(gateway, broker, SeePublish);
                _ = PumpAsync(broker, gateway, SeePuback);
            }
        }
        catch (SocketException)
        {
        }
        catch (ObjectDisposedException)
        {
        }
    }

    private static async Task PumpAsync(TcpClient from, TcpClient to, Action<int, ReadOnlyMemory<byte>> see)
    {
        var packets = new PacketCutter();
        var buffer = new byte[65536];
        try
        {
            while (await from.GetStream().ReadAsync(buffer) is var n and > 0)
            {
                packets.Add(buffer.AsSpan(0, n), see);
                await to.GetStream().WriteAsync(buffer.AsMemory(0, n));
            }
        }
        catch (IOException)
        {
        }
        finally
        {
            to.Close();
        }
    }

    private void SeePublish(int header, ReadOnlyMemory<byte> body)
    {
        if (header >> 4 != Publish || (header & 6) == 0)
        {
            return;
        }

        var topicLength = BinaryPrimitives.ReadUInt16BigEndian(body.Span);
        var topic = System.Text.Encoding.UTF8.GetString(body.Span.Slice(2, topicLength));
        if (!topic.EndsWith("/telemetry", StringComparison.Ordinal))
        {
            return;
        }

        var id = BinaryPrimitives.ReadUInt16BigEndian(body.Span[(2 + topicLength)..]);
        var payload = body[body.Span.IndexOf((byte)'[')..];
        using var json = JsonDocument.Parse(payload);
        _open[id] = [.. json.RootElement.EnumerateArray().Select(r => r.GetProperty("t").GetDouble())];
    }

    private void SeePuback(int header, ReadOnlyMemory<byte> body)
    {
        if (header >> 4 != Puback || !_open.TryRemove(BinaryPrimitives.ReadUInt16BigEndian(body.Span), out var times))
        {
            return;
        }

        var now = DateTimeOffset.UtcNow;
        _first.TrySetResult(now);
        var seconds = (now - DateTimeOffset.UnixEpoch).TotalSeconds;
        lock (_gate)
        {
            _latencies.AddRange(times.Select(t => (seconds - t) * 1000));
        }
    }

    /// <summary>Cuts a byte stream into MQTT control packets (MQTT 5.0, section 2.1).</summary>
    private sealed class PacketCutter
    {
        private readonly List<byte> _bytes = [];

        public void Add(ReadOnlySpan<byte> bytes, Action<int, ReadOnlyMemory<byte>> see)
        {
            _bytes.AddRange(bytes);
            while (TryLength(out var start, out var length) && _bytes.Count >= start + length)
            {
                see(_bytes[0], _bytes.GetRange(start, length).ToArray());
                _bytes.RemoveRange(0, start + length);
            }
        }

        private bool TryLength(out int start, out int length)
        {
            length = 0;
            for (start = 1; start < _bytes.Count; start++)
            {
                length |= (_bytes[start] & 0x7F) << (7 * (start - 1));
                if (_bytes[start] < 0x80)
                {
                    start++;
                    return true;
                }
            }

            return false;
        }
    }
}
