using EdgeNode.Core.Model;
using EdgeNode.Simulation.Modbus;

namespace EdgeNode.Simulation.PumpStation;

/// <summary>
/// The demo's field: the pump station's instruments behind one Modbus TCP server, the bridge's behind another, both on loopback,
/// their registers following <see cref="SimulatedPumpStation"/>. The register map is the one that provisioning/examples/demo.yaml reads.
/// </summary>
public sealed class SimulatedField : IAsyncDisposable
{
    // Behind by more than this (a suspended machine), the model jumps its clock instead of computing every tick that was missed.
    private static readonly TimeSpan MaxCatchUp = TimeSpan.FromMinutes(10);

    private readonly TimeProvider _time;
    private readonly SimulatedPumpStation _station;
    private readonly Lock _ticking = new();
    private readonly ITimer _timer;
    private readonly long _start;
    private TimeSpan _skipped;

    private SimulatedField(TimeProvider time, int seed, ModbusTcpServer field, ModbusTcpServer bridge)
    {
        _time = time;
        _station = new SimulatedPumpStation(seed);
        Field = field;
        Bridge = bridge;
        _start = time.GetTimestamp();
        Show();
        _timer = time.CreateTimer(_ => Follow(), null, SimulatedPumpStation.Tick, SimulatedPumpStation.Tick);
    }

    /// <summary>The pump station's server: pressure, flow, power. Its units take faults.</summary>
    public ModbusTcpServer Field { get; }

    /// <summary>The bridge's server: strain, force, temperature, level. Its units take faults.</summary>
    public ModbusTcpServer Bridge { get; }

    /// <summary>Port of the pump station's server on 127.0.0.1.</summary>
    public int FieldPort => Field.Port;

    /// <summary>Port of the bridge's server on 127.0.0.1.</summary>
    public int BridgePort => Bridge.Port;

    /// <summary>Starts both servers and lets the model run with the time; when the task completes, both listen and every register holds a value.</summary>
    /// <param name="time">Drives the model.</param>
    /// <param name="seed">The same seed gives the same readings at the same times since the start.</param>
    /// <param name="stop">Gives up the start. Once started, the field runs until it is disposed of.</param>
    /// <exception cref="System.Net.Sockets.SocketException">A server cannot listen.</exception>
    public static async Task<SimulatedField> StartAsync(TimeProvider time, int seed, CancellationToken stop)
    {
        stop.ThrowIfCancellationRequested();
        ModbusTcpServer field = ModbusTcpServer.Start(StationUnits(), time, seed: seed);
        try
        {
            return new SimulatedField(time, seed, field, ModbusTcpServer.Start(BridgeUnits(), time, seed: seed));
        }
        catch
        {
            await field.DisposeAsync();
            throw;
        }
    }

    /// <summary>Stops the model and both servers.</summary>
    public async ValueTask DisposeAsync()
    {
        await _timer.DisposeAsync();
        await Field.DisposeAsync();
        await Bridge.DisposeAsync();
    }

    private static FieldUnit[] StationUnits() =>
    [
        new(1, new RegisterBank(input: 2)),         // PT-101A
        new(2, new RegisterBank(input: 2)),         // PT-101B
        new(3, new RegisterBank(input: 2)),         // PT-101C
        new(4, new RegisterBank(holding: 4)),       // FT-101
        new(5, new RegisterBank(input: 74)),        // JT-101, addresses as in an Eastron SDM120
    ];

    private static FieldUnit[] BridgeUnits() =>
    [
        new(1, new RegisterBank(holding: 3)),       // SG-201
        new(2, new RegisterBank(holding: 3)),       // ST-202
    ];

    private void Follow()
    {
        // A slow tick must not run into the next one.
        lock (_ticking)
        {
            TimeSpan elapsed = _time.GetElapsedTime(_start) - _skipped;
            TimeSpan latest = _station.Elapsed + MaxCatchUp;
            if (elapsed > latest)
            {
                _skipped += elapsed - latest;
                elapsed = latest;
            }

            _station.AdvanceTo(elapsed);
            Show();
        }
    }

    private void Show()
    {
        for (byte i = 0; i < 3; i++)
        {
            Field.Unit((byte)(1 + i)).Bank.SetFloat32(RegisterTable.Input, 0, (float)_station.HeaderPressures[i], WordOrder.ABCD);
        }

        RegisterBank flow = Field.Unit(4).Bank;
        flow.SetFloat32(RegisterTable.Holding, 0, (float)_station.Flow, WordOrder.CDAB);
        flow.SetUInt32(RegisterTable.Holding, 2, _station.Litres, WordOrder.ABCD);

        RegisterBank power = Field.Unit(5).Bank;
        power.SetFloat32(RegisterTable.Input, 0, (float)_station.Voltage, WordOrder.ABCD);
        power.SetFloat32(RegisterTable.Input, 6, (float)_station.Current, WordOrder.ABCD);
        power.SetFloat32(RegisterTable.Input, 12, (float)_station.Power, WordOrder.ABCD);
        power.SetFloat32(RegisterTable.Input, 70, (float)_station.Frequency, WordOrder.ABCD);
        power.SetFloat32(RegisterTable.Input, 72, (float)_station.Energy, WordOrder.ABCD);

        RegisterBank strain = Bridge.Unit(1).Bank;
        strain.SetInt32(RegisterTable.Holding, 0, (int)Math.Round(_station.Strain * 10), WordOrder.ABCD);
        strain.SetInt16(RegisterTable.Holding, 2, (short)Math.Round(_station.Temperature * 10));

        RegisterBank strand = Bridge.Unit(2).Bank;
        strand.SetFloat32(RegisterTable.Holding, 0, (float)_station.StrandForce, WordOrder.BADC);
        strand.SetUInt16(RegisterTable.Holding, 2, (ushort)Math.Round(_station.RiverLevel));
    }
}
