using EdgeNode.Core.Model;

namespace EdgeNode.Simulation.PumpStation;

/// <summary>What a simulated field needs to run.</summary>
/// <param name="Time">Drives the model.</param>
/// <param name="Seed">The same seed and scenario give the same readings at the same times since the start.</param>
/// <param name="Port">Where the serial port is to appear: a path that does not exist yet.</param>
/// <param name="Site">The demo's site, whose ids the scenario means.</param>
/// <param name="Scenario">What goes wrong.</param>
public sealed record FieldOptions(TimeProvider Time, int Seed, string Port, Site Site, Scenario Scenario)
{
    /// <summary>The inlet valve does what its line says; else it stands open. See <see cref="PumpStationDevices"/>.</summary>
    public bool ProtectedInlet { get; init; }

    /// <summary>With <see cref="ProtectedInlet"/>: since when the pressure rises once a minute by itself; null: it does not. See <see cref="SimulatedPumpStation.Excursions"/>.</summary>
    public TimeSpan? Excursions { get; init; }

    /// <summary>A fault begins (true) or ends; called from the model's timer.</summary>
    public Action<ScenarioEntry, bool> Changed { get; init; } = (_, _) => { };
}
