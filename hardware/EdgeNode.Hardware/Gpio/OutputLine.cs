using System.Runtime.InteropServices;
using EdgeNode.Hardware.Modbus;

namespace EdgeNode.Hardware.Gpio;

/// <summary>A line that was taken as an output, by its file.</summary>
/// <param name="file">The line's file; closed with this, which releases the line.</param>
internal sealed unsafe class OutputLine(int file) : IOutputLine
{
    private readonly Lock _gate = new();
    private bool _closed;

    /// <summary>The line's file, for another process to have a copy of.</summary>
    public int File => file;

    public string Fault { get; private set; } = "";

    public bool TrySet(bool active, out bool? isActive)
    {
        isActive = null;
        if (!Ask(LineRequest.SetValues, LineRequest.Values(active)))
            return false;
        isActive = Look();
        return true;
    }

    public bool? Look()
    {
        var values = LineRequest.Values(false);
        return Ask(LineRequest.GetValues, values) ? LineRequest.IsActive(values) : null;
    }

    public IOutputLine? Share()
    {
        lock (_gate)
        {
            var copy = _closed ? -1 : Libc.Duplicate(file, Libc.DuplicateAtLeast0, 0);
            return copy < 0 ? null : new OutputLine(copy);
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            if (_closed)
                return;
            _closed = true;
            Libc.Close(file);
        }
    }

    private bool Ask(nuint request, byte[] bytes)
    {
        fixed (byte* argument = bytes)
        {
            if (Libc.IoCtl(file, request, (nint)argument) >= 0)
                return true;
        }

        Fault = Marshal.GetLastPInvokeErrorMessage();
        return false;
    }
}
