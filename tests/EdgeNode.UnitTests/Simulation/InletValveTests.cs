using EdgeNode.Core.Model;
using EdgeNode.Hardware.Gpio;
using EdgeNode.Simulation.PumpStation;
using Microsoft.Extensions.Time.Testing;

namespace EdgeNode.UnitTests.Simulation;

/// <summary>The inlet valve of the demo's story: its travel, its limit switches, and what it does to the header pressure.</summary>
public sealed class InletValveTests
{
    private const int Coil = 22;
    private const int Closed = 23;
    private const int Open = 24;
    private const double Setpoint = 6.5;

    private readonly FakeTimeProvider _time = new();
    private readonly PumpStationDevices _devices;
    private TimeSpan _elapsed;

    public InletValveTests() => _devices = new PumpStationDevices(_time, 1, excursions: null);

    private bool AtClosed => _devices.Gpio.Level(Closed);

    private bool AtOpen => _devices.Gpio.Level(Open);

    private double Pressure => _devices.Station.HeaderPressures[0];

    [Fact]
    public void Without_energy_it_is_closed_from_the_first_moment_and_the_pressure_is_low()
    {
        Assert.True(AtClosed && !AtOpen);
        After(TimeSpan.FromSeconds(30));
        Assert.True(AtClosed && !AtOpen);
        Assert.InRange(Pressure, 1, 2);
        Assert.Equal(0, _devices.Station.Flow);
    }

    [Fact]
    public void It_travels_for_its_time_between_its_ends_and_shows_neither_on_the_way()
    {
        using var coil = Energise();
        After(SimulatedPumpStation.Tick);
        Assert.False(AtClosed || AtOpen);
        After(SimulatedInletValve.Travel - (2 * SimulatedPumpStation.Tick));
        Assert.False(AtClosed || AtOpen);
        After(SimulatedPumpStation.Tick);
        Assert.True(AtOpen && !AtClosed);
    }

    [Fact]
    public void With_the_outlet_shut_the_pressure_rises_past_the_setpoint_and_closing_the_inlet_brings_it_down()
    {
        using var coil = Energise();
        After(TimeSpan.FromSeconds(60));
        Assert.InRange(Pressure, 4, 4.4);
        _devices.OutletShut = true;
        After(TimeSpan.FromSeconds(20));
        Assert.InRange(Pressure, Setpoint + 0.2, 7.5);

        Assert.True(coil.TrySet(false, out _));
        After(SimulatedInletValve.Travel);
        Assert.True(AtClosed);
        Assert.InRange(Pressure, 0, Setpoint - 0.5);
    }

    [Fact]
    public void A_gateway_that_is_killed_closes_it()
    {
        using var coil = Energise();
        After(SimulatedInletValve.Travel);
        Assert.True(AtOpen);
        _devices.Gpio.Kill();
        After(SimulatedInletValve.Travel);
        Assert.True(AtClosed);
    }

    private IOutputLine Energise() => _devices.Gpio.OpenOutput(new OutputRequest(Coil, ActiveLow: false, LinePull.Down, Active: true))!;

    private void After(TimeSpan more)
    {
        _elapsed += more;
        _time.Advance(more);
        _devices.AdvanceTo(_elapsed, _ => { });
    }
}
