using System.Runtime.InteropServices;
using EdgeNode.Hardware.Modbus;

namespace EdgeNode.Hardware.Gpio;

/// <summary>A line that was taken as an output, by its file.</summary>
/// <param name="file">The line's file; closed with this, which releases the line.</param>
internal sealed unsafe class OutputLine(int file) : IOutputLine
{
    private bool _closed;

    public string Fault { get; private set; } = "";

    public bool TrySet(bool active, out bool? isActive)
    {
        isActive = null;
        if (!Ask(LineRequest.SetValues, LineRequest.Values(active)))
            return false;
        var values = LineRequest.Values(false);
        isActive = Ask(LineRequest.GetValues, values) ? LineRequest.IsActive(values) : null;
        return true;
    }

    public void Dispose()
    {
        if (_closed)
            return;
        _closed = true;
        Libc.Close(file);
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
