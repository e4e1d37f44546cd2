using EdgeNode.Core.Model;

namespace EdgeNode.Simulation.Scenarios;

/// <summary>Brings the faults of a scenario to the simulated field when they are due, and takes them away again. Time is an input.</summary>
/// <remarks>It leaves alone what the scenario does not name, so that a test may set faults of its own there. One thread at a time.</remarks>
public sealed class ScenarioPlayer
{
    private readonly Scenario _scenario;
    private readonly (SimulatedDevice Device, ScenarioEntry[] Entries)[] _devices;
    private readonly (Action<bool> Plug, ScenarioEntry[] Entries)[] _buses;
    private volatile ScenarioEntry[] _now = [];

    /// <param name="site">The site that the scenario was checked against.</param>
    /// <param name="scenario">The faults.</param>
    /// <param name="devices">The devices by their ids.</param>
    /// <param name="buses">For each bus by its id, what puts it in (true) or pulls it out; called again and again.</param>
    /// <exception cref="ArgumentException">The scenario names what is not simulated here.</exception>
    public ScenarioPlayer(Site site, Scenario scenario, IReadOnlyDictionary<string, SimulatedDevice> devices, IReadOnlyDictionary<string, Action<bool>> buses)
    {
        ArgumentNullException.ThrowIfNull(site);
        ArgumentNullException.ThrowIfNull(scenario);
        _scenario = scenario;
        _devices =
        [
            .. scenario.Entries.Where(e => e.Device is not null).GroupBy(e => site.Devices[e.Device!.Value].Id)
                .Select(g => (devices.TryGetValue(g.Key, out var device) ? device : throw NotHere(g.Key), g.ToArray())),
        ];
        _buses =
        [
            .. scenario.Entries.Where(e => e.Device is null).GroupBy(e => site.Buses[e.Bus].Id)
                .Select(g => (buses.TryGetValue(g.Key, out var plug) ? plug : throw NotHere(g.Key), g.ToArray())),
        ];

        static ArgumentException NotHere(string id) => new($"{id} is not in the simulated field.", nameof(scenario));
    }

    /// <summary>A fault begins (true) or ends. Called by whoever calls <see cref="Follow"/>.</summary>
    public Action<ScenarioEntry, bool> Changed { get; init; } = (_, _) => { };

    /// <summary>The faults that hold; may be read from any thread.</summary>
    public IReadOnlyList<ScenarioEntry> Now => _now;

    /// <summary>Brings and takes away what is due.</summary>
    /// <param name="elapsed">Time since the start.</param>
    public void Follow(TimeSpan elapsed)
    {
        foreach (var (device, entries) in _devices)
        {
            ScenarioEntry? On(ScenarioLayer layer) => Array.Find(entries, e => e.Fault.Layer == layer && e.Holds(elapsed));
            device.Suffer(On(ScenarioLayer.Wire)?.Fault, On(ScenarioLayer.Value));
        }

        foreach (var (plug, entries) in _buses)
            plug(!Array.Exists(entries, e => e.Holds(elapsed)));

        var before = _now;
        _now = [.. _scenario.Entries.Where(e => e.Holds(elapsed))];
        foreach (var ended in before.Except(_now))
            Changed(ended, false);
        foreach (var begun in _now.Except(before))
            Changed(begun, true);
    }
}
