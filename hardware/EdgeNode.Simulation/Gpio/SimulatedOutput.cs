using EdgeNode.Hardware.Gpio;

namespace EdgeNode.Simulation.Gpio;

/// <summary>What a kernel does with the level of an output line that its program gives back, by exit, crash or kill.</summary>
public enum ReleaseRule
{
    /// <summary>The line becomes an input and goes to its pull, as upstream kernels do, gpio-sim, and a Pi with strict_gpiod.</summary>
    Reverts,

    /// <summary>It keeps its last level, as a Pi by default (pinctrl_bcm2835.persist_gpio_outputs).</summary>
    Persists,
}

/// <summary>A line that a program drives.</summary>
internal sealed class SimulatedOutput(OutputRequest request, SimulatedGpioChip chip) : IOutputLine
{
    public OutputRequest Request => request;

    /// <summary>Another program has the line as well.</summary>
    public bool IsShare { get; init; }

    public string Fault { get; private set; } = "";

    public bool TrySet(bool active, out bool? isActive)
    {
        Fault = chip.Drive(this, active, out isActive);
        return Fault.Length == 0;
    }

    public bool? Look() => chip.Look(this);

    public IOutputLine? Share() => chip.Share(this);

    public void Dispose() => chip.Release(this);
}
