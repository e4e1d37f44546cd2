using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace EdgeNode.IntegrationTests.Peers;

/// <summary>A packet as it came over the socket, read by this file's own eyes and no library's.</summary>
/// <param name="Session">The connection it came over, counted from 1.</param>
/// <param name="Index">Its place in the session, counted from 1.</param>
/// <param name="First">The first byte: type and flags.</param>
/// <param name="Body">What follows the length.</param>
/// <param name="Size">Bytes of the whole packet.</param>
/// <param name="Level">Protocol level of the session: 4 is MQTT 3.1.1, 5 is MQTT 5.</param>
internal sealed record RawPacket(int Session, int Index, byte First, byte[] Body, int Size, int Level)
{
    public const int Connect = 1;
    public const int Publish = 3;
    public const int Disconnect = 14;

    public int Type => First >> 4;

    public string Topic => Encoding.UTF8.GetString(Body, 2, TopicLength);

    public bool IsTelemetry => Type == Publish && Topic.EndsWith("/telemetry", StringComparison.Ordinal);

    public bool IsEvent => Type == Publish && Topic.EndsWith("/event", StringComparison.Ordinal);

    /// <summary>Of a publish with QoS 1, a subscribe or an unsubscribe.</summary>
    public ushort Identifier => BinaryPrimitives.ReadUInt16BigEndian(Body.AsSpan(Type == Publish ? 2 + TopicLength : 0));

    /// <summary>MQTT 5: the bytes of the properties of a publish.</summary>
    public ReadOnlySpan<byte> Properties => Level < 5 ? [] : Body.AsSpan(5 + TopicLength, Body[4 + TopicLength]);

    public ReadOnlyMemory<byte> Payload => Body.AsMemory(4 + TopicLength + (Level < 5 ? 0 : 1 + Body[4 + TopicLength]));

    public string Text => Encoding.UTF8.GetString(Payload.Span);

    private int TopicLength => BinaryPrimitives.ReadUInt16BigEndian(Body);
}

/// <summary>One connection, for the script to answer on.</summary>
internal sealed class RawSession(int number, Socket socket) : IDisposable
{
    public int Number => number;

    public int Level { get; set; } = 4;

    /// <summary>Properties of the CONNACK, MQTT 5 only.</summary>
    public byte[] Grants { get; set; } = [];

    public async Task SendAsync(params byte[] bytes) => await socket.SendAsync(bytes, SocketFlags.None);

    /// <summary>What a broker answers that does nothing wrong. MQTT 5 adds a length of properties or a reason code to most.</summary>
    public Task AnswerAsync(RawPacket packet) => packet.Type switch
    {
        RawPacket.Connect when Level >= 5 => SendAsync([0x20, (byte)(3 + Grants.Length), 0, 0, (byte)Grants.Length, .. Grants]),
        RawPacket.Connect => SendAsync(0x20, 2, 0, 0),
        RawPacket.Publish => PubackAsync(packet),
        8 when Level >= 5 => SendAsync(0x90, 4, packet.Body[0], packet.Body[1], 0, 0),
        8 => SendAsync(0x90, 3, packet.Body[0], packet.Body[1], 0),
        10 when Level >= 5 => SendAsync(0xB0, 4, packet.Body[0], packet.Body[1], 0, 0),
        10 => SendAsync(0xB0, 2, packet.Body[0], packet.Body[1]),
        12 => SendAsync(0xD0, 0),
        _ => Task.CompletedTask,
    };

    /// <param name="packet">The publish.</param>
    /// <param name="reason">MQTT 5's reason code; 0 is success.</param>
    public Task PubackAsync(RawPacket packet, byte reason = 0)
    {
        var (high, low) = ((byte)(packet.Identifier >> 8), (byte)packet.Identifier);
        return reason == 0 ? SendAsync(0x40, 2, high, low) : SendAsync(0x40, 3, high, low, reason);
    }

    public void Close() => socket.Dispose();

    public void Dispose() => socket.Dispose();
}

/// <summary>A broker on a real socket that does what its script says: for each packet it answers, answers wrongly, says nothing or closes.</summary>
internal sealed class RawBroker : IAsyncDisposable
{
    private readonly Func<RawSession, RawPacket, Task> _script;
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly List<RawPacket> _packets = [];
    private readonly List<Task> _serving = [];
    private readonly List<RawSession> _sessions = [];
    private readonly Task _accepting;

    public RawBroker(Func<RawSession, RawPacket, Task> script)
    {
        _script = script;
        _listener.Start();
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _accepting = AcceptAsync();
    }

    public int Port { get; }

    /// <summary>Everything that came.</summary>
    public IReadOnlyList<RawPacket> Packets
    {
        get
        {
            lock (_packets)
            {
                return [.. _packets];
            }
        }
    }

    public int Sessions
    {
        get
        {
            lock (_packets)
            {
                return _sessions.Count;
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        _listener.Dispose();
        await _accepting;
        _sessions.ForEach(s => s.Dispose());
        await Task.WhenAll(_serving);
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var socket = await _listener.AcceptSocketAsync();
                socket.NoDelay = true;
                lock (_packets)
                {
                    _sessions.Add(new RawSession(_sessions.Count + 1, socket));
                    _serving.Add(ServeAsync(_sessions[^1], socket));
                }
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private async Task ServeAsync(RawSession session, Socket socket)
    {
        await Task.Yield();
        using (session)
        {
            try
            {
                for (var index = 1; ; index++)
                {
                    var packet = await ReadAsync(session, socket, index);
                    lock (_packets)
                    {
                        _packets.Add(packet);
                    }

                    await _script(session, packet);
                    if (packet.Type == RawPacket.Disconnect)
                    {
                        return;
                    }
                }
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException or EndOfStreamException)
            {
                // One of the two has closed it.
            }
        }
    }

    private static async Task<RawPacket> ReadAsync(RawSession session, Socket socket, int index)
    {
        var first = (await ReadAsync(socket, 1))[0];
        var (length, digits, digit) = (0, 0, (byte)0);
        do
        {
            digit = (await ReadAsync(socket, 1))[0];
            length |= (digit & 0x7F) << (7 * digits++);
        }
        while ((digit & 0x80) != 0);

        var body = await ReadAsync(socket, length);
        if (first >> 4 == RawPacket.Connect)
        {
            session.Level = body[6];
        }

        return new RawPacket(session.Number, index, first, body, 1 + digits + length, session.Level);
    }

    private static async Task<byte[]> ReadAsync(Socket socket, int count)
    {
        var bytes = new byte[count];
        for (var got = 0; got < count;)
        {
            var more = await socket.ReceiveAsync(bytes.AsMemory(got), SocketFlags.None);
            got += more > 0 ? more : throw new EndOfStreamException();
        }

        return bytes;
    }
}
