using System.Collections.Immutable;
using System.Globalization;
using System.Runtime.InteropServices;
using EdgeNode.Hardware.Gpio;
using EdgeNode.Hardware.Modbus;

namespace EdgeNode.Hardware.Scan;

/// <summary>A GPIO chip and its lines.</summary>
/// <param name="Path">Its device, such as /dev/gpiochip0.</param>
/// <param name="Name">The kernel's name for it.</param>
/// <param name="Label">What kind it is, such as pinctrl-bcm2711.</param>
/// <param name="Lines">In the order of their numbers.</param>
/// <param name="Fault">Why it could not be read; null when it could.</param>
public sealed record GpioScanReport(string Path, string Name, string Label, ImmutableArray<LineInfo> Lines, string? Fault);

/// <summary>The GPIO chips of this node. No line is taken and none changes.</summary>
/// <param name="root">Where /dev is found; the root folder on a node.</param>
public sealed class GpioScan(string root)
{
    private const string Prefix = "gpiochip";

    /// <summary>Every chip that has a device file; some boards have a second name for one as a link, which is left out.</summary>
    public ImmutableArray<GpioScanReport> Run() => [.. Directory.Exists(Path.Combine(root, "dev"))
        ? new DirectoryInfo(Path.Combine(root, "dev")).EnumerateFileSystemInfos(Prefix + "*")
            .Where(f => f.LinkTarget is null && int.TryParse(f.Name.AsSpan(Prefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out _))
            .OrderBy(f => int.Parse(f.Name.AsSpan(Prefix.Length), CultureInfo.InvariantCulture))
            .Select(f => Read(f.FullName))
        : []];

    /// <summary>One chip, by its device.</summary>
    internal static unsafe GpioScanReport Read(string path)
    {
        var file = Libc.Open(path, Libc.OpenFlags);
        if (file < 0)
            return new GpioScanReport(path, "", "", [], Marshal.GetLastPInvokeErrorMessage());
        try
        {
            var chip = new byte[LineRequest.ChipInfoBytes];
            if (!Ask(file, LineRequest.GetChipInfo, chip))
                return new GpioScanReport(path, "", "", [], Marshal.GetLastPInvokeErrorMessage());
            var lines = ImmutableArray.CreateBuilder<LineInfo>();
            string? fault = null;
            for (var i = 0; i < LineRequest.LineCount(chip) && fault is null; i++)
            {
                var info = LineRequest.Ask(i);
                if (Ask(file, LineRequest.GetLineInfo, info))
                    lines.Add(LineInfo.Of(info));
                else
                    fault = $"line {i}: {Marshal.GetLastPInvokeErrorMessage()}";
            }

            return new GpioScanReport(path, LineInfo.Text(chip.AsSpan(0, 32)), LineInfo.Text(chip.AsSpan(32, 32)), lines.ToImmutable(), fault);
        }
        finally
        {
            _ = Libc.Close(file);
        }

        static bool Ask(int file, nuint request, byte[] bytes)
        {
            fixed (byte* argument = bytes)
                return Libc.IoCtl(file, request, (nint)argument) >= 0;
        }
    }
}
