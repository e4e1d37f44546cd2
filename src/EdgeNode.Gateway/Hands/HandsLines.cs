using System.Net.Sockets;

namespace EdgeNode.Gateway.Hands;

/// <summary>Reads lines of bounded length off a socket.</summary>
/// <param name="socket">The socket.</param>
/// <param name="most">Longest line, bytes with its end.</param>
internal sealed class HandsLines(Socket socket, int most)
{
    private byte[] _buffer = new byte[1024];
    private int _count;
    private int _taken;

    /// <summary>The last line did not end within its bound.</summary>
    public bool IsTooLong { get; private set; }

    /// <summary>The next line without its end, valid until the next call; null when the other end has closed, or the line is too long.</summary>
    public async Task<ReadOnlyMemory<byte>?> ReadAsync(CancellationToken stop)
    {
        _buffer.AsSpan(_taken, _count - _taken).CopyTo(_buffer);
        (_count, _taken) = (_count - _taken, 0);
        var looked = 0;
        while (true)
        {
            var end = _buffer.AsSpan(looked, _count - looked).IndexOf((byte)'\n');
            if (end >= 0)
            {
                _taken = looked + end + 1;
                return _buffer.AsMemory(0, looked + end);
            }

            looked = _count;
            if (_count >= most)
            {
                IsTooLong = true;
                return null;
            }

            if (_count == _buffer.Length)
            {
                Array.Resize(ref _buffer, Math.Min(_buffer.Length * 2, most));
            }

            var read = await socket.ReceiveAsync(_buffer.AsMemory(_count), SocketFlags.None, stop).ConfigureAwait(false);
            if (read == 0)
            {
                return null;
            }

            _count += read;
        }
    }

    /// <summary>Writes all of it.</summary>
    public static async Task WriteAsync(Socket socket, ReadOnlyMemory<byte> bytes, CancellationToken stop)
    {
        while (bytes.Length > 0)
        {
            bytes = bytes[await socket.SendAsync(bytes, SocketFlags.None, stop).ConfigureAwait(false)..];
        }
    }
}
