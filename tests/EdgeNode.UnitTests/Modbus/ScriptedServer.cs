using System.Net;
using System.Net.Sockets;

namespace EdgeNode.UnitTests.Modbus;

/// <summary>A misbehaving Modbus TCP server on loopback: plays a script, raw bytes and all.</summary>
internal sealed class ScriptedServer : IDisposable
{
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly List<Socket> _connections = [];
    private readonly Script _script;
    private int _requests;

    public ScriptedServer(Script script)
    {
        _script = script;
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen(16);
        new Thread(Accept) { IsBackground = true }.Start();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndPoint!).Port;

    public int Requests => Volatile.Read(ref _requests);

    public int Connections
    {
        get
        {
            lock (_connections)
                return _connections.Count;
        }
    }

    public void Dispose()
    {
        _listener.Dispose();
        lock (_connections)
        {
            foreach (var connection in _connections)
                connection.Dispose();
        }
    }

    private void Accept()
    {
        try
        {
            while (true)
            {
                var connection = _listener.Accept();
                connection.NoDelay = true;
                int number;
                lock (_connections)
                {
                    _connections.Add(connection);
                    number = _connections.Count;
                }

                new Thread(() => Serve(connection, number)) { IsBackground = true }.Start();
            }
        }
        catch (SocketException)
        {
        }
        catch (ObjectDisposedException)
        {
        }
    }

    private void Serve(Socket socket, int connection)
    {
        try
        {
            while (true)
            {
                var request = new byte[12];
                for (var have = 0; have < request.Length;)
                {
                    var count = socket.Receive(request, have, request.Length - have, SocketFlags.None);
                    if (count == 0)
                        return;
                    have += count;
                }

                foreach (var act in _script(new Ask(connection, Interlocked.Increment(ref _requests), request)))
                {
                    if (act.After > TimeSpan.Zero)
                        Thread.Sleep(act.After);
                    if (act.Bytes.Length > 0)
                        socket.Send(act.Bytes);
                    if (!act.Closes)
                        continue;
                    if (act.Resets)
                        socket.LingerState = new LingerOption(true, 0);
                    socket.Close();
                    return;
                }
            }
        }
        catch (SocketException)
        {
        }
        catch (ObjectDisposedException)
        {
        }
    }
}
