using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace EdgeNode.IntegrationTests.Field;

/// <summary>Modbus requests by hand over a plain socket: hexadecimal digits out and in, blanks ignored. Knows no more than the frame's length field.</summary>
internal sealed class PlainMaster : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);

    public PlainMaster(int port, TimeSpan? patience = null)
    {
        _socket.NoDelay = true;
        _socket.ReceiveTimeout = (int)(patience ?? TimeSpan.FromSeconds(10)).TotalMilliseconds;
        _socket.Connect(IPAddress.Loopback, port);
    }

    public void Dispose() => _socket.Dispose();

    /// <summary>Sends one PDU in a frame and gives the whole reply frame, header included.</summary>
    public string Ask(ushort transaction, byte unit, string pdu)
    {
        byte[] body = Bytes(pdu);
        _socket.Send(Bytes($"{transaction:X4} 0000 {body.Length + 1:X4} {unit:X2} {pdu}"));
        byte[] header = Exactly(6);
        return Convert.ToHexString(header) + Convert.ToHexString(Exactly(BinaryPrimitives.ReadUInt16BigEndian(header.AsSpan(4))));
    }

    /// <summary>Reads float32 points by function 3, high word first.</summary>
    public float[] Points(byte unit, int first, int count)
    {
        byte[] reply = Convert.FromHexString(Ask(1, unit, $"03 {2 * first:X4} {2 * count:X4}"));
        Xunit.Assert.Equal(9 + (4 * count), reply.Length);
        return [.. Enumerable.Range(0, count).Select(i => BinaryPrimitives.ReadSingleBigEndian(reply.AsSpan(9 + (4 * i))))];
    }

    private static byte[] Bytes(string hex) => Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal));

    private byte[] Exactly(int count)
    {
        byte[] buffer = new byte[count];
        for (int have = 0; have < count;)
        {
            int received = _socket.Receive(buffer.AsSpan(have));
            if (received == 0) throw new EndOfStreamException("The connection ended inside a frame.");
            have += received;
        }

        return buffer;
    }
}
