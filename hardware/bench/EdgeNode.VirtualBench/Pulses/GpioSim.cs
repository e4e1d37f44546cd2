using Microsoft.Win32.SafeHandles;

namespace EdgeNode.VirtualBench.Pulses;

/// <summary>The lines of gpio-sim from their other side: which way each is pulled (Documentation/admin-guide/gpio/gpio-sim.rst).</summary>
internal static class GpioSim
{
    public static SafeFileHandle Open(int line) => File.OpenHandle(
        $"/sys/devices/platform/gpio-sim.0/gpiochip0/sim_gpio{line}/pull", FileMode.Open, FileAccess.Write, FileShare.ReadWrite);

    public static void Set(SafeFileHandle pull, bool high) => RandomAccess.Write(pull, high ? "pull-up"u8 : "pull-down"u8, 0);

    public static void Set(int line, bool high)
    {
        using var pull = Open(line);
        Set(pull, high);
    }
}
