using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace EdgeNode.UnitTests.Simulation;

/// <summary>A Modbus master that knows nothing: bytes out, bytes in, both as hexadecimal digits. Blanks are ignored.</summary>
public sealed class RawMaster : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);

    public RawMaster(int port)
    {
        _socket.NoDelay = true;
        _socket.ReceiveTimeout = 5000;
        _socket.Connect(IPAddress.Loopback, port);
    }

    public void Dispose() => _socket.Dispose();

    /// <summary>A PDU in a frame of its own, transaction 1; gives the reply's PDU after checking the header.</summary>
    public string Ask(byte unit, string pdu)
    {
        byte[] request = Bytes(pdu);
        Send($"0001 0000 {request.Length + 1:X4} {unit:X2} {pdu}");
        string reply = ReceiveFrame();
        Assert.Equal("00010000", reply[..8]);
        Assert.Equal(unit.ToString("X2"), reply[12..14]);
        return reply[14..];
    }

    public void Send(string hex) => _socket.Send(Bytes(hex));

    /// <summary>One whole frame by its own length field.</summary>
    public string ReceiveFrame()
    {
        byte[] header = Exactly(6);
        byte[] rest = Exactly(BinaryPrimitives.ReadUInt16BigEndian(header.AsSpan(4)));
        return Convert.ToHexString(header) + Convert.ToHexString(rest);
    }

    /// <summary>What came until the other side ended the connection, orderly or not; fails when it stays open.</summary>
    public string ReceiveToEnd(out bool reset)
    {
        var received = new List<byte>();
        byte[] buffer = new byte[512];
        reset = false;
        try
        {
            while (_socket.Receive(buffer) is int count and > 0) received.AddRange(buffer.AsSpan(0, count));
        }
        catch (SocketException end) when (end.SocketErrorCode == SocketError.ConnectionReset)
        {
            reset = true;
        }

        return Convert.ToHexString([.. received]);
    }

    /// <summary>Whatever comes in one piece, as garbage has no length.</summary>
    public byte[] ReceiveSome()
    {
        byte[] buffer = new byte[512];
        return buffer[.._socket.Receive(buffer)];
    }

    private static byte[] Bytes(string hex) => Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal));

    private byte[] Exactly(int count)
    {
        byte[] buffer = new byte[count];
        for (int have = 0; have < count;)
        {
            int received = _socket.Receive(buffer.AsSpan(have));
            Assert.True(received > 0, "The connection ended inside a frame.");
            have += received;
        }

        return buffer;
    }
}
