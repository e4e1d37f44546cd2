using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace EdgeNode.Simulation.Modbus;

/// <summary>
/// Simulated devices on real Modbus TCP: several units behind one listener on loopback, several masters at a time, faults at will.
/// It answers the requests of a connection one after the other, as a serial gateway does.
/// </summary>
/// <remarks>
/// What lives in this folder: the wire and the registers. What the values mean and how they move is a model's affair (see PumpStation).
/// There is no authentication and writes are accepted, so it binds to loopback and nothing else.
/// </remarks>
public sealed class ModbusTcpServer : IAsyncDisposable
{
    /// <summary>Most connections at a time; one more is closed as soon as it is accepted.</summary>
    public const int MaxConnections = 32;

    private const int HeaderBytes = 7;
    private const int MaxFrameBytes = HeaderBytes + PduAnswer.MaxBytes;
    private const int MaxGarbageBytes = 64;
    private const int MaxNoiseBytes = 8;
    private const byte GatewayTargetFailedToRespond = 0x0B;

    // After a failed accept (out of file descriptors) the next one waits, so that the loop does not spin.
    private static readonly TimeSpan AcceptPause = TimeSpan.FromMilliseconds(100);

    private readonly TimeProvider _time;
    private readonly FieldUnit?[] _units = new FieldUnit?[256];
    private readonly long[] _requests = new long[256];
    private readonly Random _garbage;
    private readonly Socket _listener;
    private readonly CancellationTokenSource _stop = new();

    // Only the accept loop touches the slots while it runs; a slot is free when its task has completed.
    private readonly Task[] _serving = [.. Enumerable.Repeat(Task.CompletedTask, MaxConnections)];
    private readonly Task _accepting;
    private volatile FieldFault? _unknownUnit;
    private long _accepted;
    private bool _disposed;

    private ModbusTcpServer(IEnumerable<FieldUnit> units, TimeProvider time, int port, int seed)
    {
        _time = time;
        _garbage = new Random(seed);
        foreach (FieldUnit unit in units)
        {
            if (_units[unit.Address] is not null) throw new ArgumentException($"Unit {unit.Address} is there twice.", nameof(units));
            _units[unit.Address] = unit;
        }

        _listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            _listener.Bind(new IPEndPoint(IPAddress.Loopback, port));
            _listener.Listen(MaxConnections);
        }
        catch (SocketException)
        {
            _listener.Dispose();
            throw;
        }

        Port = ((IPEndPoint)_listener.LocalEndPoint!).Port;
        _accepting = AcceptAsync();
    }

    /// <summary>The port on 127.0.0.1 that it listens on.</summary>
    public int Port { get; }

    /// <summary>Connections accepted since the start, those turned away included.</summary>
    public long Accepted => Interlocked.Read(ref _accepted);

    /// <summary>
    /// What happens to a request for a unit that is not there: null answers exception 0x0B, as a gateway does; any fault takes its place
    /// (<see cref="FieldFault.Silent"/>: as a serial line without a gateway).
    /// </summary>
    public FieldFault? UnknownUnit
    {
        get => _unknownUnit;
        set => _unknownUnit = value;
    }

    /// <summary>Starts to listen.</summary>
    /// <param name="units">The devices; each unit identifier once.</param>
    /// <param name="time">Measures the delay of late replies.</param>
    /// <param name="port">1 to 65535, or 0 for any free port.</param>
    /// <param name="seed">Seed of the garbage fault's bytes.</param>
    /// <exception cref="SocketException">The port is taken.</exception>
    public static ModbusTcpServer Start(IEnumerable<FieldUnit> units, TimeProvider time, int port = 0, int seed = 0) => new(units, time, port, seed);

    /// <summary>The device with this unit identifier.</summary>
    /// <exception cref="ArgumentException">There is none.</exception>
    public FieldUnit Unit(byte address) => _units[address] ?? throw new ArgumentException($"There is no unit {address} here.", nameof(address));

    /// <summary>Requests taken for a unit identifier since the start, whether or not they were answered and whether or not the unit exists.</summary>
    public long RequestsOf(byte address) => Interlocked.Read(ref _requests[address]);

    /// <summary>Closes the listener and all connections, and waits until nothing runs any more.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, true)) return;
        await _stop.CancelAsync();
        _listener.Dispose();
        await _accepting;
        await Task.WhenAll(_serving);
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                Socket master = await _listener.AcceptAsync(_stop.Token);
                Interlocked.Increment(ref _accepted);
                int slot = Array.FindIndex(_serving, task => task.IsCompleted);
                if (slot < 0) master.Dispose();
                else _serving[slot] = ServeAsync(master);
            }
            catch (SocketException) when (!_stop.IsCancellationRequested)
            {
                await Task.Delay(AcceptPause, _time, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (Exception stopped) when (stopped is OperationCanceledException or ObjectDisposedException or SocketException)
            {
                return;
            }
        }
    }

    private async Task ServeAsync(Socket master)
    {
        using (master)
        {
            try
            {
                master.NoDelay = true;
                byte[] request = new byte[MaxFrameBytes];
                byte[] reply = new byte[MaxFrameBytes];
                while (await TakeRequestAsync(master, request) is int requestBytes and > 0 && await AnswerAsync(master, request.AsMemory(0, requestBytes), reply))
                {
                }
            }
            catch (Exception gone) when (gone is OperationCanceledException or SocketException or ObjectDisposedException)
            {
                // The master has gone, or we stop: either way the connection is over.
            }
        }
    }

    /// <summary>Length of the frame; 0 when the connection is over or what came is no Modbus.</summary>
    private async ValueTask<int> TakeRequestAsync(Socket master, byte[] frame)
    {
        if (!await FillAsync(master, frame.AsMemory(0, HeaderBytes))) return 0;

        // MBAP: transaction (2), protocol (2, always 0), length of what follows it (2), unit (1). The length counts the unit.
        int protocol = BinaryPrimitives.ReadUInt16BigEndian(frame.AsSpan(2));
        int pduBytes = BinaryPrimitives.ReadUInt16BigEndian(frame.AsSpan(4)) - 1;
        if (protocol != 0 || pduBytes is < 1 or > PduAnswer.MaxBytes) return 0;
        return await FillAsync(master, frame.AsMemory(HeaderBytes, pduBytes)) ? HeaderBytes + pduBytes : 0;
    }

    private async ValueTask<bool> FillAsync(Socket master, Memory<byte> buffer)
    {
        while (!buffer.IsEmpty)
        {
            int received = await master.ReceiveAsync(buffer, _stop.Token);
            if (received == 0) return false;
            buffer = buffer[received..];
        }

        return true;
    }

    /// <summary>False when the connection is to be closed.</summary>
    private async ValueTask<bool> AnswerAsync(Socket master, Memory<byte> request, byte[] reply)
    {
        byte address = request.Span[HeaderBytes - 1];
        Interlocked.Increment(ref _requests[address]);
        FieldUnit? unit = _units[address];
        FieldFault? fault = unit is null ? _unknownUnit : unit.Fault;

        if (fault?.Kind == FieldFaultKind.Silent) return true;
        if (fault?.Kind == FieldFaultKind.Delay) await Task.Delay(fault.Lateness, _time, _stop.Token);

        int replyBytes = Frame(request.Span, unit, fault, reply);
        if (fault?.Kind == FieldFaultKind.Reset)
        {
            await SendAsync(master, reply.AsMemory(0, replyBytes / 2));
            master.LingerState = new LingerOption(enable: true, seconds: 0);
            return false;
        }

        if (fault?.Kind == FieldFaultKind.Split)
        {
            await SendAsync(master, reply.AsMemory(0, replyBytes / 2));
            await Task.Delay(fault.Pause, _time, _stop.Token);
            await SendAsync(master, reply.AsMemory(replyBytes / 2, replyBytes - (replyBytes / 2)));
            return true;
        }

        if (fault?.Kind == FieldFaultKind.Noise) await SendAsync(master, Random(MaxNoiseBytes));
        await SendAsync(master, reply.AsMemory(0, replyBytes));
        return true;
    }

    private int Frame(ReadOnlySpan<byte> request, FieldUnit? unit, FieldFault? fault, Span<byte> reply)
    {
        if (fault?.Kind == FieldFaultKind.Garbage)
        {
            byte[] garbage = Random(MaxGarbageBytes);
            garbage.CopyTo(reply);
            return garbage.Length;
        }

        request[..HeaderBytes].CopyTo(reply);
        Span<byte> pdu = reply[HeaderBytes..];
        pdu[0] = request[HeaderBytes];
        int pduBytes = (unit, fault?.Kind) switch
        {
            (_, FieldFaultKind.Exception) => PduAnswer.Exception(pdu, fault!.Code),
            (null, _) => PduAnswer.Exception(pdu, GatewayTargetFailedToRespond),
            _ => PduAnswer.Of(request[HeaderBytes..], unit.Bank, pdu),
        };
        BinaryPrimitives.WriteUInt16BigEndian(reply[4..], (ushort)(pduBytes + 1));
        if (fault?.Kind == FieldFaultKind.WrongUnit) reply[HeaderBytes - 1] = fault.Unit;
        return HeaderBytes + pduBytes;
    }

    private byte[] Random(int most)
    {
        lock (_garbage)
        {
            byte[] bytes = new byte[_garbage.Next(1, most + 1)];
            _garbage.NextBytes(bytes);
            return bytes;
        }
    }

    private async ValueTask SendAsync(Socket master, ReadOnlyMemory<byte> bytes)
    {
        while (!bytes.IsEmpty) bytes = bytes[await master.SendAsync(bytes, _stop.Token)..];
    }
}
