using System.Runtime.InteropServices;

namespace EdgeNode.Simulation.Modbus.Serial;

/// <summary>A pty pair: the simulated devices hold the master side, the gateway opens the other by <see cref="Name"/> as it opens any serial port.</summary>
internal sealed unsafe class Pty : IDisposable
{
    private readonly int _master;

    // Held open, so that the pair stays as it is while nobody listens: a master alone is told of a hang-up without end.
    private readonly int _slave;

    /// <exception cref="IOException">The system gives no pty.</exception>
    public Pty()
    {
        _master = Libc.OpenPty(Libc.OpenFlags);
        if (_master < 0) throw Fault("posix_openpt");
        try
        {
            Name = Unlock();
            _slave = Libc.Open(Name, Libc.OpenFlags);
            if (_slave < 0) throw Fault(Name);
        }
        catch (IOException)
        {
            _ = Libc.Close(_master);
            throw;
        }

        // Without this it would send back what the master says, until the gateway opens it and does the same.
        byte* settings = stackalloc byte[Libc.TermiosBytes];
        if (Libc.TcGetAttr(_slave, settings) != 0) return;
        Libc.MakeRaw(settings);
        _ = Libc.TcSetAttr(_slave, Libc.SetNow, settings);
    }

    /// <summary>Path of the side that is opened as a serial port.</summary>
    public string Name { get; }

    /// <summary>Waits until bytes are there, or the time is up.</summary>
    /// <returns>True when there are bytes.</returns>
    public bool Wait(TimeSpan timeout)
    {
        var file = new Libc.PollFile { File = _master, Wanted = Libc.PollIn };
        var span = new Libc.TimeSpec { Seconds = timeout.Ticks / TimeSpan.TicksPerSecond, Nanoseconds = timeout.Ticks % TimeSpan.TicksPerSecond * TimeSpan.NanosecondsPerTick };
        return Libc.PPoll(&file, 1, &span, null) > 0 && (file.Came & Libc.PollIn) != 0;
    }

    /// <summary>Bytes that the other side has written; 0 when there are none.</summary>
    public int Read(Span<byte> into)
    {
        fixed (byte* first = into) return (int)Math.Max(0, Libc.Read(_master, first, into.Length));
    }

    /// <summary>Bytes for the other side. What its buffer does not take is lost, as on a line to which nobody listens.</summary>
    public void Write(ReadOnlySpan<byte> bytes)
    {
        fixed (byte* first = bytes) _ = Libc.Write(_master, first, bytes.Length);
    }

    /// <summary>A real port forgets that it was opened for one program alone when that program dies; a pty that is held open does not.</summary>
    public void EndExclusive() => _ = Libc.IoCtl(_slave, Libc.EndExclusive, 0);

    /// <summary>The port is gone for whoever has it open.</summary>
    public void Dispose()
    {
        _ = Libc.Close(_slave);
        _ = Libc.Close(_master);
    }

    private string Unlock()
    {
        const int length = 64;
        byte* name = stackalloc byte[length];
        if (Libc.GrantPty(_master) != 0 || Libc.UnlockPty(_master) != 0) throw Fault("unlockpt");
        return Libc.PtyName(_master, name, length) == 0 ? Marshal.PtrToStringUTF8((nint)name)! : throw Fault("ptsname_r");
    }

    private static IOException Fault(string call) => new($"This system gives no pty ({call}): {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}");
}
