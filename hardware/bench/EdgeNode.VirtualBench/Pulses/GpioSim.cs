using Microsoft.Win32.SafeHandles;

namespace EdgeNode.VirtualBench.Pulses;

/// <summary>The lines of gpio-sim from their other side: which way each is pulled, and which level it has (Documentation/admin-guide/gpio/gpio-sim.rst).</summary>
internal static class GpioSim
{
    public static SafeFileHandle Open(int line, int chip = 0) => File.OpenHandle(Of(chip, line, "pull"), FileMode.Open, FileAccess.Write, FileShare.ReadWrite);

    public static void Set(SafeFileHandle pull, bool high) => RandomAccess.Write(pull, high ? "pull-up"u8 : "pull-down"u8, 0);

    public static void Set(int line, bool high, int chip = 0)
    {
        using var pull = Open(line, chip);
        Set(pull, high);
    }

    /// <summary>A line's level, for <see cref="IsHigh"/>.</summary>
    public static SafeFileHandle OpenLevel(int line, int chip) => File.OpenHandle(Of(chip, line, "value"), FileMode.Open, FileAccess.Read, FileShare.ReadWrite);

    public static bool IsHigh(SafeFileHandle level)
    {
        Span<byte> text = stackalloc byte[4];
        return RandomAccess.Read(level, text, 0) > 0 && text[0] == (byte)'1';
    }

    private static string Of(int chip, int line, string what) => $"/sys/devices/platform/gpio-sim.{chip}/gpiochip{chip}/sim_gpio{line}/{what}";
}
