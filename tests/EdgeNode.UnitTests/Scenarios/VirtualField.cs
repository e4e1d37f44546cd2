using EdgeNode.Core.Model;
using EdgeNode.Core.Ports;
using EdgeNode.Core.Validate;
using EdgeNode.Engine;
using EdgeNode.Hardware;
using EdgeNode.Hardware.Gpio;
using EdgeNode.Hardware.I2c;
using EdgeNode.Hardware.Modbus;
using EdgeNode.Provisioning;
using EdgeNode.Simulation.I2c;
using EdgeNode.Simulation.Modbus.Serial;
using EdgeNode.Simulation.PumpStation;
using EdgeNode.Simulation.Scenarios;
using EdgeNode.UnitTests.Lines;
using EdgeNode.UnitTests.Modbus;
using EdgeNode.UnitTests.Provisioning;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace EdgeNode.UnitTests.Scenarios;

/// <summary>One reading of the demo's site in virtual time, and when its sample was taken, since the start.</summary>
internal readonly record struct Seen(string Point, TimeSpan At, double Value, Quality Quality);

/// <summary>
/// The demo's whole field in virtual time: the gateway's own buses and drivers above, the simulated instruments below, and between them the
/// links of the tests. One thread, so that a seed and a scenario are a history.
/// </summary>
internal sealed class VirtualField : IFieldSeams, IDisposable
{
    public static readonly Site Site = Load();

    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(1, 1, 1, 1, 0, 0, TimeSpan.Zero));
    private readonly PumpStationDevices _devices;
    private readonly ScenarioPlayer _player;
    private readonly ValidatedPoints _points;
    private readonly (IFieldBus Bus, ScanSchedule Schedule)[] _buses;
    private readonly List<RawSample> _samples = [];
    private readonly TimeSpan _start;
    private readonly ITimer _timer;
    private readonly SimulatedLink _serial;
    private readonly Dictionary<string, MemoryLink> _links = new(StringComparer.Ordinal);

    public VirtualField(int seed, Scenario scenario)
    {
        _start = _clock.Monotonic();
        _devices = new PumpStationDevices(_clock, seed);
        Truth = new Truth(seed);
        _serial = new SimulatedLink(new RtuLine(_devices.Serial, new SerialLineOptions(9600, TimeSpan.FromMilliseconds(10)), seed), _clock);
        _points = new ValidatedPoints(Site, _start);
        _buses = [.. Site.Buses.Select((bus, i) => (Bus(i, seed), new ScanSchedule([.. Site.Devices.Index().Where(d => d.Item.Bus == i).Select(d => (d.Index, d.Item.Every))], _start)))];
        _player = new ScenarioPlayer(Site, scenario, _devices.Devices, new Dictionary<string, Action<bool>>
        {
            ["rs485"] = there => _serial.IsUnplugged = !there,
            ["field"] = there => Plug("field", there),
            ["bridge"] = there => Plug("bridge", there),
            ["i2c1"] = there => _devices.I2c.State = there ? I2cFault.None : I2cFault.Unplugged,
            ["gpio0"] = there => _devices.Gpio.Unplugged = !there,
        });
        _player.Follow(TimeSpan.Zero);
        _timer = _clock.CreateTimer(_ => Follow(), null, SimulatedPumpStation.Tick, SimulatedPumpStation.Tick);
    }

    /// <summary>What the instruments should show.</summary>
    public Truth Truth { get; }

    /// <summary>All readings, in the order in which they came.</summary>
    public List<Seen> Readings { get; } = [];

    private TimeSpan Now => _clock.Monotonic() - _start;

    /// <summary>Runs the demo's field for so long.</summary>
    public static VirtualField Run(int seed, Scenario scenario, double seconds)
    {
        using var field = new VirtualField(seed, scenario);
        field.RunTo(TimeSpan.FromSeconds(seconds));
        return field;
    }

    public II2cBus I2c(I2cBusOptions bus) => _devices.I2c;

    public (IGpioLines Lines, IGpioChip Chip)? Gpio(GpioBusOptions bus) => (_devices.Gpio, _devices.Gpio);

    public IGpioChip Outputs(GpioBusOptions bus) => _devices.Gpio;

    public void Dispose()
    {
        _timer.Dispose();
        foreach (var (bus, _) in _buses)
            bus.Dispose();
    }

    private void RunTo(TimeSpan end)
    {
        while (Now < end)
        {
            // The contacts first: what a slow line keeps waiting must not be the first look at the pulses.
            foreach (var (bus, schedule) in _buses.AsEnumerable().Reverse())
            {
                if (bus.Pending is { } pending && pending <= _clock.Monotonic())
                    bus.Resume(_samples, CancellationToken.None);
                if (schedule.Take(_clock.Monotonic()) is { } device)
                    bus.Scan(device, _samples, CancellationToken.None);
                Keep();
            }

            var next = _buses.Min(b => b.Bus.Pending is { } p && p < b.Schedule.NextDue ? p : b.Schedule.NextDue!.Value) - _clock.Monotonic();
            if (next > TimeSpan.Zero)
                _clock.Advance(next < SimulatedPumpStation.Tick ? next : SimulatedPumpStation.Tick);
        }
    }

    private void Keep()
    {
        foreach (var sample in _samples)
        {
            // The demo's points have no spike filter: each sample is a reading at once.
            foreach (var reading in _points.Accept(sample, new ClockReading(_clock.Monotonic(), new SourceTime(0, ClockQuality.Synchronised))))
                Readings.Add(new Seen(Site.Points[sample.Point].Name, sample.TakenAt - _start, reading.Value, reading.Quality));
        }

        _samples.Clear();
    }

    private IFieldBus Bus(int bus, int seed)
    {
        var id = Site.Buses[bus].Id;
        if (Site.Buses[bus] is not (ModbusTcpBusOptions or ModbusRtuBusOptions))
            return FieldBuses.Create(Site, bus, "/", new KeptTotals(), _clock, NullLogger.Instance, this);
        if (Site.Buses[bus] is ModbusTcpBusOptions)
            _links[id] = new MemoryLink(_clock, new UnitScript(id == "field" ? _devices.Field : _devices.Bridge, seed).Answer);
        return new ModbusBus(Site, bus, _links.TryGetValue(id, out var link) ? link : _serial, _clock, new Random(7), NullLogger.Instance);
    }

    private void Plug(string bus, bool there)
    {
        var link = _links[bus];
        if (!there && link.Dialling() == LinkResult.Done)
            link.Push([], closes: true);
        link.Dialling = () => there ? LinkResult.Done : LinkResult.Closed;
    }

    private void Follow()
    {
        Truth.AdvanceTo(Now);
        _devices.AdvanceTo(Now, _player.Follow);
    }

    private static Site Load()
    {
        var result = SiteFile.Load(Path.Combine(TestFiles.Examples, "demo.yaml"), TestFiles.Profiles, FieldTimes.Of);
        Assert.Empty(result.Faults);
        return result.Site!;
    }
}
