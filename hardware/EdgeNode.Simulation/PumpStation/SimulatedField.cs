using EdgeNode.Core.Model;
using EdgeNode.Hardware;
using EdgeNode.Hardware.Gpio;
using EdgeNode.Hardware.I2c;
using EdgeNode.Simulation.I2c;
using EdgeNode.Simulation.Modbus;
using EdgeNode.Simulation.Modbus.Serial;
using EdgeNode.Simulation.Scenarios;

namespace EdgeNode.Simulation.PumpStation;

/// <summary>
/// The demo's field, running: the instruments of <see cref="PumpStationDevices"/> behind two Modbus TCP servers on loopback, a serial port
/// at 9600 baud, and an I2C bus and a GPIO chip at their seams. A scenario says what goes wrong and when.
/// </summary>
public sealed class SimulatedField : IFieldSeams, IAsyncDisposable
{
    // Behind by more than this (a suspended machine), the model jumps its clock instead of computing every tick that was missed.
    private static readonly TimeSpan MaxCatchUp = TimeSpan.FromMinutes(10);

    private static readonly SerialLineOptions SerialLine = new(Baud: 9600, TurnAround: TimeSpan.FromMilliseconds(10));

    private readonly TimeProvider _time;
    private readonly ScenarioPlayer _player;
    private readonly Lock _ticking = new();
    private readonly ITimer _timer;
    private readonly long _start;
    private TimeSpan _skipped;

    private SimulatedField(FieldOptions options, PumpStationDevices devices, ModbusTcpServer field, ModbusTcpServer bridge, RtuSerialServer serial)
    {
        _time = options.Time;
        Devices = devices;
        Field = field;
        Bridge = bridge;
        Serial = serial;
        _player = new ScenarioPlayer(options.Site, options.Scenario, devices.Devices, Buses()) { Changed = options.Changed };
        _start = _time.GetTimestamp();
        _player.Follow(TimeSpan.Zero);
        _timer = _time.CreateTimer(_ => Follow(), null, SimulatedPumpStation.Tick, SimulatedPumpStation.Tick);
    }

    /// <summary>The instruments.</summary>
    public PumpStationDevices Devices { get; }

    /// <summary>The pump station's server: the totaliser, the power meter.</summary>
    public ModbusTcpServer Field { get; }

    /// <summary>The bridge's server: temperature, force, level.</summary>
    public ModbusTcpServer Bridge { get; }

    /// <summary>The serial port of two pressure transmitters.</summary>
    public RtuSerialServer Serial { get; }

    /// <summary>What is wrong now; may be read from any thread.</summary>
    public IReadOnlyList<ScenarioEntry> Faults => _player.Now;

    /// <summary>Starts servers and port, and lets the model run with the time; when the task completes, all listen and every register holds a value.</summary>
    /// <param name="options">What it needs.</param>
    /// <param name="stop">Gives up the start. Once started, the field runs until it is disposed of.</param>
    /// <exception cref="System.Net.Sockets.SocketException">A server cannot listen.</exception>
    /// <exception cref="IOException">The serial port cannot be made.</exception>
    /// <exception cref="ArgumentException">The scenario names what is not simulated here.</exception>
    public static async Task<SimulatedField> StartAsync(FieldOptions options, CancellationToken stop)
    {
        ArgumentNullException.ThrowIfNull(options);
        stop.ThrowIfCancellationRequested();
        var (time, seed) = (options.Time, options.Seed);
        var devices = options.ProtectedInlet ? new PumpStationDevices(time, seed, options.Excursions) : new PumpStationDevices(time, seed);
        ModbusTcpServer? field = null;
        ModbusTcpServer? bridge = null;
        RtuSerialServer? serial = null;
        try
        {
            field = ModbusTcpServer.Start(devices.Field, time, seed: seed);
            bridge = ModbusTcpServer.Start(devices.Bridge, time, seed: seed);
            serial = RtuSerialServer.Start(devices.Serial, SerialLine, options.Port, TimeProvider.System, seed);
            return new SimulatedField(options, devices, field, bridge, serial);
        }
        catch
        {
            serial?.Dispose();
            if (bridge is not null) await bridge.DisposeAsync();
            if (field is not null) await field.DisposeAsync();
            throw;
        }
    }

    /// <inheritdoc/>
    public II2cBus I2c(I2cBusOptions bus) => Devices.I2c;

    /// <inheritdoc/>
    public (IGpioLines Lines, IGpioChip Chip)? Gpio(GpioBusOptions bus) => (Devices.Gpio, Devices.Gpio);

    /// <inheritdoc/>
    public IGpioChip Outputs(GpioBusOptions bus) => Devices.Gpio;

    /// <summary>Stops the model, both servers and the port.</summary>
    public async ValueTask DisposeAsync()
    {
        await _timer.DisposeAsync();
        Serial.Dispose();
        await Field.DisposeAsync();
        await Bridge.DisposeAsync();
    }

    /// <summary>By the ids of demo.yaml.</summary>
    private Dictionary<string, Action<bool>> Buses() => new(StringComparer.Ordinal)
    {
        ["rs485"] = PlugSerial,
        ["field"] = there => Field.Unplugged = !there,
        ["bridge"] = there => Bridge.Unplugged = !there,
        ["i2c1"] = there => Devices.I2c.State = there ? I2cFault.None : I2cFault.Unplugged,
        ["gpio0"] = there => Devices.Gpio.Unplugged = !there,
    };

    private void PlugSerial(bool there)
    {
        if (!there)
        {
            Serial.Unplug();
            return;
        }

        try
        {
            Serial.Plug();
        }
        catch (IOException)
        {
            // No pty is free this moment, or something lies in the path: the next tick tries again.
        }
    }

    private void Follow()
    {
        // A slow tick must not run into the next one.
        lock (_ticking)
        {
            TimeSpan elapsed = _time.GetElapsedTime(_start) - _skipped;
            TimeSpan latest = Devices.Station.Elapsed + MaxCatchUp;
            if (elapsed > latest)
            {
                _skipped += elapsed - latest;
                elapsed = latest;
            }

            Devices.AdvanceTo(elapsed, _player.Follow);
        }
    }
}
