using System.Globalization;

namespace EdgeNode.VirtualBench.Pulses;

/// <summary>
/// The pulse generator, a process of its own so that no pause of the gateway or of the checker is one of the pulses: `pulses LINE HERTZ SECONDS`.
/// It ends with the number of pulses that it has given.
/// </summary>
internal static class PulsesVerb
{
    public static int Run(int line, int hertz, int seconds)
    {
        using var pull = GpioSim.Open(line);
        Libc.WakeExactly();
        var half = 500_000_000L / hertz;
        var due = Libc.Now();
        var count = hertz * seconds;
        for (var i = 0; i < count; i++)
        {
            Libc.WaitUntil(due += half);
            GpioSim.Set(pull, high: true);
            Libc.WaitUntil(due += half);
            GpioSim.Set(pull, high: false);
        }

        Console.Out.WriteLine(count.ToString(CultureInfo.InvariantCulture));
        return 0;
    }
}
