using System.Runtime.InteropServices;
using EdgeNode.Core.Model;
using EdgeNode.Hardware.Modbus;
using Microsoft.Extensions.Logging.Abstractions;

namespace EdgeNode.UnitTests.Modbus;

/// <summary>A scripted slave on a real tty: it holds the master side of a pty, and the bus opens the other by name, through a link as of /dev/serial/by-path.</summary>
internal sealed class PtySlave : IDisposable
{
    private const int ReadWriteNoControl = 0x2 | 0x100 | 0x80000;
    private readonly string _folder = Directory.CreateTempSubdirectory("edgenode-pty-").FullName;
    private readonly RtuScript _script;
    private readonly TimeSpan _requestTime;
    private int _master;
    private Thread? _thread;
    private int _requests;
    private volatile bool _ends;


    /// <param name="script">What it does.</param>
    /// <param name="requestTime">How long a request is on the line; a pty takes none.</param>
    public PtySlave(RtuScript script, TimeSpan requestTime = default)
    {
        _script = script;
        _requestTime = requestTime;
        Plug();
    }

    /// <summary>The name by which the bus opens it.</summary>
    public string Port => Path.Combine(_folder, "port0");

    public int Requests => Volatile.Read(ref _requests);

    public ModbusBus Bus(ModbusRtuBusOptions options, params ModbusDeviceOptions[] devices) =>
        ModbusBus.Create(Plant.Site(options with { Port = Port }, devices), 0, TimeProvider.System, NullLogger.Instance);

    public static List<RawSample> Scan(ModbusBus bus, int device = 0)
    {
        var samples = new List<RawSample>();
        bus.Scan(device, samples, CancellationToken.None);
        return samples;
    }

    /// <summary>Makes the tty and the name that points to it.</summary>
    public void Plug()
    {
        _ends = false;
        _master = OpenPty(ReadWriteNoControl);
        var name = new byte[64];
        if (_master < 0 || Grant(_master) != 0 || Unlock(_master) != 0 || Name(_master, name, name.Length) != 0)
            throw new InvalidOperationException("This system gives no pty.");
        File.CreateSymbolicLink(Port, System.Text.Encoding.UTF8.GetString(name).TrimEnd('\0'));
        _thread = new Thread(Serve) { IsBackground = true };
        _thread.Start();
    }

    /// <summary>The tty goes, and its name with it.</summary>
    public void Unplug()
    {
        _ends = true;
        _thread!.Join();
        _ = Close(_master);
        File.Delete(Port);
    }

    public void Dispose()
    {
        if (!_ends)
            Unplug();
        Directory.Delete(_folder, recursive: true);
    }

    private void Serve()
    {
        var request = new byte[8];
        var have = 0;
        while (!_ends)
        {
            var poll = new PollFile { File = _master, Wanted = 1 };
            if (Poll(ref poll, 1, 10) <= 0 || (poll.Came & 1) == 0)
            {
                if (poll.Came != 0)
                    Thread.Sleep(2); // nobody has opened the other side yet
                continue;
            }

            var part = new byte[8 - have];
            var count = (int)Read(_master, part, part.Length);
            if (count <= 0)
                continue;
            part.AsSpan(0, count).CopyTo(request.AsSpan(have));
            have += count;
            if (have < 8)
                continue;
            have = 0;
            if (_requestTime > TimeSpan.Zero)
                Thread.Sleep(_requestTime);
            var passed = TimeSpan.Zero;
            foreach (var act in _script(new RtuAsk(Interlocked.Increment(ref _requests), [.. request])))
            {
                if (act.After > passed)
                    Thread.Sleep(act.After - passed);
                passed = act.After;
                if (act.Bytes.Length > 0)
                    _ = Write(_master, act.Bytes, act.Bytes.Length);
            }
        }
    }

    [DllImport("libc", EntryPoint = "posix_openpt")]
    private static extern int OpenPty(int flags);

    [DllImport("libc", EntryPoint = "grantpt")]
    private static extern int Grant(int file);

    [DllImport("libc", EntryPoint = "unlockpt")]
    private static extern int Unlock(int file);

    [DllImport("libc", EntryPoint = "ptsname_r")]
    private static extern int Name(int file, byte[] name, nint length);

    [DllImport("libc", EntryPoint = "poll")]
    private static extern int Poll(ref PollFile file, nuint count, int milliseconds);

    [DllImport("libc", EntryPoint = "read")]
    private static extern nint Read(int file, byte[] into, nint count);

    [DllImport("libc", EntryPoint = "write")]
    private static extern nint Write(int file, byte[] from, nint count);

    [DllImport("libc", EntryPoint = "close")]
    private static extern int Close(int file);

    private struct PollFile
    {
        public int File;
        public short Wanted;
        public short Came;
    }
}
