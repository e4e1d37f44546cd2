using EdgeNode.Core.Model;
using EdgeNode.Core.Validate;
using EdgeNode.Simulation.Gpio;
using EdgeNode.Simulation.I2c;
using EdgeNode.Simulation.Modbus;
using EdgeNode.Simulation.Scenarios;

namespace EdgeNode.Simulation.PumpStation;

/// <summary>
/// The instruments of the demo on their wires, showing <see cref="SimulatedPumpStation"/>: the register maps, chips and lines that
/// provisioning/examples/demo.yaml reads. No port is opened and no clock but the given one is asked, so that it runs in virtual time too.
/// </summary>
/// <remarks>One thread at a time moves it; the wires may be used by any other meanwhile.</remarks>
public sealed class PumpStationDevices
{
    /// <summary>How long the contact of the water meter stays closed.</summary>
    private static readonly TimeSpan PulseWidth = TimeSpan.FromMilliseconds(30);

    private const int MeterLine = 17;
    private const int PumpLine = 6;
    private const byte PowerUnit = 5;
    private const byte TotalUnit = 4;
    private const int ConverterAddress = 0x48;
    private const int BridgeAddress = 0x2A;
    private const int AirAddress = 0x76;

    // 4 to 20 mA for 0 to 10 bar, through 100 Ohm.
    private const double ShuntOhms = 100;
    private const double MilliamperesPerBar = 1.6;

    // A half bridge of strain gauges: two arms of four, so half of gauge factor x strain.
    private const double GaugeFactor = 2.1;

    private readonly TimeProvider _time;
    private readonly SimulatedPumpStation _station;
    private readonly SimulatedInletValve? _inlet;
    private volatile bool _outletShut;
    private readonly Ads1115Chip _converter;
    private readonly Nau7802Chip _bridge;
    private readonly Bmx280Chip _barometer;
    private double _hectopascals;
    private double _litres;

    /// <summary>All instruments, showing the start; the inlet valve does what its line says.</summary>
    /// <param name="time">Stamps of edges, times of conversions.</param>
    /// <param name="seed">The same seed gives the same readings at the same times since the start, as long as the valves move alike.</param>
    /// <param name="excursions">Since when the pressure rises once a minute by itself; null: only when the outlet is shut.</param>
    public PumpStationDevices(TimeProvider time, int seed, TimeSpan? excursions)
        : this(time, new SimulatedPumpStation(seed) { Excursions = excursions }, seed, driven: true)
    {
    }

    /// <summary>The same with an inlet that nothing drives: it stands open.</summary>
    /// <param name="time">Stamps of edges, times of conversions.</param>
    /// <param name="seed">The same seed gives the same readings at the same times since the start.</param>
    public PumpStationDevices(TimeProvider time, int seed)
        : this(time, new SimulatedPumpStation(seed), seed, driven: false)
    {
    }

    private PumpStationDevices(TimeProvider time, SimulatedPumpStation station, int seed, bool driven)
    {
        _time = time;
        _station = station;
        _litres = _station.Volume;
        _converter = new Ads1115Chip(time, ConverterAddress);
        _bridge = new Nau7802Chip(time);
        _barometer = new Bmx280Chip(time, AirAddress);
        I2c = new SimulatedI2cBus(_ => { }, _converter, _bridge, _barometer);
        Gpio = new SimulatedGpioChip(time, seed);
        Devices = All().ToDictionary(d => d.Id, StringComparer.Ordinal);
        Gpio.Set(MeterLine, high: true);
        _inlet = driven ? new SimulatedInletValve(Gpio) : null;
        if (_inlet is null)
        {
            Gpio.Set(SimulatedInletValve.OpenLine, high: true);
        }
        else
        {
            _inlet.Show();
        }

        Show(TimeSpan.Zero);
    }

    /// <summary>Units on the serial line: two pressure transmitters.</summary>
    public IReadOnlyList<FieldUnit> Serial { get; } =
    [
        new(1, new RegisterBank(holding: 0x102)),   // PT-101A, as a Keller of series 30
        new(2, new RegisterBank(holding: 0x102)),   // PT-101B
    ];

    /// <summary>Units behind the pump station's Modbus TCP address.</summary>
    public IReadOnlyList<FieldUnit> Field { get; } =
    [
        new(TotalUnit, new RegisterBank(holding: 4)),   // FQ-101
        new(PowerUnit, new RegisterBank(input: 74)),    // JT-101, as an Eastron SDM120
    ];

    /// <summary>Units behind the bridge's Modbus TCP address.</summary>
    public IReadOnlyList<FieldUnit> Bridge { get; } =
    [
        new(1, new RegisterBank(holding: 1)),       // TT-201
        new(2, new RegisterBank(holding: 3)),       // ST-202
    ];

    /// <summary>The chips: PT-101C by its current, SG-201 by its bridge, AT-101.</summary>
    public SimulatedI2cBus I2c { get; }

    /// <summary>The lines: FT-101 by its pulses, XS-101, XV-101 and its limit switches.</summary>
    public SimulatedGpioChip Gpio { get; }

    /// <summary>All of them by their tag names.</summary>
    public IReadOnlyDictionary<string, SimulatedDevice> Devices { get; }

    /// <summary>Somebody has shut the valve behind the pumps, or opened it again; from any thread.</summary>
    public bool OutletShut
    {
        get => _outletShut;
        set => _outletShut = value;
    }

    /// <summary>What they show.</summary>
    public SimulatedPumpStation Station => _station;

    /// <summary>Moves the model on by one tick after the other, and shows each.</summary>
    /// <param name="elapsed">Time since the start; an earlier one changes nothing.</param>
    /// <param name="each">Called before each tick is shown, with its time.</param>
    public void AdvanceTo(TimeSpan elapsed, Action<TimeSpan> each)
    {
        ArgumentNullException.ThrowIfNull(each);
        var now = _time.Monotonic();
        while (_station.Elapsed + SimulatedPumpStation.Tick <= elapsed)
        {
            Valves();
            _station.AdvanceTo(_station.Elapsed + SimulatedPumpStation.Tick);
            each(_station.Elapsed);
            Pulses(now - (elapsed - _station.Elapsed));
            Show(_station.Elapsed);
        }

        Gpio.Follow();
    }

    private void Valves()
    {
        _station.OutletShut = _outletShut;
        if (_inlet is not null)
        {
            _inlet.Step();
            _station.InletOpening = _inlet.Opening;
        }
    }

    /// <summary>One pulse for each whole litre of the tick, a tick late: so that none lies in the past of what was read already.</summary>
    private void Pulses(TimeSpan tick)
    {
        var (before, after) = (_litres, _litres = _station.Volume);
        for (var litre = Math.Floor(before) + 1; litre <= after; litre++)
        {
            var at = tick + ((litre - before) / (after - before) * SimulatedPumpStation.Tick);
            Gpio.Set(MeterLine, high: false, at);
            Gpio.Set(MeterLine, high: true, at + PulseWidth);
        }
    }

    private void Show(TimeSpan elapsed)
    {
        Gpio.Set(PumpLine, high: !_station.PumpRuns);
        I2c.Change(() =>
        {
            foreach (var device in Devices.Values)
                device.Show(elapsed);
        });
    }

    private IEnumerable<SimulatedDevice> All()
    {
        yield return SimulatedDevice.Modbus("PT-101A", Serial[0], Pressure(0, bar => Float(Serial[0], RegisterTable.Holding, 0x100, bar)));
        yield return SimulatedDevice.Modbus("PT-101B", Serial[1], Pressure(1, bar => Float(Serial[1], RegisterTable.Holding, 0x100, bar)));
        yield return SimulatedDevice.Chip("PT-101C", I2c, ConverterAddress, Pressure(2, bar => _converter.SetInput(0, (4 + (bar * MilliamperesPerBar)) / 1000 * ShuntOhms)));
        yield return SimulatedDevice.Contact("FT-101", Gpio, MeterLine);
        yield return SimulatedDevice.Contact("XS-101", Gpio, PumpLine);
        yield return SimulatedDevice.Contact("XV-101.closed", Gpio, SimulatedInletValve.ClosedLine);
        yield return SimulatedDevice.Contact("XV-101.open", Gpio, SimulatedInletValve.OpenLine);

        var total = Field[0];
        yield return SimulatedDevice.Modbus(
            "FQ-101", total,
            Value("l/min", () => _station.Flow, flow => Float(total, RegisterTable.Holding, 0, flow, WordOrder.CDAB)),
            Value("l", () => _station.Litres, litres => total.Bank.SetUInt32(RegisterTable.Holding, 2, (uint)Math.Clamp(litres, 0, uint.MaxValue), WordOrder.ABCD)));

        var power = Field[1];
        yield return SimulatedDevice.Modbus(
            "JT-101", power,
            Value("V", () => _station.Voltage, v => Float(power, RegisterTable.Input, 0, v)),
            Value("A", () => _station.Current, v => Float(power, RegisterTable.Input, 6, v)),
            Value("W", () => _station.Power, v => Float(power, RegisterTable.Input, 12, v)),
            Value("Hz", () => _station.Frequency, v => Float(power, RegisterTable.Input, 70, v)),
            Value("kWh", () => _station.Energy, v => Float(power, RegisterTable.Input, 72, v)));

        yield return SimulatedDevice.Chip(
            "SG-201", I2c, BridgeAddress, Value("ustrain", () => _station.Strain, strain => _bridge.MillivoltPerVolt = strain * 1e-6 * GaugeFactor / 2 * 1000));
        var temperature = Bridge[0];
        yield return SimulatedDevice.Modbus(
            "TT-201", temperature, Value("Cel", () => _station.Temperature, t => temperature.Bank.SetInt16(RegisterTable.Holding, 0, (short)Math.Clamp(Math.Round(t * 10), short.MinValue, short.MaxValue))));

        var strand = Bridge[1];
        yield return SimulatedDevice.Modbus(
            "ST-202", strand,
            Value("kN", () => _station.StrandForce, force => Float(strand, RegisterTable.Holding, 0, force, WordOrder.BADC)),
            Value("mm", () => _station.RiverLevel, level => strand.Bank.SetUInt16(RegisterTable.Holding, 2, (ushort)Math.Clamp(Math.Round(level), 0, ushort.MaxValue))));

        yield return SimulatedDevice.Chip(
            "AT-101", I2c, AirAddress,
            Value("hPa", () => _station.AirPressure, pressure => _hectopascals = pressure),
            Value("Cel", () => _station.CabinetTemperature, celsius => _barometer.SetAir(_hectopascals, celsius)));
    }

    private SimulatedValue Pressure(int transmitter, Action<double> show) => Value("bar", () => _station.HeaderPressures[transmitter], show);

    private static SimulatedValue Value(string unit, Func<double> truth, Action<double> show) => new(UnitTable.Get(unit), truth, show);

    private static void Float(FieldUnit unit, RegisterTable table, int register, double value, WordOrder order = WordOrder.ABCD) =>
        unit.Bank.SetFloat32(table, register, (float)value, order);
}
