using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using System.Threading.Channels;

namespace EdgeNode.Benchmarks.Whole;

/// <summary>
/// Stands between the gateway and the broker, passes every byte on, and notes for each reading how long after its own time the
/// broker's PUBACK went by. Measured on the wire, outside both processes; looking into the bytes is done beside the way, not on it.
/// </summary>
internal sealed class PubackWatch : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly int _brokerPort;
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _gate = new();
    private readonly List<double> _latencies = [];
    private readonly TaskCompletionSource<(DateTimeOffset Read, DateTimeOffset Acknowledged)> _first = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task _relaying;

    public PubackWatch(int brokerPort)
    {
        _brokerPort = brokerPort;
        _listener.Start();
        _relaying = RelayAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Of the first telemetry message: when its first reading was read, and when its PUBACK went by.</summary>
    public Task<(DateTimeOffset Read, DateTimeOffset Acknowledged)> First => _first.Task;

    /// <summary>Takes the latencies noted so far, in milliseconds.</summary>
    /// <exception cref="InvalidOperationException">The connection has ended: what was measured is not the steady state.</exception>
    public List<double> Take()
    {
        if (_relaying.IsCompleted)
        {
            throw new InvalidOperationException("The gateway's connection to the broker has ended in the middle.", _relaying.Exception);
        }

        lock (_gate)
        {
            List<double> taken = [.. _latencies];
            _latencies.Clear();
            return taken;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _relaying.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _listener.Dispose();
        _stop.Dispose();
    }

    /// <summary>One connection, from its beginning to its end; there is no second.</summary>
    private async Task RelayAsync()
    {
        using var gateway = await _listener.AcceptTcpClientAsync(_stop.Token);
        using var broker = new TcpClient();
        gateway.NoDelay = broker.NoDelay = true;
        await broker.ConnectAsync(IPAddress.Loopback, _brokerPort, _stop.Token);
        var passed = Channel.CreateUnbounded<Passed>();
        var up = PumpAsync(gateway, broker, toBroker: true, passed.Writer);
        var down = PumpAsync(broker, gateway, toBroker: false, passed.Writer);
        await await Task.WhenAny(up, down, NoteAsync(passed.Reader));
    }

    private async Task PumpAsync(TcpClient from, TcpClient to, bool toBroker, ChannelWriter<Passed> passed)
    {
        var buffer = new byte[65536];
        while (await from.GetStream().ReadAsync(buffer, _stop.Token) is var n and > 0)
        {
            // Noted before it is passed on, so that a PUBACK is never noted before its PUBLISH.
            passed.TryWrite(new Passed(toBroker, DateTimeOffset.UtcNow, buffer[..n]));
            await to.GetStream().WriteAsync(buffer.AsMemory(0, n), _stop.Token);
        }
    }

    private async Task NoteAsync(ChannelReader<Passed> passed)
    {
        var (toBroker, toGateway) = (new MqttWire(), new MqttWire());
        var open = new Dictionary<ushort, double[]>();
        await foreach (var bytes in passed.ReadAllAsync(_stop.Token))
        {
            foreach (var packet in (bytes.ToBroker ? toBroker : toGateway).Add(bytes.Content))
            {
                if (bytes.ToBroker && packet.TryPublish(out var topic, out var id, out var payload) && topic.EndsWith("/telemetry", StringComparison.Ordinal))
                {
                    using var json = JsonDocument.Parse(payload);
                    open[id] = [.. json.RootElement.EnumerateArray().Select(r => r.GetProperty("t").GetDouble())];
                }
                else if (!bytes.ToBroker && packet.Acknowledges is { } answered && open.Remove(answered, out var times))
                {
                    Note(bytes.At, times);
                }
            }
        }
    }

    private void Note(DateTimeOffset at, double[] times)
    {
        _first.TrySetResult((DateTimeOffset.UnixEpoch.AddSeconds(times[0]), at));
        var seconds = (at - DateTimeOffset.UnixEpoch).TotalSeconds;
        lock (_gate)
        {
            _latencies.AddRange(times.Select(t => (seconds - t) * 1000));
        }
    }

    /// <summary>Bytes that went by.</summary>
    private readonly record struct Passed(bool ToBroker, DateTimeOffset At, byte[] Content);
}
