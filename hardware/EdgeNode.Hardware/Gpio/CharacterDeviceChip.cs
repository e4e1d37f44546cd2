using System.Runtime.InteropServices;
using EdgeNode.Hardware.Modbus;

namespace EdgeNode.Hardware.Gpio;

/// <summary>
/// A chip by its character device, /dev/gpiochipN, version 2 of the interface. Through libgpiod the kernel's queue has 16 places and says
/// nothing of what it drops; here it has 1,024, and each edge has its number.
/// </summary>
/// <param name="path">The device.</param>
internal sealed unsafe class CharacterDeviceChip(string path) : IGpioChip
{
    public string Fault { get; private set; } = "";

    public bool TryFind(string name, out int line)
    {
        line = -1;
        var file = Open();
        if (file < 0)
            return false;
        try
        {
            var chip = new byte[LineRequest.ChipInfoBytes];
            if (!Ask(file, LineRequest.GetChipInfo, chip))
                return false;
            for (var i = 0; i < LineRequest.LineCount(chip); i++)
            {
                var info = LineRequest.Ask(i);
                if (Ask(file, LineRequest.GetLineInfo, info) && LineRequest.Name(info) == name)
                {
                    line = i;
                    return true;
                }
            }

            Fault = "the chip has no line of that name";
            return false;
        }
        finally
        {
            Libc.Close(file);
        }
    }

    public IEdgeLine? OpenEdges(EdgeRequest request)
    {
        var file = Open();
        if (file < 0)
            return null;
        try
        {
            var bytes = LineRequest.Build(request);
            return Ask(file, LineRequest.GetLine, bytes) ? new EdgeLine(LineRequest.File(bytes), request) : null;
        }
        finally
        {
            Libc.Close(file);
        }
    }

    public void Dispose()
    {
    }

    private int Open()
    {
        var file = Libc.Open(path, Libc.OpenFlags);
        if (file < 0)
            Fault = Marshal.GetLastPInvokeErrorMessage();
        return file;
    }

    private bool Ask(int file, nuint request, byte[] bytes)
    {
        fixed (byte* argument = bytes)
        {
            if (Libc.IoCtl(file, request, (nint)argument) >= 0)
                return true;
        }

        Fault = Marshal.GetLastPInvokeErrorMessage();
        return false;
    }

    /// <summary>A line with the thread that watches it: edges must leave the queue while the bus does something else.</summary>
    private sealed class EdgeLine : IEdgeLine
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
                if ((came & Libc.PollGone) != 0)
                    return;
                Poll(-1, Rest); // no file: a rest of that length
            }
        }
    }
}
