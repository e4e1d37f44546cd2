using EdgeNode.Core.Model;

namespace EdgeNode.Simulation.Scenarios;

/// <summary>One thing that a simulated device measures: the truth, and what the device shows of it.</summary>
/// <param name="unit">Unit of the truth.</param>
/// <param name="truth">What the model says now.</param>
/// <param name="show">Puts a value into the device's registers or onto its input.</param>
public sealed class SimulatedValue(Unit unit, Func<double> truth, Action<double> show)
{
    private double? _shown;

    /// <summary>Shows what the device makes of the truth.</summary>
    /// <param name="fault">Stuck, drift, or null.</param>
    /// <param name="since">How long the fault has held.</param>
    internal void Show(ScenarioFault? fault, TimeSpan since)
    {
        var value = truth();
        var shown = fault switch
        {
            StuckFault => _shown ?? value,
            DriftFault drift when drift.Unit.Quantity == unit.Quantity => value + (drift.Unit.SpanTo(unit, drift.PerSecond) * since.TotalSeconds),
            _ => value,
        };
        _shown = shown;
        show(shown);
    }
}
