using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using EdgeNode.Core.Model;

namespace EdgeNode.Hardware.Modbus;

/// <summary>
/// A TCP socket. A connection is made without blocking; then recv(2) itself does the waiting, in slices, so that a cancellation is noticed within
/// 100 ms: one system call where poll and a receive would be two. Send and receive go to the C library, since <see cref="Socket"/> keeps what
/// it made non-blocking so for ever. No asynchronous operation is ever started on it, since that would
/// move every later read through another thread.
/// </summary>
internal sealed unsafe class TcpLink(string host, int port, TimeProvider time) : ILink
{
    /// <summary>Longest time for which a cancellation goes unnoticed.</summary>
    private static readonly TimeSpan Slice = TimeSpan.FromMilliseconds(100);

    /// <summary>SO_RCVTIMEO. The kernel's timers run late by up to two of its ticks (10 ms at most); what is left is a slice.</summary>
    private const int ReceiveTimeoutMilliseconds = 80;

    /// <summary>A request that does not fit into the socket's buffer for this long has no reader.</summary>
    private static readonly TimeSpan SendTimeout = TimeSpan.FromSeconds(1);

    private const int KeepAliveIdleSeconds = 10;
    private const int KeepAliveIntervalSeconds = 5;
    private const int KeepAliveProbes = 3;

    // linux/tcp.h: unacknowledged data for this long breaks the connection. Without it a peer that lost its power is noticed after 15 minutes.
    private const int IpProtoTcp = 6;
    private const int TcpUserTimeout = 18;
    private const int UserTimeoutMilliseconds = 20_000;

    private Socket? _socket;
    private Task<IPAddress[]>? _lookup;

    public string Peer { get; } = host.Contains(':', StringComparison.Ordinal) ? $"[{host}]:{port}" : $"{host}:{port}";

    public string Fault { get; private set; } = "";

    public LinkResult Connect(TimeSpan timeout, CancellationToken stop)
    {
        Close();
        var deadline = time.Monotonic() + timeout;
        var result = Resolve(deadline, stop, out var addresses);
        for (var i = 0; result == LinkResult.Done && i < addresses.Length; i++)
        {
            // A name with several addresses: each gets its share of what is left.
            var now = time.Monotonic();
            result = ConnectTo(addresses[i], now + ((deadline - now) / (addresses.Length - i)), stop);
            if (result == LinkResult.Done)
                return result;
            Close();
            if (result != LinkResult.Cancelled && i < addresses.Length - 1)
                result = LinkResult.Done;
        }

        return result;
    }

    public LinkResult Send(ReadOnlySpan<byte> bytes)
    {
        if (_socket is not { } socket)
            return LinkResult.Closed;

        var deadline = TimeSpan.MinValue;
        fixed (byte* first = bytes)
        {
            for (nint sent = 0; sent < bytes.Length;)
            {
                var count = Libc.Send(socket.SafeHandle, first + sent, bytes.Length - sent, Libc.DontWait | Libc.NoSignal);
                if (count >= 0)
                {
                    sent += count;
                    continue;
                }

                var error = Marshal.GetLastPInvokeError();
                if (error == Libc.Eintr)
                    continue;
                if (error != Libc.Eagain)
                    return Broken(error);
                if (deadline == TimeSpan.MinValue)
                    deadline = time.Monotonic() + SendTimeout;
                if (Poll(socket, SelectMode.SelectWrite, deadline, CancellationToken.None) != LinkResult.Done)
                    return Broken(SocketError.TimedOut);
            }
        }

        return LinkResult.Done;
    }

    public LinkResult Receive(Span<byte> into, TimeSpan timeout, CancellationToken stop, out int count)
    {
        count = 0;
        if (_socket is not { } socket)
            return LinkResult.Closed;
        if (timeout <= TimeSpan.Zero)
            return Take(socket, into, Libc.DontWait, out count);

        // A slice and more: the receive waits. The rest: poll(2), which is punctual.
        var deadline = time.Monotonic() + timeout;
        for (var left = timeout; left > Slice; left = deadline - time.Monotonic())
        {
            if (stop.IsCancellationRequested)
                return LinkResult.Cancelled;
            if (Take(socket, into, 0, out count) is var taken && taken != LinkResult.TimedOut)
                return taken;
        }

        return Poll(socket, SelectMode.SelectRead, deadline, stop) is var waited && waited != LinkResult.Done
            ? waited
            : Take(socket, into, Libc.DontWait, out count); // should nothing be there after all, the caller's own deadline decides whether to wait on
    }

    private LinkResult Take(Socket socket, Span<byte> into, int flags, out int count)
    {
        nint came;
        fixed (byte* first = into)
            came = Libc.Receive(socket.SafeHandle, first, into.Length, flags);
        count = (int)Math.Max(came, 0);
        if (came > 0)
            return LinkResult.Done;
        if (came < 0)
        {
            var error = Marshal.GetLastPInvokeError();
            return error is Libc.Eagain or Libc.Eintr ? LinkResult.TimedOut : Broken(error);
        }

        Fault = "the peer closed the connection";
        return LinkResult.Closed;
    }

    public void Wait(TimeSpan span, CancellationToken stop) => stop.WaitHandle.WaitOne(span);

    public void Close()
    {
        _socket?.Dispose();
        _socket = null;
    }

    public void Dispose() => Close();

    /// <summary>An address as it stands, or a look-up that is waited for no longer than the deadline; one look-up at a time.</summary>
    private LinkResult Resolve(TimeSpan deadline, CancellationToken stop, out IPAddress[] addresses)
    {
        addresses = [];
        if (IPAddress.TryParse(host, out var address))
        {
            addresses = [address];
            return LinkResult.Done;
        }

        _lookup ??= Dns.GetHostAddressesAsync(host, CancellationToken.None);
        try
        {
            var left = deadline - time.Monotonic();
            if (!_lookup.Wait(left > TimeSpan.Zero ? left : TimeSpan.Zero, stop))
            {
                Fault = "the name was not resolved in time";
                return LinkResult.TimedOut;
            }

            addresses = _lookup.Result;
            _lookup = null;
            if (addresses.Length > 0)
                return LinkResult.Done;
            Fault = "the name has no address";
        }
        catch (OperationCanceledException)
        {
            return LinkResult.Cancelled;
        }
        catch (AggregateException e)
        {
            _lookup = null;
            Fault = e.GetBaseException().Message;
        }

        return LinkResult.Closed;
    }

    private LinkResult ConnectTo(IPAddress address, TimeSpan deadline, CancellationToken stop)
    {
        try
        {
            _socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp)
            {
                Blocking = false,
                NoDelay = true,
                ReceiveTimeout = ReceiveTimeoutMilliseconds,
            };
            KeepAlive(_socket);
            try
            {
                _socket.Connect(address, port);
                return LetBlock(_socket);
            }
            catch (SocketException e) when (e.SocketErrorCode is SocketError.WouldBlock or SocketError.InProgress)
            {
                // Under way.
            }

            var result = Poll(_socket, SelectMode.SelectWrite, deadline, stop);
            if (result == LinkResult.TimedOut)
                Fault = "no answer to the connection request";
            if (result != LinkResult.Done)
                return result;

            var error = (SocketError)(int)_socket.GetSocketOption(SocketOptionLevel.Socket, SocketOptionName.Error)!;
            return error == SocketError.Success ? LetBlock(_socket) : Broken(error);
        }
        catch (SocketException e)
        {
            return Broken(e.SocketErrorCode);
        }
    }

    /// <summary>From here on a receive waits. <see cref="Socket.Blocking"/> would not tell the kernel.</summary>
    private LinkResult LetBlock(Socket socket)
    {
        var off = 0;
        return Libc.IoCtl(socket.SafeHandle, Libc.SetNonBlocking, &off) == 0 ? LinkResult.Done : Broken(Marshal.GetLastPInvokeError());
    }

    private static void KeepAlive(Socket socket)
    {
        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, KeepAliveIdleSeconds);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, KeepAliveIntervalSeconds);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveRetryCount, KeepAliveProbes);
        if (OperatingSystem.IsLinux())
            socket.SetRawSocketOption(IpProtoTcp, TcpUserTimeout, BitConverter.GetBytes(UserTimeoutMilliseconds));
    }

    private LinkResult Poll(Socket socket, SelectMode mode, TimeSpan deadline, CancellationToken stop)
    {
        try
        {
            while (true)
            {
                if (stop.IsCancellationRequested)
                    return LinkResult.Cancelled;

                // poll(2) counts whole milliseconds and Socket.Poll cuts the rest off: without rounding up, the last part of a
                // millisecond would be spent spinning.
                var left = deadline - time.Monotonic();
                var slice = Math.Ceiling((left < Slice ? left : Slice).TotalMilliseconds);
                if (socket.Poll(TimeSpan.FromMilliseconds(Math.Max(slice, 0)), mode))
                    return LinkResult.Done;
                if (left <= TimeSpan.Zero)
                    return LinkResult.TimedOut;
            }
        }
        catch (SocketException e)
        {
            return Broken(e.SocketErrorCode);
        }
    }

    /// <summary>The C library's error, after a send or a receive.</summary>
    private LinkResult Broken(int error)
    {
        var known = error switch
        {
            Libc.EconnReset or Libc.Epipe => SocketError.ConnectionReset,
            Libc.EtimedOut => SocketError.TimedOut,
            Libc.EhostUnreachable => SocketError.HostUnreachable,
            Libc.EnetUnreachable or Libc.EnetDown => SocketError.NetworkUnreachable,
            _ => SocketError.SocketError,
        };
        if (known != SocketError.SocketError)
            return Broken(known);
        Fault = Marshal.GetPInvokeErrorMessage(error);
        return LinkResult.Closed;
    }

    private LinkResult Broken(SocketError error)
    {
        Fault = error switch
        {
            SocketError.ConnectionRefused => "the connection is refused: nothing listens on that port",
            SocketError.HostUnreachable or SocketError.NetworkUnreachable or SocketError.NetworkDown => "there is no route to it",
            SocketError.ConnectionReset => "the other side broke the connection",
            SocketError.TimedOut => "it does not answer any more",
            _ => error.ToString(),
        };
        return LinkResult.Closed;
    }
}
