using EdgeNode.Simulation.Gpio;

namespace EdgeNode.Simulation.PumpStation;

/// <summary>
/// XV-101, the inlet valve of the demo and of its story: energy on line 22 opens it, a spring closes it, and two limit switches show its ends on lines 23 and 24.
/// It sees nothing but the level of its line, so that a gateway that ends without a word closes it too.
/// </summary>
/// <param name="chip">The chip of the three lines.</param>
public sealed class SimulatedInletValve(SimulatedGpioChip chip)
{
    /// <summary>From one end to the other.</summary>
    public static readonly TimeSpan Travel = TimeSpan.FromSeconds(6);

    /// <summary>Line of the limit switch at its closed end.</summary>
    public const int ClosedLine = 23;

    /// <summary>Line of the one at its open end.</summary>
    public const int OpenLine = 24;

    private const int CoilLine = 22;

    // In steps of the model, so that no rounding keeps it from its end.
    private static readonly int Way = (int)(Travel / SimulatedPumpStation.Tick);

    private int _at;

    /// <summary>0 closed, as it begins, to 1 open.</summary>
    public double Opening => (double)_at / Way;

    /// <summary>One tick of the model on: towards the end that the line asks for.</summary>
    public void Step()
    {
        _at = Math.Clamp(_at + (chip.Level(CoilLine) ? 1 : -1), 0, Way);
        Show();
    }

    /// <summary>The limit switches show where it is.</summary>
    public void Show()
    {
        chip.Set(ClosedLine, high: _at == 0);
        chip.Set(OpenLine, high: _at == Way);
    }
}
