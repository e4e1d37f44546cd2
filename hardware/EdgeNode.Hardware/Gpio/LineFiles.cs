using System.Net.Sockets;
using System.Runtime.InteropServices;
using EdgeNode.Hardware.Modbus;

namespace EdgeNode.Hardware.Gpio;

/// <summary>
/// Files on their way from one process to another (SCM_RIGHTS, unix(7)). A line is taken for as long as any process has a copy of its file, so that a line that is handed over
/// never has another level in between.
/// </summary>
public static unsafe class LineFiles
{
    /// <summary>Most files of one message; the kernel's own bound is 253.</summary>
    public const int Most = 128;

    private const int HeadBytes = 16; // struct cmsghdr
    private const int ControlBytes = HeadBytes + (Most * sizeof(int));

    /// <summary>The file of a line, to be sent; null for a line of a simulation. It stays the line's.</summary>
    public static int? Of(IOutputLine line) => (line as OutputLine)?.File;

    /// <summary>The line of a file that was received. It is the line's from now on.</summary>
    public static IOutputLine Line(int file) => new OutputLine(file);

    /// <summary>Closes a file that was received and is not wanted.</summary>
    public static void Close(int file) => Libc.Close(file);

    /// <summary>Sends bytes with files. The socket is of this machine (AF_UNIX); what does not fit into its buffer at once fails.</summary>
    /// <exception cref="IOException">The other end has gone, or does not read.</exception>
    public static void Send(Socket socket, ReadOnlySpan<byte> bytes, ReadOnlySpan<int> files)
    {
        ArgumentNullException.ThrowIfNull(socket);
        ArgumentOutOfRangeException.ThrowIfZero(bytes.Length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(files.Length, Most);
        var control = stackalloc byte[ControlBytes];
        var length = HeadBytes + (files.Length * sizeof(int));
        *(nuint*)control = (nuint)length;
        *(int*)(control + 8) = Libc.SocketLevel;
        *(int*)(control + 12) = Libc.Rights;
        files.CopyTo(new Span<int>(control + HeadBytes, files.Length));
        fixed (byte* first = bytes)
        {
            var part = new Libc.Part { Bytes = first, Length = (nuint)bytes.Length };
            var head = new Libc.MessageHead
            {
                Parts = &part, PartCount = 1, Control = files.IsEmpty ? null : control, ControlLength = files.IsEmpty ? 0 : (nuint)((length + 7) & ~7),
            };
            var sent = Libc.SendMessage(socket.SafeHandle, &head, Libc.DontWait | Libc.NoSignal);
            if (sent != bytes.Length)
                throw new IOException(sent < 0 ? Marshal.GetLastPInvokeErrorMessage() : "the socket did not take the whole message");
        }
    }

    /// <summary>Receives bytes, and the files that came with them. It does not wait: the caller knows that something is there.</summary>
    /// <returns>How many bytes; 0 when the other end has closed.</returns>
    /// <exception cref="IOException">Nothing is there, or the other end has gone.</exception>
    public static int Receive(Socket socket, Span<byte> into, ICollection<int> files)
    {
        ArgumentNullException.ThrowIfNull(socket);
        ArgumentNullException.ThrowIfNull(files);
        var control = stackalloc byte[ControlBytes];
        fixed (byte* first = into)
        {
            var part = new Libc.Part { Bytes = first, Length = (nuint)into.Length };
            var head = new Libc.MessageHead { Parts = &part, PartCount = 1, Control = control, ControlLength = ControlBytes };
            var received = Libc.ReceiveMessage(socket.SafeHandle, &head, Libc.DontWait | Libc.CloseOnExec);
            if (received < 0)
                throw new IOException(Marshal.GetLastPInvokeErrorMessage());
            if (head.ControlLength >= HeadBytes && *(int*)(control + 8) == Libc.SocketLevel && *(int*)(control + 12) == Libc.Rights)
            {
                var count = ((int)*(nuint*)control - HeadBytes) / sizeof(int);
                for (var i = 0; i < count; i++)
                    files.Add(((int*)(control + HeadBytes))[i]);
            }

            return (int)received;
        }
    }
}
