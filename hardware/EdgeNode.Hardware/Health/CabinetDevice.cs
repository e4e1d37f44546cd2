using System.Collections.Frozen;
using EdgeNode.Core.Model;
using EdgeNode.Hardware.Iio;
using EdgeNode.Hardware.Modbus;
using Microsoft.Extensions.Logging;

namespace EdgeNode.Hardware.Health;

/// <summary>What the node's own board tells of its cabinet. What it does not have is bad, and the log says once where it was looked for.</summary>
/// <param name="root">Where sysfs is mounted.</param>
/// <param name="data">Directory of all that the node keeps.</param>
internal sealed class CabinetDevice(CabinetOptions options, string root, string data, TimeProvider time, Counters counters, ILogger logger) : ISysfsDevice
{
    private static readonly FrozenDictionary<string, Func<string, string, Measured>> Table = new Dictionary<string, Func<string, string, Measured>>(StringComparer.Ordinal)
    {
        ["temperature"] = (root, _) => ProcessorTemperature.Read(root),
        ["disk-free"] = (_, data) => DataDisk.Free(data),
        ["disk-wear"] = DataDisk.Wear,
        ["synchronised"] = (_, _) => KernelClock.Synchronised(),
        ["clock-offset"] = (_, _) => KernelClock.Offset(),
        ["clock-error"] = (_, _) => KernelClock.Error(),
        ["mains"] = (root, _) => PowerSupply.Mains(root),
        ["battery"] = (root, _) => PowerSupply.Charge(root),
        ["battery-voltage"] = (root, _) => PowerSupply.Voltage(root),
        ["undervoltage"] = (root, _) => BoardSupply.Undervoltage(root),
        ["throttled"] = (root, _) => BoardSupply.Throttled(root),
    }.ToFrozenDictionary(StringComparer.Ordinal);

    private readonly Func<string, string, Measured>[] _quantities = [.. options.Values.Select(v => Table[v.Quantity])];
    private readonly bool[] _down = new bool[options.Values.Length];

    public void Scan(List<RawSample> samples, CancellationToken stop)
    {
        for (var i = 0; i < _quantities.Length; i++)
        {
            if (stop.IsCancellationRequested)
                return;
            counters.Request();
            var measured = Measure(i);
            Tell(i, measured);
            samples.Add(new RawSample(options.Values[i].Point, measured.Value, measured.Quality, time.Monotonic()));
        }
    }

    private Measured Measure(int value)
    {
        try
        {
            return _quantities[value](root, data);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Measured.Failed(e.Message.TrimEnd('.')); // a device that went while its folder was listed, a disk that is gone
        }
    }

    private void Tell(int value, in Measured measured)
    {
        var down = measured.Quality.IsBad;
        if (down)
            counters.LinkFailure();
        else
            counters.Reply();
        if (down && !_down[value])
            logger.ChannelDown(options.Id, options.Values[value].Quantity, measured.Fault);
        else if (!down && _down[value])
            logger.ChannelUp(options.Id, options.Values[value].Quantity);
        _down[value] = down;
    }
}
