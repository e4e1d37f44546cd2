using System.Runtime.InteropServices;
using EdgeNode.Core.Model;

namespace EdgeNode.Hardware.Modbus;

/// <summary>
/// A serial port by plain libc calls: it is opened by name, for nobody else at the same time, and waited for with ppoll(2) in slices, so that
/// a cancellation is noticed within 100 ms. An adapter that is pulled out closes it, and the next <see cref="Connect"/> opens it by the same name.
/// </summary>
internal sealed unsafe class TtyLink(string path, int baud, SerialFormat format, TimeProvider time, bool rs485 = false) : ILink
{
    private const int None = -1;
    private const string InUse = "another program uses the port";

    /// <summary>Longest time for which a cancellation goes unnoticed.</summary>
    private static readonly TimeSpan Slice = TimeSpan.FromMilliseconds(100);

    /// <summary>A request that the port does not take for this long goes nowhere.</summary>
    private static readonly TimeSpan SendTimeout = TimeSpan.FromSeconds(1);

    private int _file = None;
    private bool _isExclusive;

    public string Peer => path;

    public string Fault { get; private set; } = "";

    public LinkResult Connect(TimeSpan timeout, CancellationToken stop)
    {
        Close();
        var result = Open();
        if (result != LinkResult.Done)
            Close();
        return result;
    }

    /// <summary>Sends all bytes, and returns when the driver says that the last one has left.</summary>
    public LinkResult Send(ReadOnlySpan<byte> bytes)
    {
        if (_file == None)
            return LinkResult.Closed;

        var deadline = time.Monotonic() + SendTimeout;
        fixed (byte* first = bytes)
        {
            for (nint sent = 0; sent < bytes.Length;)
            {
                var count = Libc.Write(_file, first + sent, bytes.Length - sent);
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
                var result = Poll(Libc.PollOut, deadline, CancellationToken.None);
                if (result == LinkResult.TimedOut)
                    return Broken("the port takes no bytes");
                if (result != LinkResult.Done)
                    return result;
            }
        }

        while (Libc.TcDrain(_file) != 0)
        {
            if (Marshal.GetLastPInvokeError() != Libc.Eintr)
                return Broken();
        }

        return LinkResult.Done;
    }

    public LinkResult Receive(Span<byte> into, TimeSpan timeout, CancellationToken stop, out int count)
    {
        count = 0;
        if (_file == None)
            return LinkResult.Closed;
        if (Poll(Libc.PollIn, time.Monotonic() + timeout, stop) is var waited && waited != LinkResult.Done)
            return waited;

        nint came;
        fixed (byte* first = into)
            came = Libc.Read(_file, first, into.Length);
        count = (int)Math.Max(came, 0);
        if (came > 0)
            return LinkResult.Done;
        if (came == 0)
            return Broken(Libc.Eio);

        var error = Marshal.GetLastPInvokeError();
        return error is Libc.Eintr or Libc.Eagain ? LinkResult.TimedOut : Broken(error); // the caller's own deadline decides whether to wait on
    }

    public void Wait(TimeSpan span, CancellationToken stop) => stop.WaitHandle.WaitOne(span);

    public void Close()
    {
        if (_file == None)
            return;

        // A pty keeps the mark after its last close.
        if (_isExclusive)
            _ = Libc.IoCtl(_file, Libc.EndExclusive, 0);
        _ = Libc.Close(_file); // the number is free also after an error, also after EINTR
        (_file, _isExclusive) = (None, false);
    }

    public void Dispose() => Close();

    private LinkResult Open()
    {
        _file = Libc.Open(path, Libc.OpenFlags);
        if (_file < 0)
            return Broken();
        if (Libc.FLock(_file, Libc.LockExclusiveNow) != 0)
            return Marshal.GetLastPInvokeError() == Libc.Eagain ? Broken(InUse) : Broken();

        _isExclusive = Libc.IoCtl(_file, Libc.SetExclusive, 0) == 0;
        Termios settings;
        if (!_isExclusive || Libc.TcGetAttr(_file, &settings) != 0)
            return Broken();
        settings.MakeRaw(format);
        if (Libc.CfSetSpeed(&settings, Termios.Rate(baud)) != 0)
            return Broken();

        // tcsetattr is content with any part of what was asked, or calls it invalid although it did the rest: what counts is what is there now.
        if (Libc.TcSetAttr(_file, Libc.SetNow, &settings) != 0 && Marshal.GetLastPInvokeError() != Libc.Einval)
            return Broken();
        Termios found;
        if (Libc.TcGetAttr(_file, &found) != 0)
            return Broken();
        if (Libc.CfGetOutputSpeed(&found) != Termios.Rate(baud))
            return Broken($"the port does not do {baud} baud");
        if (!found.HasFormatOf(settings) && !IsPseudo())
            return Broken("the port does not do this parity or these stop bits");
        var direction = new Libc.Rs485 { Flags = Libc.Rs485.Enabled | Libc.Rs485.RtsOnSend };
        if (rs485 && Libc.IoCtl(_file, Libc.SetRs485, &direction) != 0)
            return Broken("the port's driver does not switch an RS485 transceiver (TIOCSRS485): leave out rs485, or use an adapter that switches by itself");
        return Libc.TcFlush(_file, Libc.FlushBoth) == 0 ? LinkResult.Done : Broken();
    }

    private LinkResult Poll(short wanted, TimeSpan deadline, CancellationToken stop)
    {
        while (true)
        {
            if (stop.IsCancellationRequested)
                return LinkResult.Cancelled;

            var left = deadline - time.Monotonic();
            var slice = left < TimeSpan.Zero ? TimeSpan.Zero : left < Slice ? left : Slice;
            var timeout = new Libc.TimeSpec { Nanoseconds = slice.Ticks * TimeSpan.NanosecondsPerTick };
            var file = new Libc.PollFile { File = _file, Wanted = wanted };
            var result = Libc.PPoll(&file, 1, &timeout, null);
            if (result < 0 && Marshal.GetLastPInvokeError() is var error && error != Libc.Eintr)
                return Broken(error);
            if (result > 0)
            {
                // Bytes that came before the plug was pulled are still read.
                return (file.Came & wanted) != 0 ? LinkResult.Done : (file.Came & Libc.PollGone) != 0 ? Broken(Libc.Eio) : LinkResult.TimedOut;
            }

            if (left <= TimeSpan.Zero)
                return LinkResult.TimedOut;
        }
    }

    /// <summary>A pty has no parity, and needs none.</summary>
    private bool IsPseudo()
    {
        var name = stackalloc byte[64];
        return Libc.TtyName(_file, name, 64) == 0 && MemoryMarshal.CreateReadOnlySpanFromNullTerminated(name).StartsWith("/dev/pts/"u8);
    }

    private LinkResult Broken() => Broken(Marshal.GetLastPInvokeError());

    private LinkResult Broken(int error) => Broken(error switch
    {
        Libc.Eio => "the port is gone",
        Libc.Ebusy => InUse, // it was opened exclusively, and this is not root
        _ => Marshal.GetPInvokeErrorMessage(error),
    });

    private LinkResult Broken(string fault)
    {
        Fault = fault;
        return LinkResult.Closed;
    }
}
