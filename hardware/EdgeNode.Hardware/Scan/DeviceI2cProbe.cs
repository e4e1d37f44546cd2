using System.Runtime.InteropServices;
using EdgeNode.Hardware.I2c;
using EdgeNode.Hardware.Modbus;

namespace EdgeNode.Hardware.Scan;

/// <summary>
/// A scan's eyes on /dev/i2c-N, by the kernel's own calls (include/uapi/linux/i2c-dev.h): only I2C_SLAVE says that a driver has an address,
/// and only a plain read(2) reads without writing. Registers are read as the drivers read them.
/// </summary>
/// <param name="number">N.</param>
public sealed unsafe class DeviceI2cProbe(int number) : II2cProbe
{
    private const nuint SlaveRequest = 0x0703; // I2C_SLAVE
    private const nuint FunctionsRequest = 0x0705; // I2C_FUNCS
    private const ulong PlainTransfers = 1; // I2C_FUNC_I2C

    private readonly string _path = $"/dev/i2c-{number}";
    private readonly DeviceI2cBus _bus = new(number);
    private int _file = -1;

    /// <inheritdoc/>
    public string Fault { get; private set; } = "";

    /// <inheritdoc/>
    public I2cPresence Look(int address)
    {
        if (_file < 0 && !Open())
            return I2cPresence.NoBus;
        if (Libc.IoCtl(_file, SlaveRequest, address) < 0)
            return Marshal.GetLastPInvokeError() == Libc.Ebusy ? I2cPresence.HeldByKernel : Broken(I2cPresence.NoBus);
        byte value;
        return Libc.Read(_file, &value, 1) == 1 ? I2cPresence.Answers : Broken(I2cPresence.Nobody);
    }

    /// <inheritdoc/>
    public I2cResult Read(int address, byte register, Span<byte> into)
    {
        var result = _bus.WriteRead(address, [register], into);
        Fault = _bus.Fault;
        return result;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _bus.Dispose();
        if (_file >= 0)
            _ = Libc.Close(_file);
        _file = -1;
    }

    private bool Open()
    {
        _file = Libc.Open(_path, Libc.OpenFlags);
        if (_file < 0)
        {
            Broken(I2cPresence.NoBus);
            return false;
        }

        ulong functions;
        if (Libc.IoCtl(_file, FunctionsRequest, (nint)(&functions)) < 0)
        {
            Broken(I2cPresence.NoBus);
        }
        else if ((functions & PlainTransfers) == 0)
        {
            Fault = "the adapter does SMBus only, and the chips here need plain I2C transfers";
        }
        else
        {
            return true;
        }

        _ = Libc.Close(_file);
        _file = -1;
        return false;
    }

    private I2cPresence Broken(I2cPresence presence)
    {
        Fault = Marshal.GetLastPInvokeErrorMessage();
        return presence;
    }
}
