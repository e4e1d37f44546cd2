namespace EdgeNode.Simulation.Modbus.Serial;

/// <summary>A simulated RS485 line with Modbus RTU devices.</summary>
/// <param name="Baud">Bits a second, more than 0.</param>
/// <param name="TurnAround">From the last character of a request to the first of its reply. A device cannot know that a request is over before
/// 3.5 characters of silence have passed, so it is at least that long.</param>
/// <param name="Echo">The adapter hears what it sends.</param>
public sealed record SerialLineOptions(int Baud, TimeSpan TurnAround, bool Echo = false)
{
    /// <summary>Start bit, eight data bits, parity or second stop bit, stop bit (Modbus over serial line V1.02, section 2.5.1).</summary>
    private const int BitsPerCharacter = 11;

    /// <summary>Up to this rate the silence is computed, above it is 1.75 ms (section 2.5.1.1).</summary>
    private const int LastComputedBaud = 19200;

    /// <summary>How long a character is on the line.</summary>
    internal TimeSpan Character { get; } = TimeSpan.FromTicks(BitsPerCharacter * TimeSpan.TicksPerSecond / Positive(Baud));

    /// <summary>The silence that ends a frame: 3.5 characters.</summary>
    internal TimeSpan Gap => Baud > LastComputedBaud ? TimeSpan.FromMicroseconds(1750) : TimeSpan.FromTicks(Character.Ticks * 7 / 2);

    private static int Positive(int baud)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(baud);
        return baud;
    }
}
