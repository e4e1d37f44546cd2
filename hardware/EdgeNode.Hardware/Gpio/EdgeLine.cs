using System.Runtime.InteropServices;
using EdgeNode.Hardware.Modbus;

namespace EdgeNode.Hardware.Gpio;

/// <summary>A line with the thread that watches it: edges must leave the queue while the bus does something else.</summary>
internal sealed unsafe class EdgeLine : IEdgeLine
{
    private const int StackBytes = 128 * 1024;

    /// <summary>After a wake-up the thread rests: at 5 kHz it takes ten edges at once, and 1,024 still last over a pause of 200 ms.</summary>
    private static readonly TimeSpan Rest = TimeSpan.FromMilliseconds(2);

    /// <summary>How soon a close is noticed.</summary>
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(200);

    private readonly int _file;
    private readonly Action _queued;
    private readonly Thread _watch;
    private volatile bool _closing;

    /// <param name="file">The line's file; closed with this.</param>
    /// <param name="request">What it was taken for.</param>
    public EdgeLine(int file, EdgeRequest request)
    {
        (_file, _queued) = (file, request.Queued);
        _watch = new Thread(Watch, StackBytes) { IsBackground = true, Name = $"edges {request.Line}", Priority = ThreadPriority.AboveNormal };
        _watch.Start();
    }

    public bool TryTake(Span<LineEdge> into, out int count)
    {
        count = 0;
        var came = Poll(_file, TimeSpan.Zero);
        if ((came & Libc.PollIn) == 0)
            return (came & Libc.PollGone) == 0;

        Span<byte> events = stackalloc byte[Math.Min(into.Length, 64) * LineRequest.EventBytes];
        nint read;
        fixed (byte* buffer = events)
            read = Libc.Read(_file, buffer, events.Length);
        if (read < 0)
            return Marshal.GetLastPInvokeError() is Libc.Eintr or Libc.Eagain;
        for (var at = 0; at + LineRequest.EventBytes <= read; at += LineRequest.EventBytes)
            into[count++] = LineRequest.Edge(events[at..]);
        return true;
    }

    public void Dispose()
    {
        if (_closing)
            return;
        _closing = true;
        _watch.Join();
        Libc.Close(_file);
    }

    private static short Poll(int file, TimeSpan wait)
    {
        var poll = new Libc.PollFile { File = file, Wanted = Libc.PollIn };
        var time = new Libc.TimeSpec { Nanoseconds = wait.Ticks * 100 };
        return Libc.PPoll(&poll, 1, &time, null) > 0 ? poll.Came : (short)0;
    }

    private void Watch()
    {
        while (!_closing)
        {
            var came = Poll(_file, Look);
            if (came == 0)
                continue;
            _queued();
            if ((came & Libc.PollIn) == 0)
                return; // gone, and nothing is left to take
            Poll(-1, Rest); // no file: a rest of that length
        }
    }
}
