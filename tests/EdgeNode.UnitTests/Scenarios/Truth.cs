using EdgeNode.Simulation.PumpStation;

namespace EdgeNode.UnitTests.Scenarios;

/// <summary>
/// What the points of the demo should show at a time, by a model of its own with the same seed: between the least and the greatest value
/// of the time that a reading may be old, and what the instrument may add by rounding.
/// </summary>
internal sealed class Truth
{
    /// <summary>A reading may show the model of this long ago: the time of a conversion, of a request, of a late reply.</summary>
    private static readonly TimeSpan Age = TimeSpan.FromSeconds(1);

    /// <summary>The rate of pulses is that between two whole litres.</summary>
    private static readonly TimeSpan PulseAge = TimeSpan.FromSeconds(4);

    private readonly SimulatedPumpStation _model;
    private readonly double _litres;
    private readonly List<Dictionary<string, double>> _history = [];

    public Truth(int seed)
    {
        _model = new SimulatedPumpStation(seed);
        _litres = Math.Floor(_model.Volume);
        Note();
    }

    public void AdvanceTo(TimeSpan elapsed)
    {
        while (_model.Elapsed + SimulatedPumpStation.Tick <= elapsed)
        {
            _model.AdvanceTo(_model.Elapsed + SimulatedPumpStation.Tick);
            Note();
        }
    }

    /// <summary>Least and greatest value that a reading of that time may have.</summary>
    public (double Low, double High) Of(string point, TimeSpan at, double roundingFactor = 1)
    {
        var age = point == "FT-101.flow" ? PulseAge : Age;
        var last = Math.Min((int)(at / SimulatedPumpStation.Tick), _history.Count - 1);
        var first = Math.Max(0, last - (int)(age / SimulatedPumpStation.Tick));
        var (low, high) = (double.MaxValue, double.MinValue);
        for (var i = first; i <= last; i++)
        {
            low = Math.Min(low, _history[i][point]);
            high = Math.Max(high, _history[i][point]);
        }

        var rounding = roundingFactor * point switch
        {
            "FQ-101.total" or "FT-101.total" => 0.00101, // m3: a litre
            "FT-101.flow" => 3, // l/min: a bouncing contact is believed some milliseconds late, and a litre takes 750
            "XS-101.state" or "XV-101.open" or "XV-101.closed" => 0,
            "TT-201.temperature" => 0.0501,
            "ST-202.level" => 0.000501, // m
            "AT-101.pressure" => 0.02,
            "AT-101.temperature" => 0.01,
            "SG-201.signal" => 0.01,
            _ => 0.001,
        };
        return (low - rounding, high + rounding);
    }

    private void Note() => _history.Add(new(StringComparer.Ordinal)
    {
        ["PT-101A.pressure"] = _model.HeaderPressures[0],
        ["PT-101B.pressure"] = _model.HeaderPressures[1],
        ["PT-101C.pressure"] = _model.HeaderPressures[2],
        ["FT-101.flow"] = _model.Flow,
        ["FT-101.total"] = (Math.Floor(_model.Volume) - _litres) / 1000,
        ["FQ-101.flow"] = _model.Flow,
        ["FQ-101.total"] = _model.Litres / 1000.0,
        ["XS-101.state"] = _model.PumpRuns ? 1 : 0,
        ["XV-101.open"] = 1,
        ["XV-101.closed"] = 0,
        ["JT-101.voltage"] = _model.Voltage,
        ["JT-101.current"] = _model.Current,
        ["JT-101.power"] = _model.Power,
        ["JT-101.frequency"] = _model.Frequency,
        ["JT-101.energy"] = _model.Energy,
        ["SG-201.signal"] = _model.Strain,
        ["TT-201.temperature"] = _model.Temperature,
        ["ST-202.force"] = _model.StrandForce,
        ["ST-202.level"] = _model.RiverLevel / 1000,
        ["AT-101.pressure"] = _model.AirPressure,
        ["AT-101.temperature"] = _model.CabinetTemperature,
    });
}
