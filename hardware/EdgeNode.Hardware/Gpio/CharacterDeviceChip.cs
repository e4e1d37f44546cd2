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

    public IOutputLine? OpenOutput(OutputRequest request)
    {
        var file = Open();
        if (file < 0)
            return null;
        try
        {
            var bytes = LineRequest.Build(request);
            return Ask(file, LineRequest.GetLine, bytes) ? new OutputLine(LineRequest.File(bytes)) : null;
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
}
