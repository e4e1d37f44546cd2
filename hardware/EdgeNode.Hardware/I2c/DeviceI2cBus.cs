using System.Device.I2c;

namespace EdgeNode.Hardware.I2c;

/// <summary>The one place that knows System.Device.I2c: the bus /dev/i2c-N.</summary>
/// <param name="number">N.</param>
internal sealed class DeviceI2cBus(int number) : II2cBus
{
    private readonly Dictionary<int, I2cDevice> _devices = [];
    private readonly string _path = $"/dev/i2c-{number}";

    public string Fault { get; private set; } = "";

    public I2cResult Write(int address, ReadOnlySpan<byte> bytes)
    {
        try
        {
            Device(address).Write(bytes);
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
            Device(address).WriteRead(write, read);
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

    private I2cDevice Device(int address)
    {
        if (!_devices.TryGetValue(address, out var device))
            _devices.Add(address, device = I2cDevice.Create(new I2cConnectionSettings(number, address)));
        return device;
    }

    /// <summary>The files are opened anew after each failure: those of an adapter that was pulled out stay dead when it is back.</summary>
    private I2cResult Failed(Exception e)
    {
        Dispose();
        var there = File.Exists(_path);
        Fault = there ? e.Message.TrimEnd('.') : $"there is no {_path}";
        return there ? I2cResult.NoAnswer : I2cResult.NoBus;
    }
}
