using EdgeNode.Core.Model;
using EdgeNode.SimulationTests.Simulated;

namespace EdgeNode.SimulationTests.Protection.Plant;

/// <summary>All that the node can read: transmitters, contacts, buttons. It says what stands on a device's registers or a line at this moment.</summary>
internal sealed class Field
{
    private readonly VirtualClock _clock;
    private readonly Wiring _wiring;
    private readonly Func<double?>[] _sources;
    private readonly int[][] _points;
    private readonly Dictionary<string, bool> _pressed = new(StringComparer.Ordinal);

    public Field(Site site, VirtualClock clock, PumpStation station, Wiring wiring, int seed)
    {
        (_clock, _wiring) = (clock, wiring);
        Transmitters = [new(new Random(seed + 11), true), new(new Random(seed + 12), false), new(new Random(seed + 13), true)];
        var sources = new Dictionary<string, Func<double?>>(StringComparer.Ordinal)
        {
            // Registers in microampere: the site file scales them.
            ["PT-101A.current"] = () => Transmitters[0].Read(station.Pressure, clock.Now) * 1000,
            ["PT-101B.pressure"] = () => Transmitters[1].Read(station.Pressure, clock.Now),
            ["PT-101C.current"] = () => Transmitters[2].Read(station.Pressure, clock.Now) * 1000,
            ["FT-101.flow"] = () => FlowSilent ? null : station.Flow,
            ["LT-100.level"] = () => LevelSilent ? null : station.Level,
            ["MCC-101.hand"] = () => wiring.Hand ? 1 : 0,
            ["MCC-101.auto"] = () => wiring.Hand ? 0 : 1,
            ["MCC-101.stopped"] = () => wiring.PumpRuns(clock.Now) ? 0 : 1,
            ["XV-101.closed"] = () => station.Valve <= 0 || SwitchesStuck ? 1 : 0,
            ["XV-101.open"] = () => station.Valve >= 1 ? 1 : 0,
            ["XV-101.read-back"] = () => wiring.ValveEnergised(clock.Now) ? 1 : 0,
        };
        _sources = [.. site.Points.Where(p => !p.IsComputed).Select(p => sources.GetValueOrDefault(p.Name) ?? Button(site.Devices[p.Device].Id))];
        _points = [.. site.Devices.Select((_, d) => Enumerable.Range(0, _sources.Length).Where(p => site.Points[p].Device == d).ToArray())];
        Members = [.. Transmitters.Select((_, t) => site.Groups[0].Members[t])];
        Starter = site.Devices.IndexOf(site.Devices.First(d => d.Id == "MCC-101"));
        BeforeRead = station.RunTo;
    }

    /// <summary>The pressure transmitters, in the order of the group's members.</summary>
    public Transmitter[] Transmitters { get; }

    /// <summary>Their points.</summary>
    public int[] Members { get; }

    /// <summary>The motor starter's device.</summary>
    public int Starter { get; }

    /// <summary>Points that devices have; the others are computed.</summary>
    public int Count => _sources.Length;

    public bool FlowSilent { get; set; }

    public bool LevelSilent { get; set; }

    /// <summary>The switch at the closed end stays closed.</summary>
    public bool SwitchesStuck { get; set; }

    /// <summary>What a bus has handed to the node: for the observer.</summary>
    public Action<RawSample> Delivered { get; set; } = static _ => { };

    private Action<TimeSpan> BeforeRead { get; }

    /// <summary>A button is pressed or let go, a key turned.</summary>
    public void Press(string button, bool pressed) => _pressed[button] = pressed;

    /// <summary>A device is asked.</summary>
    /// <param name="device">Index of the device.</param>
    /// <param name="answers">The bus carries the question and the answer.</param>
    /// <param name="into">Takes a sample of each of its points.</param>
    public void Ask(int device, bool answers, List<RawSample> into)
    {
        BeforeRead(_clock.Now);
        if (device == Starter && answers)
        {
            _wiring.Request(null);
        }

        foreach (var point in _points[device])
        {
            var raw = answers ? _sources[point]() : null;
            var sample = new RawSample(point, raw ?? 0, raw is null ? Quality.Bad(Reason.Timeout) : Quality.Good, _clock.Monotonic);
            into.Add(sample);
            Delivered(sample);
        }
    }

    private Func<double?> Button(string id)
    {
        _pressed[id] = false;
        return () => _pressed[id] ? 1 : 0;
    }
}
