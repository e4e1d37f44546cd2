using EdgeNode.Core.Model;
using EdgeNode.Hardware.Modbus;
using Microsoft.Extensions.Logging;

namespace EdgeNode.Hardware.Iio;

/// <summary>A sensor that the kernel drives, by the files in which it publishes. Raw is the kernel's number, for IIO after its own scale and offset.</summary>
internal sealed class SysfsDevice(SysfsDeviceOptions options, string root, TimeProvider time, Counters counters, ILogger logger) : ISysfsDevice
{
    private readonly bool[] _down = new bool[options.Channels.Length];
    private string? _folder;
    private bool _missing;

    public void Scan(List<RawSample> samples, CancellationToken stop)
    {
        // A file that was not there says that the device has gone, or has come back under another number: it is looked for again.
        if (_missing)
            (_folder, _missing) = (null, false);
        var fault = "";
        if (options.Class != SysfsClass.File)
            _folder ??= SysfsFolder.Find(root, options.Class, options.Name!, options.At, out fault);
        for (var i = 0; i < options.Channels.Length; i++)
        {
            if (stop.IsCancellationRequested)
                return;
            var channel = options.Channels[i];
            counters.Request();
            var reason = Reason.LinkDown;
            var value = 0.0;
            if (_folder is not null || options.Class == SysfsClass.File)
                reason = Read(channel.Channel, out value, out fault);
            Tell(i, reason, fault);
            samples.Add(new RawSample(
                channel.Point, reason == Reason.None ? value : 0, reason == Reason.None ? Quality.Good : Quality.Bad(reason), time.Monotonic()));
        }
    }

    private Reason Read(string channel, out double value, out string fault) => options.Class switch
    {
        SysfsClass.Iio => ReadIio(channel, out value, out fault),
        SysfsClass.Hwmon => ReadHwmon(channel, out value, out fault),
        _ => ReadFile(channel, out value, out fault),
    };

    /// <summary>Either _input, which is processed, or (_raw + _offset) x _scale; Documentation/ABI/testing/sysfs-bus-iio.</summary>
    private Reason ReadIio(string channel, out double value, out string fault)
    {
        var stem = Path.Combine(_folder!, "in_" + channel);
        if (SysfsNumber.TryRead(stem + "_input", out value, out var told))
            return Good(out fault);
        if (told is null && SysfsNumber.TryRead(stem + "_raw", out value, out told))
        {
            if (!TryShared(channel, "_offset", 0, out var offset, out told) || !TryShared(channel, "_scale", 1, out var scale, out told))
                return Failed(told, stem + "_scale", out fault);
            value = (value + offset) * scale;
            return Good(out fault);
        }

        return Failed(told, stem + "_raw", out fault);
    }

    /// <summary>Of the channel, else of all channels of its type.</summary>
    private bool TryShared(string channel, string what, double absent, out double value, out string? told)
    {
        foreach (var name in (ReadOnlySpan<string>)[channel, Type(channel), Type(channel.Split('-')[0])])
        {
            if (SysfsNumber.TryRead(Path.Combine(_folder!, $"in_{name}{what}"), out value, out told))
                return true;
            if (told is not null)
                return false;
        }

        (value, told) = (absent, null);
        return true;
    }

    private Reason ReadHwmon(string channel, out double value, out string fault)
    {
        var stem = Path.Combine(_folder!, channel);
        if (SysfsNumber.TryRead(stem + "_fault", out var broken, out _) && broken != 0)
        {
            (value, fault) = (0, "the kernel says that the sensor is broken or not connected");
            return Reason.SensorFailure;
        }

        return SysfsNumber.TryRead(stem + "_input", out value, out var told) ? Good(out fault) : Failed(told, stem + "_input", out fault);
    }

    private Reason ReadFile(string path, out double value, out string fault) =>
        SysfsNumber.TryRead(path, out value, out var told) ? Good(out fault) : Failed(told, path, out fault);

    private static Reason Good(out string fault)
    {
        fault = "";
        return Reason.None;
    }

    private Reason Failed(string? told, string file, out string fault)
    {
        fault = told ?? $"there is no {file}";
        _missing |= told is null;
        return told is null ? Reason.LinkDown : Reason.DeviceFailure;
    }

    /// <summary>voltage0 and voltage0-voltage1 without their numbers.</summary>
    private static string Type(string channel) => string.Concat(channel.Where(c => !char.IsAsciiDigit(c)));

    private void Tell(int channel, Reason reason, string fault)
    {
        var name = options.Class == SysfsClass.File ? options.Channels[channel].Channel : $"{options.Name} {options.Channels[channel].Channel}";
        if (reason == Reason.None)
        {
            counters.Reply();
            if (_down[channel])
                logger.ChannelUp(options.Id, name);
        }
        else
        {
            counters.LinkFailure();
            if (!_down[channel])
                logger.ChannelDown(options.Id, name, fault);
        }

        _down[channel] = reason != Reason.None;
        counters.LinkUp = reason == Reason.None;
    }
}
