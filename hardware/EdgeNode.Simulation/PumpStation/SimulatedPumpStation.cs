namespace EdgeNode.Simulation.PumpStation;

/// <summary>
/// A pump station and the bridge beside it, as their sensors would see them. A pure model: the state depends on the seed, on the time since
/// the start and on the positions that its valves were given, and on nothing else; not on how often it is asked.
/// </summary>
/// <remarks>
/// Once a minute the header pressure goes above <see cref="ExcursionSetpoint"/> for about six seconds, about eight seconds into each minute,
/// so that whoever watches sees an alarm raised and cleared; <see cref="Excursions"/> says since when. Not safe for use by several threads.
/// </remarks>
public sealed class SimulatedPumpStation
{
    /// <summary>Step of the model.</summary>
    public static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(100);

    /// <summary>The pressure in bar that each excursion exceeds.</summary>
    public const double ExcursionSetpoint = 6.5;

    private const double TickSeconds = 0.1;
    private const double TransmitterNoise = 0.004;      // bar, one standard deviation
    private const double ExcursionPeriod = 60;          // s
    private const double ExcursionRise = 7.6;           // s into the period; the setpoint is crossed about half a second later
    private const double ExcursionFall = 13.8;          // s into the period
    private const double ExcursionRamp = 0.6;           // s
    private const double ExcursionHeight = 2.9;         // bar above the normal pressure
    private const double ShutOutletRise = 2.9;          // bar that the header gains while nothing flows out and the inlet is open
    private const double ShutInletFall = 2.7;           // bar that it loses while nothing flows in
    private const double HeaderLag = 4;                 // s, time constant of both
    private const double IdlePower = 220;               // W
    private const double SecondsBetweenVehicles = 6;
    private const int MaxVehicles = 8;

    // Offsets that a calibration would show: three transmitters never agree to the last digit.
    private static readonly double[] TransmitterOffsets = [0.000, 0.011, -0.008];

    private readonly Random _random;
    private readonly Random _air;
    private readonly double[] _transmitters = new double[3];
    private readonly List<Vehicle> _vehicles = new(MaxVehicles);
    private readonly double _phase;
    private long _ticks = -1;
    private double _litres = 1_234_567;
    private double _kilowattHours = 8_412.5;
    private double _offset;     // bar, what the valves have made of the header pressure

    /// <summary>The station at its start.</summary>
    /// <param name="seed">The same seed gives the same history, to the last bit.</param>
    public SimulatedPumpStation(int seed)
    {
        _random = new Random(seed);
        _air = new Random(~seed);
        _phase = _random.NextDouble() * Math.Tau;
        Step();
    }

    /// <summary>Time since the start, a whole number of ticks.</summary>
    public TimeSpan Elapsed => Tick * _ticks;

    /// <summary>When the first of the minutes begins in which the pressure rises by itself, as long as the inlet is open; as a rule the start. Null: it never does.</summary>
    public TimeSpan? Excursions { get; init; } = TimeSpan.Zero;

    /// <summary>XV-101, the inlet valve: 0 closed to 1 open, as it is where nothing drives it. Counts from the next tick on.</summary>
    public double InletOpening { get; set; } = 1;

    /// <summary>Somebody has shut the valve behind the pumps: while the inlet is open the header pressure rises. Counts from the next tick on.</summary>
    public bool OutletShut { get; set; }

    /// <summary>What PT-101A, B and C measure, bar.</summary>
    public IReadOnlyList<double> HeaderPressures => _transmitters;

    /// <summary>What FT-101 measures, l/min; 0 or more.</summary>
    public double Flow { get; private set; }

    /// <summary>FT-101's totaliser, whole litres; never falls.</summary>
    public uint Litres => (uint)_litres;

    /// <summary>What has passed FT-101, litres; its contact closes at each whole one.</summary>
    public double Volume => _litres;

    /// <summary>XS-101: the contactor of the pump is closed, and the motor draws more than its drive alone.</summary>
    public bool PumpRuns => Power > 2 * IdlePower;

    /// <summary>AT-101, air in the cabinet, hPa.</summary>
    public double AirPressure { get; private set; }

    /// <summary>AT-101, air in the cabinet, degrees Celsius.</summary>
    public double CabinetTemperature { get; private set; }

    /// <summary>JT-101, V.</summary>
    public double Voltage { get; private set; }

    /// <summary>JT-101, A.</summary>
    public double Current { get; private set; }

    /// <summary>JT-101, W; follows the flow.</summary>
    public double Power { get; private set; }

    /// <summary>JT-101, Hz.</summary>
    public double Frequency { get; private set; }

    /// <summary>JT-101, kWh; never falls.</summary>
    public double Energy => _kilowattHours;

    /// <summary>SG-201, microstrain, tension positive; traffic passing adds to it.</summary>
    public double Strain { get; private set; }

    /// <summary>SG-201, degrees Celsius.</summary>
    public double Temperature { get; private set; }

    /// <summary>ST-202, force of a prestressing strand, kN.</summary>
    public double StrandForce { get; private set; }

    /// <summary>ST-202, level of the river above the gauge's zero, mm.</summary>
    public double RiverLevel { get; private set; }

    /// <summary>Brings the model to the last tick at or before a time; an earlier time changes nothing.</summary>
    /// <param name="elapsed">Time since the start.</param>
    public void AdvanceTo(TimeSpan elapsed)
    {
        while (Elapsed + Tick <= elapsed) Step();
    }

    private void Step()
    {
        _ticks++;
        double seconds = _ticks * TickSeconds;
        double excursion = InletOpening * (Excursions is { } from && seconds >= from.TotalSeconds ? Excursion((seconds - from.TotalSeconds) % ExcursionPeriod) : 0);
        Hydraulics(seconds, excursion);
        Electrics(seconds);
        Bridge(seconds);
        Cabinet(seconds);
    }

    private void Hydraulics(double seconds, double excursion)
    {
        double pressure = 4.2 + (0.1 * Math.Sin((Math.Tau * seconds / 47) + _phase)) + (ExcursionHeight * excursion) + Offset();
        for (int i = 0; i < _transmitters.Length; i++) _transmitters[i] = pressure + TransmitterOffsets[i] + Noise(TransmitterNoise);

        // A closing valve downstream raises the pressure and throttles the flow.
        Flow = Math.Max(0, 80 + (4 * Math.Sin((Math.Tau * seconds / 31) + _phase)) - (25 * excursion) + Noise(0.3)) * (OutletShut ? 0 : InletOpening);
        _litres += Flow * TickSeconds / 60;
    }

    /// <summary>What the valves make of the pressure, bar: a first-order lag towards where they let it go. 0 while both are open.</summary>
    private double Offset()
    {
        double end = (InletOpening * (OutletShut ? ShutOutletRise : 0)) - ((1 - InletOpening) * ShutInletFall);
        _offset += (end - _offset) * (TickSeconds / HeaderLag);
        return _offset;
    }

    private void Electrics(double seconds)
    {
        const double wattsPerLitre = 11;    // W per l/min
        const double powerFactor = 0.86;
        Voltage = 230 + (1.5 * Math.Sin(Math.Tau * seconds / 71)) + Noise(0.1);
        Frequency = 50 + (0.015 * Math.Sin(Math.Tau * seconds / 23)) + Noise(0.002);
        Power = IdlePower + (wattsPerLitre * Flow);
        Current = Power / (Voltage * powerFactor);
        _kilowattHours += Power * TickSeconds / 3_600_000;
    }

    private void Bridge(double seconds)
    {
        const double steelExpansion = 11.7;     // microstrain per kelvin
        Temperature = 18 + (0.8 * Math.Sin((Math.Tau * seconds / 600) + _phase)) + Noise(0.02);

        _vehicles.RemoveAll(vehicle => seconds > vehicle.Middle + (4 * vehicle.Width));
        if (_random.NextDouble() < TickSeconds / SecondsBetweenVehicles && _vehicles.Count < MaxVehicles)
        {
            double width = 0.3 + (0.4 * _random.NextDouble());
            _vehicles.Add(new Vehicle(seconds + (4 * width), width, 6 + (34 * _random.NextDouble())));
        }

        double traffic = 0;
        foreach (Vehicle vehicle in _vehicles) traffic += vehicle.StrainAt(seconds);

        Strain = 120 + (steelExpansion * (Temperature - 18)) + traffic + Noise(0.2);
        StrandForce = 842 - (0.6 * (Temperature - 18)) + (0.03 * traffic) + Noise(0.05);
        RiverLevel = 2310 + (60 * Math.Sin((Math.Tau * seconds / 900) + _phase)) + Noise(2);
    }

    private void Cabinet(double seconds)
    {
        CabinetTemperature = 33 + (1.2 * Math.Sin(Math.Tau * seconds / 700)) + Noise(_air, 0.01);
        AirPressure = 1013.2 + (0.8 * Math.Sin(Math.Tau * seconds / 1900)) + Noise(_air, 0.02);
    }

    /// <summary>0 at normal pressure, 1 at the height of the excursion.</summary>
    private static double Excursion(double second)
    {
        double rising = (second - ExcursionRise) / ExcursionRamp;
        double falling = 1 - ((second - ExcursionFall) / ExcursionRamp);
        return Math.Clamp(Math.Min(rising, falling), 0, 1);
    }

    /// <summary>Normally distributed, by Box and Muller.</summary>
    private double Noise(double deviation) => Noise(_random, deviation);

    private static double Noise(Random random, double deviation) =>
        deviation * Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(Math.Tau * random.NextDouble());

    /// <summary>A vehicle crossing the gauge: a bell of strain round the middle of its passage.</summary>
    private readonly record struct Vehicle(double Middle, double Width, double Height)
    {
        public double StrainAt(double seconds)
        {
            double distance = (seconds - Middle) / Width;
            return Height * Math.Exp(-0.5 * distance * distance);
        }
    }
}
