using EdgeNode.Core.Model;
using EdgeNode.Simulation.Gpio;
using EdgeNode.Simulation.I2c;
using EdgeNode.Simulation.Modbus;

namespace EdgeNode.Simulation.Scenarios;

/// <summary>A device of the simulated field on any kind of bus: what it measures, and how the faults of a scenario reach its wire.</summary>
public sealed class SimulatedDevice
{
    private readonly Action<ScenarioFault?> _onWire;
    private readonly Action<ScenarioFault?> _onContact;
    private readonly SimulatedValue[] _values;
    private ScenarioFault? _wire;
    private (ScenarioFault Fault, TimeSpan Since)? _value;

    private SimulatedDevice(string id, Action<ScenarioFault?> onWire, Action<ScenarioFault?> onContact, SimulatedValue[] values)
    {
        Id = id;
        _onWire = onWire;
        _onContact = onContact;
        _values = values;
    }

    /// <summary>Tag name.</summary>
    public string Id { get; }

    /// <summary>A Modbus unit, on any wire.</summary>
    public static SimulatedDevice Modbus(string id, FieldUnit unit, params SimulatedValue[] values)
    {
        ArgumentNullException.ThrowIfNull(unit);
        return new(id, fault => unit.Fault = FieldFaultOf(id, unit, fault), Nothing, values);
    }

    /// <summary>A chip on an I2C bus, or one of its inputs.</summary>
    /// <param name="id">Tag name.</param>
    /// <param name="bus">Its bus; values are shown between two transfers.</param>
    /// <param name="address">7 bits.</param>
    /// <param name="values">What it measures.</param>
    public static SimulatedDevice Chip(string id, SimulatedI2cBus bus, int address, params SimulatedValue[] values)
    {
        ArgumentNullException.ThrowIfNull(bus);
        return new(id, OnWire, Nothing, values);

        void OnWire(ScenarioFault? fault)
        {
            if (fault is not (null or SilenceFault or NoiseFault))
                throw NoSense(id, fault);
            bus.Plug(address, fault is not SilenceFault);
            bus.Disturb(address, fault is NoiseFault, address);
        }
    }

    /// <summary>A contact on a line of a GPIO chip.</summary>
    public static SimulatedDevice Contact(string id, SimulatedGpioChip chip, int line)
    {
        ArgumentNullException.ThrowIfNull(chip);
        return new(
            id,
            fault => chip.Bounce(line, fault is null or NoiseFault ? fault is NoiseFault : throw NoSense(id, fault)),
            fault => chip.Stick(line, fault is null or StuckFault ? fault is StuckFault : throw NoSense(id, fault)),
            []);
    }

    /// <summary>What holds now, one fault of each layer at most.</summary>
    internal void Suffer(ScenarioFault? wire, ScenarioEntry? value)
    {
        if (wire != _wire)
            _onWire(_wire = wire);
        if (value?.Fault == _value?.Fault && value?.At == _value?.Since)
            return;
        _value = value is null ? null : (value.Fault, value.At);
        _onContact(value?.Fault);
    }

    /// <summary>Shows what the device makes of the model's state.</summary>
    /// <param name="elapsed">Time since the start.</param>
    internal void Show(TimeSpan elapsed)
    {
        foreach (var value in _values)
            value.Show(_value?.Fault, elapsed - (_value?.Since ?? elapsed));
    }

    private static void Nothing(ScenarioFault? fault)
    {
    }

    private static FieldFault? FieldFaultOf(string id, FieldUnit unit, ScenarioFault? fault) => fault switch
    {
        null => null,
        DelayFault delay => FieldFault.Delay(delay.Lateness),
        SilenceFault => FieldFault.Silent,
        NoiseFault => FieldFault.Noise,
        WrongUnitFault => FieldFault.WrongUnit(Neighbour(unit.Address)),
        ExceptionFault exception => FieldFault.Exception((byte)exception.Code),
        _ => throw NoSense(id, fault),
    };

    /// <summary>The next unit identifier that a device can have.</summary>
    private static byte Neighbour(byte unit) => (byte)((unit % 247) + 1);

    private static ArgumentException NoSense(string id, ScenarioFault fault) => new($"{fault.GetType().Name} makes no sense on {id}.", nameof(fault));
}
