using System.Device.Gpio;
using System.Device.Gpio.Drivers;
using System.Globalization;
using EdgeNode.Core.Model;

namespace EdgeNode.Hardware.Gpio;

/// <summary>
/// The one place that knows System.Device.Gpio's lines. Its driver stands on the C library libgpiod, version 2 where the system has it,
/// else version 1.
/// </summary>
/// <param name="path">The chip's device, or a link to it.</param>
internal sealed class DeviceGpioLines(string path) : IGpioLines
{
    private readonly HashSet<int> _open = [];
    private GpioController? _controller;

    public string Fault { get; private set; } = "";

    public bool TryOpenInput(int line, LinePull pull) => Try(line, () =>
    {
        var controller = _controller ??= new GpioController(Driver());
        if (_open.Contains(line))
            return;
        controller.OpenPin(line, pull switch
        {
            LinePull.Up => PinMode.InputPullUp,
            LinePull.Down => PinMode.InputPullDown,
            _ => PinMode.Input,
        });
        _open.Add(line);
    });

    public bool TryRead(int line, out bool high)
    {
        var level = PinValue.Low;
        var read = Try(line, () => level = _open.Contains(line) ? _controller!.Read(line) : throw new IOException("the chip was lost"));
        high = level == PinValue.High;
        return read;
    }

    public void Close()
    {
        _open.Clear();
        try
        {
            _controller?.Dispose();
        }
#pragma warning disable CA1031 // A chip that is gone cannot be closed in order.
        catch (Exception)
#pragma warning restore CA1031
        {
        }

        _controller = null;
    }

    public void Dispose() => Close();

    /// <summary>A version of the library is not on this system. The package wraps what says so, each driver in its own way.</summary>
    internal static bool IsMissing(Exception? e) =>
        e is DllNotFoundException or EntryPointNotFoundException or PlatformNotSupportedException or TypeInitializationException || (e is not null && IsMissing(e.InnerException));

    /// <summary>The innermost exception names the cause; those around it say only that there was one.</summary>
    internal static string Words(Exception e) =>
        IsMissing(e) ? "the library libgpiod is missing; install libgpiod2 or libgpiod3" : e.GetBaseException().Message.TrimEnd('.');

    private GpioDriver Driver()
    {
        var file = File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? path;
        const string prefix = "/dev/gpiochip";
        if (!File.Exists(file))
            throw new IOException("there is no such chip");
        if (!file.StartsWith(prefix, StringComparison.Ordinal) || !int.TryParse(file.AsSpan(prefix.Length), CultureInfo.InvariantCulture, out var chip))
            throw new IOException($"{file} is not of the form {prefix}N");
        try
        {
#pragma warning disable SDGPIO0001 // Marked as new, not as unsound; the version below is the fallback.
            return new LibGpiodV2Driver(chip);
#pragma warning restore SDGPIO0001
        }
        catch (Exception e) when (IsMissing(e))
        {
            return new LibGpiodDriver(chip);
        }
    }

    private bool Try(int line, Action action)
    {
        try
        {
            action();
            return true;
        }
#pragma warning disable CA1031 // The package throws what the day brings; a failing line is data here.
        catch (Exception e)
#pragma warning restore CA1031
        {
            Fault = Words(e);
            Drop(line);
            return false;
        }
    }

    /// <summary>Gives one line back, and no other: a line that another program has is nothing to its neighbours. With the last one goes the chip.</summary>
    private void Drop(int line)
    {
        try
        {
            if (_open.Remove(line))
                _controller?.ClosePin(line);
        }
#pragma warning disable CA1031 // As in Close.
        catch (Exception)
#pragma warning restore CA1031
        {
        }

        if (_open.Count == 0)
            Close();
    }
}
