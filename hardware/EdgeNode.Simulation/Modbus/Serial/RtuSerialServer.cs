using EdgeNode.Core.Model;

namespace EdgeNode.Simulation.Modbus.Serial;

/// <summary>
/// Simulated devices on a serial port: an <see cref="RtuLine"/> on a pty, in real time. The gateway opens <see cref="Port"/> like any other port.
/// The port may be pulled out and put back while somebody has it open.
/// </summary>
/// <remarks>There is no authentication and writes are accepted; a pty is open to its user's own programs and to nobody else.</remarks>
public sealed class RtuSerialServer : IDisposable
{
    /// <summary>Longest time for which an end goes unnoticed.</summary>
    private static readonly TimeSpan Slice = TimeSpan.FromMilliseconds(50);

    private const int BufferBytes = 1024;
    private const string PtyFolder = "/dev/pts/";

    private readonly Lock _plugging = new();
    private readonly RtuLine _line;
    private readonly TimeProvider _time;
    private Pty? _pty;
    private Thread? _serving;
    private volatile bool _ends;
    private bool _disposed;

    private RtuSerialServer(RtuLine line, string port, TimeProvider time)
    {
        _line = line;
        _time = time;
        Port = port;
    }

    /// <summary>Path of the serial port. It stays the same when the port is pulled out and put back, as a name in /dev/serial/by-path does.</summary>
    public string Port { get; }

    /// <summary>Whether the port is there.</summary>
    public bool IsPlugged
    {
        get
        {
            lock (_plugging) return _pty is not null;
        }
    }

    /// <inheritdoc cref="RtuLine.ErrorRate"/>
    public double ErrorRate
    {
        get => _line.ErrorRate;
        set => _line.ErrorRate = value;
    }

    /// <inheritdoc cref="RtuLine.Busy"/>
    public TimeSpan Busy => _line.Busy;

    /// <inheritdoc cref="RtuLine.Crowded"/>
    public long Crowded => _line.Crowded;

    /// <summary>Makes the port and serves it.</summary>
    /// <param name="units">The devices; each address once, 1 to 247.</param>
    /// <param name="options">The line.</param>
    /// <param name="port">Where the port is to appear: a path that does not exist yet, or that an earlier run left behind.</param>
    /// <param name="time">The monotonic clock; real, since a pty waits for nobody.</param>
    /// <param name="seed">Of noise and spoilt characters.</param>
    /// <exception cref="IOException">Something else has that path, or the system gives no pty.</exception>
    public static RtuSerialServer Start(IEnumerable<FieldUnit> units, SerialLineOptions options, string port, TimeProvider time, int seed = 0)
    {
        var server = new RtuSerialServer(new RtuLine(units, options, seed), Path.GetFullPath(port), time);
        server.Plug();
        return server;
    }

    /// <summary>The device with this address.</summary>
    /// <exception cref="ArgumentException">There is none.</exception>
    public FieldUnit Unit(byte address) => _line.Unit(address);

    /// <inheritdoc cref="RtuLine.RequestsOf"/>
    public long RequestsOf(byte address) => _line.RequestsOf(address);

    /// <summary>Puts the port back. Nothing happens while it is there.</summary>
    /// <exception cref="IOException">Something else has its path meanwhile, or the system gives no pty.</exception>
    public void Plug()
    {
        lock (_plugging)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (_pty is not null) return;
            FreePath();
            var pty = new Pty();
            try
            {
                File.CreateSymbolicLink(Port, pty.Name);
            }
            catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
            {
                pty.Dispose();
                throw new IOException($"{Port}: the simulated serial port cannot be made there: {fault.Message}", fault);
            }

            _pty = pty;
            _ends = false;
            _serving = new Thread(() => Serve(pty)) { IsBackground = true, Name = "serial line " + Port };
            _serving.Start();
        }
    }

    /// <summary>Pulls the port out: its path goes, and whoever has it open loses it. Nothing happens while it is out.</summary>
    public void Unplug()
    {
        lock (_plugging)
        {
            if (_pty is null) return;
            _ends = true;
            _serving!.Join();
            File.Delete(Port);
            _pty.Dispose();
            _pty = null;
            _line.Cut();
        }
    }

    /// <summary>Pulls the port out for good.</summary>
    public void Dispose()
    {
        lock (_plugging)
        {
            Unplug();
            _disposed = true;
        }
    }

    private void FreePath()
    {
        var there = new FileInfo(Port);
        if (there.LinkTarget is { } target && target.StartsWith(PtyFolder, StringComparison.Ordinal)) there.Delete();
        else if (there.Exists || Directory.Exists(Port)) throw new IOException($"{Port} exists and is no simulated serial port: give another path.");
    }

    private void Serve(Pty pty)
    {
        Span<byte> buffer = stackalloc byte[BufferBytes];
        while (!_ends)
        {
            TimeSpan left = (_line.NextDue ?? TimeSpan.MaxValue) - _time.Monotonic();
            if (pty.Wait(left < TimeSpan.Zero ? TimeSpan.Zero : left < Slice ? left : Slice))
                _line.Send(_time.Monotonic(), buffer[..pty.Read(buffer)]);
            else if (left > Slice) pty.EndExclusive();

            int count = _line.Take(_time.Monotonic(), buffer);
            if (count > 0) pty.Write(buffer[..count]);
        }
    }
}
