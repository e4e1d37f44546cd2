using System.Device.I2c;

namespace EdgeNode.Hardware.I2c;

/// <summary>The one place that knows System.Device.I2c: the bus /dev/i2c-N.</summary>
/// <param name="number">N.</param>
/// <param name="path">The device file.</param>
/// <param name="open">Opens the device file for one chip.</param>
internal sealed class DeviceI2cBus(int number, string path, Func<I2cConnectionSettings, I2cDevice> open) : II2cBus
{
    private readonly Dictionary<int, I2cDevice> _devices = [];

    /// <summary>The bus by its number, through System.Device.I2c.</summary>
    public DeviceI2cBus(int number)
        : this(number, $"/dev/i2c-{number}", I2cDevice.Create)
    {
    }

    public string Fault { get; private set; } = "";

    public I2cResult Write(int address, ReadOnlySpan<byte> bytes)
    {
        try
        {
            if (Device(address) is not { } device)
                return I2cResult.NoBus;
            device.Write(bytes);
            return I2cResult.Done;
        }
#pragma warning disable CA1031 // Whatever a transfer throws, it is data here.
        catch (Exception e)
#pragma warning restore CA1031
        {
            return Failed(e);
        }
    }

    public I2cResult WriteRead(int address, ReadOnlySpan<byte> write, Span<byte> read)
    {
        try
        {
            if (Device(address) is not { } device)
                return I2cResult.NoBus;
            device.WriteRead(write, read);
            return I2cResult.Done;
        }
#pragma warning disable CA1031 // As above.
        catch (Exception e)
#pragma warning restore CA1031
        {
            return Failed(e);
        }
    }

    public void Dispose()
    {
        foreach (var device in _devices.Values)
            device.Dispose();
        _devices.Clear();
    }

    /// <summary>Null when the bus itself cannot be opened: then no chip was asked, and none is to blame.</summary>
    private I2cDevice? Device(int address)
    {
        if (_devices.TryGetValue(address, out var known))
            return known;
        try
        {
            var device = open(new I2cConnectionSettings(number, address));
            _devices.Add(address, device);
            return device;
        }
#pragma warning disable CA1031 // As above.
        catch (Exception e)
#pragma warning restore CA1031
        {
            Dispose();
            Fault = File.Exists(path)
                ? $"{path} cannot be opened ({e.Message.TrimEnd('.')}); the user of this program must be in its group, i2c as a rule"
                : $"there is no {path}";
            return null;
        }
    }

    /// <summary>The files are opened anew after each failure: those of an adapter that was pulled out stay dead when it is back.</summary>
    private I2cResult Failed(Exception e)
    {
        Dispose();
        var there = File.Exists(path);
        Fault = there ? e.Message.TrimEnd('.') : $"there is no {path}";
        return there ? I2cResult.NoAnswer : I2cResult.NoBus;
    }
}
